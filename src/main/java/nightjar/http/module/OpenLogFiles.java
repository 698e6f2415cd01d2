package nightjar.http.module;

import java.util.LinkedHashMap;
import nightjar.conf.Args;
import nightjar.conf.Units;
import nightjar.core.Bytes;
import nightjar.core.Posix;

/// The files of access logs whose path has variables in it. `open_log_file_cache` keeps the most used ones open; without
/// it each line opens and closes its file. All workers share it.
final class OpenLogFiles {
    static final long NOT_OPEN = Long.MIN_VALUE;
    static final OpenLogFiles NONE = new OpenLogFiles(0, 0, 0, 0);

    private static final int FLAGS = Posix.O_WRONLY | Posix.O_APPEND | Posix.O_CREAT | Posix.O_CLOEXEC;

    private static final class File {
        int fd = -1;
        int uses;
        long openedSec, usedSec;
    }

    private final int max;
    private final long inactive, valid;
    private final int minUses;
    /// Least recently used first.
    private final LinkedHashMap<String, File> files = new LinkedHashMap<>(16, 0.75f, true);
    private int errno;

    private OpenLogFiles(int max, long inactive, long valid, int minUses) {
        this.max = max;
        this.inactive = inactive;
        this.valid = valid;
        this.minUses = minUses;
    }

    static OpenLogFiles read(Args a) {
        long max = 0, inactive = 10, valid = 60, minUses = 1;
        boolean off = false;
        for (int i = 1; i <= a.count(); i++) {
            var w = a.word(i);
            boolean good;
            if (w.startsWith("max=")) good = (max = Bytes.parseInt(w.substring(4))) >= 0;
            else if (w.startsWith("inactive=")) good = (inactive = Units.time(w.substring(9), true)) >= 0;
            else if (w.startsWith("min_uses=")) good = (minUses = Bytes.parseInt(w.substring(9))) >= 0;
            else if (w.startsWith("valid=")) good = (valid = Units.time(w.substring(6), true)) >= 0;
            else good = off = w.equals("off");
            if (!good) throw a.fail("invalid \"open_log_file_cache\" parameter \"" + w + "\"");
        }
        if (off) return NONE;
        if (max == 0) throw a.fail("\"open_log_file_cache\" must have \"max\" parameter");
        return new OpenLogFiles((int) max, inactive, valid, (int) minUses);
    }

    /// Why the last file was [#NOT_OPEN].
    synchronized int errno() { return errno; }

    /// What write(2) returned, or [#NOT_OPEN].
    synchronized long write(long nowSec, String path, long from, int n) {
        if (max == 0) {
            int fd = Posix.open(path, FLAGS, 0644);
            if (fd < 0) return notOpen(fd);
            long written = Posix.write(fd, from, n);
            Posix.close(fd);
            return written;
        }
        expire(nowSec);
        var f = files.computeIfAbsent(path, _ -> new File());
        if (f.fd >= 0 && nowSec - f.openedSec >= valid) close(f);
        if (f.fd < 0) {
            f.fd = Posix.open(path, FLAGS, 0644);
            f.openedSec = nowSec;
            if (f.fd < 0) {
                files.remove(path);
                return notOpen(f.fd);
            }
        }
        f.uses++;
        f.usedSec = nowSec;
        long written = Posix.write(f.fd, from, n);
        if (f.uses < minUses) close(f);
        if (files.size() > max) {
            var oldest = files.pollFirstEntry();
            close(oldest.getValue());
        }
        return written;
    }

    private long notOpen(int fd) {
        errno = -fd;
        return NOT_OPEN;
    }

    private void expire(long nowSec) {
        while (!files.isEmpty() && nowSec - files.firstEntry().getValue().usedSec > inactive) close(files.pollFirstEntry().getValue());
    }

    private static void close(File f) {
        if (f.fd >= 0) Posix.close(f.fd);
        f.fd = -1;
    }
}
