package nightjar.http;

import java.nio.ByteOrder;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// The first line of a request: offsets from the start of the head, and where the parser stopped when only a
/// part of it has arrived. Strings are made when asked for and kept.
/// Source: nginx's ngx_http_parse_request_line.
public final class RequestLine {
    private static final int START = 0;
    private static final int METHOD = 1;
    private static final int BEFORE_URI = 2;
    private static final int SCHEMA = 3;
    private static final int SCHEMA_SLASH = 4;
    private static final int SCHEMA_SECOND_SLASH = 5;
    private static final int BEFORE_HOST = 6;
    private static final int HOST_START = 7;
    private static final int HOST = 8;
    private static final int HOST_LITERAL = 9;
    private static final int HOST_END = 10;
    private static final int PORT_START = 11;
    private static final int PORT = 12;
    private static final int AFTER_SLASH = 13;
    private static final int PATH = 14;
    private static final int REST = 15;
    private static final int AFTER_URI = 16;
    private static final int PROTOCOL = 17;
    private static final int FIRST_MAJOR = 18;
    private static final int MAJOR = 19;
    private static final int FIRST_MINOR = 20;
    private static final int MINOR = 21;
    private static final int AFTER_VERSION = 22;
    private static final int LINE_FEED = 23;

    private static final byte USUAL = 0;
    private static final byte BAD = 1;
    /// What a byte means inside a URI: `USUAL`, `BAD`, or itself.
    private static final byte[] IN_URI = new byte[256];
    private static final String PROTOCOL_NAME = "HTTP/";
    private static final long HTTP_1_1 = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
            ? 0x312e312f50545448L : 0x485454502f312e31L;

    static {
        for (int c = 0; c < 0x20; c++) {
            IN_URI[c] = BAD;
        }
        IN_URI[0x7f] = BAD;
        for (char c : new char[] {' ', '\r', '\n', '.', '%', '/', '?', '#', '+'}) {
            IN_URI[c] = (byte) c;
        }
    }

    /// Offsets are from here; moves with the head.
    long base;
    int state;
    /// The next byte to look at.
    int at;
    int start;
    int end = -1;
    /// Behind the line's LF; 0 until the line is complete.
    int after;
    int methodEnd;
    int uriStart = -1;
    int uriEnd = -1;
    int argsStart = -1;
    int argsEnd = -1;
    int extensionStart = -1;
    int schemaStart = -1;
    int schemaEnd = -1;
    int hostStart = -1;
    int hostEnd = -1;
    int protocolStart = -1;
    private int major;
    private int minor;
    int method = Method.UNKNOWN;
    /// The uri are not plain slices when one of these is set.
    boolean complexUri;
    boolean quotedUri;
    boolean plusInUri;
    boolean emptyPath;
    private @Nullable String methodName;
    @Nullable String uri;
    @Nullable String extension;
    private @Nullable String unparsedUri;
    private @Nullable String args;

    void reset() {
        state = START;
        at = 0;
        start = 0;
        end = uriStart = uriEnd = argsStart = argsEnd = extensionStart = -1;
        schemaStart = schemaEnd = hostStart = hostEnd = protocolStart = -1;
        after = methodEnd = major = minor = 0;
        method = Method.UNKNOWN;
        complexUri = quotedUri = plusInUri = emptyPath = false;
        methodName = uri = extension = unparsedUri = args = null;
    }

    /// Reads on from `at` to `limit`.
    ///
    /// @return the offset behind the line's LF, 0 when the line goes on, a negative `HeadError` code with `at` where
    ///         the bad byte is
    int parse(long base, int limit) {
        this.base = base;
        int p = at;
        int s = state;
        while (p < limit) {
            int c = Mem.b(base + p) & 0xff;
            switch (s) {
                case START -> {
                    start = p;
                    if (c != '\r' && c != '\n') {
                        if (!inMethod(c)) {
                            return bad(HeadError.METHOD, p);
                        }
                        s = state = METHOD;
                    }
                }
                case METHOD -> {
                    while (inMethod(c) && ++p < limit) {
                        c = Mem.b(base + p) & 0xff;
                    }
                    if (p == limit) {
                        continue;
                    }
                    if (c != ' ') {
                        return bad(HeadError.METHOD, p);
                    }
                    methodEnd = p;
                    method = Method.of(base + start, p - start);
                    s = method == Method.CONNECT ? BEFORE_HOST : BEFORE_URI;
                }
                case BEFORE_URI -> {
                    if (c == '/') {
                        uriStart = p;
                        s = AFTER_SLASH;
                    } else if (isLetter(c)) {
                        schemaStart = p;
                        s = SCHEMA;
                    } else if (c != ' ') {
                        return bad(HeadError.REQUEST, p);
                    }
                }
                case SCHEMA -> {
                    if (c == ':') {
                        schemaEnd = p;
                        s = SCHEMA_SLASH;
                    } else if (!isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.') {
                        return bad(HeadError.REQUEST, p);
                    }
                }
                case SCHEMA_SLASH, SCHEMA_SECOND_SLASH -> {
                    if (c != '/') {
                        return bad(HeadError.REQUEST, p);
                    }
                    s = s == SCHEMA_SLASH ? SCHEMA_SECOND_SLASH : HOST_START;
                }
                case BEFORE_HOST -> {
                    if (c != ' ') {
                        s = HOST_START;
                        continue;
                    }
                }
                case HOST_START -> {
                    hostStart = p;
                    if (c != '[') {
                        s = HOST;
                        continue;
                    }
                    s = HOST_LITERAL;
                }
                case HOST -> {
                    if (!isLetter(c) && !isDigit(c) && c != '.' && c != '-') {
                        s = HOST_END;
                        continue;
                    }
                }
                case HOST_LITERAL -> {
                    if (c == ']') {
                        s = HOST_END;
                    } else if (!isLetter(c) && !isDigit(c) && (c == 0 || ":-._~!$&'()*+,;=".indexOf(c) < 0)) {
                        return bad(HeadError.REQUEST, p);
                    }
                }
                case HOST_END -> {
                    if (c == ':') {
                        s = PORT_START;
                    } else {
                        s = method == Method.CONNECT ? HeadError.REQUEST : afterAuthority(c, p);
                        if (s < 0) {
                            return bad(s, p);
                        }
                    }
                }
                case PORT_START -> {
                    if (!isDigit(c) && method == Method.CONNECT) {
                        return bad(HeadError.REQUEST, p);
                    }
                    s = PORT;
                    continue;
                }
                case PORT -> {
                    if (!isDigit(c)) {
                        s = afterAuthority(c, p);
                        if (s < 0) {
                            return bad(s, p);
                        }
                    }
                }
                case AFTER_SLASH -> {
                    byte kind = IN_URI[c];
                    switch (kind) {
                        case USUAL -> s = PATH;
                        case '.', '/', '#' -> {
                            complexUri = true;
                            s = REST;
                        }
                        case '+' -> plusInUri = true;
                        default -> {
                            s = inUri(kind, p);
                            if (s < 0) {
                                return bad(s, p);
                            }
                            if (s == START) {
                                return p + 1;
                            }
                        }
                    }
                }
                case PATH -> {
                    byte kind = IN_URI[c];
                    while (kind == USUAL && ++p < limit) {
                        kind = IN_URI[Mem.b(base + p) & 0xff];
                    }
                    if (p == limit) {
                        continue;
                    }
                    switch (kind) {
                        case '/' -> {
                            extensionStart = -1;
                            s = AFTER_SLASH;
                        }
                        case '.' -> extensionStart = p + 1;
                        case '#' -> {
                            complexUri = true;
                            s = REST;
                        }
                        case '+' -> plusInUri = true;
                        default -> {
                            s = inUri(kind, p);
                            if (s < 0) {
                                return bad(s, p);
                            }
                            if (s == START) {
                                return p + 1;
                            }
                        }
                    }
                }
                case REST -> {
                    byte kind = IN_URI[c];
                    switch (kind) {
                        case BAD -> {
                            return bad(HeadError.REQUEST, p);
                        }
                        case ' ', '\r', '\n' -> {
                            s = inUri(kind, p);
                            if (s < 0) {
                                return bad(s, p);
                            }
                            if (s == START) {
                                return p + 1;
                            }
                        }
                        case '#' -> complexUri = true;
                        default -> {}
                    }
                }
                case AFTER_URI -> {
                    if (c == 'H') {
                        protocolStart = p;
                        if (limit - p >= 10 && Mem.l(base + p) == HTTP_1_1) {
                            major = minor = 1;
                            p += 7;
                            s = MINOR;
                            if (method == Method.CONNECT) {
                                uriStart = p - 3;
                                uriEnd = p - 2;
                            }
                        } else {
                            s = PROTOCOL;
                        }
                    } else if (c == '\r' || c == '\n') {
                        minor = 9;
                        s = lineEnd(c, p);
                        if (s <= 0) {
                            return s < 0 ? bad(s, p) : p + 1;
                        }
                    } else if (c != ' ') {
                        return bad(HeadError.REQUEST, p);
                    }
                }
                case PROTOCOL -> {
                    int i = p - protocolStart;
                    if (c != PROTOCOL_NAME.charAt(i)) {
                        return bad(HeadError.REQUEST, p);
                    }
                    if (c == '/') {
                        if (method == Method.CONNECT) {
                            uriStart = p;
                            uriEnd = p + 1;
                        }
                        s = FIRST_MAJOR;
                    }
                }
                case FIRST_MAJOR -> {
                    if (c < '1' || c > '9') {
                        return bad(HeadError.REQUEST, p);
                    }
                    major = c - '0';
                    if (major > 1) {
                        return bad(HeadError.VERSION, p);
                    }
                    s = MAJOR;
                }
                case MAJOR -> {
                    if (c == '.') {
                        s = FIRST_MINOR;
                    } else {
                        return bad(isDigit(c) ? HeadError.VERSION : HeadError.REQUEST, p);
                    }
                }
                case FIRST_MINOR -> {
                    if (!isDigit(c)) {
                        return bad(HeadError.REQUEST, p);
                    }
                    minor = c - '0';
                    s = MINOR;
                }
                case MINOR -> {
                    if (c == '\r' || c == '\n') {
                        s = lineEnd(c, p);
                        if (s <= 0) {
                            return s < 0 ? bad(s, p) : p + 1;
                        }
                    } else if (c == ' ') {
                        s = AFTER_VERSION;
                    } else if (!isDigit(c) || minor > 99) {
                        return bad(HeadError.REQUEST, p);
                    } else {
                        minor = minor * 10 + c - '0';
                    }
                }
                case AFTER_VERSION -> {
                    if (c == '\r' || c == '\n') {
                        s = lineEnd(c, p);
                        if (s <= 0) {
                            return s < 0 ? bad(s, p) : p + 1;
                        }
                    } else if (c != ' ') {
                        return bad(HeadError.REQUEST, p);
                    }
                }
                case LINE_FEED -> {
                    if (c != '\n') {
                        return bad(HeadError.REQUEST, p);
                    }
                    s = lineEnd(c, p);
                    return s < 0 ? bad(s, p) : p + 1;
                }
                default -> throw new IllegalStateException("request line state " + s);
            }
            p++;
        }
        at = p;
        state = s;
        return 0;
    }

    /// Whether nothing has come yet but line ends.
    boolean untouched() {
        return state == START;
    }

    void copyFrom(RequestLine other) {
        base = other.base;
        start = other.start;
        end = other.end;
        after = other.after;
        methodEnd = other.methodEnd;
        uriStart = other.uriStart;
        uriEnd = other.uriEnd;
        argsStart = other.argsStart;
        argsEnd = other.argsEnd;
        extensionStart = other.extensionStart;
        schemaStart = other.schemaStart;
        schemaEnd = other.schemaEnd;
        hostStart = other.hostStart;
        hostEnd = other.hostEnd;
        protocolStart = other.protocolStart;
        major = other.major;
        minor = other.minor;
        method = other.method;
        complexUri = other.complexUri;
        quotedUri = other.quotedUri;
        plusInUri = other.plusInUri;
        emptyPath = other.emptyPath;
        methodName = other.methodName;
        uri = other.uri;
        extension = other.extension;
        unparsedUri = other.unparsedUri;
        args = other.args;
    }

    /// A byte that ends the plain part of the URI, at `p`: the next state, `START` when the line is complete.
    private int inUri(byte kind, int p) {
        switch (kind) {
            case '%' -> quotedUri = true;
            case '?' -> argsStart = p + 1;
            case ' ' -> {
                uriEnd = p;
                return AFTER_URI;
            }
            case '\r', '\n' -> {
                uriEnd = p;
                minor = 9;
                return lineEnd(kind, p);
            }
            default -> {
                return HeadError.REQUEST;
            }
        }
        return REST;
    }

    private int afterAuthority(int c, int p) {
        hostEnd = p;
        if (method == Method.CONNECT) {
            return c == ' ' ? AFTER_URI : HeadError.REQUEST;
        }
        switch (c) {
            case '/' -> {
                uriStart = p;
                return AFTER_SLASH;
            }
            case '?' -> {
                uriStart = p;
                argsStart = p + 1;
                emptyPath = true;
                return REST;
            }
            case ' ' -> {
                // a request target without a path: the slash behind "http:" stands for it
                uriStart = schemaEnd + 1;
                uriEnd = schemaEnd + 2;
                return AFTER_URI;
            }
            default -> {
                return HeadError.REQUEST;
            }
        }
    }

    /// CR or LF at `p`: `LINE_FEED`, or `START` when the line is complete and good.
    private int lineEnd(int c, int p) {
        if (end < 0) {
            end = p;
        }
        if (c == '\r') {
            return LINE_FEED;
        }
        return version() == 9 && method != Method.GET ? HeadError.METHOD_09 : START;
    }

    private int bad(int code, int p) {
        at = p;
        return code;
    }

    private static boolean inMethod(int c) {
        return c >= 'A' && c <= 'Z' || c == '_' || c == '-';
    }

    private static boolean isLetter(int c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /// The bit of `Method`.
    public int method() {
        return method;
    }

    public String methodName() {
        if (methodName == null) {
            methodName = method == Method.UNKNOWN ? Mem.string(base + start, methodEnd - start) : Method.name(method);
        }
        return methodName;
    }

    /// 9, 1000, 1001: nginx's `http_version`.
    public int version() {
        return major * 1000 + minor;
    }

    /// The path, decoded and normalised.
    public String uri() {
        if (uri == null) {
            uri = Mem.string(base + uriStart, pathEnd() - uriStart);
        }
        return uri;
    }

    /// What follows the first `?`; `""` when there is none.
    public String args() {
        if (args == null) {
            args = argsStart < 0 || argsEnd <= argsStart ? "" : Mem.string(base + argsStart, argsEnd - argsStart);
        }
        return args;
    }

    /// Where the query string's bytes are, if `mine` is the very string that [#args] gave; else 0.
    long argsAddress(String mine) {
        return mine == args && argsStart >= 0 ? base + argsStart : 0;
    }

    /// The request target as the client sent it, without schema and host.
    public String unparsedUri() {
        if (unparsedUri == null) {
            unparsedUri = uriStart < 0 || uriEnd < uriStart ? "" : Mem.string(base + uriStart, uriEnd - uriStart);
        }
        return unparsedUri;
    }

    /// What follows the last dot of the path's last segment; null when it has none.
    public @Nullable String extension() {
        if (extension == null && extensionStart >= 0) {
            extension = Mem.string(base + extensionStart, pathEnd() - extensionStart);
        }
        return extension;
    }

    /// Where the line stands in the raw head, and its length without its end; 0 when it is not complete.
    public long rawStart() {
        return base + start;
    }

    public int rawLength() {
        return end < 0 ? 0 : end - start;
    }

    boolean complete() {
        return after > 0;
    }

    /// What has come of the line in the first `limit` bytes.
    String textSoFar(int limit) {
        if (end >= 0) {
            return text();
        }
        int to = start;
        while (to < limit && Mem.b(base + to) != '\r' && Mem.b(base + to) != '\n') {
            to++;
        }
        return Mem.string(base + start, to - start);
    }

    /// The whole line without its end; `""` when it is not complete.
    public String text() {
        return end < 0 ? "" : Mem.string(base + start, end - start);
    }

    /// `HTTP/1.1`; null in HTTP/0.9.
    public @Nullable String protocol() {
        return protocolStart < 0 || end < 0 ? null : Mem.string(base + protocolStart, end - protocolStart);
    }

    /// The schema of an absolute request target.
    public @Nullable String schema() {
        return schemaEnd < 0 ? null : Mem.string(base + schemaStart, schemaEnd - schemaStart);
    }

    public boolean complexUri() {
        return complexUri;
    }

    public boolean quotedUri() {
        return quotedUri;
    }

    public boolean plusInUri() {
        return plusInUri;
    }

    /// Whether `unparsedUri` may be passed on as it is: it starts with a path.
    public boolean validUnparsedUri() {
        return !emptyPath;
    }

    /// The path's end among the bytes of the line.
    int pathEnd() {
        return argsStart >= 0 ? argsStart - 1 : uriEnd;
    }
}
