package nightjar;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.core.Posix;

/// What `bin/nightjar` waits for: one verdict, written to the descriptor that `-Dnightjar.verdict` names, which is then
/// closed. Without the property (a JVM started by hand) the lines for the user go to standard error.
final class Launcher {
    private int fd = Integer.getInteger("nightjar.verdict", -1);

    /// The server serves.
    /// @param lines for the user, each with its line feed
    void ready(boolean foreground, String lines) {
        if (fd < 0) { write(2, lines); return; }
        end((foreground ? "ready foreground\n" : "ready\n") + lines);
    }

    /// The server does not start.
    void failed(String text) {
        if (fd < 0) { write(2, text + "\n"); return; }
        end(text + "\n");
    }

    private void end(String text) {
        write(fd, text);
        Posix.close(fd);
        fd = -1;
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
