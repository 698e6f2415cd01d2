package nightjar.lua;

import java.util.function.Consumer;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.luajit.LuaException;
import nightjar.luajit.LuaFunction;
import nightjar.luajit.LuaState;

/// `ngx.send_headers`, `ngx.flush`, `ngx.eof`: what sends other than by the border's buffer. Header and body filters in Lua
/// run inside these calls. Source: ngx_http_lua_output.c.
final class LuaOutputApi {
    private static final String FILTER_ERROR = "nginx output filter error";

    private final LuaWorker lua;
    private final Scheduler scheduler;

    LuaOutputApi(LuaWorker lua) {
        this.lua = lua;
        scheduler = lua.scheduler;
    }

    /// The ctx of the request that runs.
    private LuaCtx ctx(String noRequest, String noCtx) {
        var ctx = lua.requests.ctx(lua.border.request());
        if (ctx == null) throw new LuaException(noRequest);
        if (ctx.context() == 0) throw new LuaException(noCtx);
        return ctx;
    }

    private static Request handlers(LuaCtx ctx) {
        var disabled = ctx.disabled(LuaCtx.HANDLERS);
        if (disabled != null) throw new LuaException(disabled);
        return ctx.r;
    }

    @LuaFunction("ngx.send_headers")
    int sendHeaders(long L) {
        var ctx = ctx("no request found", "no ctx found");
        var r = handlers(ctx);
        if (r.debug()) r.debug("lua send headers");
        return LuaOutput.headIfNeeded(r, ctx) == Outcome.OK ? one(L) : nil(L, FILTER_ERROR);
    }

    @LuaFunction("ngx.eof")
    int eof(long L) {
        if (LuaState.top(L) != 0) throw new LuaException("no argument is expected");
        var ctx = ctx("no request object found", "no ctx found");
        if (ctx.eof) return nil(L, "seen eof");
        if (ctx.rawSocket) return nil(L, LuaOutput.RAW_SOCKET);
        var r = handlers(ctx);
        if (r.debug()) r.debug("lua send eof");
        if (scheduler.flush() != LuaTask.OK) return nil(L, FILTER_ERROR);
        scheduler.closeOutput();
        return LuaOutput.last(r, ctx) == Outcome.OK ? one(L) : nil(L, FILTER_ERROR);
    }

    @LuaFunction("ngx.flush")
    int flush(long L) {
        int n = LuaState.top(L);
        if (n > 1) throw new LuaException("attempt to pass " + n + " arguments, but accepted 0 or 1");
        var ctx = ctx("no request found", "no request ctx found");
        boolean wait = false;
        if (n == 1 && (ctx.r == null || !ctx.r.isSubrequest())) {
            if (LuaState.type(L, 1) != LuaState.TBOOLEAN) {
                throw new LuaException("bad argument #1 to 'flush' (boolean expected, got " + LuaState.typeName(L, 1) + ")");
            }
            wait = LuaState.bool(L, 1);
        }
        if ((ctx.context() & LuaCtx.HANDLERS) == 0) return flushElsewhere(L, ctx, wait);
        var r = ctx.r;
        if (ctx.rawSocket) return nil(L, LuaOutput.RAW_SOCKET);
        if (r.headerOnly) return nil(L, "header only");
        if (ctx.eof) return nil(L, "seen eof");
        if (scheduler.flush() != LuaTask.OK) return nil(L, FILTER_ERROR);
        if (ctx.buffering) {
            if (r.debug()) r.debug("lua http 1.0 buffering makes ngx.flush() a no-op");
            return nil(L, "buffering");
        }
        if (!r.headBegun() || !ctx.seenBody && !wait) return nil(L, "nothing to flush");
        var sent = BodyFilters.output(r, Buf.flush());
        if (sent == Outcome.ERROR) return nil(L, FILTER_ERROR);
        if (!wait || !r.c.unsent(r.main)) {
            if (r.debug()) r.debug("lua flush asynchronously");
            return one(L);
        }
        if (r.debug()) r.debug("lua flush requires waiting: buffered 0x1, delayed:0");
        return await(L, r, then -> r.c.whenWritable(r, then));
    }

    /// `ngx.flush` under `lua_yield_everywhere` in a phase in which nginx cannot wait: what a body filter has let go on can be
    /// waited for; elsewhere there is nothing that is still to go.
    private int flushElsewhere(long L, LuaCtx ctx, boolean wait) {
        if (ctx.r == null || !scheduler.yieldsEverywhere()) {
            throw new LuaException(wait ? ctx.disabledWait(LuaCtx.HANDLERS) : ctx.disabled(LuaCtx.HANDLERS));
        }
        var r = ctx.r;
        if (ctx.context() == LuaCtx.LOG) return nil(L, "seen eof");
        if (ctx.context() != LuaCtx.BODY_FILTER) return nil(L, "nothing to flush");
        if (BodyFilters.after(r, LuaFilters.BODY, Buf.flush()) == Outcome.ERROR) return nil(L, FILTER_ERROR);
        return wait && r.c.slow() ? await(L, r, then -> r.c.whenSent(r, then)) : one(L);
    }

    /// Parks the running thread.
    /// @param when runs what it is given when all has been sent
    private int await(long L, Request r, Consumer<Runnable> when) {
        var thread = scheduler.running();
        Runnable wake = () -> thread.wake(co -> r.c.conn.closed() ? nil(co, "client aborted") : one(co));
        when.accept(wake);
        scheduler.park(() -> r.c.forget(wake));
        LuaState.top(L, 0);
        return LuaState.yield(L, 0);
    }

    private static int one(long L) {
        LuaState.top(L, 0);
        LuaState.push(L, 1);
        return 1;
    }

    private static int nil(long L, String why) {
        LuaState.top(L, 0);
        LuaState.pushNil(L);
        LuaState.push(L, why);
        return 2;
    }
}
