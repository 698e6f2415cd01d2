package nightjar.net;

import org.jspecify.annotations.Nullable;

/// Something to be done at a time, kept in [Timers]. It is its own place in the wheel, so arming it allocates nothing:
/// a connection has its timer as a field or is one itself.
public abstract class Timer {
    /// When it is to fire, in milliseconds of [Timers#now()]. It holds the last value after it fired or was cancelled.
    public long deadline;

    /// The millisecond whose slot of the wheel holds it; may be before `deadline`.
    long due;
    @Nullable Timer next;
    /// The one before it, or itself when it is the first of its slot; null when it is not armed.
    @Nullable Timer prev;
    /// The slot that holds it, or [Timers#FIRING].
    int slot;

    /// Called once, on the worker's thread, at the deadline or as soon as possible after it. The timer is not armed
    /// any more and may be added again.
    protected abstract void fire();

    public final boolean armed() {
        return prev != null;
    }

    /// A timer that runs `task`.
    public static Timer of(Runnable task) {
        return new Timer() {
            @Override
            protected void fire() {
                task.run();
            }
        };
    }
}
