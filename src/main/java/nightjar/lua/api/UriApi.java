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

    /// As [#parseArgs]. Empty keys count towards `max` although they are passed over, and a list that ends at its
    /// limit with an `&` is truncated.
    int parse(long src, int len, int max) {
        return parse(src, len, max, false);
    }

    /// As [#parse], for `ngx.req.get_uri_args`, which counts otherwise: only what it returns, and it is truncated when
    /// there are more `&` than that.
    int parseQuery(long src, int len, int max) {
        int count = len == 0 ? 0 : 1;
        long end = src + len;
        for (long p = Mem.indexOf(src, end, (byte) '&'); p < end; p = Mem.indexOf(p + 1, end, (byte) '&')) count++;
        boolean truncated = max > 0 && count > max;
        int n = parse(src, len, truncated ? max : 0, true);
        result.truncated(truncated);
        return n;
    }

    private int parse(long src, int len, int max, boolean countReturned) {
        long end = src + len;
        long to = result.room(len);
        result.truncated(false);
        int n = 0;
        int seen = 0;
        for (long p = src; p < end; ) {
            long amp = Mem.indexOf(p, end, (byte) '&');
            long eq = Mem.indexOf(p, amp, (byte) '=');
            long key = to;
            to = unescape(p, eq, to);
            int keyLen = (int) (to - key);
            long value = to;
            if (eq < amp) to = unescape(eq + 1, amp, to);
            if (keyLen > 0) {
                result.pairs(n + 1);
                result.pair(n++, key, keyLen, value, eq < amp ? (int) (to - value) : -1);
            }
            if (amp < end && max > 0 && (countReturned ? n : ++seen) == max) {
                result.truncated(true);
                break;
            }
            p = amp + 1;
        }
        return n;
    }

    /// Writes what is between `s` and `end` with `%XX` decoded and `+` as a space; gives the end.
    static long unescape(long s, long end, long d) {
        while (s < end) {
            int c = Mem.b(s++);
            if (c == '+') {
                c = ' ';
            } else if (c == '%' && end - s >= 2) {
                int high = Bytes.hexDigit(Mem.b(s));
                int low = Bytes.hexDigit(Mem.b(s + 1));
                if (high >= 0 && low >= 0) {
                    c = high << 4 | low;
                    s += 2;
                }
            }
            Mem.b(d++, c);
        }
        return d;
    }
}
