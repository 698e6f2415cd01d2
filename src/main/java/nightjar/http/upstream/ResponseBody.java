package nightjar.http.upstream;

import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.ChunkedParser;
import nightjar.http.HeaderFilters;
import nightjar.http.Outcome;

/// A response body on its way from the server to the client. While the client does not take it nothing more is read.
///
/// With `proxy_buffering on`, what does not fill a buffer waits for more, and is lost if none comes in time; else each piece
/// goes out as it comes in. Unlike nginx, no more than one buffer is gathered, and no temporary files are written.
final class ResponseBody {
    private final UpstreamRequest u;
    private ChunkedParser chunks;
    private boolean chunked;
    /// Bytes still to come; -1: up to the end of the connection.
    private long left;
    private byte[] trailer = {};
    private int trailerSeen;
    private boolean keepAlive;
    private boolean whole;
    private boolean over;
    boolean buffering;
    /// What waits for more: `heldLen` bytes of a buffer; 0: there has been none.
    private long held;
    private int heldLen;

    ResponseBody(UpstreamRequest u) {
        this.u = u;
        this.buffering = u.conf.buffering();
    }

    /// @param len how many bytes have come with the head
    void begin(ResponseHead head, boolean bodiless, int len) {
        boolean none = bodiless || head.status == 204 || head.status == 304;
        chunked = head.chunked && !none;
        if (chunked) chunks = new ChunkedParser();
        left = none ? 0 : chunked ? -1 : head.contentLength;
        trailer = head.trailer;
        trailerSeen = 0;
        keepAlive = !head.close && head.status != 101;
        buffering &= head.status != 101;
        whole = left == 0 && trailer.length == 0;
        over = whole && len > 0;
    }

    /// Whether the connection has nothing under way.
    boolean keepAlive() {
        return keepAlive && whole && !over;
    }

    /// Sends the head, and the first `len` bytes of the body.
    void send(long addr, int len) {
        var r = u.r;
        var outcome = HeaderFilters.send(r);
        if (u.step == UpstreamRequest.Step.DONE) return;
        u.step(UpstreamRequest.Step.BODY);
        if (outcome != Outcome.OK) {
            u.finish(outcome);
            return;
        }
        if (r.headerOnly) {
            if (len > 0) over = true;
            u.finish(Outcome.OK);
            return;
        }
        if (len > 0 || whole) take(addr, len);
        else if (!buffering) output(Buf.flush());
    }

    /// Takes bytes that came from the server.
    void take(long addr, int len) {
        u.state.length += len;
        if (chunked) {
            chunks(addr, addr + len);
        } else if (whole) {
            if (len > 0) tooMuch();
        } else {
            int part = left < 0 ? len : (int) Math.min(left, len);
            if (left >= 0) left -= part;
            if (left == 0) trailer(addr + part, len - part);
            if (part > 0) pass(addr, part);
        }
        if (whole && u.step == UpstreamRequest.Step.BODY) u.finish(Outcome.OK);
    }

    /// Takes the bytes that come after those of the body.
    private void trailer(long addr, int n) {
        int i = 0;
        while (i < n && trailerSeen < trailer.length) {
            if (Mem.b(addr + i++) == trailer[trailerSeen++]) continue;
            u.log(Level.ERROR, "memcached sent invalid trailer");
            over = whole = true;
            return;
        }
        whole = trailerSeen == trailer.length;
        if (i < n) tooMuch();
    }

    private void tooMuch() {
        over = true;
        u.log(Level.WARN, "upstream sent more data than specified in \"Content-Length\" header");
    }

    private void chunks(long p, long end) {
        while (u.step == UpstreamRequest.Step.BODY) {
            switch (chunks.next(p, end)) {
                case ChunkedParser.DATA -> pass(chunks.data(), chunks.length());
                case ChunkedParser.DONE -> {
                    whole = true;
                    if (chunks.position() < end) {
                        over = true;
                        u.log(Level.WARN, "upstream sent data after final chunk");
                    }
                    return;
                }
                case ChunkedParser.BAD -> {
                    u.log(Level.ERROR, "upstream sent invalid chunked response");
                    u.finish(Outcome.status(502));
                    return;
                }
                default -> { return; }
            }
            p = chunks.position();
        }
    }

    private void pass(long addr, int n) {
        if (!buffering) {
            var b = Buf.memory(addr, n);
            b.flush = true;
            output(b);
        } else if (whole && heldLen == 0) {
            output(Buf.memory(addr, n));
        } else {
            gather(addr, n);
        }
    }

    /// Passes on what is held and `n` bytes more as far as they fill buffers, or all of it when it is the last.
    private void gather(long addr, int n) {
        int size = u.conf.pieceSize();
        Buf first = null;
        if (heldLen > 0) {
            int part = Math.min(n, size - heldLen);
            Mem.copy(addr, held + heldLen, part);
            heldLen += part;
            addr += part;
            n -= part;
            if (heldLen < size && !whole) return;
            first = Buf.memory(held, heldLen);
            heldLen = 0;
        }
        int full = whole ? n : n - n % size;
        if (full > 0) {
            var b = Buf.memory(addr, full);
            first = first == null ? b : first.append(b);
        }
        if (first != null) output(first);
        if (full < n && u.step == UpstreamRequest.Step.BODY) hold(addr + full, n - full);
    }

    private void hold(long addr, int n) {
        if (held == 0) held = Mem.alloc(u.conf.pieceSize());
        Mem.copy(addr, held, n);
        heldLen = n;
    }

    private void output(Buf b) {
        if (buffering) u.action("sending to client");
        var outcome = BodyFilters.output(u.r, b);
        if (u.step == UpstreamRequest.Step.BODY) u.action("reading upstream");
        if (outcome == Outcome.ERROR) u.finish(Outcome.ERROR);
        else if (outcome == Outcome.AGAIN && !whole && u.step == UpstreamRequest.Step.BODY) u.pause();
    }

    /// The server has closed the connection.
    void ended() {
        if (!chunked && left < 0) {
            whole = true;
            keepAlive = false;
            u.finish(Outcome.OK);
            return;
        }
        passHeld();
        if (u.step == UpstreamRequest.Step.DONE) return;
        u.log(Level.ERROR, "upstream prematurely closed connection");
        u.finish(Outcome.status(502));
    }

    /// No more will come: what is held goes on.
    void passHeld() {
        int n = heldLen;
        heldLen = 0;
        if (n > 0) output(Buf.memory(held, n));
    }

    /// Ends the client's response.
    Outcome last() {
        var last = u.r.lastBuf();
        if (heldLen > 0) last = Buf.memory(held, heldLen).append(last);
        return BodyFilters.output(u.r, last) == Outcome.ERROR ? Outcome.ERROR : Outcome.OK;
    }

    void free() {
        if (held != 0) Mem.free(held);
        held = 0;
        heldLen = 0;
    }
}
