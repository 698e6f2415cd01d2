package nightjar.core;

import java.lang.foreign.Linker;
import sun.misc.Signal;

/// Signals as callbacks, each on a thread that is not a worker's.
///
/// HotSpot hands over every signal but QUIT, on which it dumps its threads. Its VM thread never blocks QUIT, so that a
/// `sigwait` elsewhere gets none. Instead QUIT's handler becomes libc's `eventfd_write(int fd, eventfd_t value)`: the
/// kernel calls it with (3, siginfo_t*), QUIT being 3, on whichever thread it picks, and it writes to descriptor 3. That
/// descriptor is an eventfd then, which a daemon thread reads. The launcher keeps descriptor 3 free for this by opening
/// `/dev/null` there; anything else found on it (the JVM's own files) is left alone, and QUIT with it.
///
/// So `jcmd` and `jstack` stop the server when they look for its attach socket by sending QUIT, unless the JVM runs with
/// `-XX:+StartAttachListener`.
public final class Signals {
    private static final int SIGQUIT = 3;
    private static final int SA_SIGINFO = 4;
    private static final int SA_ONSTACK = 0x08000000;
    private static final int SA_RESTART = 0x10000000;

    /// The eventfd that tells of QUIT; below 0: none was asked for.
    private static volatile int event = -1;
    private static volatile boolean ended;

    private Signals() {}

    /// Has `callback` run whenever the signal (`TERM`, `INT`, `QUIT`, `HUP`, `USR1`, `USR2`, `WINCH`, `CHLD`) comes; several
    /// that come at once may be one call. QUIT can be asked for once. Returns false if QUIT cannot be had because
    /// descriptor 3 is not `/dev/null`.
    public static boolean on(String name, Runnable callback) {
        if (name.equals("QUIT")) return onQuit(callback);
        Signal.handle(new Signal(name), _ -> callback.run());
        return true;
    }

    private static boolean onQuit(Runnable callback) {
        if (!"/dev/null".equals(Posix.readlink("/proc/self/fd/" + SIGQUIT))) return false;
        event = check("eventfd()", Libc.eventfd(0, Posix.O_CLOEXEC));
        check("dup2()", Posix.dup2(event, SIGQUIT));
        check("fcntl()", Posix.fcntl(SIGQUIT, Posix.F_SETFD, Posix.FD_CLOEXEC));
        var reader = new Thread(() -> await(callback), "quit");
        reader.setDaemon(true);
        reader.start();
        long handler = Linker.nativeLinker().defaultLookup().findOrThrow("eventfd_write").address();
        check("sigaction()", Libc.sigaction(SIGQUIT, handler, SA_SIGINFO | SA_ONSTACK | SA_RESTART));
        return true;
    }

    /// Ends the thread that waits for QUIT, if there is one: no callback of QUIT's runs any more.
    public static void end() {
        if (event < 0) return;
        ended = true;
        long one = Mem.alloc(8);
        Mem.l(one, 1);
        check("write()", (int) Posix.write(event, one, 8));
        Mem.free(one);
    }

    private static void await(Runnable callback) {
        long counter = Mem.alloc(8);
        while (true) {
            long n = Posix.read(event, counter, 8);
            if (ended) return;
            if (n == 8) callback.run();
            else if (n != -Errno.EINTR) check("read()", (int) n);
        }
    }

    private static int check(String call, int result) {
        if (result < 0) throw new IllegalStateException(call + " for SIGQUIT failed " + Errno.quoted(-result));
        return result;
    }
}
