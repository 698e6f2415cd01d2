package nightjar.lua.api;

import nightjar.core.Mem;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.luajit.Ffi;

/// `ngx.ctx` and `ngx.get_phase`. A request's table lies in a table of the VM under a number, which is given back when
/// the request ends. Source: ngx_http_lua_ctx.c, ngx_http_lua_phase.c.
final class CtxApi {
    @Ffi("ngx_http_lua_ffi_get_phase")
    int phase(LuaCtx c, long err) {
        if (c.context() != 0) return c.context();
        Mem.l(err, CString.of("no request context"));
        return Code.ERROR;
    }

    @Ffi("ngx_http_lua_ffi_get_ctx_ref")
    int ref(LuaCtx c, long inSslPhase, long sslRef) {
        if (inSslPhase != 0) Mem.i(inSslPhase, 0);
        if (sslRef != 0) Mem.i(sslRef, -1);
        return c.context() == 0 ? Code.NO_REQ_CTX : c.ctxRef();
    }

    @Ffi("ngx_http_lua_ffi_set_ctx_ref")
    int ref(LuaCtx c, int ref) {
        if (c.context() == 0) return Code.NO_REQ_CTX;
        own(c, ref);
        return Code.OK;
    }

    /// Gives a request the table of number `ref`, which is given back when it ends.
    static void own(LuaCtx c, int ref) {
        c.ctxRef(ref);
        var r = c.r;
        var vm = c.vm;
        if (r != null && vm != null) {
            r.onFree(() -> {
                if (r.debug()) r.debug("lua release ngx.ctx at ref " + ref);
                vm.releaseCtx(ref);
            });
        }
    }
}
