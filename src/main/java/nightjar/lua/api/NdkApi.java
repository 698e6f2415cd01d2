package nightjar.lua.api;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Mem;
import nightjar.http.Request;
import nightjar.http.module.NdkFunctions;
import nightjar.lua.Code;
import nightjar.luajit.Ffi;

/// `ndk.set_var`: the functions behind `set_quote_sql_str` and its like, for Lua. Source: ngx_http_lua_ndk.c.
final class NdkApi {
    private final LuaResult result;
    private final Names names;
    /// Lua knows them by their place here, counted from 1.
    private final List<NdkFunctions.Function> known = new ArrayList<>();

    NdkApi(LuaResult result, Names names) {
        this.result = result;
        this.names = names;
    }

    @Ffi("ngx_http_lua_ffi_ndk_lookup_directive")
    int find(long name, int len, long function) {
        var f = NdkFunctions.find(names.of(name, len).text());
        if (f == null) return Code.ERROR;
        int place = known.indexOf(f);
        if (place < 0) {
            place = known.size();
            known.add(f);
        }
        Mem.l(function, place + 1);
        return Code.OK;
    }

    /// @param value an `ngx_http_lua_ffi_str_t`, whose text stays until the next call
    @Ffi("ngx_http_lua_ffi_ndk_set_var_get")
    int call(Request r, long function, long argument, int len, long value) {
        var made = known.get((int) function - 1).apply(r, Mem.string(argument, len));
        if (made == null) return Code.ERROR;
        result.string(made);
        Strings.put(value, 0, result.address(), (int) result.length());
        return Code.OK;
    }
}
