package nightjar.lua;

import java.util.function.Consumer;
import nightjar.core.Log.Level;
import nightjar.http.Buf;
import nightjar.http.Finalizer;
import nightjar.http.PhaseEngine;
import nightjar.http.Request;
import nightjar.luajit.LuaState;
import org.jspecify.annotations.Nullable;

/// One run of Lua in a phase of a request in which nginx cannot wait: a filter, the log phase, a variable's value. Under
/// `lua_yield_everywhere` it can.
///
/// It runs beside the request's handler, and while it waits the handler may run: what the ctx has for each of them alone is
/// exchanged whenever this one's Lua begins to run and when it comes back.
final class PhaseRun extends LuaTask {
    private static final String[] NO_ARGUMENTS = {};

    final Request r;
    final LuaCtx ctx;
    private final int phase;
    private @Nullable Consumer<PhaseRun> then;
    private String refusal = "";

    // in the ctx while this runs
    private int context;
    @Nullable Buf body;
    String[] arguments = NO_ARGUMENTS;
    boolean exited;
    int exitCode;

    // how it has ended
    boolean waiting;
    boolean failed;
    /// What a `set_by_lua` script returned, as a string.
    String text = "";
    /// What a `body_filter_by_lua` script returned, as a number.
    int number;

    PhaseRun(Request r, LuaCtx ctx, int phase) {
        this.r = r;
        this.ctx = ctx;
        this.phase = phase;
        context = phase;
        exited = ctx.exited;
        exitCode = ctx.exitCode;
    }

    /// Runs the script to its end, or until it is [#waiting]. If it cannot be loaded or fails, that is logged.
    PhaseRun start(LuaScript script) {
        var vm = ctx.vm;
        ctx.logLevel(r.log().level().ordinal());
        try {
            var event = vm.worker.scheduler.start(this, vm, script.code(r), arguments);
            if (event != LuaEvent.WAITING) {
                end(event);
            } else if (yieldsEverywhere()) {
                waiting = true;
                ctx.waiting = this;
            } else {
                vm.worker.scheduler.kill(this);
                failed("", "attempt to yield across C-call boundary", "stack traceback:");
                failed = true;
            }
        } catch (LuaLoadException e) {
            r.log(Level.ERROR, e.getMessage());
            failed = true;
        }
        return this;
    }

    /// Calls `then` when the run, which waits, has ended.
    PhaseRun then(Consumer<PhaseRun> then) {
        this.then = then;
        return this;
    }

    /// Gives up a run that waits.
    void kill() {
        if (ctx.waiting != this) return;
        ctx.waiting = null;
        ctx.vm.worker.scheduler.kill(this);
        if (body != null) body.release();
    }

    @Override protected void ended(LuaEvent event) {
        ctx.waiting = null;
        waiting = false;
        end(event);
        try {
            then.accept(this);
        } catch (RuntimeException | StackOverflowError e) {
            PhaseEngine.bug(r, e);
            Finalizer.terminate(r, 0);
        }
    }

    private void end(LuaEvent event) {
        switch (event) {
            case LuaEvent.Failed _ -> failed = true;
            // reading the request's body went wrong
            case LuaEvent.Exit(int status) -> {
                exited = true;
                exitCode = status;
                number = status;
            }
            default -> { }
        }
    }

    @Override protected void entered() {
        exchange();
        if (ctx.r != null) ctx.vm.worker.variables.enter(ctx.r, code);
    }

    @Override protected void left() { exchange(); }

    private void exchange() {
        int context = ctx.context();
        ctx.context(this.context);
        this.context = context;
        var body = ctx.body;
        ctx.body = this.body;
        this.body = body;
        var arguments = ctx.setArgs;
        ctx.setArgs = this.arguments;
        this.arguments = arguments;
        boolean exited = ctx.exited;
        ctx.exited = this.exited;
        this.exited = exited;
        int exitCode = ctx.exitCode;
        ctx.exitCode = this.exitCode;
        this.exitCode = exitCode;
    }

    @Override protected void returned(long co) {
        if (LuaState.top(co) == 0) return;
        if (phase == LuaCtx.BODY_FILTER) number = LuaState.integer(co, 1);
        else if (phase == LuaCtx.SET) {
            var value = LuaState.string(co, 1);
            if (value != null) text = value;
        }
    }

    @Override protected void failed(String kind, String message, String traceback) {
        r.log(Level.ERROR, "failed to run " + LuaCtx.phaseName(phase) + ": " + withTraceback(message, traceback));
    }

    @Override protected boolean yieldsEverywhere() { return r.conf(LuaConf.KEY).yieldEverywhere(); }
    @Override protected long handle() { return ctx.handle; }
    @Override protected void log(Level level, String text) { r.log(level, text); }
    @Override protected boolean debug() { return r.debug(); }
    @Override protected String refusal() { return refusal; }

    @Override protected int openOutput() {
        refusal = "API disabled in the context of " + LuaCtx.phaseName(phase);
        return ERROR;
    }

    @Override protected int output(long a, int n) { return openOutput(); }
}
