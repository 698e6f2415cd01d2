package nightjar.http;

import org.jspecify.annotations.Nullable;

/// Runs a request inside another, through all phases of its own.
/// Source: ngx_http_subrequest and ngx_http_post_request.
public final class Subrequest {
    /// Told when a subrequest has ended.
    public interface Ended { void ended(Request sub, Outcome outcome); }

    /// nginx's NGX_HTTP_MAX_SUBREQUESTS.
    private static final int MAX_CONCURRENT = 50;

    private Subrequest() {}

    /// Makes a subrequest of `parent`; [#start] runs it.
    ///
    /// @param sink takes its output; `null` drops it
    /// @param ended called on the parent's worker when it has ended, maybe before `start` returns
    public static Request create(Request parent, String uri, @Nullable String args, @Nullable Sink sink, Ended ended) {
        var r = new Request(parent.c, parent, parent.in, parent.server);
        r.uri = uri;
        r.args = args == null || args.isEmpty() ? null : args;
        r.unparsedUri = parent.unparsedUri;
        r.host = parent.host;
        r.method = "GET";
        r.version = parent.version;
        r.remoteAddr = parent.remoteAddr;
        r.remoteAddrBinary = parent.remoteAddrBinary;
        r.remoteUser = parent.remoteUser;
        r.body = parent.body;
        r.internal = true;
        r.discardBody = parent.main.discardBody;
        r.sink = sink;
        r.ended = ended;
        r.depth = parent.depth + 1;
        return r;
    }

    /// Whether `parent` may have one more: nesting and number are bounded.
    public static @Nullable String refusal(Request parent) {
        if (parent.depth >= MAX_CONCURRENT) return "subrequests cycle while processing";
        return null;
    }

    /// Runs the subrequest from the server rewrite phase.
    public static void start(Request r) {
        r.main.subrequests++;
        if (r.debug()) r.debug("http subrequest \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
        r.server.http.engine.start(r);
    }
}
