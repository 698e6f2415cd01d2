package nightjar.http;

import java.util.ArrayDeque;
import nightjar.net.Timer;

/// Sends a response no faster than `limit_rate` says: what exceeds the rate waits here for the time at which it may go.
/// Source: ngx_http_write_filter.
///
/// Unlike nginx, the head goes out at once, but it counts.
final class Pace extends Timer {
    private final Request r;
    /// Bytes that go out at full speed before the rate counts.
    private final long after;
    private final ArrayDeque<Buf> waiting = new ArrayDeque<>();
    private long bytes;

    Pace(Request r, long after) {
        this.r = r;
        this.after = after;
        r.onClose(this::drop);
    }

    boolean pending() { return bytes > 0; }

    /// Takes a piece whose bytes stay where they are, and with a file one of the file's users.
    void add(Buf b) {
        if (b.len == 0) return;
        waiting.add(b);
        bytes += b.len;
    }

    /// Sends what may go now and sees to it that the rest follows.
    void pump() {
        var conn = r.c.conn;
        if (armed()) return;
        while (bytes > 0) {
            if (conn.closed() || conn.errno() != 0) { drop(); return; }
            if (conn.queued() > 0) { r.c.awaitWritable(r); return; }
            long rate = r.limitRate, sent = r.bytesSent(), n = bytes;
            if (rate > 0) {
                n = rate * (r.worker.clock.sec() - r.startMsec / 1000 + 1) - (sent - after);
                if (n <= 0) { later(-n * 1000 / rate + 1); return; }
                n = Math.min(n, bytes);
            }
            send(n);
            conn.flush();
            if (rate == 0 || bytes == 0) continue;
            long delay = (Math.max(0, sent + n - after) - Math.max(0, sent - after)) * 1000 / rate;
            if (delay > 0) { later(delay); return; }
        }
    }

    private void later(long msec) { r.worker.timers.add(this, msec); }

    private void send(long n) {
        var conn = r.c.conn;
        bytes -= n;
        while (n > 0) {
            var b = waiting.poll();
            long part = Math.min(n, b.len);
            n -= part;
            if (part < b.len) {
                waiting.addFirst(b.slice(part, b.len - part));
                if (b.file != null) b.file.retain();
            }
            if (b.file != null) conn.sendFile(b.file.fd(), b.off, part, b.file::release);
            else conn.write(b.heap, (int) b.off, (int) part);
        }
    }

    @Override protected void fire() {
        pump();
        if (!pending()) r.c.paced(r);
    }

    private void drop() {
        r.worker.timers.cancel(this);
        for (var b : waiting) if (b.file != null) b.file.release();
        waiting.clear();
        bytes = 0;
    }
}
