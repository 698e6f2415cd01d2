package nightjar.http.upstream;

import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Log.Level;
import nightjar.http.Finalizer;
import nightjar.http.HeadersOut.Header;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.UriCodec;
import nightjar.http.upstream.UpstreamConf.Ignored;
import org.jspecify.annotations.Nullable;

/// What becomes of a server's response headers: which the client gets, which are acted on.
/// Source: ngx_http_upstream_process_headers and ngx_http_upstream_headers_in.
final class ResponseHeaders {
    private final UpstreamRequest u;
    private final Request r;
    private final UpstreamConf conf;

    ResponseHeaders(UpstreamRequest u) {
        this.u = u;
        this.r = u.r;
        this.conf = u.conf;
    }

    /// Follows X-Accel-Redirect.
    /// @return whether there was one
    boolean redirect() {
        var to = u.head.get("x-accel-redirect");
        if (to == null || conf.ignored().contains(Ignored.XA_REDIRECT)) return false;
        u.finish(Outcome.DECLINED);
        for (var h : u.head.headers) {
            switch (Bytes.lower(h.name)) {
                case "content-type", "set-cookie", "content-disposition", "cache-control", "expires", "accept-ranges" -> copy(h);
                default -> { }
            }
        }
        follow(to.value);
        return true;
    }

    private void follow(String uri) {
        if (uri.startsWith("@")) {
            Finalizer.namedLocation(r, uri);
            return;
        }
        int q = uri.indexOf('?');
        var path = q < 0 ? uri : uri.substring(0, q);
        var decoded = UriCodec.unescape(path, UriCodec.Unescape.URI);
        if (unsafe(decoded)) {
            r.log(Level.ERROR, "unsafe URI \"" + uri + "\" was detected");
            Finalizer.finalize(r, Outcome.status(404));
            return;
        }
        if (!r.method.equals("HEAD")) r.method = "GET";
        Finalizer.internalRedirect(r, decoded, q < 0 ? null : uri.substring(q + 1));
    }

    private static boolean unsafe(String path) {
        return path.isEmpty() || path.charAt(0) == '?' || path.startsWith("..") && (path.length() == 2 || path.charAt(2) == '/')
                || path.contains("/../") || path.endsWith("/..") || path.indexOf(0) >= 0;
    }

    /// Makes the client's response head.
    void pass() {
        var head = u.head;
        for (var h : head.headers) {
            var name = Bytes.lower(h.name);
            act(name, h);
            if (!conf.hidden().contains(name)) copy(h);
        }
        var out = r.out;
        // a server that names neither itself nor the time is not named by others
        if (!conf.hidden().contains("server") && head.get("server") == null) out.server = "";
        if (!conf.hidden().contains("date") && head.get("date") == null) out.date = "";
        out.status = head.status;
        out.statusLine = head.statusLine;
        out.contentLength = head.chunked ? -1 : head.contentLength;
        r.notModifiedDisabled = true;
        if (conf.forceRanges()) r.allowRanges = true;
    }

    private void act(String name, Header h) {
        switch (name) {
            case "x-accel-limit-rate" -> {
                int rate = Bytes.parseInt(h.value);
                if (rate >= 0 && !conf.ignored().contains(Ignored.XA_LIMIT_RATE)) r.limitRate = rate;
            }
            case "x-accel-buffering" -> {
                if (conf.ignored().contains(Ignored.XA_BUFFERING)) return;
                if (Bytes.equalsIgnoreCase(h.value, "no")) u.buffering(false);
                else if (Bytes.equalsIgnoreCase(h.value, "yes")) u.buffering(true);
            }
            case "x-accel-charset" -> {
                if (!conf.ignored().contains(Ignored.XA_CHARSET)) r.out.charset = h.value;
            }
            default -> { }
        }
    }

    private void copy(Header h) {
        var out = r.out;
        var value = h.value;
        switch (Bytes.lower(h.name)) {
            case "content-length", "connection", "keep-alive", "transfer-encoding", "upgrade" -> { }
            case "content-type" -> type(value);
            case "last-modified" -> {
                long sec = Clock.parseHttpTime(value);
                // sent as it came: what another form of the time would lose stays in the list
                if (sec >= 0 && Clock.httpTime(sec).equals(value)) out.lastModified = sec;
                else out.add(h.name, value);
            }
            case "etag" -> out.etag = value;
            case "server" -> out.server = value;
            case "date" -> out.date = value;
            case "location" -> location(h);
            case "refresh" -> {
                int url = Bytes.indexOfIgnoreCase(value, "url=", 0);
                out.add(h.name, url < 0 ? value : rewritten(conf.redirect(), value, url + 4));
            }
            case "set-cookie" -> out.add(h.name, rewritten(conf.cookie(), value, 0));
            default -> out.add(h.name, value);
        }
    }

    private String rewritten(UpstreamConf.@Nullable Rewrite rewrite, String value, int from) {
        var other = rewrite == null ? null : rewrite.rewrite(r, value, from);
        return other == null ? value : other;
    }

    /// A path that the server sent is passed on as it is; one that was made here becomes a whole address like our own.
    private void location(Header h) {
        var redirect = conf.redirect();
        var other = redirect == null ? null : redirect.rewrite(r, h.value, 0);
        if (other != null) r.out.location = other;
        else if (!h.value.startsWith("/")) r.out.location = h.value;
        else r.out.add(h.name, h.value);
    }

    private void type(String value) {
        var out = r.out;
        out.contentType = value;
        for (int p = value.indexOf(';'); p >= 0; p = value.indexOf(';', p + 1)) {
            int q = p + 1;
            while (q < value.length() && value.charAt(q) == ' ') q++;
            if (!Bytes.regionEqualsIgnoreCase(value, q, "charset=")) continue;
            q += 8;
            int end = value.length();
            if (q < end && value.charAt(q) == '"') q++;
            if (end > q && value.charAt(end - 1) == '"') end--;
            out.contentType = value.substring(0, p);
            if (out.charset == null) out.charset = value.substring(q, end);
            return;
        }
    }
}
