package nightjar.lua;

import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.luajit.Ffi;
import nightjar.luajit.LuaFunction;
import nightjar.luajit.LuaState;

/// The Java half of `ngx.thread`; `threads.lua` makes the coroutines and keeps who is whose parent.
/// Source: ngx_http_lua_uthread.c.
final class LightThreads {
    /// The thread waits for subrequests, which cannot be called off.
    private static final int BUSY = -3;
    private static final int DUPLICATE = -1, OFF = -2;

    /// Of [Border#child]: none runs inside another, one does that only Lua knows, one does that is a [LuaThread].
    static final int NONE = 0, UNKNOWN = 1, KNOWN = 2;

    private final Scheduler scheduler;

    LightThreads(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /// The running thread waits until `ref`, or another for which this is called before it yields, ends; it is woken with
    /// true and what that one returned, or false and its error.
    @Ffi("nightjar_ffi_thread_wait")
    void await(int ref) {
        var running = scheduler.running();
        if (!running.parked()) scheduler.park(() -> {});
        running.vm.adopted(ref).waitedBy(running);
    }

    /// Ends thread `ref` where it waits.
    /// @return 0 or [#BUSY]
    @Ffi("nightjar_ffi_thread_kill")
    int kill(int ref) {
        var thread = scheduler.running().vm.adopted(ref);
        if (thread.capture != null && thread.capture.pending()) return BUSY;
        scheduler.give(thread.task, thread);
        return LuaTask.OK;
    }

    /// `ngx.on_abort`: the coroutine `ref` becomes a light thread when the client closes its connection.
    /// @return 0; [#DUPLICATE], [#OFF]: then `ref` stays the caller's
    @Ffi("nightjar_ffi_on_abort")
    int onAbort(LuaCtx c, int ref) {
        if (c.abortHandled) return DUPLICATE;
        if (!c.r.conf(LuaConf.KEY).checkClientAbort()) return OFF;
        c.onAbort(ref);
        return LuaTask.OK;
    }

    /// A thread that Lua ran inside the one that made it waits, or gives others their turn: it is coroutine `ref`.
    @Ffi("nightjar_ffi_thread_adopt")
    void adopt(int ref, int yielded) { scheduler.adopt(ref, yielded != 0); }

    /// A thread that Lua ran inside the one that made it, and that is a [LuaThread], has ended there.
    @Ffi("nightjar_ffi_thread_forget")
    void forget() { scheduler.forget(); }

    /// `setfenv(0)` has replaced the environment of a coroutine in the running thread.
    @Ffi("nightjar_ffi_thread_taint")
    void taint() {
        var running = scheduler.running();
        if (running != null) running.tainted = true;
    }

    /// An uncaught error has ended a thread that Lua ran inside the one that made it.
    @Ffi("nightjar_ffi_thread_aborted")
    void aborted(long text, int n) { scheduler.running().task.log(Level.ERROR, "lua user thread aborted: " + Mem.string(text, n)); }

    /// What a thread that has ended left on its stack: true and what it returned, or false and its error. If `error` was called,
    /// as the second argument says, its arguments come before that.
    @LuaFunction("ngx._collect")
    int collect(long L) {
        long co = LuaState.thread(L, 1);
        boolean ok = LuaState.status(co) == LuaState.OK;
        int n = ok || LuaState.bool(L, 2) ? LuaState.top(co) : 1;
        LuaState.checkStack(L, n + 1);
        LuaState.push(L, ok);
        LuaState.move(co, L, n);
        return n + 1;
    }
}
