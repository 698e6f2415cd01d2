package nightjar.core;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A file that lines are appended to. Whoever names the same path in this process gets the same one. Its descriptor
/// keeps its number when the file is reopened, so writers on other threads need not know.
///
/// A configuration names its files while it is read, and they are opened when all is read: so nginx does it, and a
/// mistake further down in the text is told first. Each reading is a *turn*; a file that only past turns have named is
/// closed by [#closeBefore].
public final class LogFile {
    /// The process's standard error; never reopened.
    public static final LogFile STDERR = new LogFile("", 2);

    private static final Map<String, LogFile> NAMED = new LinkedHashMap<>();
    private static final int FLAGS = Posix.O_WRONLY | Posix.O_APPEND | Posix.O_CREAT | Posix.O_CLOEXEC;
    private static final int OWNER_READ_WRITE = 0600;
    private static int turn;

    private final String path;
    /// -1 until the file is open.
    private volatile int fd;
    private int lastNamed;
    /// The second in which the disk was full: writing waits for the next one.
    private volatile long fullSec;
    /// What is done before the file is opened anew, by whoever keeps lines back; forgotten with its owner.
    private final Map<Object, Consumer<Object>> flushes = Collections.synchronizedMap(new WeakHashMap<>());

    private LogFile(String path, int fd) {
        this.path = path;
        this.fd = fd;
    }

    /// Begins a turn, and returns its number.
    public static int beginTurn() {
        synchronized (NAMED) {
            return ++turn;
        }
    }

    /// The file at `path`, a byte string; until [#openNamed] what is written to it is lost.
    public static LogFile named(String path) {
        synchronized (NAMED) {
            var file = NAMED.computeIfAbsent(path, p -> new LogFile(p, -1));
            file.lastNamed = turn;
            return file;
        }
    }

    /// Opens or creates what has been named and is not open.
    /// @throws IOException with nginx's text, `open() "/p" failed (13: Permission denied)`
    public static void openNamed() throws IOException {
        synchronized (NAMED) {
            try {
                for (var file : NAMED.values()) file.openIfClosed();
            } finally {
                NAMED.values().removeIf(file -> file.fd < 0);
            }
        }
    }

    /// Names and opens a file at once.
    /// @throws IOException as [#openNamed]
    public static LogFile open(String path) throws IOException {
        synchronized (NAMED) {
            var file = named(path);
            try {
                file.openIfClosed();
            } finally {
                if (file.fd < 0) NAMED.remove(path);
            }
            return file;
        }
    }

    private void openIfClosed() throws IOException {
        if (fd >= 0) return;
        int fresh = Posix.open(path, FLAGS, 0644);
        if (fresh >= 0) {
            fd = fresh;
            return;
        }
        throw new IOException(failed("open()", path, -fresh));
    }

    /// Closes the files that no turn from `oldest` on has named.
    public static void closeBefore(int oldest) {
        synchronized (NAMED) {
            for (var files = NAMED.values().iterator(); files.hasNext(); ) {
                var file = files.next();
                if (file.lastNamed >= oldest) continue;
                files.remove();
                int closing = file.fd;
                file.fd = -1;
                if (closing >= 0) Posix.close(closing);
            }
        }
    }

    /// Opens every path anew, as after a rotation. Returns the texts of what failed; such a file stays as it was.
    /// @param owner who is to own the new files, or -1
    public static List<String> reopenAll(int owner) {
        var failures = new ArrayList<String>();
        for (var file : all()) {
            synchronized (file.flushes) {
                file.flushes.forEach((by, flush) -> flush.accept(by));
            }
            int fresh = Posix.open(file.path, FLAGS, 0644);
            if (fresh < 0) {
                failures.add(failed("open()", file.path, -fresh));
                continue;
            }
            var failure = owner < 0 ? null : file.own(owner);
            if (failure == null) {
                int moved = Posix.dup2(fresh, file.fd);
                if (moved < 0) failure = failed("dup2()", file.path, -moved);
                else Posix.fcntl(file.fd, Posix.F_SETFD, Posix.FD_CLOEXEC);
            }
            if (failure != null) failures.add(failure);
            Posix.close(fresh);
        }
        return failures;
    }

    /// Runs `flush` before each reopening until `owner`, to which `flush` itself must not refer, is gone.
    @SuppressWarnings("unchecked") // it is called with this owner only
    public <T> void beforeReopen(T owner, Consumer<T> flush) {
        flushes.put(owner, (Consumer<Object>) flush);
    }

    /// Gives the file to `owner`, who may read and write it. Returns null, or the text of what failed.
    public @Nullable String own(int owner) {
        var stat = new Stat();
        int result = Posix.stat(path, stat);
        if (result < 0) return failed("stat()", path, -result);
        if (stat.uid != owner) {
            result = Posix.chown(path, owner, -1);
            if (result < 0) return "chown(\"" + path + "\", " + owner + ") failed " + Errno.quoted(-result);
        }
        if ((stat.mode & OWNER_READ_WRITE) != OWNER_READ_WRITE) {
            result = Posix.chmod(path, stat.mode & 07777 | OWNER_READ_WRITE);
            if (result < 0) return failed("chmod()", path, -result);
        }
        return null;
    }

    /// Every file that is open in this process.
    public static List<LogFile> all() {
        synchronized (NAMED) {
            return NAMED.values().stream().filter(f -> f.fd >= 0).toList();
        }
    }

    private static String failed(String call, String path, int errno) {
        return call + " \"" + path + "\" failed " + Errno.quoted(errno);
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
        int to = fd;
        if (to < 0) return -Errno.EBADF;
        if (fullSec != 0 && fullSec == System.currentTimeMillis() / 1000) return -Errno.ENOSPC;
        long written;
        do written = Posix.write(to, from, n); while (written == -Errno.EINTR);
        if (written == -Errno.ENOSPC) fullSec = System.currentTimeMillis() / 1000;
        return written;
    }
}
