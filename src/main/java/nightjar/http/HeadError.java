package nightjar.http;

import nightjar.core.Mem;

/// Why a request head was refused: negative codes that `RequestParser.parse` returns, the status that each is
/// answered with, and nginx's text for the error log at level `info`. The connection closes after each.
public final class HeadError {
    public static final int METHOD = -1;
    public static final int REQUEST = -2;
    public static final int VERSION = -3;
    public static final int METHOD_09 = -4;
    public static final int LINE_HOST = -5;
    public static final int URI_TOO_LONG = -6;
    public static final int HEADER_LINE = -7;
    public static final int TOO_LARGE = -8;
    public static final int LINE_TOO_LONG = -9;
    public static final int TOO_MANY = -10;
    public static final int DUPLICATE_HOST = -11;
    public static final int DUPLICATE = -12;
    public static final int HOST = -13;
    public static final int NO_HOST = -14;
    public static final int CONTENT_LENGTH = -15;
    public static final int TE_IN_10 = -16;
    public static final int LENGTH_AND_TE = -17;
    public static final int UNKNOWN_TE = -18;
    public static final int CONNECT = -19;
    public static final int TRACE = -20;
    /// The client closed in the middle of a head; nothing is answered.
    public static final int CLOSED = -21;

    /// The longest piece of a header line that a message quotes, in bytes.
    private static final int QUOTED = 2048 - 300;

    private HeadError() {}

    /// The status to answer with. 494 is nginx's own: sent to the client as 400.
    public static int status(int code) {
        return switch (code) {
            case VERSION -> 505;
            case URI_TOO_LONG -> 414;
            case TOO_LARGE, LINE_TOO_LONG, TOO_MANY -> 494;
            case UNKNOWN_TE -> 501;
            case CONNECT, TRACE -> 405;
            default -> 400;
        };
    }

    /// Whether it is the request line that is wrong.
    static boolean inLine(int code) { return code <= METHOD && code >= URI_TOO_LONG; }

    /// Whether the rest of what the client sends is read and dropped before closing (`lingering_close`).
    public static boolean lingers(int code) {
        return code == TOO_LARGE || code == LINE_TOO_LONG || code == TOO_MANY;
    }

    /// What the error log says. `h` is the head that failed, its bytes still in place.
    public static String text(int code, HeadersIn h) {
        return switch (code) {
            case METHOD -> "client sent invalid method";
            case REQUEST -> "client sent invalid request";
            case VERSION -> "client sent invalid version";
            case METHOD_09 -> "client sent invalid method in HTTP/0.9 request";
            case LINE_HOST -> "client sent invalid host in request line";
            case URI_TOO_LONG -> "client sent too long URI";
            case HEADER_LINE -> "client sent invalid header line: \"" + quoted(h) + hex(h) + "...\"";
            case TOO_LARGE -> "client sent too large request";
            case LINE_TOO_LONG -> "client sent too long header line: \"" + quoted(h) + "...\"";
            case TOO_MANY -> "client sent too many header lines";
            case DUPLICATE_HOST -> "client sent duplicate host header: " + twice(h);
            case DUPLICATE -> "client sent duplicate header line: " + twice(h);
            case HOST -> "client sent invalid host header";
            case NO_HOST -> "client sent HTTP/1.1 request without \"Host\" header";
            case CONTENT_LENGTH -> "client sent invalid \"Content-Length\" header";
            case TE_IN_10 -> "client sent HTTP/1.0 request with \"Transfer-Encoding\" header";
            case LENGTH_AND_TE ->
                "client sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time";
            case UNKNOWN_TE -> "client sent unknown \"Transfer-Encoding\": \""
                    + h.value(h.index(KnownHeader.TRANSFER_ENCODING)) + '"';
            case CONNECT -> "client sent CONNECT method";
            case TRACE -> "client sent TRACE method";
            case CLOSED -> "client prematurely closed connection";
            default -> throw new IllegalArgumentException("no such head error: " + code);
        };
    }

    private static String quoted(HeadersIn h) {
        return Mem.string(h.base + h.errorFrom, Math.min(h.errorTo - h.errorFrom, QUOTED));
    }

    private static String hex(HeadersIn h) {
        int b = Mem.b(h.base + h.errorTo) & 0xff;
        return "\\x" + Character.forDigit(b >> 4, 16) + Character.forDigit(b & 15, 16);
    }

    private static String twice(HeadersIn h) {
        int now = h.errorFrom;
        int before = h.errorTo;
        return '"' + h.name(now) + ": " + h.value(now) + "\", previous value: \""
                + h.name(before) + ": " + h.value(before) + '"';
    }
}
