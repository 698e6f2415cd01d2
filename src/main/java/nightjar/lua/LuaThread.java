package nightjar.lua;

import org.jspecify.annotations.Nullable;

/// A light thread: one coroutine that the scheduler resumes, with what it waits for. The entry thread of a task is one, and
/// so is each that `ngx.thread.spawn` makes; the coroutines that a script makes with `coroutine.*` are not: they run inside.
public final class LuaThread {
    /// What a wake gives to the function that waits.
    @FunctionalInterface
    public interface Values {
        /// Pushes values to the coroutine.
        /// @return how many
        int push(long co);
    }

    private static final Runnable NOTHING = () -> {};

    final LuaVm vm;
    private long co;
    int ref;
    @Nullable LuaTask task;
    /// The one inside which Lua runs it, until it waits.
    @Nullable LuaThread around;
    private @Nullable Runnable cancel;
    private int parks;
    /// Its neighbours among its task's threads.
    @Nullable LuaThread newer, older;
    /// It has died of a call of `error`, whose arguments still stand before the message on its stack.
    boolean thrown;
    /// Its environment was replaced: it is not used again.
    boolean tainted;
    private @Nullable LuaThread waiter;
    private int waiterParks;
    /// What its last `ngx.location.capture` brought.
    @Nullable Capture capture;

    LuaThread(LuaVm vm, long co, int ref) {
        this.vm = vm;
        this.co = co;
        this.ref = ref;
    }

    /// One that Lua has begun to run inside another; its coroutine is known once it waits.
    LuaThread(LuaThread around) {
        this(around.vm, 0, 0);
        this.around = around;
    }

    long co() {
        if (co == 0) co = vm.coroutine(ref);
        return co;
    }

    /// Lets the thread wait once the API function that called this yields.
    /// @param cancel undoes what would wake it, should it be killed before
    void park(Runnable cancel) {
        this.cancel = cancel;
        parks++;
    }

    boolean parked() {
        return cancel != null;
    }

    /// Counts the waits, so that a late wake is told from a due one.
    int parks() {
        return parks;
    }

    void unpark() {
        cancel = null;
    }

    /// `other` has parked until this thread, or another that it waits for, ends.
    void waitedBy(LuaThread other) {
        waiter = other;
        waiterParks = other.parks;
    }

    /// The thread that is parked until this one ends, `null` when none is any more.
    @Nullable LuaThread waiter() {
        return waiter != null && waiter.parked() && waiter.parks == waiterParks ? waiter : null;
    }

    /// Undoes a wait.
    void cancel() {
        var undo = cancel == null ? NOTHING : cancel;
        cancel = null;
        undo.run();
    }

    /// Resumes the thread with no values; see [#wake(Values)].
    public void wake() {
        wake(_ -> 0);
    }

    /// Resumes the thread if it is still parked. Inside a call from Lua it is resumed by a later event.
    public void wake(Values values) {
        vm.worker.scheduler.wake(this, values);
    }
}
