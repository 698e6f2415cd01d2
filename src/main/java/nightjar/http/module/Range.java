package nightjar.http.module;

import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Log.Level;
import nightjar.http.Buf;
import nightjar.http.CtxKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// `Range`: a part of a response, or several as multipart/byteranges. Source: ngx_http_range_filter_module.c.
public final class Range {
    /// Bytes from `start` up to but without `end`, and what stands before them in a multipart body.
    record Span(long start, long end, @Nullable String head) {}

    /// The parts wanted and how many bytes of the whole have gone by.
    private static final class State {
        final List<Span> spans;
        final @Nullable String tail;
        long offset;
        State(List<Span> spans, @Nullable String tail) { this.spans = spans; this.tail = tail; }
    }

    private static final AtomicLong BOUNDARIES = new AtomicLong();
    private static final CtxKey<State> STATE = new CtxKey<>();

    public static final HttpModule MODULE = module("range").headerFilter(Range::head).bodyFilter(Range::body);

    private Range() {}

    static Outcome head(Request r) {
        var out = r.out;
        if (!r.allowRanges || r.version < Request.HTTP_10 || out.status != 200 || r != r.main || out.contentLength == -1) return OK;
        int max = r.core().maxRanges();
        if (max == 0) return OK;
        var range = r.in.get("range");
        if (range == null || range.length() < 7 || !Bytes.startsWithIgnoreCase(range, "bytes=") || !fresh(r)) {
            out.add("Accept-Ranges", "bytes");
            return OK;
        }
        var spans = parse(range, out.contentLength, max);
        if (spans == null) { out.add("Accept-Ranges", "bytes"); return OK; }
        if (spans.isEmpty()) return notSatisfiable(r);
        out.status = 206;
        out.statusLine = null;
        if (spans.size() == 1) {
            var s = spans.getFirst();
            out.set("Content-Range", "bytes " + s.start + "-" + (s.end - 1) + "/" + out.contentLength);
            out.contentLength = s.end - s.start;
            r.set(STATE, new State(spans, null));
            return OK;
        }
        multipart(r, spans);
        return OK;
    }

    /// Whether `If-Range` lets a part be sent.
    private static boolean fresh(Request r) {
        var ifRange = r.in.get("if-range");
        if (ifRange == null) return true;
        if (ifRange.length() >= 2 && ifRange.endsWith("\"")) return ifRange.equals(r.out.etag);
        return r.out.lastModified != -1 && Clock.parseHttpTime(ifRange) == r.out.lastModified;
    }

    /// @return the parts; empty when none can be had; `null` when the header is to be ignored
    static @Nullable List<Span> parse(String header, long length, int max) {
        var spans = new ArrayList<Span>();
        long size = 0;
        int i = 6, n = header.length();
        for (;;) {
            while (i < n && header.charAt(i) == ' ') i++;
            int from = i;
            while (i < n && Bytes.isDigit(header.charAt(i))) i++;
            boolean suffix = i == from;
            long start = suffix ? 0 : Bytes.parseLong(header, from, i);
            if (!suffix && start < 0) return List.of();
            while (i < n && header.charAt(i) == ' ') i++;
            if (i == n || header.charAt(i) != '-') return List.of();
            i++;
            while (i < n && header.charAt(i) == ' ') i++;
            from = i;
            while (i < n && Bytes.isDigit(header.charAt(i))) i++;
            long end;
            if (i == from) {
                if (suffix) return List.of();
                end = length;
            } else {
                long v = Bytes.parseLong(header, from, i);
                if (v < 0) return List.of();
                if (suffix) { start = Math.max(0, length - v); end = length; } else end = v >= length ? length : v + 1;
            }
            while (i < n && header.charAt(i) == ' ') i++;
            if (i < n && header.charAt(i) != ',') return List.of();
            if (start < end) {
                if (--max < 0) return null;
                spans.add(new Span(start, end, null));
                size += end - start;
                if (size > length) return null;
            } else if (start == 0 && !suffix && length > 0) {
                return List.of();
            }
            if (i++ >= n) return spans;
        }
    }

    private static Outcome notSatisfiable(Request r) {
        long length = r.out.contentLength;
        r.out.clear();
        r.out.add("Content-Range", "bytes */" + length);
        return status(416);
    }

    private static void multipart(Request r, List<Span> spans) {
        var out = r.out;
        var boundary = Long.toString(100_000_000_000_000_000L + BOUNDARIES.incrementAndGet()).substring(1);
        boundary = "00" + boundary + "0".repeat(Math.max(0, 18 - boundary.length()));
        var type = out.contentType == null ? "" : "Content-Type: " + out.contentType + (out.charset == null ? "" : "; charset=" + out.charset) + "\r\n";
        var parts = new ArrayList<Span>();
        long total = 0;
        for (var s : spans) {
            var head = "\r\n--" + boundary + "\r\n" + type + "Content-Range: bytes " + s.start + "-" + (s.end - 1) + "/" + out.contentLength + "\r\n\r\n";
            parts.add(new Span(s.start, s.end, head));
            total += head.length() + s.end - s.start;
        }
        var tail = "\r\n--" + boundary + "--\r\n";
        out.contentType = "multipart/byteranges; boundary=" + boundary;
        out.charset = null;
        out.contentLength = total + tail.length();
        r.set(STATE, new State(List.copyOf(parts), tail));
    }

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        var state = r.get(STATE);
        if (state == null || in == null) return in;
        return state.tail == null ? single(state, in) : multi(r, state, in);
    }

    private static @Nullable Buf single(State state, Buf in) {
        var span = state.spans.getFirst();
        Buf first = null, last = null;
        for (var b = in; b != null; b = b.next) {
            long at = state.offset;
            state.offset += b.len;
            long from = Math.max(span.start, at), to = Math.min(span.end, at + b.len);
            Buf piece;
            if (from < to) piece = b.slice(from - at, to - from);
            else {
                if (b.file != null) b.file.release();
                piece = Buf.empty();
            }
            piece.flush = b.flush;
            piece.last = b.last;
            piece.lastInChain = b.lastInChain;
            if (piece.len == 0 && !piece.flush && !piece.last && !piece.lastInChain) continue;
            if (last == null) first = piece; else last.next = piece;
            last = piece;
        }
        return first;
    }

    /// Parts may lie in any order, so the whole must come in one piece, as a file does; else it goes out as it is cut.
    private static @Nullable Buf multi(Request r, State state, Buf in) {
        if (in.next != null && in.len > 0 || !in.last && in.len > 0) {
            r.filterFailed = true;
            r.log(Level.ALERT, "range in overlapped buffers");
            return null;
        }
        if (in.len == 0) return in;
        Buf first = null, last = null;
        for (var s : state.spans) {
            var head = Buf.of(s.head);
            var part = in.slice(s.start, s.end - s.start);
            if (in.file != null) in.file.retain();
            head.next = part;
            if (last == null) first = head; else last.next = head;
            last = part;
        }
        if (in.file != null) in.file.release();
        last.next = Buf.of(state.tail).asLast();
        return first;
    }
}
