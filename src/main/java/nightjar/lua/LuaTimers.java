package nightjar.lua;

import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.http.Location;
import nightjar.luajit.LuaState;
import nightjar.net.Timer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// The timers of one configuration on one worker: Lua that runs at a time, without a client.
/// Source: ngx_http_lua_timer.c.
final class LuaTimers {
    private final Worker worker;
    private final LuaWorker lua;
    private final Log log;
    private final int maxPending, maxRunning;
    private @Nullable Pending first, last;
    private @Nullable Run runs;
    private int pending, running;
    private boolean exiting;
    private @Nullable Runnable whenNoneRuns;

    /// @param maxPending `lua_max_pending_timers`
    /// @param maxRunning `lua_max_running_timers`
    LuaTimers(Worker worker, LuaWorker lua, Log log, int maxPending, int maxRunning) {
        this.worker = worker;
        this.lua = lua;
        this.log = log;
        this.maxPending = maxPending;
        this.maxRunning = maxRunning;
    }

    /// Whether its configuration is to end.
    boolean exiting() { return exiting; }
    int pending() { return pending; }
    int running() { return running; }

    /// Runs a function of `from`'s VM later.
    /// @param msec how much later; every so often if `every`
    /// @param ref of the table with the function and `n` arguments; from here on it is the timer's
    /// @return `null`, or why not
    @Nullable String add(LuaCtx from, long msec, boolean every, int ref, int n) {
        if (exiting && msec > 0) return "process exiting";
        if (pending >= maxPending) return "too many pending timers";
        var timer = new Pending(from, msec, every, ref, n);
        timer.vm.use();
        timer.arm();
        if (log.debug()) log.write(Level.DEBUG, "created timer (co: " + Integer.toHexString(ref) + " delay: " + msec + " ms)");
        return null;
    }

    /// The configuration is to end: what is pending runs now, with `premature`, and no other time is waited for.
    void exit() {
        if (exiting) return;
        exiting = true;
        if (log.debug()) log.write(Level.DEBUG, "lua abort pending timers");
        if (pending == 0) return;
        if (log.debug()) log.write(Level.DEBUG, "lua found " + pending + " pending timers to be aborted prematurely");
        for (int left = pending; left > 0 && first != null; left--) {
            var timer = first;
            worker.timers.cancel(timer);
            timer.fire(true);
        }
    }

    /// Calls `done` when no timer runs any more.
    void whenNoneRuns(Runnable done) {
        if (running == 0) done.run();
        else whenNoneRuns = done;
    }

    /// Ends what runs, and forgets what is pending.
    void kill() {
        exiting = true;
        while (first != null) {
            var timer = first;
            worker.timers.cancel(timer);
            timer.drop();
        }
        while (runs != null) {
            var run = runs;
            lua.scheduler.kill(run);
            run.over();
        }
    }

    /// One that waits for its time.
    private final class Pending extends Timer {
        private final LuaVm vm;
        private final LuaClient client;
        private final @Nullable Location location;
        private final long msec;
        private final boolean every;
        private final int ref, n;
        private @Nullable Pending before, after;
        private boolean waits;

        Pending(LuaCtx from, long msec, boolean every, int ref, int n) {
            this.vm = from.vm;
            this.client = LuaClient.after(log, from);
            this.location = from.location();
            this.msec = msec;
            this.every = every;
            this.ref = ref;
            this.n = n;
        }

        void arm() {
            pending++;
            waits = true;
            before = last;
            if (last == null) first = this; else last.after = this;
            last = this;
            if (msec > 0) worker.timers.add(this, msec);
            else worker.executeNextTurn(this::fire);
        }

        private void unlink() {
            pending--;
            waits = false;
            if (before == null) first = after; else before.after = after;
            if (after == null) last = before; else after.before = before;
            before = after = null;
        }

        @Override protected void fire() {
            if (waits) fire(false);
        }

        private void fire(boolean premature) {
            if (log.debug()) log.write(Level.DEBUG, "lua ngx.timer expired");
            unlink();
            boolean again = every && !exiting;
            if (again) {
                arm();
                if (log.debug()) log.write(Level.DEBUG, "created next timer (co: " + Integer.toHexString(ref) + " delay: " + msec + " ms)");
            }
            if (running < maxRunning) {
                new Run(vm, client.numbered(), location).start(ref, n, premature);
            } else {
                log.write(Level.ALERT, "lua failed to run timer with function defined at " + vm.origin(ref) + ": " + maxRunning
                        + " lua_max_running_timers are not enough");
            }
            if (!again) release();
        }

        void drop() {
            unlink();
            release();
        }

        private void release() {
            vm.unref(ref);
            vm.leave(log);
        }
    }

    /// One whose time has come.
    private final class Run extends LuaTask {
        private final LuaVm vm;
        private final LuaClient client;
        private final LuaCtx ctx;
        private @Nullable Run before, after;

        Run(LuaVm vm, LuaClient client, @Nullable Location location) {
            this.vm = vm;
            this.client = client;
            ctx = lua.requests.take(client, vm, LuaCtx.TIMER);
            ctx.location = location;
        }

        void start(int ref, int n, boolean premature) {
            running++;
            vm.use();
            after = runs;
            if (runs != null) runs.before = this;
            runs = this;
            var thread = vm.take(this);
            vm.pushElements(thread.co(), ref, 1, 1);
            LuaState.push(thread.co(), premature);
            vm.pushElements(thread.co(), ref, 2, n + 1);
            if (lua.scheduler.start(this, thread, n + 1) != LuaEvent.WAITING) over();
        }

        @Override protected void ended(LuaEvent event) { over(); }

        private void over() {
            running--;
            if (before == null) runs = after; else before.after = after;
            if (after != null) after.before = before;
            if (log.debug()) client.write(Level.DEBUG, "http lua close fake http connection " + Long.toHexString(ctx.handle));
            lua.requests.giveBack(ctx);
            vm.leave(log);
            var then = whenNoneRuns;
            if (running > 0 || then == null) return;
            whenNoneRuns = null;
            then.run();
        }

        @Override protected long handle() { return ctx.handle; }
        @Override protected void log(Level level, String text) { client.write(level, text); }
        @Override protected boolean debug() { return log.debug(); }
        @Override protected String refusal() { return "API disabled in the context of ngx.timer"; }
        @Override protected int openOutput() { return ERROR; }
        @Override protected int output(long a, int n) { return ERROR; }
    }
}
