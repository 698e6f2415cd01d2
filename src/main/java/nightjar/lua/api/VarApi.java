package nightjar.lua.api;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.http.Request;
import nightjar.http.Variables;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.ReadyVariables;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// `ngx.var`. Source: ngx_http_lua_variable.c.
final class VarApi {
    private static final String NO_CLIENT = "API disabled in the current context";

    private final LuaResult result;
    private final Names names;
    private final ReadyVariables ready;

    VarApi(LuaResult result, Names names, ReadyVariables ready) {
        this.result = result;
        this.names = names;
        this.ready = ready;
    }

    @Ffi("nightjar_ffi_var_get")
    int get(LuaCtx c, long name, int len) {
        var r = c.r;
        if (r == null) return result.error(NO_CLIENT);
        var lower = names.of(name, len).lower();
        var variables = r.server.http().variables;
        int number = variables.number(lower);
        result.index(number);
        if (number >= 0) return give(variables.get(r, number));
        if (lower.startsWith("arg_")) return argument(r, lower);
        if (lower.startsWith("http_")) return header(r, variables, lower);
        return give(variables.get(r, lower));
    }

    @Ffi("nightjar_ffi_var_get_indexed")
    int get(LuaCtx c, int number) {
        var r = c.r;
        if (r == null) return result.error(NO_CLIENT);
        return give(r.server.http().variables.get(r, number));
    }

    /// @param i which of those that may be read without a call from now on
    @Ffi("nightjar_ffi_var_get_ready")
    int getReady(LuaCtx c, int i) {
        var r = c.r;
        if (r == null) return result.error(NO_CLIENT);
        return give(ready.ask(r, i));
    }

    @Ffi("nightjar_ffi_var_get_capture")
    int capture(LuaCtx c, int n) {
        var r = c.r;
        if (r == null) return result.error(NO_CLIENT);
        return give(n <= 0 ? null : r.captureOrEmpty(n));
    }

    private int give(@Nullable String value) {
        if (value == null) return Code.DECLINED;
        result.string(value);
        return Code.OK;
    }

    private int argument(Request r, String name) {
        var args = r.args;
        long range = Request.argRange(args, name, "arg_".length());
        if (range < 0) return Code.DECLINED;
        int from = (int) (range >>> 32);
        long raw = r.argsAddress();
        if (raw != 0) result.string(raw + from, (int) range - from);
        else result.string(args.substring(from, (int) range));
        return Code.OK;
    }

    private int header(Request r, Variables variables, String name) {
        int line = r.in.onlyLine(name, "http_".length());
        if (line == -1) return Code.DECLINED;
        long raw = line < 0 ? 0 : r.in.valueAddress(line);
        if (raw == 0) return give(variables.get(r, name));
        result.string(raw, r.in.valueLength(line));
        return Code.OK;
    }

    /// A `value` of 0 unsets the variable.
    @Ffi("nightjar_ffi_var_set")
    int set(LuaCtx c, long name, int len, long value, int valueLen) {
        var r = c.r;
        if (r == null) return result.error(NO_CLIENT);
        var error = set(r, names.of(name, len).lower(), value == 0 ? null : Mem.string(value, valueLen));
        return error == null ? Code.OK : result.error(error);
    }

    /// What is wrong, `null` when it is set.
    private @Nullable String set(Request r, String name, @Nullable String value) {
        var variables = r.server.http().variables;
        var variable = variables.named(name);
        if (variable == null) {
            return "variable \"" + name + "\" not found for writing; maybe it is a built-in variable that is not changeable or you "
                    + "forgot to use \"set $" + name + " '';\" in the config file to define it first";
        }
        var setter = variable.set();
        if (setter == null) return "variable \"" + name + "\" not changeable";
        setter.set(r, value);
        ready.forget();
        return null;
    }

    // ---- as lua-resty-core calls it

    @Ffi("ngx_http_lua_ffi_var_get")
    int get(@Nullable LuaCtx c, long name, int len, long lower, int capture, long value, long valueLen, long err) {
        if (c == null) {
            Mem.l(err, CString.of("no request object found"));
            return Code.ERROR;
        }
        int rc = name == 0 ? capture(c, capture) : get(c, name, len);
        if (rc == Code.ERROR) Mem.l(err, CString.of(NO_CLIENT));
        if (rc != Code.OK) return rc;
        Mem.l(value, result.address());
        Mem.l(valueLen, result.length());
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_var_set")
    int set(@Nullable LuaCtx c, long name, int len, long lower, long value, int valueLen, long err, long errLen) {
        String error;
        if (c == null) error = "no request object found";
        else if (c.r == null) error = NO_CLIENT;
        else error = set(c.r, names.of(name, len).lower(), value == 0 ? null : Mem.string(value, valueLen));
        if (error == null) return Code.OK;
        CString.copy(error, err, errLen);
        return Code.ERROR;
    }
}
