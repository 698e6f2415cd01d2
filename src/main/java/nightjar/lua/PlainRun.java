package nightjar.lua;

import java.util.function.Consumer;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.http.Connection;
import org.jspecify.annotations.Nullable;

/// A run of Lua without a client's request: `init_by_lua`, `init_worker_by_lua`, `exit_worker_by_lua`.
final class PlainRun extends LuaTask {
    private final LuaVm vm;
    private final Log log;
    private final @Nullable LuaCtx ctx;
    private final boolean mayWait;
    /// What sockets of `init_by_lua` belong to.
    private @Nullable LuaCtx owner;
    private @Nullable String failure;
    private Consumer<@Nullable String> then = _ -> { };

    /// @param ctx what Lua has as its request; `null`: nothing
    private PlainRun(LuaVm vm, Log log, @Nullable LuaCtx ctx, boolean mayWait) {
        this.vm = vm;
        this.log = log;
        this.ctx = ctx;
        this.mayWait = mayWait;
    }

    /// Runs the code, which may wait under `lua_yield_everywhere`.
    /// @param then told what went wrong, `null` when nothing did; maybe at once
    /// @return the run, if it waits
    static @Nullable PlainRun run(LuaVm vm, LuaMain main, @Nullable LuaCtx ctx, LuaCode code, Consumer<@Nullable String> then) {
        var run = new PlainRun(vm, main.log(), ctx, main.yieldEverywhere());
        if (!run.start(code)) {
            run.then = then;
            return run;
        }
        run.over();
        then.accept(run.failure);
        return null;
    }

    /// Runs code that cannot wait.
    /// @return what went wrong, or `null`
    static @Nullable String runAtOnce(LuaVm vm, LuaMain main, LuaCode code) {
        var run = new PlainRun(vm, main.log(), null, false);
        run.start(code);
        return run.failure;
    }

    /// Gives up the run, which waits; what follows it goes on.
    void kill() {
        vm.worker.scheduler.kill(this);
        failure = "given up while it waited";
        ended(LuaEvent.ENDED);
    }

    /// @return whether it has ended
    private boolean start(LuaCode code) {
        var scheduler = vm.worker.scheduler;
        try {
            if (scheduler.start(this, vm, code) != LuaEvent.WAITING) return true;
        } catch (LuaLoadException e) {
            failure = e.detail;
            return true;
        }
        if (mayWait) return false;
        scheduler.kill(this);
        failure = "attempt to yield across C-call boundary";
        return true;
    }

    @Override protected void ended(LuaEvent event) {
        over();
        then.accept(failure);
    }

    private void over() {
        if (owner != null) vm.worker.requests.giveBack(owner);
    }

    @Override protected long owner() {
        if (ctx != null) return ctx.handle;
        if (owner == null) {
            owner = vm.worker.requests.take(new LuaClient(log, Connection.nextNumber(), "init_by_lua*", null, null), vm, LuaCtx.INIT_WORKER);
        }
        return owner.handle;
    }

    @Override protected boolean yieldsEverywhere() { return mayWait; }
    @Override protected long handle() { return ctx == null ? 0 : ctx.handle; }
    @Override protected void log(Level level, String text) { log.write(level, text); }
    @Override protected boolean debug() { return log.debug(); }
    @Override protected void failed(String kind, String message, String traceback) { failure = LuaTask.withTraceback(message, traceback); }
    @Override protected String refusal() { return "API disabled in the context of " + LuaCtx.phaseName(ctx == null ? 0 : ctx.context()); }
    @Override protected int openOutput() { return ERROR; }
    @Override protected int output(long a, int n) { return ERROR; }
}
