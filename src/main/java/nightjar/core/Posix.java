package nightjar.core;

import static nightjar.core.NativeCall.failing;
import static nightjar.core.NativeCall.plain;
import static nightjar.core.NativeCall.waiting;

import java.util.List;
import nightjar.core.NativeCall.Failing;
import nightjar.core.NativeCall.Plain;
import org.jspecify.annotations.Nullable;

/// libc on Linux. Paths and names are byte strings (one character a byte). A call that fails returns -errno, so every
/// negative result is an error; [Errno] has the numbers. Calls that may wait do so: not for a worker's thread.
public final class Posix {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int FD_CLOEXEC = 1;
    public static final int RLIMIT_CORE = 4;
    public static final int RLIMIT_NOFILE = 7;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    public static final int X_OK = 1;
    public static final int W_OK = 2;
    public static final int R_OK = 4;

    /// An entry of the user database.
    public record User(int uid, int gid) {}

    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MS_SYNC = 4;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    /// Where the name is in a `struct dirent`.
    private static final int DIRENT_NAME = 19;
    private static final int STATX_BASIC_STATS = 0x7ff;

    private static final Failing open = failing("open");
    private static final Failing close = failing("close");
    private static final Failing read = failing("read");
    private static final Failing pread = failing("pread");
    private static final Failing write = failing("write");
    private static final Failing pwrite = failing("pwrite");
    private static final Failing sendfile = failing("sendfile");
    private static final Failing statx = failing("statx");
    private static final Failing ftruncate = failing("ftruncate");
    private static final Failing unlink = failing("unlink");
    private static final Failing rmdir = failing("rmdir");
    private static final Failing mkdir = failing("mkdir");
    private static final Failing mprotect = failing("mprotect");
    private static final Failing mmap = failing("mmap");
    private static final Failing munmap = failing("munmap");
    private static final Failing msync = failing("msync");
    private static final Failing flock = failing("flock");
    private static final Plain fallocate = waiting("posix_fallocate");
    private static final Failing access = failing("access");
    private static final Failing opendir = failing("opendir");
    private static final Failing readdir = failing("readdir");
    private static final Failing closedir = failing("closedir");
    private static final Failing chmod = failing("chmod");
    private static final Failing chown = failing("chown");
    private static final Failing chdir = failing("chdir");
    private static final Failing rename = failing("rename");
    private static final Failing dup2 = failing("dup2");
    private static final Failing fcntl = failing("fcntl");
    private static final Failing getsockopt = failing("getsockopt");
    private static final Failing setsockopt = failing("setsockopt");
    private static final Failing kill = failing("kill");
    private static final Failing setuid = failing("setuid");
    private static final Failing setgid = failing("setgid");
    private static final Failing initgroups = failing("initgroups");
    private static final Failing setenv = failing("setenv");
    private static final Failing unsetenv = failing("unsetenv");
    private static final Failing setrlimit = failing("setrlimit");
    private static final Failing getrlimit = failing("getrlimit");
    private static final Failing gethostname = failing("gethostname");
    private static final Failing readlink = failing("readlink");
    private static final Plain getpid = plain("getpid");
    private static final Plain pthread_spin_init = plain("pthread_spin_init");
    private static final Plain pthread_spin_trylock = plain("pthread_spin_trylock");
    private static final Plain gettid = plain("gettid");
    private static final Plain geteuid = plain("geteuid");
    private static final Plain umask = plain("umask");
    private static final Plain getenv = plain("getenv");
    private static final Plain getpwnam = waiting("getpwnam");
    private static final Plain getgrnam = waiting("getgrnam");

    private Posix() {}

    /// The new descriptor. `O_CLOEXEC` is the caller's to ask for.
    public static int open(String path, int flags, int mode) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) open.call(c, c.first, flags, mode));
        }
    }

    public static int close(int fd) {
        try (var c = Scratch.take()) {
            return c.result((int) close.call(c, fd));
        }
    }

    /// The number of bytes read, 0 at the end.
    public static long read(int fd, long to, long n) {
        try (var c = Scratch.take()) {
            return c.result(read.call(c, fd, to, n));
        }
    }

    public static long pread(int fd, long to, long n, long offset) {
        try (var c = Scratch.take()) {
            return c.result(pread.call(c, fd, to, n, offset));
        }
    }

    /// The number of bytes written, which may be fewer than `n`.
    public static long write(int fd, long from, long n) {
        try (var c = Scratch.take()) {
            return c.result(write.call(c, fd, from, n));
        }
    }

    public static long pwrite(int fd, long from, long n, long offset) {
        try (var c = Scratch.take()) {
            return c.result(pwrite.call(c, fd, from, n, offset));
        }
    }

    /// Sends from `offset` of `in`, whose own position stays; returns the number of bytes sent.
    public static long sendfile(int out, int in, long offset, long n) {
        try (var c = Scratch.take()) {
            Mem.l(c.first, offset);
            return c.result(sendfile.call(c, out, in, c.first, n));
        }
    }

    public static int ftruncate(int fd, long size) {
        try (var c = Scratch.take()) {
            return c.result((int) ftruncate.call(c, fd, size));
        }
    }

    public static int unlink(String path) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) unlink.call(c, c.first));
        }
    }

    public static int rmdir(String path) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) rmdir.call(c, c.first));
        }
    }

    public static int chdir(String path) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) chdir.call(c, c.first));
        }
    }

    /// Makes whole pages of memory readable and executable, and no longer writable.
    public static int executable(long page, long n) {
        try (var c = Scratch.take()) {
            return c.result((int) mprotect.call(c, page, n, (PROT_READ | PROT_EXEC)));
        }
    }

    /// New memory, all zero and taken page by page as it is written to; the address, or -errno.
    public static long map(long n) {
        return map(n, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    }

    /// The first `n` bytes of an open file as memory; the address, or -errno. What is written there is the file's.
    public static long mapFile(int fd, long n) {
        return map(n, MAP_SHARED, fd);
    }

    private static long map(long n, int flags, int fd) {
        try (var c = Scratch.take()) {
            return c.result(mmap.call(c, 0, n, (PROT_READ | PROT_WRITE), flags, fd, 0));
        }
    }

    public static int unmap(long a, long n) {
        try (var c = Scratch.take()) {
            return c.result((int) munmap.call(c, a, n));
        }
    }

    /// Waits until pages of a mapped file are on the disk.
    public static int sync(long page, long n) {
        try (var c = Scratch.take()) {
            return c.result((int) msync.call(c, page, n, MS_SYNC));
        }
    }

    /// Locks an open file for this process alone, until it is closed; -EAGAIN when another has it.
    public static int lock(int fd) {
        try (var c = Scratch.take()) {
            return c.result((int) flock.call(c, fd, (LOCK_EX | LOCK_NB)));
        }
    }

    /// Has the disk set `n` bytes aside for a file, whose size they become.
    public static int allocate(int fd, long n) {
        return -(int) fallocate.call(fd, 0, n);
    }

    public static int mkdir(String path, int mode) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) mkdir.call(c, c.first, mode));
        }
    }

    public static int chmod(String path, int mode) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) chmod.call(c, c.first, mode));
        }
    }

    /// 0 if this process may do with `path` what `mode` ([#R_OK] and so on) says.
    public static int access(String path, int mode) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) access.call(c, c.first, mode));
        }
    }

    public static int chown(String path, int uid, int gid) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) chown.call(c, c.first, uid, gid));
        }
    }

    public static int rename(String from, String to) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, from);
            if (bad != 0) return -bad;
            int bad2 = Scratch.put(c.second, to);
            if (bad2 != 0) return -bad2;
            return c.result((int) rename.call(c, c.first, c.second));
        }
    }

    public static int dup2(int from, int to) {
        try (var c = Scratch.take()) {
            return c.result((int) dup2.call(c, from, to));
        }
    }

    public static int fcntl(int fd, int command, int arg) {
        try (var c = Scratch.take()) {
            return c.result((int) fcntl.call(c, fd, command, arg));
        }
    }

    /// An option of a socket that is an int, 0 or more; or a negative errno.
    public static int getsockopt(int fd, int level, int option) {
        try (var c = Scratch.take()) {
            Mem.i(c.first, 0);
            Mem.i(c.second, 4);
            int rc = c.result((int) getsockopt.call(c, fd, level, option, c.first, c.second));
            return rc < 0 ? rc : Mem.i(c.first);
        }
    }

    /// Sets an option of a socket that is an int.
    public static int setsockopt(int fd, int level, int option, int value) {
        try (var c = Scratch.take()) {
            Mem.i(c.first, value);
            return c.result((int) setsockopt.call(c, fd, level, option, c.first, 4));
        }
    }

    public static int kill(int pid, int signal) {
        try (var c = Scratch.take()) {
            return c.result((int) kill.call(c, pid, signal));
        }
    }

    /// For all threads of the process, as [#setgid] and [#initgroups].
    public static int setuid(int uid) {
        try (var c = Scratch.take()) {
            return c.result((int) setuid.call(c, uid));
        }
    }

    public static int setgid(int gid) {
        try (var c = Scratch.take()) {
            return c.result((int) setgid.call(c, gid));
        }
    }

    public static int initgroups(String user, int gid) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, user);
            if (bad != 0) return -bad;
            return c.result((int) initgroups.call(c, c.first, gid));
        }
    }

    /// The environment as C code (Lua's `os.getenv`, children) sees it; Java's own copy does not change.
    public static int setenv(String name, String value) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, name);
            if (bad != 0) return -bad;
            long at = Mem.allocCstring(value);
            try {
                return c.result((int) setenv.call(c, c.first, at, 1));
            } finally {
                Mem.free(at);
            }
        }
    }

    public static int unsetenv(String name) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, name);
            if (bad != 0) return -bad;
            return c.result((int) unsetenv.call(c, c.first));
        }
    }

    public static int setrlimit(int resource, long soft, long hard) {
        try (var c = Scratch.take()) {
            Mem.l(c.first, soft);
            Mem.l(c.first + 8, hard);
            return c.result((int) setrlimit.call(c, resource, c.first));
        }
    }

    /// The soft limit, or -errno; without limit it is `Long.MAX_VALUE`.
    public static long softLimit(int resource) {
        try (var c = Scratch.take()) {
            int r = c.result((int) getrlimit.call(c, resource, c.first));
            if (r < 0) return r;
            long soft = Mem.l(c.first);
            return soft < 0 ? Long.MAX_VALUE : soft;
        }
    }

    /// Adds the names of what is in a directory to `names`, `.` and `..` among them, in the system's order.
    public static int list(String path, List<String> names) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            long dir = opendir.call(c, c.first);
            if (dir == 0) return (int) c.result(-1L);
            long entry;
            while ((entry = readdir.call(c, dir)) != 0) names.add(Mem.cstring(entry + DIRENT_NAME));
            return c.result((int) closedir.call(c, dir));
        }
    }

    /// Fills `to` with what is at `path`, links followed.
    public static int stat(String path, Stat to) {
        return stat(path, 0, to);
    }

    /// As [#stat], but of a link itself.
    public static int lstat(String path, Stat to) {
        return stat(path, AT_SYMLINK_NOFOLLOW, to);
    }

    private static int stat(String path, int flags, Stat to) {
        try (var c = Scratch.take()) {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            int r = c.result((int) statx.call(c, AT_FDCWD, c.first, flags, STATX_BASIC_STATS, c.second));
            if (r == 0) to.read(c.second);
            return r;
        }
    }

    /// Fills `to` with what the open file is.
    public static int fstat(int fd, Stat to) {
        try (var c = Scratch.take()) {
            Mem.b(c.first, 0);
            int r = c.result((int) statx.call(c, fd, c.first, AT_EMPTY_PATH, STATX_BASIC_STATS, c.second));
            if (r == 0) to.read(c.second);
            return r;
        }
    }

    /// Where the link leads; null if `path` is no link that can be read.
    public static @Nullable String readlink(String path) {
        try (var c = Scratch.take()) {
            if (Scratch.put(c.first, path) != 0) return null;
            long n = readlink.call(c, c.first, c.second, Scratch.PATH_MAX);
            return n < 0 ? null : Mem.string(c.second, (int) n);
        }
    }

    /// The machine's name, `localhost` if it has none.
    public static String hostname() {
        try (var c = Scratch.take()) {
            int r = (int) gethostname.call(c, c.first, 256L);
            return r < 0 ? "localhost" : Mem.cstring(c.first);
        }
    }

    public static @Nullable String getenv(String name) {
        try (var c = Scratch.take()) {
            if (Scratch.put(c.first, name) != 0) return null;
            long value = getenv.call(c.first);
            return value == 0 ? null : Mem.cstring(value);
        }
    }

    /// Makes the four bytes at `a` a `pthread_spinlock_t` that nobody has.
    /// @return 0
    public static int spinInit(long a) { return (int) pthread_spin_init.call(a, 0); }

    /// @return 0, `EBUSY` when somebody has the lock
    public static int spinTryLock(long a) { return (int) pthread_spin_trylock.call(a); }

    public static int getpid() {
        return (int) getpid.call();
    }

    /// The kernel's number of the calling thread.
    public static int gettid() {
        return (int) gettid.call();
    }

    public static int geteuid() {
        return (int) geteuid.call();
    }

    /// The mask there was before.
    public static int umask(int mask) {
        return (int) umask.call(mask);
    }

    /// Null for a user that the system does not know.
    public static synchronized @Nullable User user(String name) {
        long at = Mem.allocCstring(name);
        try {
            long passwd = getpwnam.call(at);
            return passwd == 0 ? null : new User(Mem.i(passwd + 16), Mem.i(passwd + 20));
        } finally {
            Mem.free(at);
        }
    }

    /// -1 for a group that the system does not know.
    public static synchronized int group(String name) {
        long at = Mem.allocCstring(name);
        try {
            long group = getgrnam.call(at);
            return group == 0 ? -1 : Mem.i(group + 16);
        } finally {
            Mem.free(at);
        }
    }
}
