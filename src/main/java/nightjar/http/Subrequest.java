package nightjar.http;

import java.util.ArrayList;
import nightjar.core.Log.Level;
import org.jspecify.annotations.Nullable;

/// Runs a request inside another, through all phases of its own.
/// Source: ngx_http_subrequest and ngx_http_post_request.
public final class Subrequest {
    /// What the parent makes of a subrequest's end.
    public interface Ended {
        /// Called on the parent's worker when it has ended.
        void ended(Request sub, Outcome outcome);

        /// Its last handler answered `OK`, `ERROR` or a status; error pages have not been looked for.
        /// @return what it ends with instead: `OK` is the end of it; 408, 444 and 499 close the client's connection
        default Outcome answered(Request sub, Outcome outcome) { return outcome; }
    }

    /// nginx's NGX_HTTP_MAX_SUBREQUESTS.
    private static final int MAX_DEPTH = 50;

    private Subrequest() {}

    /// Makes a subrequest of `parent` whose output no client gets; [#start] or [#post] runs it.
    ///
    /// @param ended told when it has ended, maybe before `start` returns
    public static Request create(Request parent, String uri, @Nullable String args, @Nullable Ended ended) {
        var r = new Request(parent.c, parent, parent.in, parent.server);
        r.uri = uri;
        r.args = args == null || args.isEmpty() ? null : args;
        r.host = parent.host;
        r.method = "GET";
        r.version = parent.version;
        r.remoteAddr = parent.remoteAddr;
        r.remoteAddrBinary = parent.remoteAddrBinary;
        r.remoteUser = parent.remoteUser;
        r.body = parent.body;
        r.internal = true;
        r.discardBody = parent.main.discardBody;
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
        var r = create(parent, uri, args, ended);
        Postpone.attach(r);
        announce(r);
        return r;
    }

    /// Whether `parent` may have one: nesting is bounded.
    public static @Nullable String refusal(Request parent) {
        return parent.depth > MAX_DEPTH ? "subrequests cycle while processing" : null;
    }

    /// Runs the subrequest from the server rewrite phase.
    public static void start(Request r) {
        enter(r);
        if (r.output == null) announce(r);
        r.server.http.engine.start(r);
    }

    /// Runs the subrequest when the handlers of the present event have returned.
    public static void post(Request r) {
        enter(r);
        r.worker.defer(() -> { if (!r.done) r.server.http.engine.start(r); });
    }

    private static void announce(Request r) {
        if (r.debug()) r.debug("http subrequest \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
    }

    private static void enter(Request r) {
        if (r.main.subrequests == null) r.main.subrequests = new ArrayList<>(4);
        r.main.subrequests.add(r);
    }

    /// It has ended by itself.
    static void leave(Request r) { if (r.main.subrequests != null) r.main.subrequests.remove(r); }

    /// Gives up what is left of the subrequests of `r`, and theirs: nobody waits for them any more.
    static void abandonAll(Request r) {
        var all = r.main.subrequests;
        if (all == null || all.isEmpty()) return;
        for (var sub : all.toArray(Request[]::new)) {
            if (sub.parent == r) abandon(sub);
        }
    }

    /// Gives up a subrequest that was made, whether or not it runs.
    public static void abandon(Request r) {
        leave(r);
        r.done = true;
        abandonAll(r);
        if (r.backlog != null) r.backlog.drop();
        r.runCleanup();
        r.runLastCleanup();
        r.freeOwnBody();
    }
}
