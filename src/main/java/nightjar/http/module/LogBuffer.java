package nightjar.http.module;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.util.zip.GZIPOutputStream;
import nightjar.core.LogFile;
import nightjar.core.Mem;
import nightjar.net.Timer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// Lines gathered for one write(2): `access_log … buffer= flush= gzip=`. All workers share it.
final class LogBuffer {
    private final int size;
    private final long flushMsec;
    private final int gzip;
    private final long start;
    /// Keeps the memory at `start`.
    private final Arena arena = Arena.ofAuto();
    private int used;
    private boolean timed;
    private @Nullable LogFile file;

    /// @param flushMsec how long a line waits at most; 0: until the buffer is full
    /// @param gzip the level at which each write is compressed; 0: not at all
    LogBuffer(int size, long flushMsec, int gzip) {
        this.size = size;
        this.flushMsec = flushMsec;
        this.gzip = gzip;
        this.start = arena.allocate(size).address();
    }

    boolean is(int size, long flushMsec, int gzip) {
        return this.size == size && this.flushMsec == flushMsec && this.gzip == gzip;
    }

    synchronized void open(LogFile to) {
        if (file != null) return;
        file = to;
        to.beforeReopen(this, LogBuffer::flush);
    }

    /// Takes a line. Returns its length, or what write(2) answered when it did not take all that was written.
    synchronized long add(Worker w, long line, int n) {
        long failed = n;
        if (n > size - used) {
            int full = used;
            long written = write(start, full);
            used = 0;
            if (written != full) failed = written;
        }
        if (n > size) {
            long written = write(line, n);
            return written != n ? written : failed;
        }
        if (used == 0 && flushMsec > 0 && !timed) {
            timed = true;
            w.timers.add(Timer.of(this::due), flushMsec);
        }
        Mem.copy(line, start + used, n);
        used += n;
        return failed;
    }

    private synchronized void due() {
        timed = false;
        flush();
    }

    synchronized void flush() {
        write(start, used);
        used = 0;
    }

    private long write(long from, int n) {
        if (n == 0 || file == null) return n;
        if (gzip == 0) return file.write(from, n);
        var bytes = compress(Mem.bytes(from, n));
        long at = Mem.alloc(bytes.length);
        try {
            Mem.put(at, bytes);
            long written = file.write(at, bytes.length);
            return written == bytes.length ? n : written;
        } finally {
            Mem.free(at);
        }
    }

    private byte[] compress(byte[] plain) {
        var out = new ByteArrayOutputStream(plain.length / 4 + 64);
        try (var zip = new GZIPOutputStream(out) {
            { def.setLevel(gzip); }
        }) {
            zip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
