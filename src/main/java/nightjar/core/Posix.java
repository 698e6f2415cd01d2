package nightjar.core;

import static nightjar.core.Libc.failing;
import static nightjar.core.Libc.failingShort;
import static nightjar.core.Libc.plain;
import static nightjar.core.Libc.variadic;
import static nightjar.core.Libc.waiting;

import java.lang.invoke.MethodHandle;
import java.util.List;
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

    private static final MethodHandle open = variadic("open", 3, 2);
    private static final MethodHandle close = failing("close", 1);
    private static final MethodHandle read = failing("read", 3);
    private static final MethodHandle pread = failing("pread", 4);
    private static final MethodHandle write = failing("write", 3);
    private static final MethodHandle pwrite = failing("pwrite", 4);
    private static final MethodHandle sendfile = failing("sendfile", 4);
    private static final MethodHandle statx = failing("statx", 5);
    private static final MethodHandle statxOpen = failingShort("statx", 5);
    private static final MethodHandle ftruncate = failing("ftruncate", 2);
    private static final MethodHandle unlink = failing("unlink", 1);
    private static final MethodHandle rmdir = failing("rmdir", 1);
    private static final MethodHandle mkdir = failing("mkdir", 2);
    private static final MethodHandle mprotect = failing("mprotect", 3);
    private static final MethodHandle mmap = failing("mmap", 6);
    private static final MethodHandle munmap = failing("munmap", 2);
    private static final MethodHandle msync = failing("msync", 3);
    private static final MethodHandle flock = failing("flock", 2);
    private static final MethodHandle fallocate = waiting("posix_fallocate", 3);
    private static final MethodHandle access = failing("access", 2);
    private static final MethodHandle opendir = failing("opendir", 1);
    private static final MethodHandle readdir = failing("readdir", 1);
    private static final MethodHandle closedir = failing("closedir", 1);
    private static final MethodHandle chmod = failing("chmod", 2);
    private static final MethodHandle chown = failing("chown", 3);
    private static final MethodHandle chdir = failing("chdir", 1);
    private static final MethodHandle rename = failing("rename", 2);
    private static final MethodHandle dup2 = failing("dup2", 2);
    private static final MethodHandle fcntl = variadic("fcntl", 3, 2);
    private static final MethodHandle getsockopt = failing("getsockopt", 5);
    private static final MethodHandle setsockopt = failing("setsockopt", 5);
    private static final MethodHandle kill = failing("kill", 2);
    private static final MethodHandle setuid = failing("setuid", 1);
    private static final MethodHandle setgid = failing("setgid", 1);
    private static final MethodHandle initgroups = failing("initgroups", 2);
    private static final MethodHandle setenv = failing("setenv", 3);
    private static final MethodHandle unsetenv = failing("unsetenv", 1);
    private static final MethodHandle setrlimit = failing("setrlimit", 2);
    private static final MethodHandle getrlimit = failing("getrlimit", 2);
    private static final MethodHandle gethostname = failing("gethostname", 2);
    private static final MethodHandle readlink = failing("readlink", 3);
    private static final MethodHandle getpid = plain("getpid", 0);
    private static final MethodHandle gettid = plain("gettid", 0);
    private static final MethodHandle geteuid = plain("geteuid", 0);
    private static final MethodHandle umask = plain("umask", 1);
    private static final MethodHandle getenv = plain("getenv", 1);
    private static final MethodHandle getpwnam = waiting("getpwnam", 1);
    private static final MethodHandle getgrnam = waiting("getgrnam", 1);

    private Posix() {}

    /// The new descriptor. `O_CLOEXEC` is the caller's to ask for.
    public static int open(String path, int flags, int mode) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) open.invokeExact(c.captured, c.first, (long) flags, (long) mode));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int close(int fd) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) close.invokeExact(c.captured, (long) fd));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// The number of bytes read, 0 at the end.
    public static long read(int fd, long to, long n) {
        var c = Scratch.take();
        try {
            return c.result((long) read.invokeExact(c.captured, (long) fd, to, n));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static long pread(int fd, long to, long n, long offset) {
        var c = Scratch.take();
        try {
            return c.result((long) pread.invokeExact(c.captured, (long) fd, to, n, offset));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// The number of bytes written, which may be fewer than `n`.
    public static long write(int fd, long from, long n) {
        var c = Scratch.take();
        try {
            return c.result((long) write.invokeExact(c.captured, (long) fd, from, n));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static long pwrite(int fd, long from, long n, long offset) {
        var c = Scratch.take();
        try {
            return c.result((long) pwrite.invokeExact(c.captured, (long) fd, from, n, offset));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Sends from `offset` of `in`, whose own position stays; returns the number of bytes sent.
    public static long sendfile(int out, int in, long offset, long n) {
        var c = Scratch.take();
        try {
            Mem.l(c.first, offset);
            return c.result((long) sendfile.invokeExact(c.captured, (long) out, (long) in, c.first, n));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int ftruncate(int fd, long size) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) ftruncate.invokeExact(c.captured, (long) fd, size));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int unlink(String path) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) unlink.invokeExact(c.captured, c.first));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int rmdir(String path) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) rmdir.invokeExact(c.captured, c.first));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int chdir(String path) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) chdir.invokeExact(c.captured, c.first));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Makes whole pages of memory readable and executable, and no longer writable.
    public static int executable(long page, long n) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) mprotect.invokeExact(c.captured, page, n, (long) (PROT_READ | PROT_EXEC)));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
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
        var c = Scratch.take();
        try {
            return c.result((long) mmap.invokeExact(c.captured, 0L, n, (long) (PROT_READ | PROT_WRITE), (long) flags, (long) fd, 0L));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int unmap(long a, long n) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) munmap.invokeExact(c.captured, a, n));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Waits until pages of a mapped file are on the disk.
    public static int sync(long page, long n) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) msync.invokeExact(c.captured, page, n, (long) MS_SYNC));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Locks an open file for this process alone, until it is closed; -EAGAIN when another has it.
    public static int lock(int fd) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) flock.invokeExact(c.captured, (long) fd, (long) (LOCK_EX | LOCK_NB)));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Has the disk set `n` bytes aside for a file, whose size they become.
    public static int allocate(int fd, long n) {
        try {
            return -(int) (long) fallocate.invokeExact((long) fd, 0L, n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static int mkdir(String path, int mode) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) mkdir.invokeExact(c.captured, c.first, (long) mode));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int chmod(String path, int mode) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) chmod.invokeExact(c.captured, c.first, (long) mode));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// 0 if this process may do with `path` what `mode` ([#R_OK] and so on) says.
    public static int access(String path, int mode) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) access.invokeExact(c.captured, c.first, (long) mode));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int chown(String path, int uid, int gid) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            return c.result((int) (long) chown.invokeExact(c.captured, c.first, (long) uid, (long) gid));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int rename(String from, String to) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, from);
            if (bad != 0) return -bad;
            int bad2 = Scratch.put(c.second, to);
            if (bad2 != 0) return -bad2;
            return c.result((int) (long) rename.invokeExact(c.captured, c.first, c.second));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int dup2(int from, int to) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) dup2.invokeExact(c.captured, (long) from, (long) to));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int fcntl(int fd, int command, int arg) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) fcntl.invokeExact(c.captured, (long) fd, (long) command, (long) arg));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// An option of a socket that is an int, 0 or more; or a negative errno.
    public static int getsockopt(int fd, int level, int option) {
        var c = Scratch.take();
        try {
            Mem.i(c.first, 0);
            Mem.i(c.second, 4);
            int rc = c.result((int) (long) getsockopt.invokeExact(c.captured, (long) fd, (long) level, (long) option, c.first, c.second));
            return rc < 0 ? rc : Mem.i(c.first);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Sets an option of a socket that is an int.
    public static int setsockopt(int fd, int level, int option, int value) {
        var c = Scratch.take();
        try {
            Mem.i(c.first, value);
            return c.result((int) (long) setsockopt.invokeExact(c.captured, (long) fd, (long) level, (long) option, c.first, 4L));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int kill(int pid, int signal) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) kill.invokeExact(c.captured, (long) pid, (long) signal));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// For all threads of the process, as [#setgid] and [#initgroups].
    public static int setuid(int uid) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) setuid.invokeExact(c.captured, (long) uid));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int setgid(int gid) {
        var c = Scratch.take();
        try {
            return c.result((int) (long) setgid.invokeExact(c.captured, (long) gid));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int initgroups(String user, int gid) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, user);
            if (bad != 0) return -bad;
            return c.result((int) (long) initgroups.invokeExact(c.captured, c.first, (long) gid));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// The environment as C code (Lua's `os.getenv`, children) sees it; Java's own copy does not change.
    public static int setenv(String name, String value) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, name);
            if (bad != 0) return -bad;
            long at = Mem.allocCstring(value);
            try {
                return c.result((int) (long) setenv.invokeExact(c.captured, c.first, at, 1L));
            } finally {
                Mem.free(at);
            }
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int unsetenv(String name) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, name);
            if (bad != 0) return -bad;
            return c.result((int) (long) unsetenv.invokeExact(c.captured, c.first));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int setrlimit(int resource, long soft, long hard) {
        var c = Scratch.take();
        try {
            Mem.l(c.first, soft);
            Mem.l(c.first + 8, hard);
            return c.result((int) (long) setrlimit.invokeExact(c.captured, (long) resource, c.first));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// The soft limit, or -errno; without limit it is `Long.MAX_VALUE`.
    public static long softLimit(int resource) {
        var c = Scratch.take();
        try {
            int r = c.result((int) (long) getrlimit.invokeExact(c.captured, (long) resource, c.first));
            if (r < 0) return r;
            long soft = Mem.l(c.first);
            return soft < 0 ? Long.MAX_VALUE : soft;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Adds the names of what is in a directory to `names`, `.` and `..` among them, in the system's order.
    public static int list(String path, List<String> names) {
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            long dir = (long) opendir.invokeExact(c.captured, c.first);
            if (dir == 0) return (int) c.result(-1L);
            long entry;
            while ((entry = (long) readdir.invokeExact(c.captured, dir)) != 0) names.add(Mem.cstring(entry + DIRENT_NAME));
            return c.result((int) (long) closedir.invokeExact(c.captured, dir));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
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
        var c = Scratch.take();
        try {
            int bad = Scratch.put(c.first, path);
            if (bad != 0) return -bad;
            int r = c.result((int) (long) statx.invokeExact(c.captured, (long) AT_FDCWD, c.first, (long) flags, (long) STATX_BASIC_STATS, c.second));
            if (r == 0) to.read(c.second);
            return r;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Fills `to` with what the open file is.
    public static int fstat(int fd, Stat to) {
        var c = Scratch.take();
        try {
            Mem.b(c.first, 0);
            int r = c.result((int) (long) statxOpen.invokeExact(c.captured, (long) fd, c.first, (long) AT_EMPTY_PATH, (long) STATX_BASIC_STATS, c.second));
            if (r == 0) to.read(c.second);
            return r;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// Where the link leads; null if `path` is no link that can be read.
    public static @Nullable String readlink(String path) {
        var c = Scratch.take();
        try {
            if (Scratch.put(c.first, path) != 0) return null;
            long n = (long) readlink.invokeExact(c.captured, c.first, c.second, (long) Scratch.PATH_MAX);
            return n < 0 ? null : Mem.string(c.second, (int) n);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    /// The machine's name, `localhost` if it has none.
    public static String hostname() {
        var c = Scratch.take();
        try {
            int r = (int) (long) gethostname.invokeExact(c.captured, c.first, 256L);
            return r < 0 ? "localhost" : Mem.cstring(c.first);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static @Nullable String getenv(String name) {
        var c = Scratch.take();
        try {
            if (Scratch.put(c.first, name) != 0) return null;
            long value = (long) getenv.invokeExact(c.first);
            return value == 0 ? null : Mem.cstring(value);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            c.give();
        }
    }

    public static int getpid() {
        try {
            return (int) (long) getpid.invokeExact();
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// The kernel's number of the calling thread.
    public static int gettid() {
        try {
            return (int) (long) gettid.invokeExact();
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public static int geteuid() {
        try {
            return (int) (long) geteuid.invokeExact();
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// The mask there was before.
    public static int umask(int mask) {
        try {
            return (int) (long) umask.invokeExact((long) mask);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    /// Null for a user that the system does not know.
    public static synchronized @Nullable User user(String name) {
        long at = Mem.allocCstring(name);
        try {
            long passwd = (long) getpwnam.invokeExact(at);
            return passwd == 0 ? null : new User(Mem.i(passwd + 16), Mem.i(passwd + 20));
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Mem.free(at);
        }
    }

    /// -1 for a group that the system does not know.
    public static synchronized int group(String name) {
        long at = Mem.allocCstring(name);
        try {
            long group = (long) getgrnam.invokeExact(at);
            return group == 0 ? -1 : Mem.i(group + 16);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Mem.free(at);
        }
    }
}
