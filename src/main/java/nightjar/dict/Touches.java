package nightjar.dict;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import nightjar.core.Mem;

/// What one worker has read and [Lru] does not know yet, oldest first: a ring in the worker's [DictUser]. The worker adds, in
/// Java or in Lua; whoever holds the dict's lock takes.
final class Touches {
    interface Taker {
        void touched(int ref, int hash);
    }

    static final int SIZE = 512;
    /// Bytes of the ring: of each entry its place and its key's hash.
    static final int BYTES = SIZE * 8;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    /// Both count on and wrap. `taken` is written by other threads, too.
    private final long added, taken;
    /// The entry that was added last.
    private final long last;
    private final long ring;

    Touches(long added, long last, long taken, long ring) {
        this.added = added;
        this.last = last;
        this.taken = taken;
        this.ring = ring;
    }

    /// False when there is no room. What was read last time, too, is not added again.
    boolean add(int ref, int hash) {
        int n = Mem.i(added);
        int waiting = n - acquire(taken);
        if (waiting > 0 && Mem.i(last) == ref) return true;
        if (waiting == SIZE) return false;
        long at = ring + (n & SIZE - 1) * 8L;
        Mem.i(at, ref);
        Mem.i(at + 4, hash);
        Mem.i(last, ref);
        release(added, n + 1);
        return true;
    }

    /// For the worker itself.
    boolean isEmpty() { return Mem.i(added) == acquire(taken); }

    /// For who holds the lock.
    void take(Taker taker) {
        int end = acquire(added);
        int n = Mem.i(taken);
        if (n == end) return;
        for (; n != end; n++) {
            long at = ring + (n & SIZE - 1) * 8L;
            taker.touched(Mem.i(at), Mem.i(at + 4));
        }
        release(taken, end);
    }

    private static int acquire(long at) { return (int) INT.getAcquire(Mem.ALL, at); }

    private static void release(long at, int n) { INT.setRelease(Mem.ALL, at, n); }
}
