package nightjar.core;

/// The few functions of libc that only this package calls: for syslog, signals and error texts.
final class Libc {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;

    private static final NativeCall.Failing socket = NativeCall.failing("socket");
    private static final NativeCall.Failing connect = NativeCall.failing("connect");
    private static final NativeCall.Failing send = NativeCall.failing("send");
    private static final NativeCall.Failing eventfd = NativeCall.failing("eventfd");
    private static final NativeCall.Failing sigaction = NativeCall.failing("sigaction");
    private static final NativeCall.Plain strerror = NativeCall.plain("strerrordesc_np");

    private Libc() {}

    static int socket(int family, int type, int protocol) {
        try (var c = Scratch.take()) {
            return c.result((int) socket.call(c, family, type, protocol));
        }
    }

    /// `address` holds `n` bytes of a sockaddr.
    static int connect(int fd, long address, int n) {
        try (var c = Scratch.take()) {
            return c.result((int) connect.call(c, fd, address, n));
        }
    }

    static long send(int fd, long from, long n, int flags) {
        try (var c = Scratch.take()) {
            return c.result(send.call(c, fd, from, n, flags));
        }
    }

    static int eventfd(int initial, int flags) {
        try (var c = Scratch.take()) {
            return c.result((int) eventfd.call(c, initial, flags));
        }
    }

    /// Calls the C function at `handler` with (signal, siginfo_t*, ucontext_t*) on whichever thread takes the signal.
    static int sigaction(int signal, long handler, int flags) {
        try (var c = Scratch.take()) {
            Mem.fill(c.first, 152, 0);
            Mem.l(c.first, handler);
            Mem.i(c.first + 136, flags);
            return c.result((int) sigaction.call(c, signal, c.first, 0));
        }
    }

    static String errorText(int errno) {
        long text = strerror.call(errno);
        return text == 0 ? "Unknown error" : Mem.cstring(text);
    }
}
