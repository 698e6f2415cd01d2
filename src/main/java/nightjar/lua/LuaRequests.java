package nightjar.lua;

import java.util.Arrays;
import java.util.Map;
import java.util.function.LongFunction;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.Request;
import nightjar.luajit.LuaException;
import org.jspecify.annotations.Nullable;

/// The requests that one worker's Lua can see, by handle.
///
/// A method that Lua calls may take `LuaCtx` or `Request` where C has `ngx_http_request_t *`: a NULL is a `null` LuaCtx,
/// and an error for a `Request`, as is a fake request.
public final class LuaRequests {
    /// Room for the structs of so many requests at a time; memory is used as they come.
    private static final int MAX = 1 << 20;

    private final long base = Mem.alloc((long) MAX * LuaCtx.SIZE);
    private LuaCtx[] ctxs = new LuaCtx[64];
    private int made;
    private LuaCtx[] free = new LuaCtx[64];
    private int frees;

    /// For [LuaWorker].
    Map<Class<?>, LongFunction<?>> handles() {
        return Map.of(LuaCtx.class, this::ctx, Request.class, this::request);
    }

    @Nullable LuaCtx ctx(long handle) {
        if (handle == 0) return null;
        long i = handle - base >> 4;
        if (i < 0 || i >= made) throw new LuaException("no request object found");
        return ctxs[(int) i];
    }

    Request request(long handle) {
        var ctx = ctx(handle);
        if (ctx == null) throw new LuaException("no request object found");
        if (ctx.r == null) throw new LuaException("API disabled in the current context");
        return ctx.r;
    }

    LuaCtx take(Request r) {
        var ctx = take();
        ctx.begin(r, r.log().level().ordinal());
        return ctx;
    }

    /// For Lua without a request.
    LuaCtx take(LuaClient client, LuaVm vm, int phase) {
        var ctx = take();
        ctx.begin(null, client.log().level().ordinal());
        ctx.client = client;
        ctx.vm = vm;
        ctx.context(phase);
        return ctx;
    }

    private LuaCtx take() { return frees > 0 ? free[--frees] : make(); }

    private LuaCtx make() {
        if (made == MAX) throw new IllegalStateException("too many requests run Lua");
        if (made == ctxs.length) ctxs = Arrays.copyOf(ctxs, made * 2);
        var ctx = new LuaCtx(base + (long) made * LuaCtx.SIZE, made);
        ctxs[made++] = ctx;
        return ctx;
    }

    void giveBack(LuaCtx ctx) {
        ctx.releaseAll();
        if (ctx.r == null && ctx.vm != null && ctx.ctxRef() >= 0) {
            if (ctx.client != null && ctx.client.log().debug()) ctx.client.write(Level.DEBUG, "lua release ngx.ctx at ref " + ctx.ctxRef());
            ctx.vm.releaseCtx(ctx.ctxRef());
        }
        ctx.r = null;
        ctx.client = null;
        ctx.vm = ctx.shared = null;
        ctx.body = null;
        if (frees == free.length) free = Arrays.copyOf(free, frees * 2);
        free[frees++] = ctx;
    }

    void close() { Mem.free(base); }
}
