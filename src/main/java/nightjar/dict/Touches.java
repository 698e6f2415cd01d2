package nightjar.dict;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What one worker has read and [Lru] does not know yet, oldest first. The worker adds; whoever holds the dict's lock takes.
final class Touches {
    interface Taker {
        void touched(int ref, int hash);
    }

    private static final VarHandle ADDED, TAKEN;
    private static final int SIZE = 128;

    static {
        try {
            var lookup = MethodHandles.lookup();
            ADDED = lookup.findVarHandle(Touches.class, "added", int.class);
            TAKEN = lookup.findVarHandle(Touches.class, "taken", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long[] ring = new long[SIZE];
    /// Both count on and wrap.
    private int added;
    private int taken;

    /// False when there is no room. What was read last time, too, is not added again.
    boolean add(int ref, int hash) {
        int n = added;
        int waiting = n - (int) TAKEN.getAcquire(this);
        long touch = (long) hash << 32 | ref & 0xffffffffL;
        if (waiting > 0 && ring[n - 1 & SIZE - 1] == touch) return true;
        if (waiting == SIZE) return false;
        ring[n & SIZE - 1] = touch;
        ADDED.setRelease(this, n + 1);
        return true;
    }

    /// For the worker itself.
    boolean isEmpty() { return added == (int) TAKEN.getAcquire(this); }

    /// For the worker itself.
    boolean holds(int ref) {
        for (int n = (int) TAKEN.getAcquire(this); n != added; n++) {
            if ((int) ring[n & SIZE - 1] == ref) return true;
        }
        return false;
    }

    /// For who holds the lock.
    void take(Taker taker) {
        int end = (int) ADDED.getAcquire(this);
        int n = taken;
        if (n == end) return;
        for (; n != end; n++) {
            long touch = ring[n & SIZE - 1];
            taker.touched((int) touch, (int) (touch >>> 32));
        }
        TAKEN.setRelease(this, end);
    }
}
