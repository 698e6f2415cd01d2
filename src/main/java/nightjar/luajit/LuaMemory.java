package nightjar.luajit;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import nightjar.core.Mem;
import nightjar.core.NativeCall;
import nightjar.core.NativeCall.Plain;

/// Counts a VM's heap and bounds it: an allocation beyond the limit fails, which Lua reports as "not enough memory".
///
/// The limit holds only between [#guard] and [#release], that is under `lua_resume` and `lua_pcall`: elsewhere a failed
/// allocation ends the process. One native function serves every VM; what is one VM's own lies in a few words of memory that
/// LuaJIT hands back as `ud`. A full collection must follow the error, else every later allocation fails too.
public final class LuaMemory {
    private static final int USED = 0;
    private static final int LIMIT = 8;
    private static final int ORIGINAL_UD = 16;
    private static final int ORIGINAL = 24;
    private static final int SIZE = 32;

    /// The counting allocator in Java, for processors that [AllocCode] does not know. LuaJIT's own is one function for
    /// all VMs; the first VM tells it.
    private static final class InJava {
        static final Plain ALLOC;
        static final long STUB;

        static {
            long L = LuaState.open();
            ALLOC = NativeCall.plain(MemorySegment.ofAddress(allocator(L, 0)));
            LuaState.close(L);
            try {
                var alloc = MethodHandles.lookup().findStatic(LuaMemory.class, "alloc",
                        MethodType.methodType(long.class, long.class, long.class, long.class, long.class));
                STUB = Exports.stub(alloc, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }

    private final long words = Mem.alloc(SIZE);
    private final long limit;
    private final long state;

    /// @param bytes how much `L` may hold, what it holds already included
    public LuaMemory(long L, long bytes) {
        long stub = AllocCode.ADDRESS != 0 ? AllocCode.ADDRESS : InJava.STUB;
        state = L;
        limit = bytes;
        Mem.l(words + ORIGINAL, allocator(L, words + ORIGINAL_UD));
        Mem.l(words + USED, LuaState.heap(L));
        release();
        Lua.setallocf.call(L, stub, words);
    }

    public void guard() {
        Mem.l(words + LIMIT, limit);
    }

    public void release() {
        Mem.l(words + LIMIT, Long.MAX_VALUE);
    }

    public boolean guarded() {
        return Mem.l(words + LIMIT) != Long.MAX_VALUE;
    }

    public long used() {
        return Mem.l(words + USED);
    }

    /// Closes the VM.
    public void close() {
        LuaState.close(state);
        Mem.free(words);
    }

    private static long allocator(long L, long udAt) {
        return Lua.getallocf.call(L, udAt);
    }

    /// A `lua_Alloc`.
    private static long alloc(long words, long block, long oldSize, long newSize) {
        try {
            long used = Mem.l(words + USED) + newSize - oldSize;
            if (newSize > oldSize && used > Mem.l(words + LIMIT)) return 0;
            long a = InJava.ALLOC.call(Mem.l(words + ORIGINAL_UD), block, oldSize, newSize);
            if (a != 0 || newSize == 0) Mem.l(words + USED, used);
            return a;
        } catch (Throwable _) {
            return 0;
        }
    }
}
