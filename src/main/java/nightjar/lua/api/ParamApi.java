package nightjar.lua.api;

import nightjar.core.Mem;
import nightjar.http.Buf;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.luajit.Ffi;

/// `ngx.arg`: the arguments of `set_by_lua`, the chunk and the end mark in `body_filter_by_lua`.
/// Source: ngx_http_lua_setby.c, ngx_http_lua_bodyfilterby.c.
final class ParamApi {
    private final LuaResult result;

    ParamApi(LuaResult result) {
        this.result = result;
    }

    @Ffi("nightjar_ffi_set_by_lua_arg")
    void setArg(LuaCtx c, double index) {
        int i = (int) index - 1;
        result.string(i >= 0 && i < c.setArgs.length ? c.setArgs[i] : "");
    }

    @Ffi("ngx_http_lua_ffi_get_setby_param")
    void setArg(LuaCtx c, int index, long data, long len) {
        setArg(c, index);
        Mem.l(data, result.address());
        Mem.l(len, result.length());
    }

    @Ffi("nightjar_ffi_body_filter_body")
    void body(LuaCtx c) {
        var in = c.body;
        if (in != null && ends(in) && in.addr != 0) {
            result.string(in.addr, in.len);
            return;
        }
        long n = 0;
        for (var b = in; b != null; b = ends(b) ? null : b.next) n += b.len;
        long start = result.room(n);
        long to = start;
        for (var b = in; b != null; b = ends(b) ? null : b.next) to = copy(b, to);
        result.string(start, n);
    }

    /// Whether nothing that counts follows.
    private static boolean ends(Buf b) {
        return b.next == null || b.last || b.lastInChain;
    }

    private static long copy(Buf b, long to) {
        if (b.len == 0) return to;
        if (b.addr != 0) {
            Mem.copy(b.addr, to, b.len);
            return to + b.len;
        }
        return Mem.put(to, b.bytes());
    }

    @Ffi("ngx_http_lua_ffi_get_body_filter_param_body")
    int body(LuaCtx c, long data, long len) {
        body(c);
        Mem.l(data, result.address());
        Mem.l(len, result.length());
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_copy_body_filter_param_body")
    int copyBody(LuaCtx c, long to) {
        body(c);
        Mem.copy(result.address(), to, result.length());
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_get_body_filter_param_eof")
    int eof(LuaCtx c) {
        for (var b = c.body; b != null; b = b.next) {
            if (b.last || b.lastInChain) return 1;
        }
        return 0;
    }

    @Ffi("nightjar_ffi_set_body_filter_body")
    void setBody(LuaCtx c, long data, int len) {
        boolean last = false;
        boolean lastInChain = false;
        boolean flush = false;
        for (var b = c.body; b != null; b = b.next) {
            last |= b.last;
            lastInChain |= b.lastInChain;
            flush |= b.flush;
            if (b.file != null) b.file.release();
        }
        if (len == 0 && !last && !lastInChain && !flush) {
            c.body = null;
            return;
        }
        var b = len == 0 ? Buf.empty() : Buf.of(Mem.bytes(data, len));
        b.last = last;
        b.lastInChain = lastInChain;
        b.flush = flush;
        c.body = b;
    }

    @Ffi("nightjar_ffi_set_body_filter_eof")
    void setEof(LuaCtx c, int last) {
        boolean sub = c.r != null && c.r.isSubrequest();
        if (last == 0) {
            for (var b = c.body; b != null; b = b.next) b.last = b.lastInChain = false;
            return;
        }
        if (c.body == null) c.body = Buf.empty();
        var b = c.body;
        while (b.next != null) b = b.next;
        if (sub) b.lastInChain = true;
        else b.last = true;
    }
}
