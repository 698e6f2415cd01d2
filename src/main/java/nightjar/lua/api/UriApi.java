package nightjar.lua.api;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.luajit.Ffi;

/// `ngx.escape_uri`, `unescape_uri`, and query strings taken apart: `decode_args`, `ngx.req.get_uri_args`, `get_post_args`.
final class UriApi {
    private final LuaResult result;

    UriApi(LuaResult result) {
        this.result = result;
    }

    @Ffi("ngx_http_lua_ffi_uri_escaped_length")
    long escapedLength(long src, int len, int type) {
        return Escape.ofType(type).length(src, len);
    }

    @Ffi("ngx_http_lua_ffi_escape_uri")
    void escape(long src, int len, long dst, int type) {
        Escape.ofType(type).escape(src, len, dst);
    }

    /// 0 when nothing has to be escaped; 1 when the text is the result.
    @Ffi("nightjar_ffi_escape_uri")
    int escape(long src, int len, int type) {
        var escape = Escape.ofType(type);
        long n = escape.length(src, len);
        if (n == len) return 0;
        long to = result.room(n);
        escape.escape(src, len, to);
        result.string(to, n);
        return 1;
    }

    @Ffi("ngx_http_lua_ffi_unescape_uri")
    int unescape(long src, int len, long dst) {
        return (int) (unescape(src, src + len, dst) - dst);
    }

    /// 0 when nothing was escaped; 1 when the text is the result.
    @Ffi("nightjar_ffi_unescape_uri")
    int unescape(long src, int len) {
        long end = src + len;
        if (Mem.indexOf(src, end, (byte) '%') == end && Mem.indexOf(src, end, (byte) '+') == end) return 0;
        long to = result.room(len);
        result.string(to, unescape(src, end, to) - to);
        return 1;
    }

    /// The pairs of a query string, the first `max` if that is above 0.
    @Ffi("nightjar_ffi_parse_args")
    int parseArgs(long src, int len, int max) {
        return parse(src, len, max);
    }

    /// As [#parseArgs]. Each `&` counts towards `max`, after an empty key too, and one at the end truncates the list.
    int parse(long src, int len, int max) {
        return parse(src, len, max, false);
    }

    /// As [#parse], for `ngx.req.get_uri_args`: it stops at `max` pairs, and there were more when there are more places
    /// between `&` than that.
    int parseQuery(long src, int len, int max) {
        return parse(src, len, max, true);
    }

    /// As [#parseQuery(long, int, int)].
    int parseQuery(String args, int max) {
        int len = args.length();
        long copy = result.room(2L * len) + len;
        Mem.put(copy, args);
        return parse(copy, len, max, true);
    }

    private int parse(long src, int len, int max, boolean query) {
        long end = src + len;
        long to = result.room(len);
        long key = to;
        long value = 0;
        boolean truncated = false;
        int n = 0;
        int amps = 0;
        for (long s = src; ; ) {
            boolean last = s == end;
            int c = last ? '&' : Mem.b(s++);
            switch (c) {
                case '&' -> {
                    int keyLen = (int) ((value == 0 ? to : value) - key);
                    if (keyLen > 0) result.add(n++, key, keyLen, value, value == 0 ? -1 : (int) (to - value));
                    if (!last) amps++;
                    truncated = !last && max > 0 && (query ? n : amps) == max;
                    key = to;
                    value = 0;
                }
                case '=' -> {
                    if (value == 0) value = to;
                    else Mem.b(to++, '=');
                }
                case '+' -> Mem.b(to++, ' ');
                case '%' -> {
                    int decoded = decoded(s, end);
                    Mem.b(to++, decoded < 0 ? '%' : decoded);
                    if (decoded >= 0) s += 2;
                }
                default -> Mem.b(to++, c);
            }
            if (last || truncated) break;
        }
        result.truncated(truncated || query && max > 0 && amps >= max);
        return n;
    }

    /// Writes what is between `s` and `end` with `%XX` decoded and `+` as a space; gives the end.
    static long unescape(long s, long end, long d) {
        while (s < end) {
            int c = Mem.b(s++);
            if (c == '+') {
                c = ' ';
            } else if (c == '%') {
                int decoded = decoded(s, end);
                if (decoded >= 0) {
                    c = decoded;
                    s += 2;
                }
            }
            Mem.b(d++, c);
        }
        return d;
    }

    /// The byte of the two hexadecimal digits at `s`, -1 when there are none.
    private static int decoded(long s, long end) {
        if (end - s < 2) return -1;
        int high = Bytes.hexDigit(Mem.b(s));
        int low = Bytes.hexDigit(Mem.b(s + 1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
