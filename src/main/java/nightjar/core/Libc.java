package nightjar.core;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// How libc's functions are bound, and the few that only this package calls: for syslog, signals and error texts.
final class Libc {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option SHORT = Linker.Option.critical(false);
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    private static final MethodHandle socket = failing(JAVA_INT, "socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle connect = failing(JAVA_INT, "connect", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle send = failing(JAVA_LONG, "send", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle eventfd = failing(JAVA_INT, "eventfd", JAVA_INT, JAVA_INT);
    private static final MethodHandle sigaction = failing(JAVA_INT, "sigaction", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle strerror = plain(JAVA_LONG, "strerrordesc_np", JAVA_INT);

    private Libc() {}

    /// A function that says in errno why it failed; its first argument is [Scratch#captured].
    static MethodHandle failing(MemoryLayout result, String name, MemoryLayout... args) {
        return LINKER.downcallHandle(address(name), FunctionDescriptor.of(result, args), ERRNO);
    }

    /// As [#failing], with `...` from argument `first` (from 0) on.
    static MethodHandle variadic(MemoryLayout result, String name, int first, MemoryLayout... args) {
        var type = FunctionDescriptor.of(result, args);
        return LINKER.downcallHandle(address(name), type, ERRNO, Linker.Option.firstVariadicArg(first));
    }

    /// As [#failing], for one that never waits.
    static MethodHandle failingShort(MemoryLayout result, String name, MemoryLayout... args) {
        return LINKER.downcallHandle(address(name), FunctionDescriptor.of(result, args), ERRNO, SHORT);
    }

    /// A function without errno that never waits.
    static MethodHandle plain(MemoryLayout result, String name, MemoryLayout... args) {
        return LINKER.downcallHandle(address(name), FunctionDescriptor.of(result, args), SHORT);
    }

    /// A function without errno.
    static MethodHandle waiting(MemoryLayout result, String name, MemoryLayout... args) {
        return LINKER.downcallHandle(address(name), FunctionDescriptor.of(result, args));
    }

    private static MemorySegment address(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    static int socket(int family, int type, int protocol) {
        var c = Scratch.take();
        try {
            return c.result((int) socket.invokeExact(c.captured, family, type, protocol));
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
            return c.result((int) connect.invokeExact(c.captured, fd, address, n));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    static long send(int fd, long from, long n, int flags) {
        var c = Scratch.take();
        try {
            return c.result((long) send.invokeExact(c.captured, fd, from, n, flags));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    static int eventfd(int initial, int flags) {
        var c = Scratch.take();
        try {
            return c.result((int) eventfd.invokeExact(c.captured, initial, flags));
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
            return c.result((int) sigaction.invokeExact(c.captured, signal, c.first, 0L));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    static String errorText(int errno) {
        try {
            long text = (long) strerror.invokeExact(errno);
            return text == 0 ? "Unknown error" : Mem.cstring(text);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }
}
