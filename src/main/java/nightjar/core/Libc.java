package nightjar.core;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// How libc's functions are bound, and the few that only this package calls: for syslog, signals and error texts.
///
/// Every argument and result is bound as a long, pointers and C's ints alike: both calling conventions (x86-64, aarch64)
/// pass an int in the low half of the register and leave the upper one undefined, so a result that is an int in C must be
/// cut to an int. The linker makes code once for each shape of call, and that takes milliseconds: this way there are nine.
final class Libc {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option SHORT = Linker.Option.critical(false);
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    private static final MethodHandle socket = failing("socket", 3);
    private static final MethodHandle connect = failing("connect", 3);
    private static final MethodHandle send = failing("send", 4);
    private static final MethodHandle eventfd = failing("eventfd", 2);
    private static final MethodHandle sigaction = failing("sigaction", 3);
    private static final MethodHandle strerror = plain("strerrordesc_np", 1);

    private Libc() {}

    /// A function of `n` arguments that says in errno why it failed; before them comes [Scratch#captured].
    static MethodHandle failing(String name, int n) {
        return LINKER.downcallHandle(address(name), longs(n), ERRNO);
    }

    /// As [#failing], with `...` from argument `first` (from 0) on.
    static MethodHandle variadic(String name, int n, int first) {
        return LINKER.downcallHandle(address(name), longs(n), ERRNO, Linker.Option.firstVariadicArg(first));
    }

    /// As [#failing], for one that never waits.
    static MethodHandle failingShort(String name, int n) {
        return LINKER.downcallHandle(address(name), longs(n), ERRNO, SHORT);
    }

    /// A function without errno that never waits.
    static MethodHandle plain(String name, int n) {
        return LINKER.downcallHandle(address(name), longs(n), SHORT);
    }

    /// A function without errno.
    static MethodHandle waiting(String name, int n) {
        return LINKER.downcallHandle(address(name), longs(n));
    }

    /// As [#failing], for a function of another library.
    static MethodHandle failing(MemorySegment function, int n) {
        return LINKER.downcallHandle(function, longs(n), ERRNO);
    }

    private static FunctionDescriptor longs(int n) {
        var args = new MemoryLayout[n];
        Arrays.fill(args, JAVA_LONG);
        return FunctionDescriptor.of(JAVA_LONG, args);
    }

    private static MemorySegment address(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    static int socket(int family, int type, int protocol) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) socket.invokeExact(c.captured, (long) family, (long) type, (long) protocol));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// `address` holds `n` bytes of a sockaddr.
    static int connect(int fd, long address, int n) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) connect.invokeExact(c.captured, (long) fd, address, (long) n));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    static long send(int fd, long from, long n, int flags) {
        var c = Scratch.take();
        try {
            return c.result((long) send.invokeExact(c.captured, (long) fd, from, n, (long) flags));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    static int eventfd(int initial, int flags) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) eventfd.invokeExact(c.captured, (long) initial, (long) flags));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Calls the C function at `handler` with (signal, siginfo_t*, ucontext_t*) on whichever thread takes the signal.
    static int sigaction(int signal, long handler, int flags) {
        var c = Scratch.take();
        try {
            Mem.fill(c.first, 152, 0);
            Mem.l(c.first, handler);
            Mem.i(c.first + 136, flags);
            return c.result((int) (long) sigaction.invokeExact(c.captured, (long) signal, c.first, 0L));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    static String errorText(int errno) {
        try {
            long text = (long) strerror.invokeExact((long) errno);
            return text == 0 ? "Unknown error" : Mem.cstring(text);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }
}
