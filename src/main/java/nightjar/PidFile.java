package nightjar;

import nightjar.conf.ConfException;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Posix;

/// The file that tells the number of the running process.
final class PidFile {
    private static final int MAX = 24;

    private PidFile() {}

    /// Writes this process's number.
    /// @throws ConfException as [#touch]
    static void write(String path) {
        int fd = open(path, Posix.O_RDWR | Posix.O_CREAT | Posix.O_TRUNC);
        var line = Bytes.of(Posix.getpid() + "\n");
        long at = Mem.alloc(MAX);
        try {
            Mem.put(at, line);
            long n = Posix.write(fd, at, line.length);
            if (n < 0) throw new ConfException("write() \"" + path + "\" failed " + Errno.quoted((int) -n));
        } finally {
            Mem.free(at);
            Posix.close(fd);
        }
    }

    /// Makes sure that it can be written, without a change to it: for `-t`.
    /// @throws ConfException with nginx's text if it cannot
    static void touch(String path) {
        Posix.close(open(path, Posix.O_RDWR | Posix.O_CREAT));
    }

    private static int open(String path, int flags) {
        int fd = Posix.open(path, flags | Posix.O_CLOEXEC, 0644);
        if (fd < 0) throw new ConfException("open() \"" + path + "\" failed " + Errno.quoted(-fd));
        return fd;
    }

    /// The number in the file.
    ///
    /// Unlike nginx, which would signal its own process group, 0 is refused.
    /// @throws ConfException with nginx's level and text if there is none
    static int read(String path) {
        int fd = Posix.open(path, Posix.O_RDONLY | Posix.O_CLOEXEC, 0);
        if (fd < 0) throw new ConfException(Level.ERROR, "open() \"" + path + "\" failed " + Errno.quoted(-fd));
        long at = Mem.alloc(MAX);
        try {
            long n = Posix.read(fd, at, MAX);
            if (n < 0) throw new ConfException(Level.CRIT, "pread() \"" + path + "\" failed " + Errno.quoted((int) -n));
            while (n > 0 && (Mem.b(at + n - 1) == '\n' || Mem.b(at + n - 1) == '\r')) n--;
            var text = Mem.string(at, (int) n);
            int pid = Bytes.parseInt(text);
            if (pid <= 0) throw new ConfException(Level.ERROR, "invalid PID number \"" + text + "\" in \"" + path + "\"");
            return pid;
        } finally {
            Mem.free(at);
            Posix.close(fd);
        }
    }
}
