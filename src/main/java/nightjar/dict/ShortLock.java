package nightjar.dict;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import nightjar.core.Mem;
import nightjar.core.Posix;

/// A lock for work of less than a microsecond, which Java and Lua take: a `pthread_spinlock_t`, so that Lua has a function of
/// C for it. What its values are is the C library's own affair and looked up once; here a word is compared and set, and to
/// give the lock back is a plain store. Who has it must not ask for it again. Who waits looks often at first, for the other is
/// mostly done by then, and then sleeps in between: the other may have lost its core.
final class ShortLock {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
    /// What the word is.
    static final int FREE, TAKEN;
    private static final int SPINS = 200;
    private static final long SLEEP_NSEC = 20_000;

    static {
        long word = Mem.alloc(4);
        Posix.spinInit(word);
        FREE = Mem.i(word);
        Posix.spinTryLock(word);
        TAKEN = Mem.i(word);
        Mem.free(word);
        if (FREE == TAKEN) throw new ExceptionInInitializerError("pthread_spin_trylock() changes nothing");
    }

    /// Where the word is.
    final long address = Mem.alloc(4);

    ShortLock() { Mem.i(address, FREE); }

    void lock() {
        if (!take()) await(Long.MAX_VALUE);
    }

    /// @return false when it could not be had for `nsec`
    boolean tryLock(long nsec) { return take() || await(nsec); }

    void unlock() { INT.setRelease(Mem.ALL, address, FREE); }

    void free() { Mem.free(address); }

    private boolean takeIfFree() { return (int) INT.getOpaque(Mem.ALL, address) == FREE && take(); }

    private boolean take() { return INT.compareAndSet(Mem.ALL, address, FREE, TAKEN); }

    private boolean await(long nsec) {
        for (int n = 0; n < SPINS; n++) {
            Thread.onSpinWait();
            if (takeIfFree()) return true;
        }
        for (long start = System.nanoTime(); !takeIfFree(); ) {
            if (System.nanoTime() - start > nsec) return false;
            LockSupport.parkNanos(this, SLEEP_NSEC);
        }
        return true;
    }
}
