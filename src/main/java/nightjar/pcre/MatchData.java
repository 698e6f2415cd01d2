package nightjar.pcre;

import java.util.concurrent.atomic.AtomicLong;
import nightjar.core.Downcall;
import nightjar.core.Mem;

/// What one running match needs of its own: PCRE2's match data, a match context with a JIT stack, and a place for the
/// subject. They are lent out by a bit mask, so that matches on several threads never wait for each other and none
/// allocates; when 64 matches run at once, a further one makes its own.
final class MatchData {
    private static final MatchData[] LENT = new MatchData[64];
    private static final AtomicLong TAKEN = new AtomicLong();
    private static final int PAIRS = 32;
    private static final int SUBJECT = 4096;
    /// What is lent more than once and has grown beyond this gives its subject's memory back.
    private static final int SUBJECT_KEPT = 1 << 20;
    private static final int WORKSPACE_INTS = 100;
    private static final long JIT_STACK_MIN = 32 << 10;
    private static final long JIT_STACK = 1 << 20;
    /// PCRE2's own default.
    private static final int MATCH_LIMIT = 10_000_000;

    private final int index;
    private int pairs = PAIRS;
    private long subject = Mem.alloc(SUBJECT);
    private long room = SUBJECT;
    private int matchLimit = MATCH_LIMIT;
    private long jitStack;
    private long jitStackMax = JIT_STACK;
    final long context;
    final long workspace = Mem.alloc(4L * WORKSPACE_INTS);
    long data;
    /// Pairs of 64-bit offsets, -1 where a group took no part.
    long ovector;

    private MatchData(int index) {
        this.index = index;
        try {
            data = (long) Pcre.pcre2_match_data_create.invokeExact((long) PAIRS, 0L);
            context = (long) Pcre.pcre2_match_context_create.invokeExact(0L);
            jitStack = (long) Pcre.pcre2_jit_stack_create.invokeExact(JIT_STACK_MIN, JIT_STACK, 0L);
            if (data == 0 || context == 0 || jitStack == 0) throw new OutOfMemoryError("pcre2 match data");
            ovector = (long) Pcre.pcre2_get_ovector_pointer.invokeExact(data);
            long _ = (long) Pcre.pcre2_jit_stack_assign.invokeExact(context, 0L, jitStack);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    static MatchData take() {
        while (true) {
            long taken = TAKEN.get();
            int k = Long.numberOfTrailingZeros(~taken);
            if (k == 64) return new MatchData(-1);
            if (!TAKEN.compareAndSet(taken, taken | 1L << k)) continue;
            var data = LENT[k];
            if (data == null) LENT[k] = data = new MatchData(k);
            return data;
        }
    }

    void give() {
        if (index < 0) {
            free();
            return;
        }
        if (room > SUBJECT_KEPT) {
            Mem.free(subject);
            subject = Mem.alloc(SUBJECT);
            room = SUBJECT;
        }
        long taken;
        do taken = TAKEN.get(); while (!TAKEN.compareAndSet(taken, taken & ~(1L << index)));
    }

    private void free() {
        try {
            long _ = (long) Pcre.pcre2_match_data_free.invokeExact(data);
            long _ = (long) Pcre.pcre2_match_context_free.invokeExact(context);
            long _ = (long) Pcre.pcre2_jit_stack_free.invokeExact(jitStack);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
        Mem.free(subject);
        Mem.free(workspace);
    }

    static long workspaceInts() {
        return WORKSPACE_INTS;
    }

    /// Readies the data for a pattern with so many groups. `matchLimit` 0 is PCRE2's default, and so is `jitStack` 0 (bytes) ours.
    void ready(int groups, int matchLimit, long jitStack) {
        int limit = matchLimit == 0 ? MATCH_LIMIT : matchLimit;
        try {
            if (limit != this.matchLimit) {
                long _ = (long) Pcre.pcre2_set_match_limit.invokeExact(context, (long) limit);
                this.matchLimit = limit;
            }
            if (jitStack > jitStackMax) {
                long larger = (long) Pcre.pcre2_jit_stack_create.invokeExact(JIT_STACK_MIN, jitStack, 0L);
                if (larger == 0) throw new OutOfMemoryError("pcre2 JIT stack");
                long _ = (long) Pcre.pcre2_jit_stack_assign.invokeExact(context, 0L, larger);
                long _ = (long) Pcre.pcre2_jit_stack_free.invokeExact(this.jitStack);
                this.jitStack = larger;
                jitStackMax = jitStack;
            }
            if (groups < pairs) return;
            long larger = (long) Pcre.pcre2_match_data_create.invokeExact(groups + 1L, 0L);
            if (larger == 0) throw new OutOfMemoryError("pcre2 match data");
            long _ = (long) Pcre.pcre2_match_data_free.invokeExact(data);
            data = larger;
            ovector = (long) Pcre.pcre2_get_ovector_pointer.invokeExact(data);
            pairs = groups + 1;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Copies the subject to memory; returns its address.
    long put(String latin1) {
        if (latin1.length() > room) {
            room = Math.max(latin1.length(), 2 * room);
            subject = Mem.realloc(subject, room);
        }
        Mem.put(subject, latin1);
        return subject;
    }
}
