package nightjar.http;

import nightjar.core.Bytes;
import nightjar.core.Mem;

/// The header lines of a request head. Source: nginx's ngx_http_parse_header_line and the handlers of
/// ngx_http_request.c.
///
/// Unlike nginx, a CR that is not followed at once by LF is refused also when a second CR follows it.
final class HeaderLines {
    private static final int LINE_START = 0;
    private static final int NAME = 1;
    private static final int BEFORE_VALUE = 2;
    private static final int VALUE = 3;
    private static final int LINE_FEED = 4;
    private static final int LAST_LINE_FEED = 5;

    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    /// Lower-case form of a byte that may stand in a name; 0 for all others.
    private static final byte[] NAME_BYTE = new byte[256];

    static {
        for (int c = 'a'; c <= 'z'; c++) {
            NAME_BYTE[c] = NAME_BYTE[c - 0x20] = (byte) c;
        }
        for (int c = '0'; c <= '9'; c++) {
            NAME_BYTE[c] = (byte) c;
        }
        NAME_BYTE['-'] = '-';
    }

    /// Reads on from `h.at`.
    ///
    /// @return the offset behind the empty line, 0 when more has to come, a negative `HeadError` code
    int parse(HeadersIn h, HeadOwner owner, long base, int limit) {
        int p = h.at;
        int s = h.state;
        while (p < limit) {
            int c = Mem.b(base + p) & 0xff;
            switch (s) {
                case LINE_START -> {
                    if (p == h.bufferEnd && !nextBuffer(h, p)) {
                        return tooLarge(h);
                    }
                    h.nameStart = p;
                    h.hash = 0;
                    h.invalidName = false;
                    if (c == '\n') {
                        return ends(h, p + 1);
                    }
                    if (c == '\r') {
                        s = LAST_LINE_FEED;
                        p++;
                        continue;
                    }
                    if (c == ':') {
                        return invalid(h, p, p);
                    }
                    s = NAME;
                    continue;
                }
                case NAME -> {
                    int hash = h.hash;
                    int lower = NAME_BYTE[c];
                    while (lower != 0) {
                        hash = 31 * hash + lower;
                        if (++p == limit) {
                            break;
                        }
                        c = Mem.b(base + p) & 0xff;
                        lower = NAME_BYTE[c];
                    }
                    h.hash = hash;
                    if (p == limit) {
                        continue;
                    }
                    if (c == ':') {
                        h.nameEnd = p;
                        s = BEFORE_VALUE;
                    } else if (c == '\r' || c == '\n') {
                        h.nameEnd = h.valueStart = p;
                        s = LINE_FEED;
                        if (c == '\n') {
                            continue;
                        }
                    } else if (c <= ' ' || c == 0x7f) {
                        return invalid(h, p, p);
                    } else {
                        h.hash = 31 * hash + c;
                        h.invalidName |= c != '_' || !h.rules.underscores();
                    }
                }
                case BEFORE_VALUE -> {
                    if (c != ' ') {
                        h.valueStart = p;
                        s = VALUE;
                        continue;
                    }
                }
                case VALUE -> {
                    p = plain(base, p, limit);
                    if (p == limit) {
                        continue;
                    }
                    c = Mem.b(base + p);
                    if (c == 0) {
                        return invalid(h, p, p);
                    }
                    s = LINE_FEED;
                    if (c == '\n') {
                        continue;
                    }
                }
                case LINE_FEED -> {
                    int end = p > h.valueStart && Mem.b(base + p - 1) == '\r' ? p - 1 : p;
                    if (c != '\n') {
                        return invalid(h, trimmed(h, base, end), p);
                    }
                    s = LINE_START;
                    int error = p + 1 > h.bufferEnd && !fits(h, p + 1)
                            ? tooLarge(h) : take(h, owner, base, trimmed(h, base, end));
                    if (error < 0) {
                        return error;
                    }
                }
                case LAST_LINE_FEED -> {
                    return c == '\n' ? ends(h, p + 1) : invalid(h, p - 1, p);
                }
                default -> throw new IllegalStateException("header line state " + s);
            }
            p++;
        }
        h.at = p;
        h.state = s;
        if (p >= h.bufferEnd && (s == LINE_START ? !nextBuffer(h, p) : !fits(h, p + 1))) {
            return tooLarge(h);
        }
        return 0;
    }

    /// The first byte from `p` on that is NUL, LF or CR; `limit` when there is none.
    private static int plain(long base, int p, int limit) {
        while (p + 8 <= limit) {
            long w = Mem.l(base + p);
            // bytes below 14 get their top bit: of the lowest of them this is exact
            long low = w - ONES * 14 & ~w & TOPS;
            if (low == 0) {
                p += 8;
                continue;
            }
            p += Long.numberOfTrailingZeros(low) >>> 3;
            byte c = Mem.b(base + p);
            if (c == '\r' || c == '\n' || c == 0) {
                return p;
            }
            p++;
        }
        while (p < limit) {
            byte c = Mem.b(base + p);
            if (c == '\r' || c == '\n' || c == 0) {
                return p;
            }
            p++;
        }
        return p;
    }

    private static int trimmed(HeadersIn h, long base, int end) {
        while (end > h.valueStart && Mem.b(base + end - 1) == ' ') {
            end--;
        }
        return end;
    }

    /// A complete line whose value ends at `valueEnd`; 0 or a negative code.
    private static int take(HeadersIn h, HeadOwner owner, long base, int valueEnd) {
        if (h.invalidName && h.rules.ignoreInvalid()) {
            if (owner.notes()) {
                owner.note("client sent invalid header line: \""
                        + Mem.string(base + h.nameStart, valueEnd - h.nameStart) + '"');
            }
            return 0;
        }
        if (h.count() >= h.rules.maxHeaders()) {
            return HeadError.TOO_MANY;
        }
        int from = h.nameStart;
        int id = KnownHeader.of(h.hash, base + from, h.nameEnd - from);
        int before = id == 0 ? -1 : h.index(id);
        int i = h.add(from, h.nameEnd, h.valueStart, valueEnd, h.hash, id);
        if (id == 0) {
            return 0;
        }
        if (before >= 0 && (id == KnownHeader.HOST || KnownHeader.unique(id))) {
            h.errorFrom = i;
            h.errorTo = before;
            return id == KnownHeader.HOST ? HeadError.DUPLICATE_HOST : HeadError.DUPLICATE;
        }
        if (id == KnownHeader.HOST) {
            long name = HostName.check(base + h.valueStart, valueEnd - h.valueStart);
            if (name < 0) {
                return HeadError.HOST;
            }
            if (h.serverStart < 0) {
                RequestParser.server(h, owner, h.valueStart, name);
            }
        } else if (id == KnownHeader.CONNECTION) {
            int type = connection(base + h.valueStart, valueEnd - h.valueStart);
            h.connectionType = type == HeadersIn.CONNECTION_UNSET ? h.connectionType : type;
        }
        return 0;
    }

    /// The word that counts in Connection's value, its two usual forms without a search.
    private static int connection(long addr, int n) {
        if (Bytes.equalsIgnoreCase(addr, n, "keep-alive")) {
            return HeadersIn.CONNECTION_KEEP_ALIVE;
        }
        if (Bytes.equalsIgnoreCase(addr, n, "close")) {
            return HeadersIn.CONNECTION_CLOSE;
        }
        return HeadersIn.connectionType(Mem.string(addr, n));
    }

    private static int ends(HeadersIn h, int end) {
        return end > h.bufferEnd && !fits(h, end) ? tooLarge(h) : end;
    }

    /// Whether nginx would have found room for a line of which the bytes before `end` have been read.
    private static boolean fits(HeadersIn h, int end) {
        while (end > h.bufferEnd) {
            int size = h.rules.largeSize();
            if (h.bufferEnd - h.nameStart >= size || h.largeUsed == h.rules.largeNumber()) {
                return false;
            }
            h.largeUsed++;
            h.bufferEnd = h.nameStart + size;
        }
        return true;
    }

    /// A buffer is full exactly where a line starts: the next one begins there.
    private static boolean nextBuffer(HeadersIn h, int p) {
        if (h.largeUsed == h.rules.largeNumber()) {
            return false;
        }
        h.largeUsed++;
        h.bufferEnd = p + h.rules.largeSize();
        return true;
    }

    private static int tooLarge(HeadersIn h) {
        if (h.nameStart < 0) {
            return HeadError.TOO_LARGE;
        }
        h.errorFrom = h.nameStart;
        h.errorTo = Math.max(h.bufferEnd, h.nameStart);
        return HeadError.LINE_TOO_LONG;
    }

    /// A bad byte at `p`; the log quotes the line up to `at`.
    private static int invalid(HeadersIn h, int at, int p) {
        if (!fits(h, p + 1)) {
            return tooLarge(h);
        }
        h.errorFrom = h.nameStart;
        h.errorTo = at;
        return HeadError.HEADER_LINE;
    }
}
