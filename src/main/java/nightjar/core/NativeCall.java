package nightjar.core;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// A C function: of libc, or of a library that is bound by address.
///
/// Every argument and result is bound as a long, pointers and C's ints alike: both calling conventions (x86-64, aarch64)
/// pass an int in the low half of the register and leave the upper one undefined, so a result that is an int in C must be
/// cut to an int. The linker makes code once for each shape of call, and that takes 10 to 20 milliseconds of a start. So
/// all have six arguments, in three shapes, and a function that has fewer, or `...`, does not look at the registers beyond.
public sealed interface NativeCall {
    FunctionDescriptor SIX_LONGS = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /// One that says in errno why it failed; [Scratch#result] makes -errno of that.
    record Failing(MethodHandle handle) implements NativeCall {
        long call(Scratch c) {
            return call(c, 0, 0, 0, 0, 0, 0);
        }

        long call(Scratch c, long p) {
            return call(c, p, 0, 0, 0, 0, 0);
        }

        long call(Scratch c, long p, long q) {
            return call(c, p, q, 0, 0, 0, 0);
        }

        long call(Scratch c, long p, long q, long r) {
            return call(c, p, q, r, 0, 0, 0);
        }

        long call(Scratch c, long p, long q, long r, long s) {
            return call(c, p, q, r, s, 0, 0);
        }

        long call(Scratch c, long p, long q, long r, long s, long t) {
            return call(c, p, q, r, s, t, 0);
        }

        long call(Scratch c, long p, long q, long r, long s, long t, long u) {
            try {
                return (long) handle.invokeExact(c.captured, p, q, r, s, t, u);
            } catch (Throwable e) {
                throw Downcall.unexpected(e);
            }
        }
    }

    /// One without errno.
    record Plain(MethodHandle handle) implements NativeCall {
        public long call() {
            return call(0, 0, 0, 0, 0, 0);
        }

        public long call(long p) {
            return call(p, 0, 0, 0, 0, 0);
        }

        public long call(long p, long q) {
            return call(p, q, 0, 0, 0, 0);
        }

        public long call(long p, long q, long r) {
            return call(p, q, r, 0, 0, 0);
        }

        public long call(long p, long q, long r, long s) {
            return call(p, q, r, s, 0, 0);
        }

        public long call(long p, long q, long r, long s, long t) {
            return call(p, q, r, s, t, 0);
        }

        public long call(long p, long q, long r, long s, long t, long u) {
            try {
                return (long) handle.invokeExact(p, q, r, s, t, u);
            } catch (Throwable e) {
                throw Downcall.unexpected(e);
            }
        }
    }

    static Failing failing(String name) {
        return failing(address(name));
    }

    static Failing failing(MemorySegment function) {
        return new Failing(linker().downcallHandle(function, SIX_LONGS, Linker.Option.captureCallState("errno")));
    }

    /// A function of libc without errno that never waits.
    static Plain plain(String name) {
        return plain(address(name));
    }

    /// A function without errno that never waits and never calls back (`critical`): a third of the cost, since the thread's
    /// state does not change.
    static Plain plain(MemorySegment function) {
        return new Plain(linker().downcallHandle(function, SIX_LONGS, Linker.Option.critical(false)));
    }

    /// A function of libc without errno that may wait.
    static Plain waiting(String name) {
        return waiting(address(name));
    }

    /// A function without errno that may wait or call back.
    static Plain waiting(MemorySegment function) {
        return new Plain(linker().downcallHandle(function, SIX_LONGS));
    }

    private static Linker linker() {
        return Linker.nativeLinker();
    }

    private static MemorySegment address(String name) {
        return linker().defaultLookup().findOrThrow(name);
    }
}
