package nightjar.http;

import nightjar.core.Log.Level;
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
    public static Request create(Request parent, String uri, @Nullable String args, @Nullable Sink sink, @Nullable Ended ended) {
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

    /// Makes a subrequest whose output stands where `parent`'s output has come to; [#start] or [#post] runs it.
    ///
    /// @param ended called on the parent's worker when it has ended, or `null`
    /// @return `null` if there are too many, with a line in the log
    public static @Nullable Request inPlace(Request parent, String uri, @Nullable String args, @Nullable Ended ended) {
        var refusal = refusal(parent);
        if (refusal != null) {
            parent.log(Level.ERROR, refusal + " \"" + uri + "\"");
            return null;
        }
        var r = create(parent, uri, args, null, ended);
        Postpone.attach(r);
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

    /// Runs the subrequest when the handlers of the present event have returned.
    public static void post(Request r) {
        r.worker.defer(() -> { if (!r.main.done) start(r); });
    }
}
