package nightjar.http;

import nightjar.core.Mem;
import nightjar.core.Posix;

/// A file open for reading, closed when its last user lets go. One worker's; not for sharing between threads.
public final class OpenFile {
    final int fd;
    private int users = 1;

    public OpenFile(int fd) { this.fd = fd; }

    public int fd() { return fd; }
    public OpenFile retain() { users++; return this; }
    public void release() { if (--users == 0) Posix.close(fd); }

    /// Reads `n` bytes at `off`; fewer when the file has become shorter.
    public byte[] read(long off, int n) {
        long buf = Mem.alloc(Math.max(n, 1));
        try {
            int got = 0;
            while (got < n) {
                long k = Posix.pread(fd, buf + got, n - got, off + got);
                if (k <= 0) break;
                got += (int) k;
            }
            return Mem.bytes(buf, got);
        } finally {
            Mem.free(buf);
        }
    }
}
