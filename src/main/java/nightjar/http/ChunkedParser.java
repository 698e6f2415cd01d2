package nightjar.http;

import nightjar.core.Mem;

/// Takes a chunked request body apart while it arrives: spans of data within the bytes it is shown. One a body.
/// Extensions and trailers are read over; lines end in CRLF and nothing else.
/// Source: nginx's ngx_http_parse_chunked (RFC 9112, 7.1).
public final class ChunkedParser {
    /// All bytes are used up and the body goes on.
    public static final int MORE = 0;
    /// `data()` and `length()` are a span of the body.
    public static final int DATA = 1;
    /// The body is complete; `position()` is behind its last byte.
    public static final int DONE = 2;
    /// Not a chunked body: a 400, with "client sent invalid chunked body" in the log.
    public static final int BAD = -1;

    private static final int CHUNK_START = 0;
    private static final int SIZE = 1;
    private static final int EXTENSION = 2;
    private static final int EXTENSION_LF = 3;
    private static final int CHUNK = 4;
    private static final int AFTER_CHUNK = 5;
    private static final int AFTER_CHUNK_LF = 6;
    private static final int LAST_EXTENSION = 7;
    private static final int LAST_EXTENSION_LF = 8;
    private static final int TRAILER = 9;
    private static final int END_LF = 10;
    private static final int TRAILER_LINE = 11;
    private static final int TRAILER_LINE_LF = 12;

    private int state;
    private long left;
    private long received;
    private long position;
    private long data;
    private int length;

    /// Makes this ready for the next body.
    public void reset() {
        state = CHUNK_START;
        left = received = position = data = 0;
        length = 0;
    }

    /// Reads the bytes from `from` to `limit`: again from `position()` after `DATA`, with new ones after `MORE`.
    public int next(long from, long limit) {
        long p = from;
        int s = state;
        while (p < limit) {
            if (s == CHUNK) {
                if (left > 0) {
                    return span(p, limit);
                }
                s = AFTER_CHUNK;
            }
            int c = Mem.b(p++);
            switch (s) {
                case CHUNK_START -> {
                    left = UriCodec.hexDigit(c);
                    s = left < 0 ? BAD : SIZE;
                }
                case SIZE -> s = size(c);
                case EXTENSION, LAST_EXTENSION -> {
                    if (c == '\r') {
                        s++;
                    } else if (c == '\n') {
                        s = BAD;
                    }
                }
                case EXTENSION_LF -> s = c == '\n' ? CHUNK : BAD;
                case AFTER_CHUNK -> s = c == '\r' ? AFTER_CHUNK_LF : BAD;
                case AFTER_CHUNK_LF -> s = c == '\n' ? CHUNK_START : BAD;
                case LAST_EXTENSION_LF, TRAILER_LINE_LF -> s = c == '\n' ? TRAILER : BAD;
                case TRAILER -> s = c == '\r' ? END_LF : c == '\n' ? BAD : TRAILER_LINE;
                case TRAILER_LINE -> s = c == '\r' ? TRAILER_LINE_LF : c == '\n' ? BAD : TRAILER_LINE;
                case END_LF -> {
                    if (c == '\n') {
                        state = CHUNK_START;
                        position = p;
                        return DONE;
                    }
                    s = BAD;
                }
                default -> throw new IllegalStateException("chunked state " + s);
            }
            if (s == BAD) {
                position = p - 1;
                return BAD;
            }
        }
        state = s;
        position = p;
        return MORE;
    }

    private int size(int c) {
        if (left > Long.MAX_VALUE / 16) {
            return BAD;
        }
        int digit = UriCodec.hexDigit(c);
        if (digit >= 0) {
            left = left * 16 + digit;
            return left > Long.MAX_VALUE - 9 ? BAD : SIZE;
        }
        return switch (c) {
            case '\r' -> left == 0 ? LAST_EXTENSION_LF : EXTENSION_LF;
            case ';', ' ', '\t' -> left == 0 ? LAST_EXTENSION : EXTENSION;
            default -> BAD;
        };
    }

    private int span(long p, long limit) {
        length = (int) Math.min(Math.min(left, limit - p), Integer.MAX_VALUE);
        data = p;
        position = p + length;
        left -= length;
        received += length;
        state = CHUNK;
        return DATA;
    }

    /// The address of the span that `DATA` reported.
    public long data() {
        return data;
    }

    /// The bytes in that span.
    public int length() {
        return length;
    }

    /// The first byte not yet used.
    public long position() {
        return position;
    }

    /// Bytes of the body so far, with the last span.
    public long received() {
        return received;
    }

    /// Bytes of the current chunk that have not come yet.
    public long left() {
        return left;
    }

    /// Whether the body with the whole of the current chunk is longer than `maxBytes` (0: no limit).
    public boolean exceeds(long maxBytes) {
        return maxBytes != 0 && maxBytes - received < left;
    }

    /// The fewest bytes that are still to come, to the end of the body.
    public long expected() {
        return switch (state) {
            case CHUNK_START -> 5;
            case SIZE -> left == 0 ? 4 : left + 9;
            case EXTENSION -> left + 9;
            case EXTENSION_LF -> left + 8;
            case CHUNK -> left + 7;
            case AFTER_CHUNK -> 7;
            case AFTER_CHUNK_LF -> 6;
            case LAST_EXTENSION, TRAILER_LINE -> 4;
            case LAST_EXTENSION_LF, TRAILER_LINE_LF -> 3;
            case TRAILER -> 2;
            default -> 1;
        };
    }
}
