package nightjar.lua;

import java.util.ArrayDeque;
import nightjar.core.Log;
import org.jspecify.annotations.Nullable;

/// One run of Lua for one request in one phase, with the light threads it starts: what the scheduler asks of the request
/// and tells it.
public abstract class LuaTask {
    /// [#openOutput] and [#output]: go on.
    public static final int OK = 0;
    /// [#openOutput]: the buffer is open.
    public static final int GATHER = 1;
    /// [#openOutput]: each call is to go through [#output], which then may run Lua filters.
    public static final int SEND = 2;
    /// Nothing can be sent; the script gets `nil` and the [#refusal].
    public static final int REFUSED = 3;
    /// [#output]: sent, but much waits behind a filter: the script is to wait as well.
    public static final int FULL = 4;
    /// The call is an error, its text the [#refusal].
    public static final int ERROR = -1;

    /// What it began with; `null`: a function, as a timer does.
    @Nullable LuaCode code;
    @Nullable LuaThread entry;
    /// The newest of the light threads that have not ended, the entry thread among them; the others follow it.
    private @Nullable LuaThread newest;
    /// Light threads that wait for subrequests, which would be left without a parent if the task ended.
    int capturing;
    /// Light threads whose turn it is when the running one waits or yields; made when there is one.
    private @Nullable ArrayDeque<LuaThread> posted;

    final void add(LuaThread thread) {
        thread.task = this;
        thread.older = newest;
        if (newest != null) newest.newer = thread;
        newest = thread;
    }

    final void remove(LuaThread thread) {
        if (thread.newer == null) newest = thread.older;
        else thread.newer.older = thread.older;
        if (thread.older != null) thread.older.newer = thread.newer;
        thread.newer = thread.older = null;
        thread.task = null;
    }

    /// One of the threads that have not ended, `null` when all have.
    final @Nullable LuaThread any() { return newest; }

    /// It is the thread's turn after those that were posted before.
    final void post(LuaThread thread) {
        if (posted == null) posted = new ArrayDeque<>();
        posted.add(thread);
    }

    final boolean hasPosted() { return posted != null && !posted.isEmpty(); }

    /// Takes the thread whose turn it is.
    final @Nullable LuaThread next() {
        if (posted == null) return null;
        LuaThread thread;
        do thread = posted.poll(); while (thread != null && thread.task != this);
        return thread;
    }

    /// Nobody has a turn any more.
    final void unpost() { posted = null; }

    /// What Lua sees as `ngx_http_request_t *`; 0 where there is no request (`init_by_lua`).
    protected abstract long handle();

    /// What the sockets of its scripts belong to, as [#handle].
    protected long owner() { return handle(); }

    /// A line of the request's error log, a byte string.
    protected abstract void log(Log.Level level, String text);

    /// Whether debug lines are to be logged.
    protected abstract boolean debug();

    /// An uncaught error has killed the entry thread.
    /// @param kind "runtime error" and the like
    /// @param traceback begins with "stack traceback:"
    protected void failed(String kind, String message, String traceback) {
        log(Log.Level.ERROR, "lua entry thread aborted: " + kind + ": " + message + "\n" + traceback);
    }

    /// The entry thread has come to its end; its results are on its stack from 1.
    protected void returned(long co) {}

    /// A message with the traceback of one coroutine, as `debug.traceback` words it.
    static String withTraceback(String message, String traceback) {
        return message + "\n" + traceback.replace("\ncoroutine 0:", "");
    }

    /// Why [#openOutput] or [#output] answered [#REFUSED] or [#ERROR].
    protected abstract String refusal();

    /// The first output of a run, before anything is in the buffer: sends the head of the response if it has not gone.
    /// Called under LuaJIT's FFI: no Lua may run.
    /// @return [#GATHER], [#SEND], [#REFUSED] or [#ERROR]
    protected abstract int openOutput();

    /// Takes `n` bytes of body at `a`, copying what it keeps. Under [#SEND] it may run Lua filters.
    /// @return [#OK], [#FULL], [#REFUSED] or [#ERROR]
    protected abstract int output(long a, int n);

    /// Lua is about to run for the task: at its start, and after each wait.
    protected void entered() {}

    /// Lua has come back: the task waits or has ended.
    protected void left() {}

    /// Whether `lua_yield_everywhere` lets the task wait where nginx could not.
    protected boolean yieldsEverywhere() { return false; }

    /// Parks the running thread until there is room for more output.
    protected void awaitOutput(Scheduler scheduler) { throw new IllegalStateException("the task has no output"); }

    /// The task came to its end in a later event than the one that started it; never [LuaEvent.Waiting].
    protected abstract void ended(LuaEvent event);
}
