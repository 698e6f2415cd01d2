package nightjar.lua.api;

import nightjar.core.Mem;
import nightjar.luajit.Ffi;

/// `ngx.quote_sql_str` and the helper of `resty.core.utils`.
final class StringApi {
    private final LuaResult result;

    StringApi(LuaResult result) {
        this.result = result;
    }

    /// A string literal of MySQL, quotes around it, is the result.
    @Ffi("nightjar_ffi_quote_sql_str")
    void quoteSqlStr(long src, int len) {
        long to = result.room(2L * len + 2);
        long d = to;
        Mem.b(d++, '\'');
        for (long s = src; s < src + len; s++) {
            byte c = Mem.b(s);
            int letter = escaped(c);
            if (letter != 0) {
                Mem.b(d++, '\\');
                Mem.b(d++, letter);
            } else {
                Mem.b(d++, c);
            }
        }
        Mem.b(d++, '\'');
        result.string(to, d - to);
    }

    private static int escaped(byte c) {
        return switch (c) {
            case 0 -> '0';
            case '\b' -> 'b';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            case 26 -> 'Z';
            case '\\', '\'', '"' -> c;
            default -> 0;
        };
    }

    @Ffi("ngx_http_lua_ffi_str_replace_char")
    void replaceChar(long buf, int len, int find, int replace) {
        for (long p = buf; p < buf + len; p++) {
            if (Mem.b(p) == (byte) find) Mem.b(p, replace);
        }
    }
}
