package nightjar.http;

import org.jspecify.annotations.Nullable;

/// Sends pieces of response body through the filters of the request's location, and on to [ResponseWriter].
public final class BodyFilters {
    private BodyFilters() {}

    /// Sends `in` to the client, or to where a subrequest's output goes. nginx: ngx_http_output_filter.
    /// Bytes in off-heap memory are used up when this returns.
    /// @return `OK`; `AGAIN` when the client is slower than what it is sent; `ERROR` when it has gone
    public static Outcome output(Request r, Buf in) {
        if (r.replaced) { in.release(); return Outcome.OK; }
        return run(r, in, 0, false);
    }

    /// Goes on behind filter `f` with what it kept back, as if it had returned `in`.
    public static Outcome after(Request r, BodyFilter f, Buf in) {
        var filters = r.loc.bodyFilters;
        for (int i = 0; i < filters.length; i++) if (filters[i] == f) return run(r, in, i + 1, i >= r.loc.postponeAt);
        return run(r, in, filters.length, true);
    }

    /// Goes on with what is now a part of the one response that `r` and its subrequests make.
    static Outcome joined(Request r, Buf in) { return run(r, in, r.loc.postponeAt, true); }

    private static Outcome run(Request r, @Nullable Buf in, int from, boolean joined) {
        var filters = r.loc.bodyFilters;
        for (int i = from; ; i++) {
            if (i == r.loc.postponeAt && r.output != null && !joined && !r.filterFailed) return Postpone.pass(r, in);
            if (i >= filters.length) break;
            in = filters[i].filter(r, in);
            if (in == null) return r.filterFailed || r.c.conn.closed() ? Outcome.ERROR : Outcome.OK;
        }
        if (r.filterFailed) return Outcome.ERROR;
        return ResponseWriter.body(r, in);
    }
}
