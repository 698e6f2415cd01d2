package nightjar.lua;

import nightjar.http.BodyFilter;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.Finalizer;
import nightjar.http.HeaderFilters;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.Variable;
import nightjar.http.module.Rewrite;
import org.jspecify.annotations.Nullable;

/// Lua that looks at a response on its way out, at a request that has ended, or that computes a variable. Under
/// `lua_yield_everywhere` it may wait: then the response, the request's end or the rewrite phase waits behind it.
/// Source: ngx_http_lua_headerfilterby.c, bodyfilterby.c, logby.c, setby.c.
final class LuaFilters {
    /// The same object for all locations, as [nightjar.http.BodyFilters#after] finds it.
    static final BodyFilter BODY = LuaFilters::body;

    private LuaFilters() {}

    // --- header_filter_by_lua

    static Outcome header(Request r) {
        if (r.debug()) r.debug("lua header filter for user lua code, uri \"" + r.uri + "\"");
        var conf = r.conf(LuaConf.KEY);
        if (conf.bodyFilter() != null) r.filterNeedInMemory = true;
        if (conf.headerFilter() == null) return Outcome.OK;
        var ctx = ByLua.ctx(r);
        int oldCode = ctx.exited ? ctx.exitCode : 0;
        var run = new PhaseRun(r, ctx, LuaCtx.HEADER_FILTER).start(conf.headerFilter());
        if (run.waiting) {
            run.then(ended -> headerLater(ended, oldCode));
            HeaderFilters.sleep(r, run::kill);
            return Outcome.AGAIN;
        }
        if (run.failed) return Outcome.ERROR;
        int code = exitCode(run, oldCode);
        if (code == 0) return Outcome.OK;
        if (code == -1) return Outcome.ERROR;
        var outcome = HeaderFilters.replace(r, LuaCtx.KEY, code);
        return outcome == Outcome.OK ? Outcome.DONE : outcome;
    }

    /// The handler has gone on meanwhile, so that the other answer comes when that has ended.
    private static void headerLater(PhaseRun run, int oldCode) {
        int code = run.failed ? -1 : exitCode(run, oldCode);
        if (code > 0) run.r.out.clear();
        HeaderFilters.wake(run.r, code == 0 ? Outcome.OK : code == -1 ? Outcome.ERROR : Outcome.status(code));
    }

    /// What `ngx.exit` was called with; 0 when it was not, or if the response is the one that it called for already.
    private static int exitCode(PhaseRun run, int oldCode) {
        run.ctx.exited = run.exited;
        run.ctx.exitCode = run.exitCode;
        return !run.exited || run.exitCode == oldCode ? 0 : run.exitCode;
    }

    // --- body_filter_by_lua

    private static @Nullable Buf body(Request r, @Nullable Buf in) {
        if (r.debug()) r.debug("lua body filter for user lua code, uri \"" + r.uri + "\"");
        var conf = r.conf(LuaConf.KEY);
        if (conf.bodyFilter() == null || r.headerOnly || in == null) return in;
        var ctx = ByLua.ctx(r);
        if (ctx.seenLast) {
            in.release();
            return null;
        }
        var run = new PhaseRun(r, ctx, LuaCtx.BODY_FILTER);
        run.body = in.inMemory();
        run.start(conf.bodyFilter());
        if (!run.waiting) return passed(run);
        run.then(ended -> BodyFilters.wake(r, passed(ended)));
        if (run.body != null) run.body = run.body.keptChain();
        BodyFilters.sleep(r, BODY, run::kill);
        return null;
    }

    private static @Nullable Buf passed(PhaseRun run) {
        if (run.failed || run.number == -1 || run.number >= 300) {
            run.r.filterFailed = true;
            return null;
        }
        for (var b = run.body; b != null; b = b.next) run.ctx.seenLast |= b.last || b.lastInChain;
        return run.body;
    }

    // --- log_by_lua

    static Outcome log(Request r) {
        if (r.debug()) r.debug("lua log handler, uri:\"" + r.uri + "\" c:0");
        var ctx = ByLua.ctx(r);
        ctx.abandonHandler();
        var run = new PhaseRun(r, ctx, LuaCtx.LOG).start(r.conf(LuaConf.KEY).log());
        if (!run.waiting) return run.failed ? Outcome.ERROR : Outcome.OK;
        run.then(_ -> Finalizer.logged(r));
        return Outcome.AGAIN;
    }

    // --- set_by_lua

    /// Gives a variable what the script returns.
    /// @param program goes on when a script that waits has ended
    static Outcome set(Request r, LuaScript script, String[] args, Variable variable, Rewrite.Run program) {
        var run = new PhaseRun(r, ByLua.ctx(r), LuaCtx.SET);
        run.arguments = args;
        run.start(script);
        if (!run.waiting) return assigned(run, variable);
        run.then(ended -> program.resume(assigned(ended, variable)));
        return Outcome.AGAIN;
    }

    private static Outcome assigned(PhaseRun run, Variable variable) {
        if (run.failed) return Outcome.status(500);
        if (run.number != 0) return Outcome.status(run.number);
        variable.set().set(run.r, run.text);
        return Outcome.DECLINED;
    }
}
