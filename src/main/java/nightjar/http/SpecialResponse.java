package nightjar.http;

import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// Error pages and redirects: `error_page`, else nginx's own small pages.
/// Source: ngx_http_special_response.c.
final class SpecialResponse {
    private static final String PADDING = "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n".repeat(6);

    private SpecialResponse() {}

    static Outcome answer(Request r, int code) {
        if (r.debug()) r.debug("http special response: " + code + ", \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
        if (r.headerSent) return r.isSubrequest() ? Outcome.OK : Outcome.ERROR;
        var core = r.core();
        switch (code) {
            case 400, 413, 414, 494, 495, 496, 497, 500, 501 -> r.keepAlive = false;
            default -> { }
        }
        r.out.contentType = null;
        r.out.charset = null;
        r.headerFilterAt = 0;
        r.errStatus = code;
        if (!r.errorPage && !core.errorPages().isEmpty() && r.uriChanges > 0) {
            if (!core.recursiveErrorPages()) r.errorPage = true;
            for (var page : core.errorPages()) if (page.statuses().contains(code)) return send(r, page, code);
        }
        RequestBody.discard(r);
        if (code == 400 || code == 497 || code == 495 || code == 496) r.lingering = false;
        return page(r, code);
    }

    /// Follows an `error_page` line.
    private static Outcome send(Request r, Core.ErrorPage page, int code) {
        r.errStatus = page.overwrite() > 0 ? page.overwrite() : page.overwrite() == 0 ? 0 : code;
        var to = page.uri().eval(r);
        if (!to.isEmpty() && to.charAt(0) == '/') {
            var args = page.args() == null ? null : page.args().eval(r);
            if (page.args() == null && !page.uri().isPlain()) {
                int q = to.indexOf('?');
                if (q >= 0) { args = to.substring(q + 1); to = to.substring(0, q); }
            }
            if (!r.method.equals("HEAD")) r.method = "GET";
            Finalizer.internalRedirect(r, to, args);
            return Outcome.DONE;
        }
        if (to.startsWith("@")) {
            Finalizer.namedLocation(r, to);
            return Outcome.DONE;
        }
        int status = page.overwrite();
        if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) status = 302;
        r.errStatus = status;
        r.out.location = to;
        RequestBody.discard(r);
        return page(r, status);
    }

    /// Sends nginx's own page for `code`.
    private static Outcome page(Request r, int code) {
        var text = text(r, code);
        if (code >= 494 && code <= 497) r.errStatus = 400;
        r.out.status = r.errStatus != 0 ? r.errStatus : code;
        r.out.statusLine = null;
        if (text == null) {
            r.out.contentLength = code == 204 ? -1 : 0;
            r.out.contentType = null;
        } else {
            r.out.contentLength = text.length();
            r.out.contentType = "text/html";
        }
        r.out.clearLastModified();
        r.out.etag = null;
        r.allowRanges = false;
        var sent = HeaderFilters.send(r);
        // a filter that refuses even this page would be asked again and again
        if (sent instanceof Outcome.Status) return Outcome.ERROR;
        if (sent != Outcome.OK) return sent;
        if (r.headerOnly) return Outcome.OK;
        var last = text == null ? Buf.last() : Buf.of(text).asLast();
        if (r.isSubrequest()) { last.last = false; last.lastInChain = true; }
        var out = BodyFilters.output(r, last);
        return out == Outcome.ERROR ? out : Outcome.OK;
    }

    private static @Nullable String text(Request r, int code) {
        if (code == 201 || code == 204 || code == 444) return null;
        var title = title(code);
        if (title == null) return null;
        var head = code == 494 || code == 495 || code == 496 || code == 497 ? "400 " + heading(code) : title;
        var body = code == 494 || code == 495 || code == 496 || code == 497
                ? "<center><h1>400 Bad Request</h1></center>\r\n<center>" + heading(code) + "</center>\r\n"
                : "<center><h1>" + title + "</h1></center>\r\n";
        var core = r.core();
        boolean pad = core.msiePadding() && code >= 400 && r.version >= Request.HTTP_10 && (r.in.msie() || r.in.chrome());
        return "<html>\r\n<head><title>" + head + "</title></head>\r\n<body>\r\n" + body
                + "<hr><center>" + (core.serverTokens() ? Core.SERVER_NAME : "nginx") + "</center>\r\n</body>\r\n</html>\r\n" + (pad ? PADDING : "");
    }

    private static String heading(int code) {
        return switch (code) {
            case 494 -> "Request Header Or Cookie Too Large";
            case 495 -> "The SSL certificate error";
            case 496 -> "No required SSL certificate was sent";
            default -> "The plain HTTP request was sent to HTTPS port";
        };
    }

    private static @Nullable String title(int code) {
        return switch (code) {
            case 302 -> "302 Found";
            case 401 -> "401 Authorization Required";
            case 503 -> "503 Service Temporarily Unavailable";
            case 494, 495, 496, 497 -> "400 Bad Request";
            case 416 -> "416 Requested Range Not Satisfiable";
            case 304 -> null;
            default -> {
                var line = Bytes.string(StatusLines.line(code, null));
                var words = line.substring("HTTP/1.1 ".length(), line.length() - 2);
                yield words.length() > 4 ? words : null;
            }
        };
    }
}
