package nightjar.dict;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import nightjar.core.Errno;
import nightjar.core.Mem;
import nightjar.core.Posix;

/// The memory of one dict, laid out so that it means the same wherever it is mapped:
///
/// | where | what |
/// |---|---|
/// | 0 | header: [DictFile]'s part, then counters and list heads |
/// | 4096 | journal |
/// | 8192 | 24 bytes a page of the pool ([Slab]) |
/// | behind | 8 bytes a bucket ([Index]) |
/// | at a page | the pool |
///
/// **What a killed process leaves.** A file's pages belong to the kernel, so a process that is killed leaves all that it had
/// stored, in the middle of a change too. Therefore every word that a change overwrites is kept in the journal first;
/// [#commit] ends a change, [#rollBack] takes back one that has not ended. Memory that nothing refers to yet needs no such care.
/// The fences keep the compiler from storing in another order; the processor's own order does not matter to the file.
final class Region {
    static final int PAGE = 4096;
    // header, behind DictFile's part
    static final int FREE_PAGES = 512;
    static final int FREE_RUNS = 516;
    static final int SLOTS = 520;
    static final int NEWEST = 560;
    static final int OLDEST = 564;
    static final int ENTRIES = 568;
    static final int EXPIRING = 572;
    static final int FIRST_EXPIRY = 576;
    /// The two chunks that are in use in an empty dict.
    static final int ROOT = 584;
    static final int LABEL = 588;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    // journal: how many words it holds, the entry whose value is being overwritten, the words
    private static final int KEPT = PAGE;
    private static final int TORN = PAGE + 8;
    private static final int WORDS = PAGE + 16;
    private static final int MAX_WORDS = (PAGE - 16) / 16;
    /// Values up to here are kept in the journal when they are overwritten; of longer ones, that they were.
    private static final int MAX_KEPT_VALUE = 1024;

    final long base;
    final long length;
    /// In the pool.
    final int pages;
    final long pageTable;
    final long buckets;
    final int bucketCount;
    final long pool;
    private final boolean journaled;

    /// @param size the dict's own, in bytes
    /// @param base where `length(size)` bytes are
    Region(long base, long size, boolean journaled) {
        this.base = base;
        this.journaled = journaled;
        pages = pages(size);
        bucketCount = bucketCount(pages);
        pageTable = base + 2 * PAGE;
        buckets = pageTable + pages * 24L;
        pool = base + poolOffset(pages);
        length = pool - base + (long) pages * PAGE;
    }

    /// A region of its own memory.
    static Region ofMemory(long size) {
        long at = Posix.map(length(size));
        if (at < 0) throw new DictException("mmap(" + length(size) + ") failed " + Errno.quoted((int) -at));
        return new Region(at, size, false);
    }

    /// How many pages are left of `size` bytes beside what nginx keeps there itself on a machine of 64 bits: a pool's
    /// head of 200 bytes, a list and four counters for each of nine chunk sizes, and 24 bytes a page. Source: ngx_slab_init.
    static int pages(long size) {
        long head = 200 + 9 * (24 + 32);
        long pages = (size - head) / (PAGE + 24);
        long start = (head + pages * 24 + PAGE - 1) / PAGE * PAGE;
        return Math.toIntExact(Math.min(pages, (size - start) / PAGE));
    }

    /// An entry has 128 bytes at least; so chains have two entries at most in the mean.
    private static int bucketCount(int pages) { return Integer.highestOneBit(Math.max(pages * (PAGE / 256), 1)) * 2; }

    private static long poolOffset(int pages) { return (2 * PAGE + pages * 24L + bucketCount(pages) * 8L + PAGE - 1) / PAGE * PAGE; }

    static long length(long size) { return poolOffset(pages(size)) + (long) pages(size) * PAGE; }

    /// Whether words that are overwritten have to be kept first.
    boolean journaled() { return journaled; }

    /// Addresses in the pool as four bytes, 0 for none.
    int ref(long at) { return (int) (at - base >>> 3); }

    long at(int ref) { return base + ((ref & 0xffffffffL) << 3); }

    /// Whether `n` bytes from `at` are in the pool; for readers that may have got at garbage.
    boolean holds(long at, long n) { return at >= pool && n <= base + length - at; }

    int i(long a) { return Mem.i(a); }

    void i(long a, int v) {
        if (journaled) keep(a & ~7);
        Mem.i(a, v);
    }

    long l(long a) { return Mem.l(a); }

    void l(long a, long v) {
        if (journaled) keep(a);
        Mem.l(a, v);
    }

    /// Reads a word that another thread publishes with [#publish].
    static long acquire(long a) { return (long) LONG.getAcquire(Mem.ALL, a); }

    /// Stores a word after all that was stored before.
    void publish(long a, long v) {
        if (journaled) keep(a);
        LONG.setRelease(Mem.ALL, a, v);
    }

    /// Overwrites a value of entry `ref` with as many bytes.
    void overwrite(int ref, long at, long from, int n) {
        if (journaled) {
            if (n <= MAX_KEPT_VALUE) {
                for (long a = at & ~7; a < at + n; a += 8) keep(a);
            } else {
                VarHandle.storeStoreFence();
                Mem.i(base + TORN, ref);
                VarHandle.storeStoreFence();
            }
        }
        Mem.copy(from, at, n);
    }

    /// Overwrites a number, which need not be aligned.
    void number(long at, double v) {
        if (journaled) {
            keep(at & ~7);
            if ((at & 7) != 0) keep((at & ~7) + 8);
        }
        Mem.d(at, v);
    }

    private void keep(long word) {
        int n = Mem.i(base + KEPT);
        if (n == MAX_WORDS) throw new IllegalStateException("a change of more than " + MAX_WORDS + " words");
        long at = base + WORDS + n * 16L;
        Mem.l(at, word - base);
        Mem.l(at + 8, Mem.l(word));
        VarHandle.storeStoreFence();
        Mem.i(base + KEPT, n + 1);
        VarHandle.storeStoreFence();
    }

    /// What was changed is whole.
    void commit() {
        if (!journaled || Mem.i(base + KEPT) == 0 && Mem.i(base + TORN) == 0) return;
        VarHandle.storeStoreFence();
        Mem.i(base + KEPT, 0);
        Mem.i(base + TORN, 0);
        VarHandle.storeStoreFence();
    }

    /// Takes back a change that has not ended.
    /// @return the entry whose value is lost, 0 for none
    /// @throws DictException when the journal makes no sense
    int rollBack() {
        int n = Mem.i(base + KEPT);
        if (n < 0 || n > MAX_WORDS) throw new DictException("its journal is damaged");
        while (n > 0) {
            long at = base + WORDS + --n * 16L;
            long offset = Mem.l(at);
            boolean kept = offset >= FREE_PAGES && offset < PAGE || offset >= 2 * PAGE && offset <= length - 8;
            if (!kept || (offset & 7) != 0) throw new DictException("its journal is damaged");
            Mem.l(base + offset, Mem.l(at + 8));
            VarHandle.storeStoreFence();
            Mem.i(base + KEPT, n);
        }
        int torn = Mem.i(base + TORN);
        Mem.i(base + TORN, 0);
        return torn;
    }

    void free() {
        int rc = Posix.unmap(base, length);
        if (rc < 0) throw new IllegalStateException("munmap() failed " + Errno.quoted(-rc));
    }
}
