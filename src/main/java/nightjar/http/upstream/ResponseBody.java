package nightjar.http.upstream;

import nightjar.core.Log.Level;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.ChunkedParser;
import nightjar.http.HeaderFilters;
import nightjar.http.Outcome;

/// A response body on its way from the server to the client: as it comes in, so it goes out, and while the client does not
/// take it nothing more is read.
///
/// Unlike nginx, nothing is gathered in buffers or temporary files; `proxy_buffering off` sends each piece at once, and
/// otherwise small ones wait for more.
final class ResponseBody {
    private final UpstreamRequest u;
    private ChunkedParser chunks;
    private boolean chunked;
    /// Bytes still to come; -1: up to the end of the connection.
    private long left;
    private boolean keepAlive;
    private boolean whole;
    private boolean over;
    boolean buffering;

    ResponseBody(UpstreamRequest u) {
        this.u = u;
        this.buffering = u.conf.buffering();
    }

    void begin(ResponseHead head, boolean bodiless) {
        if (bodiless || head.status == 204 || head.status == 304) {
            left = 0;
        } else if (head.chunked) {
            chunked = true;
            chunks = new ChunkedParser();
            left = -1;
        } else {
            left = head.contentLength;
        }
        keepAlive = !head.close && head.status != 101;
        whole = left == 0;
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
            whole = left == 0;
            if (part < len) tooMuch();
            if (part > 0) pass(addr, part);
        }
        if (whole && u.step == UpstreamRequest.Step.BODY) u.finish(Outcome.OK);
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
        var b = Buf.memory(addr, n);
        b.flush = !buffering;
        output(b);
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
        u.log(Level.ERROR, "upstream prematurely closed connection");
        u.finish(Outcome.status(502));
    }

    /// Ends the client's response.
    Outcome last() {
        return BodyFilters.output(u.r, u.r.lastBuf()) == Outcome.ERROR ? Outcome.ERROR : Outcome.OK;
    }
}
