package nightjar.core;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// A function of libc, or of a library like it.
///
/// Every argument and result is bound as a long, pointers and C's ints alike: both calling conventions (x86-64, aarch64)
/// pass an int in the low half of the register and leave the upper one undefined, so a result that is an int in C must be
/// cut to an int. The linker makes code once for each shape of call, and that takes 10 to 20 milliseconds of a start. So
/// there are three shapes, and a function that has fewer parameters, or `...`, does not look at the registers beyond.
sealed interface LibcCall {
    /// One that says in errno why it failed; [Scratch#result] makes -errno of that.
    record Failing(MethodHandle handle) implements LibcCall {
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
    record Plain(MethodHandle handle) implements LibcCall {
        long call() {
            return call(0, 0, 0);
        }

        long call(long p) {
            return call(p, 0, 0);
        }

        long call(long p, long q) {
            return call(p, q, 0);
        }

        long call(long p, long q, long r) {
            try {
                return (long) handle.invokeExact(p, q, r);
            } catch (Throwable e) {
                throw Downcall.unexpected(e);
            }
        }
    }

    static Failing failing(String name) {
        return failing(address(name));
    }

    static Failing failing(MemorySegment function) {
        return new Failing(linker().downcallHandle(function, longs(6), Linker.Option.captureCallState("errno")));
    }

    /// A function without errno that never waits.
    static Plain plain(String name) {
        return new Plain(linker().downcallHandle(address(name), longs(3), Linker.Option.critical(false)));
    }

    /// A function without errno that may wait.
    static Plain waiting(String name) {
        return new Plain(linker().downcallHandle(address(name), longs(3)));
    }

    private static Linker linker() {
        return Linker.nativeLinker();
    }

    private static MemorySegment address(String name) {
        return linker().defaultLookup().findOrThrow(name);
    }

    private static FunctionDescriptor longs(int n) {
        var args = new MemoryLayout[n];
        Arrays.fill(args, JAVA_LONG);
        return FunctionDescriptor.of(JAVA_LONG, args);
    }
}
