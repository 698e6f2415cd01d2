package nightjar.core;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// A file that lines are appended to. Whoever names the same path in this process gets the same one. Its descriptor
/// keeps its number when the file is reopened, so writers on other threads need not know.
public final class LogFile {
    /// The process's standard error; never reopened.
    public static final LogFile STDERR = new LogFile("", 2);

    private static final ConcurrentHashMap<String, LogFile> OPEN = new ConcurrentHashMap<>();
    private static final int FLAGS = Posix.O_WRONLY | Posix.O_APPEND | Posix.O_CREAT | Posix.O_CLOEXEC;

    private final String path;
    private final int fd;
    /// The second in which the disk was full: writing waits for the next one.
    private volatile long fullSec;

    /// What is done before the file is opened anew, by whoever keeps lines back; forgotten with its owner.
    private final Map<Object, Consumer<Object>> flushes = Collections.synchronizedMap(new WeakHashMap<>());

    private LogFile(String path, int fd) {
        this.path = path;
        this.fd = fd;
    }

    /// Opens or creates `path`, a byte string.
    /// @throws IOException with nginx's text, `open() "/p" failed (13: Permission denied)`
    public static LogFile open(String path) throws IOException {
        synchronized (OPEN) {
            var known = OPEN.get(path);
            if (known != null) return known;
            int fd = Posix.open(path, FLAGS, 0644);
            if (fd < 0) throw new IOException(failed(path, -fd));
            var file = new LogFile(path, fd);
            OPEN.put(path, file);
            return file;
        }
    }

    /// Opens every path anew, as after a rotation. Returns the texts of what failed; such a file stays as it was.
    public static List<String> reopenAll() {
        var failures = new ArrayList<String>();
        for (var file : OPEN.values()) {
            synchronized (file.flushes) {
                file.flushes.forEach((owner, flush) -> flush.accept(owner));
            }
            int fresh = Posix.open(file.path, FLAGS, 0644);
            if (fresh < 0) {
                failures.add(failed(file.path, -fresh));
                continue;
            }
            int moved = Posix.dup2(fresh, file.fd);
            if (moved < 0) failures.add("dup2() \"" + file.path + "\" failed " + Errno.quoted(-moved));
            else Posix.fcntl(file.fd, Posix.F_SETFD, Posix.FD_CLOEXEC);
            Posix.close(fresh);
        }
        return failures;
    }

    /// Runs `flush` before each reopening until `owner`, to which `flush` itself must not refer, is gone.
    @SuppressWarnings("unchecked") // it is called with this owner only
    public <T> void beforeReopen(T owner, Consumer<T> flush) {
        flushes.put(owner, (Consumer<Object>) flush);
    }

    /// Every file that is open in this process.
    public static List<LogFile> all() {
        synchronized (OPEN) {
            return List.copyOf(OPEN.values());
        }
    }

    private static String failed(String path, int errno) {
        return "open() \"" + path + "\" failed " + Errno.quoted(errno);
    }

    public String path() {
        return path;
    }

    public int fd() {
        return fd;
    }

    /// One write(2). Returns what it returned, or -errno; after "no space left" nothing is tried until the next second,
    /// as on some file systems each try is slow.
    public long write(long from, long n) {
        if (fullSec != 0 && fullSec == System.currentTimeMillis() / 1000) return -Errno.ENOSPC;
        long written;
        do written = Posix.write(fd, from, n); while (written == -Errno.EINTR);
        if (written == -Errno.ENOSPC) fullSec = System.currentTimeMillis() / 1000;
        return written;
    }
}
