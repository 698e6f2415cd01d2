package nightjar.core;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// Where a call leaves its errno and finds its paths: one of 64 lent out by a bit mask, so that a call allocates
/// nothing and needs no ThreadLocal. With more than 64 threads inside of libc at once, further ones make their own.
final class Scratch implements AutoCloseable {
    static final int PATH_MAX = 4096;
    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = CAPTURED.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final Scratch[] LENT = new Scratch[64];
    private static final AtomicLong TAKEN = new AtomicLong();

    static {
        for (int k = 0; k < LENT.length; k++) LENT[k] = new Scratch(k);
    }

    private final int index;
    final MemorySegment captured;
    final long first;
    final long second;

    private Scratch(int index) {
        this.index = index;
        long at = Mem.alloc(64 + 2 * PATH_MAX);
        captured = Mem.ALL.asSlice(at, CAPTURED.byteSize());
        first = at + 64;
        second = first + PATH_MAX;
    }

    static Scratch take() {
        while (true) {
            long taken = TAKEN.get();
            int k = Long.numberOfTrailingZeros(~taken);
            if (k == 64) return new Scratch(-1);
            if (TAKEN.compareAndSet(taken, taken | 1L << k)) return LENT[k];
        }
    }

    /// Gives it back.
    @Override
    public void close() {
        if (index < 0) {
            Mem.free(captured.address());
            return;
        }
        long taken;
        do taken = TAKEN.get(); while (!TAKEN.compareAndSet(taken, taken & ~(1L << index)));
    }

    /// A result, or -errno.
    long result(long r) {
        return r == -1 ? -captured.get(JAVA_INT, ERRNO_AT) : r;
    }

    int result(int r) {
        return r == -1 ? -captured.get(JAVA_INT, ERRNO_AT) : r;
    }

    /// Zero, or the errno for a string that C cannot have.
    static int put(long to, String s) {
        if (s.length() >= PATH_MAX) return Errno.ENAMETOOLONG;
        if (s.indexOf('\0') >= 0) return Errno.EINVAL;
        Mem.b(Mem.put(to, s), 0);
        return 0;
    }
}
