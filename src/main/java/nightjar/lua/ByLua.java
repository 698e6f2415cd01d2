package nightjar.lua;

import nightjar.core.Log.Level;
import nightjar.http.Finalizer;
import nightjar.http.Outcome;
import nightjar.http.PhaseEngine;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import org.jspecify.annotations.Nullable;

/// Lua as a handler: one run in a phase in which the request may wait, be answered or be turned elsewhere.
/// Source: ngx_http_lua_rewriteby.c, accessby.c, precontentby.c, contentby.c; what ends a run is in ngx_http_lua_util.c.
final class ByLua extends LuaTask {
    private static final int ERROR_CODE = -1, DECLINED_CODE = -5;
    private static final int NO_CONTENT = 204, SPECIAL = 300, TIMEOUT = 408, CLOSE = 444, CLIENT_CLOSED = 499;

    private final LuaCtx ctx;
    private final Request r;
    private final int phase;
    private String refusal = "";

    private ByLua(LuaCtx ctx, Request r, int phase) {
        this.ctx = ctx;
        this.r = r;
        this.phase = phase;
    }

    // --- handlers

    static Outcome phase(Request r, int phase) {
        var conf = r.conf(LuaConf.KEY);
        return switch (phase) {
            case LuaCtx.SERVER_REWRITE -> handle(r, phase, conf.serverRewrite(), "server rewrite");
            case LuaCtx.REWRITE -> r.uriChanged ? Outcome.DECLINED : handle(r, phase, conf.rewrite(), "rewrite");
            case LuaCtx.ACCESS -> handle(r, phase, conf.access(), "access");
            case LuaCtx.PRECONTENT -> handle(r, phase, conf.precontent(), "precontent");
            default -> throw new IllegalArgumentException(LuaCtx.phaseName(phase));
        };
    }

    static Outcome content(Request r, LuaScript script) { return handle(r, LuaCtx.CONTENT, script, "content"); }

    private static Outcome handle(Request r, int phase, LuaScript script, String name) {
        if (r.debug()) r.debug("lua " + name + " handler, uri:\"" + r.uri + "\" c:1");
        var ctx = ctx(r);
        if (!ctx.bodyRead && r.conf(LuaConf.KEY).needRequestBody()) {
            ctx.bodyRead = true;
            var outcome = RequestBody.read(r, read -> bodyRead(r, ctx, phase, script, read));
            if (outcome != Outcome.OK) return outcome;
        }
        return run(r, ctx, phase, script);
    }

    private static void bodyRead(Request r, LuaCtx ctx, int phase, LuaScript script, Outcome read) {
        if (phase != LuaCtx.CONTENT && r.debug()) r.debug("lua post read for rewrite/access phases");
        resume(r, read == Outcome.OK ? guarded(r, () -> run(r, ctx, phase, script)) : read);
    }

    /// The request's ctx, made when Lua first runs for it.
    static LuaCtx ctx(Request r) {
        var ctx = LuaCtx.of(r);
        if (ctx != null) return ctx;
        var conf = r.conf(LuaConf.KEY);
        var vm = conf.main().vm(r.worker.id);
        var made = vm.worker.requests.take(r);
        made.vm = conf.codeCache() ? vm : LuaStart.vm(vm.worker, conf.main(), vm.timers());
        return keep(r, made, vm);
    }

    /// Gives a subrequest that has none yet a ctx whose Lua runs in the VM of its parent's.
    static LuaCtx ctx(Request sub, LuaVm vm) {
        var made = vm.worker.requests.take(sub);
        made.vm = vm;
        return keep(sub, made, vm);
    }

    private static LuaCtx keep(Request r, LuaCtx made, LuaVm shared) {
        made.shared = shared;
        r.set(LuaCtx.KEY, made);
        r.onFree(made.freed);
        return made;
    }

    /// The request that `ctx` was made for has ended.
    static void free(LuaCtx ctx) {
        Request r = ctx.r;
        LuaVm vm = ctx.vm, shared = ctx.shared;
        if (r.debug()) r.debug("lua request cleanup: forcible=0");
        ctx.abandonHandler();
        if (ctx.waiting != null) ctx.waiting.kill();
        int onAbort = ctx.takeOnAbort();
        if (onAbort != 0) vm.unref(onAbort);
        if (r != r.main && vm == shared && ctx.holdsAny()) {
            // a subrequest's sockets may be in the hands of its siblings; they know by its handle whose they are
            r.main.onClose(() -> vm.worker.requests.giveBack(ctx));
            return;
        }
        ctx.releaseAll();
        if (vm != shared) vm.leave(r.conf(LuaConf.KEY).main().log());
        vm.worker.requests.giveBack(ctx);
    }

    private static Outcome run(Request r, LuaCtx ctx, int phase, LuaScript script) {
        var vm = ctx.vm;
        ctx.logLevel(r.log().level().ordinal());
        ctx.transformUnderscores = r.conf(LuaConf.KEY).transformUnderscores();
        ctx.exited = false;
        ctx.exitCode = 0;
        if (r.debug()) r.debug("lua reset ctx");
        ctx.context(phase);
        var run = new ByLua(ctx, r, phase);
        ctx.run = run;
        LuaEvent event;
        try {
            event = vm.worker.scheduler.start(run, vm, script.code(r));
        } catch (LuaLoadException e) {
            ctx.run = null;
            r.log(Level.ERROR, e.getMessage());
            return Outcome.status(e.status);
        }
        if (event != LuaEvent.WAITING) return run.outcome(event);
        if (r.conf(LuaConf.KEY).checkClientAbort()) r.main.aborted = run::clientGone;
        return Outcome.AGAIN;
    }

    /// The client has closed its connection while Lua waits, and `lua_check_client_abort` is on.
    private void clientGone() {
        r.main.aborted = null;
        r.log(Level.INFO, "client prematurely closed connection");
        int ref = ctx.takeOnAbort();
        if (ref != 0) {
            if (r.debug()) r.debug("lua waking up the on_abort callback thread");
            ctx.vm.worker.scheduler.join(this, ctx.vm.adopt(ref));
        } else if (!ctx.abortHandled) {
            ctx.vm.worker.scheduler.kill(this);
            ctx.run = null;
            resume(r, Outcome.status(CLIENT_CLOSED));
        }
    }

    // --- ends

    @Override protected void ended(LuaEvent event) { resume(r, guarded(r, () -> outcome(event))); }

    private interface Step { Outcome take(); }

    private static Outcome guarded(Request r, Step step) {
        try {
            return step.take();
        } catch (RuntimeException | StackOverflowError e) {
            return PhaseEngine.bug(r, e);
        }
    }

    private static void resume(Request r, Outcome outcome) {
        if (outcome != Outcome.AGAIN) r.server.http().engine().resume(r, outcome);
    }

    /// What the phase answers when its Lua has come to this end.
    private Outcome outcome(LuaEvent event) {
        ctx.run = null;
        if (r.conf(LuaConf.KEY).checkClientAbort()) r.main.aborted = null;
        if (ctx.refused != null && !r.headBegun()) return ctx.refused;
        var outcome = switch (event) {
            case LuaEvent.Ended _ -> phase == LuaCtx.CONTENT ? LuaOutput.last(r, ctx) : Outcome.OK;
            case LuaEvent.Failed _ -> r.headBegun() ? Outcome.ERROR : Outcome.status(500);
            case LuaEvent.Exit(int status) -> exit(status);
            case LuaEvent.Redirect(_, int status) -> exit(status);
            case LuaEvent.Exec(var target, var args) -> exec(target, args);
            case LuaEvent.Jump _ -> jump();
            case LuaEvent.Waiting _, LuaEvent.Yielded _, LuaEvent.Spawned _ -> throw new IllegalStateException("not an end: " + event);
        };
        if (phase == LuaCtx.CONTENT) return outcome == Outcome.DECLINED ? Outcome.OK : outcome;
        if (outcome != Outcome.OK && outcome != Outcome.DECLINED) return outcome;
        if (phase == LuaCtx.ACCESS || phase == LuaCtx.PRECONTENT) {
            if (outcome == Outcome.DECLINED) return outcome;
        }
        if (r.headBegun() || r.out.status != 0 && ctx.out != null) {
            // The response has begun: no later phase may make another.
            if (!ctx.eof) {
                var last = LuaOutput.last(r, ctx);
                if (last != Outcome.OK) return last;
            }
            return Outcome.status(200);
        }
        if (phase == LuaCtx.ACCESS) return Outcome.OK;
        return Outcome.DECLINED;
    }

    private Outcome exit(int code) {
        if (r.debug()) r.debug("lua thread aborting request with status " + code);
        if (r.debug()) r.debug("lua request cleanup: forcible=0");
        if (!r.headBegun() && r.out.status == 0 && code >= 200) r.out.status = code;
        if (ctx.buffering && r.out.status != 0 && code != ERROR_CODE && !aborts(code)) {
            var sent = LuaOutput.last(r, ctx);
            if (sent != Outcome.OK) return sent;
            return code >= 200 ? Outcome.status(200) : of(code);
        }
        if (code == 0 && phase == LuaCtx.CONTENT || code >= 200 && code < SPECIAL && code != NO_CONTENT) {
            var sent = LuaOutput.last(r, ctx);
            if (sent != Outcome.OK) return sent;
        }
        if (r.headBegun() && code > 0 && !aborts(code)) return phase == LuaCtx.CONTENT ? Outcome.OK : Outcome.status(200);
        return of(code);
    }

    /// Whether the client is to get nothing more.
    private static boolean aborts(int code) { return code == TIMEOUT || code == CLIENT_CLOSED || code == CLOSE; }

    private static Outcome of(int code) {
        return switch (code) {
            case 0 -> Outcome.OK;
            case DECLINED_CODE -> Outcome.DECLINED;
            default -> code < 0 ? Outcome.ERROR : Outcome.status(code);
        };
    }

    private Outcome exec(String target, String args) {
        if (r.debug()) {
            r.debug("lua thread initiated internal redirect to " + target);
            r.debug("lua request cleanup: forcible=1");
        }
        if (target.startsWith("@")) {
            if (!args.isEmpty()) r.log(Level.WARN, "query strings " + args + " ignored when exec'ing named location " + target);
            Finalizer.namedLocation(r, target);
        } else {
            Finalizer.internalRedirect(r, target, args);
        }
        return Outcome.DONE;
    }

    private Outcome jump() {
        if (r.debug()) {
            r.debug("lua thread aborting request with URI rewrite jump: \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
            r.debug("lua request cleanup: forcible=1");
        }
        return Outcome.OK;
    }

    // --- what the scheduler asks

    @Override protected long handle() { return ctx.handle; }
    @Override protected void entered() { ctx.vm.worker.variables.enter(r, code); }
    @Override protected void log(Level level, String text) { r.log(level, text); }
    @Override protected boolean debug() { return r.debug(); }
    @Override protected String refusal() { return refusal; }

    @Override protected int openOutput() {
        int refused = refused();
        if (refused != OK) return refused;
        if (r.isHead() || r.debug() || r.conf(LuaConf.KEY).filters() || r.core().sendsAtOnce()) return SEND;
        var outcome = LuaOutput.head(r, ctx);
        return outcome == Outcome.OK ? GATHER : refuse("nginx output filter error");
    }

    @Override protected int output(long a, int n) {
        int refused = refused();
        if (refused != OK) return refused;
        int sent = LuaOutput.body(r, ctx, a, n);
        return sent == ERROR ? refuse("nginx output filter error") : sent;
    }

    @Override protected void awaitOutput(Scheduler scheduler) {
        Runnable wake = scheduler.running()::wake;
        r.c.whenWritable(r, wake);
        scheduler.park(() -> r.c.forget(wake));
    }

    private int refused() {
        var disabled = ctx.disabled(LuaCtx.HANDLERS);
        if (disabled != null) {
            refusal = disabled;
            return ERROR;
        }
        if (ctx.rawSocket) return refuse(LuaOutput.RAW_SOCKET);
        if (r.headerOnly) return refuse("header only");
        return ctx.eof ? refuse("seen eof") : OK;
    }

    private int refuse(String why) {
        refusal = why;
        return REFUSED;
    }
}
