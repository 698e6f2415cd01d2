package nightjar.lua;

import nightjar.core.Log.Level;
import nightjar.http.BodyFilter;
import nightjar.http.Buf;
import nightjar.http.HeaderFilters;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.luajit.LuaState;
import org.jspecify.annotations.Nullable;

/// Lua that looks at a response on its way out, at a request that has ended, or that computes a variable. None of it can wait.
/// Source: ngx_http_lua_headerfilterby.c, bodyfilterby.c, logby.c, setby.c.
final class LuaFilters {
    /// The same object for all locations, as [nightjar.http.BodyFilters#after] finds it.
    static final BodyFilter BODY = LuaFilters::body;

    private LuaFilters() {}

    static Outcome header(Request r) {
        if (r.debug()) r.debug("lua header filter for user lua code, uri \"" + r.uri + "\"");
        var conf = r.conf(LuaConf.KEY);
        if (conf.bodyFilter() != null) r.filterNeedInMemory = true;
        if (conf.headerFilter() == null) return Outcome.OK;
        var ctx = ByLua.ctx(r);
        int oldCode = ctx.exited ? ctx.exitCode : 0;
        if (Run.start(r, ctx, LuaCtx.HEADER_FILTER, conf.headerFilter(), NONE) == null) return Outcome.ERROR;
        if (!ctx.exited || ctx.exitCode == oldCode) return Outcome.OK;
        if (ctx.exitCode == -1) return Outcome.ERROR;
        var outcome = HeaderFilters.replace(r, LuaCtx.KEY, ctx.exitCode);
        return outcome == Outcome.OK ? Outcome.DONE : outcome;
    }

    private static @Nullable Buf body(Request r, @Nullable Buf in) {
        if (r.debug()) r.debug("lua body filter for user lua code, uri \"" + r.uri + "\"");
        var conf = r.conf(LuaConf.KEY);
        if (conf.bodyFilter() == null || r.headerOnly || in == null) return in;
        var ctx = ByLua.ctx(r);
        if (ctx.seenLast) {
            in.release();
            return null;
        }
        var outer = ctx.body;
        ctx.body = in.inMemory();
        var run = Run.start(r, ctx, LuaCtx.BODY_FILTER, conf.bodyFilter(), NONE);
        var result = ctx.body;
        ctx.body = outer;
        if (run == null || run.number == -1 || run.number >= 300) {
            r.filterFailed = true;
            return null;
        }
        for (var b = result; b != null; b = b.next) ctx.seenLast |= b.last || b.lastInChain;
        return result;
    }

    static Outcome log(Request r) {
        if (r.debug()) r.debug("lua log handler, uri:\"" + r.uri + "\" c:0");
        var ctx = ByLua.ctx(r);
        var script = r.conf(LuaConf.KEY).log();
        return Run.start(r, ctx, LuaCtx.LOG, script, NONE) == null ? Outcome.ERROR : Outcome.OK;
    }

    /// Runs `set_by_lua`.
    /// @return its value, `null` when it failed
    static @Nullable String set(Request r, LuaScript script, String[] args) {
        var ctx = ByLua.ctx(r);
        var outer = ctx.setArgs;
        ctx.setArgs = args;
        var run = Run.start(r, ctx, LuaCtx.SET, script, args);
        ctx.setArgs = outer;
        return run == null ? null : run.text;
    }

    private static final String[] NONE = {};

    /// One run that must not wait.
    private static final class Run extends LuaTask {
        private final Request r;
        private final LuaCtx ctx;
        private final int phase;
        String text = "";
        int number;
        private String refusal = "";

        private Run(Request r, LuaCtx ctx, int phase) {
            this.r = r;
            this.ctx = ctx;
            this.phase = phase;
        }

        /// @return `null` when it failed, which has been logged
        static @Nullable Run start(Request r, LuaCtx ctx, int phase, LuaScript script, String[] args) {
            var run = new Run(r, ctx, phase);
            var vm = ctx.vm;
            int outer = ctx.context();
            ctx.context(phase);
            ctx.logLevel(r.log().level().ordinal());
            try {
                var event = vm.worker.scheduler.start(run, vm, script.code(r), args);
                if (event instanceof LuaEvent.Failed) return null;
                if (event == LuaEvent.WAITING) {
                    vm.worker.scheduler.kill(run);
                    run.failed("", "attempt to yield across C-call boundary", "stack traceback:");
                    return null;
                }
                return run;
            } catch (LuaLoadException e) {
                r.log(Level.ERROR, e.getMessage());
                return null;
            } finally {
                if (phase != LuaCtx.LOG) ctx.context(outer);
            }
        }

        @Override protected void returned(long co) {
            if (LuaState.top(co) == 0) return;
            if (phase == LuaCtx.BODY_FILTER) number = (int) LuaState.number(co, 1);
            else if (phase == LuaCtx.SET) {
                var value = LuaState.string(co, 1);
                if (value != null) text = value;
            }
        }

        @Override protected void failed(String kind, String message, String traceback) {
            r.log(Level.ERROR, "failed to run " + LuaCtx.phaseName(phase) + ": " + withTraceback(message, traceback));
        }

        @Override protected long handle() { return ctx.handle; }
        @Override protected void log(Level level, String text) { r.log(level, text); }
        @Override protected boolean debug() { return r.debug(); }
        @Override protected String refusal() { return refusal; }

        @Override protected int openOutput() {
            refusal = "API disabled in the context of " + LuaCtx.phaseName(phase);
            return ERROR;
        }

        @Override protected int output(long a, int n) { return openOutput(); }
        @Override protected void ended(LuaEvent event) {}
    }
}
