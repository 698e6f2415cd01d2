package nightjar.lua.api;

import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.Request;
import nightjar.http.UriCodec;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaEvent;
import nightjar.lua.ReadyVariables;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// What ends a handler or turns its request elsewhere: `ngx.exit`, `ngx.exec`, `ngx.redirect`, `ngx.req.set_uri`.
/// Source: ngx_http_lua_control.c, ngx_http_lua_uri.c.
final class ControlApi {
    private static final String PENDING = "attempt to abort with pending subrequests";
    private static final int EXIT_PHASES = LuaCtx.REWRITE | LuaCtx.SERVER_REWRITE | LuaCtx.ACCESS | LuaCtx.PRECONTENT
            | LuaCtx.CONTENT | LuaCtx.TIMER | LuaCtx.HEADER_FILTER | LuaCtx.BALANCER | 0x10000 | 0x40000 | 0x4000 | 0x400
            | 0x800 | 0x1000;
    private static final int SSL_SESSION_STORE = 0x800;

    private final LuaResult result;
    private final Scheduler scheduler;
    private final ReadyVariables variables;

    ControlApi(LuaResult result, Scheduler scheduler, ReadyVariables variables) {
        this.result = result;
        this.scheduler = scheduler;
        this.variables = variables;
    }

    @Ffi("ngx_http_lua_ffi_exit")
    int exit(@Nullable LuaCtx c, int status, long err, long errLen) {
        var error = exitError(c, status);
        if (error != null) {
            CString.copy(error, err, errLen);
            return Code.ERROR;
        }
        var r = c.r;
        if (r != null && c.headSent() && status >= 300 && !closes(status)) {
            if (status != r.out.status) {
                r.log(Level.ERROR, "attempt to set status " + status + " via ngx.exit after sending out the response status " + r.out.status);
            }
            status = 200;
        }
        c.exitCode = status;
        c.exited = true;
        if (r != null && r.debug()) r.debug("lua exit with code " + status);
        if ((c.context() & (LuaCtx.HEADER_FILTER | LuaCtx.BALANCER | SSL_SESSION_STORE)) != 0) return Code.DONE;
        scheduler.end(new LuaEvent.Exit(status));
        return Code.OK;
    }

    private @Nullable String exitError(@Nullable LuaCtx c, int status) {
        if (status == Code.AGAIN || status == Code.DONE) return "bad argument to 'ngx.exit': does not accept NGX_AGAIN or NGX_DONE";
        if (c == null || c.context() == 0) return "no request ctx found";
        if ((c.context() & EXIT_PHASES) == 0) return "API disabled in the context of " + LuaCtx.phaseName(c.context());
        return scheduler.capturing() && status != Code.ERROR && !closes(status) ? PENDING : null;
    }

    /// Statuses that end the connection rather than answer.
    private static boolean closes(int status) {
        return status == 408 || status == 444 || status == 499;
    }

    @Ffi("nightjar_ffi_redirect")
    int redirect(LuaCtx c, long uri, int len, int status) {
        var r = c.r;
        if (scheduler.capturing()) return result.error(PENDING);
        if (c.headSent()) return result.error("attempt to call ngx.redirect after sending out the headers");
        int bad = Escape.UNSAFE_URI.find(uri, len);
        var target = Mem.string(uri, len);
        if (bad >= 0) return result.error("unsafe byte \"" + hex(bad) + "\" in redirect uri \"" + Escape.escapeLog(target) + "\"");
        r.out.assign("Location", target, true);
        r.out.status = status;
        c.exitCode = status;
        c.exited = true;
        if (r.debug()) r.debug("lua redirect to \"" + target + "\" with code " + status);
        scheduler.end(new LuaEvent.Redirect(target, status));
        return Code.OK;
    }

    private static String hex(int b) {
        return b < 16 ? "0x0" + Bytes.hex(b) : "0x" + Bytes.hex(b);
    }

    @Ffi("nightjar_ffi_exec")
    int exec(LuaCtx c, long uri, int len, long args, int argsLen) {
        var r = c.r;
        if (scheduler.capturing()) return result.error(PENDING);
        var target = Target.of(Mem.string(uri, len));
        if (target == null) {
            r.log(Level.ERROR, "unsafe URI \"" + Mem.string(uri, len) + "\" was detected");
            return result.error("unsafe uri");
        }
        var query = target.args();
        if (argsLen > 0) query = query.isEmpty() ? Mem.string(args, argsLen) : query + "&" + Mem.string(args, argsLen);
        if (c.headSent()) return result.error("attempt to call ngx.exec after sending out response headers");
        if (r.debug()) r.debug("lua exec \"" + target.path() + "?" + query + "\"");
        scheduler.end(new LuaEvent.Exec(target.path(), query));
        return Code.OK;
    }

    @Ffi("nightjar_ffi_req_set_uri")
    int setUri(LuaCtx c, long uri, int len, int jump, int binary) {
        var r = c.r;
        var path = Mem.string(uri, len);
        int bad = binary != 0 ? -1 : Escape.UNSAFE_URI.find(uri, len);
        if (bad >= 0) {
            return result.error("unsafe byte \"" + hex(bad) + "\" in uri \"" + Escape.escapeLog(path)
                    + "\" (maybe you want to set the 'binary' argument?)");
        }
        if (jump != 0) {
            if (r.debug()) r.debug("lua set uri jump to \"" + path + "\"");
            if (scheduler.capturing()) return result.error(PENDING);
        }
        r.uri(path, jump != 0);
        variables.forget();
        if (jump != 0) {
            if (r.debug()) r.debug("lua thread aborting request with URI rewrite jump: \"" + path + "?" + (r.args == null ? "" : r.args) + "\"");
            c.ctxRef(LuaCtx.NO_REF);
            scheduler.end(LuaEvent.JUMP);
        }
        return Code.OK;
    }

    /// A path and a query string from one text. Source: ngx_http_parse_unsafe_uri.
    private record Target(String path, String args) {
        /// `null` when the path is empty, climbs above the root or holds a NUL.
        static @Nullable Target of(String uri) {
            int mark = uri.indexOf('?');
            var path = mark < 0 ? uri : uri.substring(0, mark);
            var args = mark < 0 ? "" : uri.substring(mark + 1);
            if (path.isEmpty() || climbs(path)) return null;
            if (path.indexOf('%') >= 0) {
                path = UriCodec.unescape(path, UriCodec.Unescape.COMPONENT);
                if (path.isEmpty() || climbs(path)) return null;
            }
            return new Target(path, args);
        }

        private static boolean climbs(String path) {
            return path.indexOf('\0') >= 0 || path.equals("..") || path.startsWith("../") || path.contains("/../") || path.endsWith("/..");
        }
    }
}
