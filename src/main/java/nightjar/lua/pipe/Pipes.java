package nightjar.lua.pipe;

import java.io.IOException;
import nightjar.core.Child;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.lua.LuaCtx;
import org.jspecify.annotations.Nullable;

/// The pipes of a process that is being started. Each end is closed here until somebody has taken it over.
final class Pipes {
    private static final int NONE = -1;
    private static final long SHELL = Mem.allocCstring("/bin/sh");
    /// A program that fails at once, as `argv`.
    private static final long FAILING = argv("/bin/sh", "-c", "exit 1");

    /// The process's ends, by its descriptors, and ours.
    private final int[] theirs = {NONE, NONE, NONE}, ours = {NONE, NONE, NONE};

    private static long argv(String... words) {
        long array = Mem.alloc((words.length + 1) * 8L);
        for (int i = 0; i < words.length; i++) Mem.l(array + i * 8L, Mem.allocCstring(words[i]));
        Mem.l(array + words.length * 8L, 0);
        return array;
    }

    /// @return null, or what went wrong; then no descriptor is left
    @Nullable String make(boolean merged) {
        for (int i = 0; i < (merged ? 2 : 3); i++) {
            long pair = Child.pipe();
            if (pair < 0) {
                close();
                return Errno.text((int) -pair);
            }
            int reading = (int) pair, writing = (int) (pair >> 32);
            theirs[i] = i == 0 ? reading : writing;
            ours[i] = i == 0 ? writing : reading;
            Posix.fcntl(ours[i], Posix.F_SETFL, Posix.O_NONBLOCK);
        }
        return null;
    }

    /// Starts the program; their ends are closed then. One that cannot be started becomes a process that fails at once, as
    /// in nginx, which has forked by then, and the error log is told.
    /// @return its id, or -errno
    int start(LuaCtx ctx, long file, long argv, long environ) {
        int err = theirs[2] == NONE ? theirs[1] : theirs[2];
        int pid = Child.start(file, argv, environ, theirs[0], theirs[1], err);
        if (pid < 0) {
            ctx.log(Level.ERROR, "lua pipe child " + (environ == 0 ? "execvp" : "execvpe") + "() failed while executing "
                    + Mem.cstring(file) + " " + Errno.quoted(-pid));
            pid = Child.start(SHELL, FAILING, 0, theirs[0], theirs[1], err);
        }
        for (int i = 0; i < 3; i++) close(theirs, i);
        return pid;
    }

    /// Gives the process our ends.
    void give(PipeProcess process) throws IOException {
        process.stdin.open(take(0), true);
        process.stdout.open(take(1), false);
        if (process.stderr != null) process.stderr.open(take(2), false);
    }

    private int take(int i) {
        int fd = ours[i];
        ours[i] = NONE;
        return fd;
    }

    void close() {
        for (int i = 0; i < 3; i++) {
            close(theirs, i);
            close(ours, i);
        }
    }

    private static void close(int[] ends, int i) {
        if (ends[i] != NONE) Posix.close(ends[i]);
        ends[i] = NONE;
    }
}
