package nightjar.net;

import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// What the kernel has not taken yet: bytes in blocks of native memory, and pieces of files, in order.
/// Each block is freed when it has been sent; [#clear] frees the rest.
final class OutQueue {
    private static final int MIN_BLOCK = 4 << 10;
    private static final int MAX_BLOCK = 64 << 10;

    /// Bytes and file bytes waiting.
    long bytes;
    private @Nullable Piece first;
    private @Nullable Piece last;

    /// A block of memory (`fd` is -1: `at` and `end` are addresses) or a piece of a file (`at` and `end` are offsets).
    static final class Piece {
        final int fd;
        final long block;
        final long limit;
        final @Nullable Runnable done;
        long at;
        long end;
        @Nullable Piece next;

        private Piece(int fd, long block, long limit, long at, long end, @Nullable Runnable done) {
            this.fd = fd;
            this.block = block;
            this.limit = limit;
            this.at = at;
            this.end = end;
            this.done = done;
        }
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable Piece first() {
        return first;
    }

    /// Copies `n` bytes to the end.
    void add(long addr, long n) {
        bytes += n;
        if (last != null && last.fd < 0) {
            long part = Math.min(n, last.limit - last.end);
            Mem.copy(addr, last.end, part);
            last.end += part;
            addr += part;
            n -= part;
        }
        while (n > 0) {
            int size = Math.clamp(n, MIN_BLOCK, MAX_BLOCK);
            long part = Math.min(n, size);
            long block = Mem.alloc(size);
            Mem.copy(addr, block, part);
            append(new Piece(-1, block, block + size, block, block + part, null));
            addr += part;
            n -= part;
        }
    }

    void addFile(int fd, long off, long n, Runnable done) {
        bytes += n;
        append(new Piece(fd, 0, 0, off, off + n, done));
    }

    private void append(Piece p) {
        if (last == null) first = p;
        else last.next = p;
        last = p;
    }

    /// `n` bytes of the first piece have gone. Returns what is to be run when a file is through with it.
    @Nullable Runnable taken(long n) {
        var p = first;
        bytes -= n;
        p.at += n;
        if (p.at < p.end) return null;
        first = p.next;
        if (first == null) last = null;
        if (p.fd < 0) Mem.free(p.block);
        return p.done;
    }

    /// Drops everything; the files' `done` are deferred.
    void clear(Worker worker) {
        for (var p = first; p != null; p = p.next) {
            if (p.fd < 0) Mem.free(p.block);
            else worker.defer(p.done);
        }
        first = null;
        last = null;
        bytes = 0;
    }
}
