package nightjar.http.upstream;

import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.HeadersOut.Header;
import org.jspecify.annotations.Nullable;

/// The head of an HTTP server's response, read line by line. Interim responses (1xx but 101) are read over.
/// Source: ngx_http_parse_status_line, ngx_http_parse_header_line, ngx_http_proxy_process_header (RFC 9112, 4 and 5).
///
/// Unlike nginx, a CR inside a line is refused, and so is every interim response's content but its lines.
public final class HttpHead extends ResponseHead {
    boolean http10;

    private final Notes notes;
    private @Nullable Header length;
    private @Nullable Header encoding;
    /// Where the next line begins, and up to where it has no line feed.
    private int at;
    private int scanned;
    private boolean started;

    public HttpHead(Notes notes) {
        this.notes = notes;
    }

    @Override
    int parse(long base, int n) {
        for (;;) {
            if (!started && (n - at < 5 ? !prefix(base + at, n - at) : !prefix(base + at, 5))) return NO_HEAD;
            int lf = lineFeed(base, n);
            if (lf < 0) return MORE;
            int from = at;
            int to = lf > from && Mem.b(base + lf - 1) == '\r' ? lf - 1 : lf;
            at = lf + 1;
            scanned = at;
            if (!started) {
                if (!statusLine(Mem.string(base + from, to - from))) return NO_HEAD;
                started = true;
            } else if (to == from) {
                if (status >= 200 || status == 101) return at;
                restart();
            } else if (!line(Mem.string(base + from, to - from))) {
                return INVALID;
            }
        }
    }

    private static boolean prefix(long p, int n) {
        for (int i = 0; i < n; i++) if (Mem.b(p + i) != "HTTP/".charAt(i)) return false;
        return true;
    }

    private int lineFeed(long base, int n) {
        long end = base + n;
        long found = Mem.indexOf(base + scanned, end, (byte) '\n');
        scanned = (int) (found - base);
        return found == end ? -1 : scanned;
    }

    private void restart() {
        started = false;
        headers.clear();
        length = null;
        encoding = null;
        contentLength = -1;
        chunked = false;
        close = false;
    }

    /// `HTTP/1.1 200 OK`
    private boolean statusLine(String line) {
        int n = line.length();
        int dot = line.indexOf('.', 5);
        if (dot < 0) return false;
        int major = Bytes.parseInt(line.substring(5, dot));
        int space = line.indexOf(' ', dot);
        if (major < 1 || space < 0) return false;
        int minor = Bytes.parseInt(line.substring(dot + 1, space));
        if (minor < 0 || minor > 999) return false;
        int p = space;
        while (p < n && line.charAt(p) == ' ') p++;
        if (p + 3 > n) return false;
        status = Bytes.parseInt(line.substring(p, p + 3));
        if (status < 100 || p + 3 < n && line.charAt(p + 3) != ' ' && line.charAt(p + 3) != '.') return false;
        if (line.indexOf('\r') >= 0 || line.indexOf(0) >= 0) return false;
        statusLine = line.substring(p);
        http10 = major == 1 && minor == 0;
        if (http10) close = true;
        return true;
    }

    private boolean line(String line) {
        int n = line.length();
        int colon = 0;
        while (colon < n && line.charAt(colon) != ':') {
            char c = line.charAt(colon);
            if (c <= ' ' || c == 0x7f) return invalid(line, colon);
            colon++;
        }
        if (colon == 0) return invalid(line, 0);
        var name = line.substring(0, colon);
        int from = Math.min(colon + 1, n);
        while (from < n && line.charAt(from) == ' ') from++;
        int to = n;
        while (to > from && line.charAt(to - 1) == ' ') to--;
        for (int i = from; i < to; i++) {
            char c = line.charAt(i);
            if (c == 0 || c == '\r') return invalid(line, i);
        }
        return status < 200 && status != 101 || take(new Header(name, line.substring(from, to)));
    }

    private boolean invalid(String line, int at) {
        int c = line.charAt(at);
        return bad("upstream sent invalid header: \"" + line.substring(0, at) + "\\x" + (c < 16 ? "0" : "") + Bytes.hex((long) c) + "...\"");
    }

    private boolean bad(String text) {
        problem = text;
        return false;
    }

    private boolean take(Header h) {
        switch (Bytes.lower(h.name)) {
            case "content-length" -> {
                if (length != null) return bad(duplicate(h, length));
                if (encoding != null) return bad(both());
                length = h;
                contentLength = Bytes.parseLong(h.value);
                if (contentLength < 0) return bad("upstream sent invalid \"Content-Length\" header: \"" + h.name + ": " + h.value + '"');
            }
            case "transfer-encoding" -> {
                if (encoding != null) return bad(duplicate(h, encoding));
                if (length != null) return bad(both());
                encoding = h;
                if (!Bytes.equalsIgnoreCase(h.value, "chunked")) return bad("upstream sent unknown \"Transfer-Encoding\": \"" + h.value + '"');
                chunked = true;
            }
            case "connection" -> close |= Bytes.indexOfIgnoreCase(h.value, "close", 0) >= 0;
            case "status", "content-type", "date", "last-modified", "etag", "server", "location", "refresh", "expires",
                    "x-accel-expires", "x-accel-redirect", "x-accel-limit-rate" -> {
                var before = get(h.name);
                if (before != null) {
                    notes.log(Level.WARN, duplicate(h, before) + ", ignored");
                    return true;
                }
            }
            default -> { }
        }
        headers.add(h);
        return true;
    }

    private static String both() {
        return "upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time";
    }

    private static String duplicate(Header h, Header before) {
        return "upstream sent duplicate header line: \"" + h.name + ": " + h.value + "\", previous value: \"" + before.name + ": "
                + before.value + '"';
    }
}
