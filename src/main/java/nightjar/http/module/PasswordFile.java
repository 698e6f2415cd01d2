package nightjar.http.module;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.core.Stat;
import org.jspecify.annotations.Nullable;

/// A file of `user:hash` lines, read again when it has changed. Shared by all workers.
record PasswordFile(long mtime, int mtimeNsec, long size, long ino, Map<String, String> hashes) {
    private static final int MAX_FILES = 256;
    private static final ConcurrentHashMap<String, PasswordFile> READ = new ConcurrentHashMap<>();

    /// Why a file cannot be had.
    record Failure(String call, int errno) {}

    /// The file as it is now; `null` with `failure[0]` set when it cannot be read.
    static @Nullable PasswordFile open(String path, @Nullable Failure[] failure) {
        var stat = new Stat();
        int rc = Posix.stat(path, stat);
        var known = rc < 0 ? null : READ.get(path);
        if (known != null && known.isStill(stat)) return known;
        int fd = Posix.open(path, Posix.O_RDONLY | Posix.O_CLOEXEC, 0);
        if (fd < 0) { failure[0] = new Failure("open()", -fd); return null; }
        try {
            rc = Posix.fstat(fd, stat);
            if (rc < 0) { failure[0] = new Failure("fstat()", -rc); return null; }
            int size = (int) Math.min(stat.size, Integer.MAX_VALUE);
            long at = Mem.alloc(size);
            try {
                long n = Posix.pread(fd, at, size, 0);
                if (n < 0) { failure[0] = new Failure("read()", (int) -n); return null; }
                var file = new PasswordFile(stat.mtime, stat.mtimeNsec, stat.size, stat.ino, lines(Mem.string(at, (int) n)));
                if (READ.size() >= MAX_FILES) READ.clear();
                READ.put(path, file);
                return file;
            } finally {
                Mem.free(at);
            }
        } finally {
            Posix.close(fd);
        }
    }

    private boolean isStill(Stat s) { return s.mtime == mtime && s.mtimeNsec == mtimeNsec && s.size == size && s.ino == ino; }

    /// A hash ends at the line's end or at a second colon; of two lines for one user the first counts.
    static Map<String, String> lines(String text) {
        var all = new HashMap<String, String>();
        int n = text.length();
        for (int p = 0; p < n; ) {
            int end = text.indexOf('\n', p);
            if (end < 0) end = n;
            char first = text.charAt(p);
            int colon = text.indexOf(':', p);
            if (first != '#' && first != '\r' && colon >= 0 && colon < end) {
                int stop = colon + 1;
                while (stop < end && text.charAt(stop) != '\r' && text.charAt(stop) != ':') stop++;
                all.putIfAbsent(text.substring(p, colon), text.substring(colon + 1, stop));
            }
            p = end + 1;
        }
        return all;
    }
}
