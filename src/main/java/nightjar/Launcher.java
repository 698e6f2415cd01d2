package nightjar;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.core.Posix;

/// What `bin/nightjar` waits for: a word on the descriptor that `-Dnightjar.verdict` names. If it is closed without one,
/// the start has failed, and standard error has told why. Without the property (a JVM started by hand) the lines for the
/// user go to standard error.
final class Launcher {
    private static final int STDERR = 2;

    private final int fd = Integer.getInteger("nightjar.verdict", -1);

    /// Makes sure that child processes do not inherit the descriptor: the launcher would wait for them as well.
    Launcher() {
        if (fd >= 0) Posix.fcntl(fd, Posix.F_SETFD, Posix.FD_CLOEXEC);
    }

    /// The server serves.
    /// @param lines for the user, each with its line feed
    void ready(boolean foreground, String lines) {
        if (fd < 0) {
            write(STDERR, lines);
            return;
        }
        write(fd, (foreground ? "ready foreground\n" : "ready\n") + lines);
        Posix.close(fd);
    }

    private static void write(int fd, String text) {
        var bytes = Bytes.of(text);
        long at = Mem.alloc(Math.max(1, bytes.length));
        Mem.put(at, bytes);
        for (int done = 0; done < bytes.length; ) {
            long n = Posix.write(fd, at + done, bytes.length - done);
            if (n <= 0) break;
            done += (int) n;
        }
        Mem.free(at);
    }
}
