package nightjar.http;

import org.jspecify.annotations.Nullable;

/// A whole response made of one text. Source: ngx_http_send_response.
public final class TextResponse {
    private TextResponse() {}

    /// Sends `text` as the body; with 301, 302, 303, 307 and 308 it is the place to go to, and nginx's own page the body.
    /// The request's body is dropped.
    ///
    /// @param type the content type; `null` for the one that the location gives the uri
    public static Outcome send(Request r, int status, @Nullable String type, String text) {
        RequestBody.discard(r);
        var out = r.out;
        out.status = status;
        switch (status) {
            case 301, 302, 303, 307, 308 -> {
                out.location = text;
                return Outcome.status(status);
            }
            default -> { }
        }
        out.contentLength = text.length();
        if (type != null) out.contentType = type;
        else r.setContentType();
        var sent = HeaderFilters.send(r);
        if (sent != Outcome.OK || r.headerOnly) return sent;
        if (text.isEmpty()) return BodyFilters.output(r, r.lastBuf());
        var buf = Buf.of(text);
        if (r.isSubrequest()) buf.lastInChain = true;
        else buf.last = true;
        return BodyFilters.output(r, buf) == Outcome.ERROR ? Outcome.ERROR : Outcome.OK;
    }
}
