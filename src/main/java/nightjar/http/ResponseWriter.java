package nightjar.http;

import static nightjar.http.Request.HTTP_10;
import static nightjar.http.Request.HTTP_11;

import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// Turns a response head and body into bytes on the connection: status line, header lines, framing.
/// Source: ngx_http_header_filter_module.c, ngx_http_chunked_filter_module.c, ngx_http_write_filter_module.c.
final class ResponseWriter {
    private static final byte[] SERVER_FULL = Bytes.of("Server: " + Core.SERVER_NAME + "\r\n");
    private static final byte[] SERVER_SHORT = Bytes.of("Server: nginx\r\n");
    private static final byte[] DATE = Bytes.of("Date: "), TYPE = Bytes.of("Content-Type: "), CHARSET = Bytes.of("; charset=");
    private static final byte[] LENGTH = Bytes.of("Content-Length: "), MODIFIED = Bytes.of("Last-Modified: "), LOCATION = Bytes.of("Location: ");
    private static final byte[] CHUNKED = Bytes.of("Transfer-Encoding: chunked\r\n"), VARY = Bytes.of("Vary: Accept-Encoding\r\n");
    private static final byte[] KEEP_ALIVE = Bytes.of("Connection: keep-alive\r\n"), CLOSE = Bytes.of("Connection: close\r\n");
    private static final byte[] UPGRADE = Bytes.of("Connection: upgrade\r\n");
    private static final byte[] CRLF = Bytes.of("\r\n"), LAST_CHUNK = Bytes.of("0\r\n\r\n");
    private static final byte[] ETAG = Bytes.of("ETag: ");

    private ResponseWriter() {}

    /// Writes the head, unless the request has none (HTTP/0.9) or is a subrequest.
    static void head(Request r) {
        r.headerSent = true;
        var out = r.out;
        if (r != r.main) return;
        if (r.version < HTTP_10) return;
        if (r.isHead()) r.headerOnly = true;
        if (out.lastModified != -1 && out.status != 200 && out.status != 206 && out.status != 304) {
            out.lastModified = -1;
        }
        framing(r);
        var conn = r.c.conn;
        var core = r.core();
        var status = StatusLines.line(out.status, out.statusLine);
        var type = out.contentType;
        // What follows 101 is no body, but it comes from the same handlers.
        if (noBody(out.status) && out.status != 101) { r.headerOnly = true; if (out.status == 204) type = null; }
        var location = out.location == null ? null : Redirects.absolute(r, out.location);
        int size = size(r, status, type, location);
        long start = conn.reserve(size), p = start;
        p = Mem.put(p, status);
        if (out.server == null) p = Mem.put(p, core.serverTokens() ? SERVER_FULL : SERVER_SHORT);
        else if (!out.server.isEmpty()) p = line(p, "Server", out.server);
        if (out.date == null) p = Mem.put(Mem.put(Mem.put(p, DATE), r.worker.clock.httpDate()), CRLF);
        else if (!out.date.isEmpty()) p = line(p, "Date", out.date);
        if (type != null && !type.isEmpty()) {
            p = Mem.put(Mem.put(p, TYPE), type);
            if (out.charset != null && !out.charset.isEmpty() && type.indexOf(';') < 0) p = Mem.put(Mem.put(p, CHARSET), out.charset);
            p = Mem.put(p, CRLF);
        }
        if (out.contentLength >= 0 && !r.chunked) p = Mem.put(decimal(Mem.put(p, LENGTH), out.contentLength), CRLF);
        if (out.lastModifiedText != null) p = line(p, "Last-Modified", out.lastModifiedText);
        else if (out.lastModified != -1) p = Mem.put(Mem.put(Mem.put(p, MODIFIED), Clock.httpTime(out.lastModified)), CRLF);
        boolean completed = location != null && !location.equals(out.location);
        if (completed) p = Mem.put(Mem.put(Mem.put(p, LOCATION), location), CRLF);
        if (r.chunked) p = Mem.put(p, CHUNKED);
        if (out.status == 101) p = Mem.put(p, UPGRADE);
        else if (r.keepAlive) {
            p = Mem.put(p, KEEP_ALIVE);
            if (core.keepaliveHeader() > 0) p = Mem.put(decimal(Mem.put(p, "Keep-Alive: timeout="), core.keepaliveHeader()), CRLF);
        } else p = Mem.put(p, CLOSE);
        if (r.varyAcceptEncoding) p = Mem.put(p, VARY);
        if (location != null && !completed) p = Mem.put(Mem.put(Mem.put(p, LOCATION), location), CRLF);
        if (out.etag != null) p = Mem.put(Mem.put(Mem.put(p, ETAG), out.etag), CRLF);
        var list = out.list();
        for (int i = 0; i < list.size(); i++) {
            var h = list.get(i);
            p = line(p, h.name, h.value);
        }
        p = Mem.put(p, CRLF);
        conn.commit((int) (p - start));
        r.headBytes = (int) (p - start);
        if (r.headerOnly) conn.postpone(0);
        if (core.sendsAtOnce()) conn.flush(core.postponeOutput());
    }

    private static boolean noBody(int status) { return status == 204 || status == 304 || status < 200; }

    /// Decides between Content-Length, chunks and closing.
    private static void framing(Request r) {
        var out = r.out;
        if (noBody(out.status)) {
            if (out.status != 304) out.contentLength = -1;
            if (out.status == 204) out.contentLength = -1;
            if (out.status == 304) { out.contentLength = -1; out.contentType = null; }
            return;
        }
        if (r.isHead() || out.contentLength != -1 && !r.expectTrailers) return;
        if (r.version >= HTTP_11 && r.core().chunkedTransferEncoding()) {
            r.chunked = true;
            if (r.expectTrailers) out.clearContentLength();
        } else if (out.contentLength == -1) {
            r.keepAlive = false;
        }
    }

    private static int size(Request r, byte[] status, @Nullable String type, @Nullable String location) {
        var out = r.out;
        int n = 400 + status.length;
        if (out.lastModifiedText != null) n += out.lastModifiedText.length();
        if (out.server != null) n += out.server.length();
        if (out.date != null) n += out.date.length();
        if (type != null) n += type.length();
        if (out.charset != null) n += out.charset.length();
        if (location != null) n += location.length();
        if (out.etag != null) n += out.etag.length();
        var list = out.list();
        for (int i = 0; i < list.size(); i++) n += list.get(i).name.length() + list.get(i).value.length() + 4;
        return n;
    }

    private static long line(long p, String name, String value) {
        p = Mem.put(p, name);
        Mem.b(p, ':');
        Mem.b(p + 1, ' ');
        return Mem.put(Mem.put(p + 2, value), CRLF);
    }

    static long decimal(long p, long v) {
        if (v >= 10) p = decimal(p, v / 10);
        Mem.b(p, (int) ('0' + v % 10));
        return p + 1;
    }

    /// Writes a piece of body, framed as the head promised.
    ///
    /// Unlike nginx, what `postpone_output` lets go leaves after the event, which makes one system call of all that the event
    /// writes; at once where the directive asks for less than a packet.
    static Outcome body(Request r, @Nullable Buf in) {
        if (r != r.main) {
            release(in);
            return Outcome.OK;
        }
        var conn = r.c.conn;
        if (conn.closed()) { release(in); return Outcome.ERROR; }
        boolean flush = false, last = false;
        long total = 0;
        for (var b = in; b != null; b = b.next) {
            total += b.len;
            flush |= b.flush;
            last |= b.last;
        }
        if (r.headerOnly || r.lastSent) release(in);
        else write(r, in, total);
        if (last && !r.lastSent) {
            r.lastSent = true;
            if (r.chunked && !r.headerOnly) end(r);
        }
        var core = r.core();
        int postponed = flush || last ? 0 : core.postponeOutput();
        conn.postpone(postponed);
        if (r.pace != null) r.pace.pump();
        else if (flush || core.sendsAtOnce()) conn.flush(postponed);
        if (conn.errno() != 0) return r.c.sendFailed(r);
        return unsent(r) ? Outcome.AGAIN : Outcome.OK;
    }

    /// Whether some of what was written is still here: the client is slower, or is to be.
    static boolean unsent(Request r) { return r.c.conn.queued() > 0 || r.pace != null && r.pace.pending(); }

    /// Settles how fast the response may go.
    private static void pace(Request r) {
        var core = r.core();
        if (!r.limitRateSet && core.limitRate() != null) {
            r.limitRate = Core.rate(core.limitRate().eval(r));
            r.limitRateSet = true;
        }
        if (r.limitRate > 0) r.pace = new Pace(r, core.limitRateAfter() == null ? 0 : Core.rate(core.limitRateAfter().eval(r)));
    }

    /// Writes bytes that are not going to change.
    private static void put(Request r, byte[] bytes) {
        if (r.pace != null) r.pace.add(Buf.of(bytes));
        else r.c.conn.write(bytes);
    }

    private static void write(Request r, @Nullable Buf in, long total) {
        var conn = r.c.conn;
        boolean chunk = r.chunked && total > 0;
        if (r.pace == null && (r.limitRate > 0 || !r.limitRateSet)) pace(r);
        r.bodySent += total;
        if (r.pace != null) {
            if (chunk) put(r, Bytes.of(Bytes.hex(total) + "\r\n"));
            for (var b = in; b != null; b = b.next) {
                if (b.file != null && b.len == 0) b.file.release();
                else r.pace.add(b.kept());
            }
            if (chunk) put(r, CRLF);
            return;
        }
        if (chunk) {
            long p = conn.reserve(18), e = hex(p, total);
            conn.commit((int) (Mem.put(e, CRLF) - p));
        }
        for (var b = in; b != null; b = b.next) {
            if (b.file != null && b.len > 0) conn.sendFile(b.file.fd(), b.off, b.len, b.file::release);
            else if (b.file != null) b.file.release();
            else if (b.heap != null) conn.write(b.heap, (int) b.off, (int) b.len);
            else if (b.len > 0) conn.write(b.addr, (int) b.len);
        }
        if (chunk) conn.write(CRLF, 0, 2);
    }

    private static void end(Request r) {
        var trailers = r.out.trailers();
        if (trailers.isEmpty()) {
            put(r, LAST_CHUNK);
            return;
        }
        var text = new StringBuilder("0\r\n");
        for (var t : trailers) text.append(t.name).append(": ").append(t.value).append("\r\n");
        put(r, Bytes.of(text.append("\r\n").toString()));
    }

    private static void release(@Nullable Buf in) {
        for (var b = in; b != null; b = b.next) if (b.file != null) b.file.release();
    }

    private static long hex(long p, long v) {
        int shift = 60;
        while (shift > 0 && (v >>> shift & 15) == 0) shift -= 4;
        for (; shift >= 0; shift -= 4) {
            int d = (int) (v >>> shift & 15);
            Mem.b(p++, d < 10 ? '0' + d : 'a' + d - 10);
        }
        return p;
    }
}
