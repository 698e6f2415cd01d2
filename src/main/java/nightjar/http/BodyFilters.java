package nightjar.http;

import org.jspecify.annotations.Nullable;

/// Sends pieces of response body through the filters of the request's location, and on to [ResponseWriter].
public final class BodyFilters {
    private BodyFilters() {}

    /// Sends `in` to the client, or to where a subrequest's output goes. nginx: ngx_http_output_filter.
    /// Bytes in off-heap memory are used up when this returns.
    /// @return `OK`; `AGAIN` when something of it is still here: a filter is asleep or the client slower than what it is
    /// sent, and [Connection#whenWritable] tells when there is room; `ERROR` when the client has gone or a filter gave up
    public static Outcome output(Request r, Buf in) {
        if (r.replaced || r.refused != null) {
            in.release();
            return r.replaced ? Outcome.OK : Outcome.ERROR;
        }
        return enter(r, in, 0, false);
    }

    /// Goes on behind filter `f` with what it kept back, as if it had returned `in`.
    public static Outcome after(Request r, BodyFilter f, Buf in) {
        int at = index(r, f);
        return enter(r, in, at + 1, at >= r.loc.postponeAt);
    }

    /// Goes on with what is now a part of the one response that `r` and its subrequests make.
    static Outcome joined(Request r, Buf in) { return enter(r, in, r.loc.postponeAt, true); }

    private static int index(Request r, BodyFilter f) {
        var filters = r.loc.bodyFilters;
        for (int i = 0; i < filters.length; i++) if (filters[i] == f) return i;
        return filters.length;
    }

    /// Whether so much of the output of `r` waits for a filter that is asleep that it should make no more for now.
    public static boolean full(Request r) { return Backlog.full(r); }

    // --- filters that need more than one call

    /// Called by `f`, which then returns `null`: it cannot say yet what goes on, and calls [#wake] when it can. What comes
    /// meanwhile waits behind it.
    /// @param cancel runs should the request end before
    public static void sleep(Request r, BodyFilter f, Runnable cancel) { Backlog.of(r).sleep(index(r, f), cancel); }

    /// The filter that was asleep lets `out` go on, which is not off-heap; `null`: nothing. Called in an event of its own.
    public static void wake(Request r, @Nullable Buf out) {
        var backlog = r.backlog;
        if (backlog == null) {
            if (out != null) out.release();
            return;
        }
        int at = backlog.wake();
        if (r.filterFailed) {
            if (out != null) out.release();
            backlog.drop();
            Finalizer.finalize(r, Outcome.ERROR);
            return;
        }
        if (out != null) backlog.add(out, at + 1, at >= r.loc.postponeAt);
        backlog.goOn();
    }

    /// Called by `f`: what it returns is not all that it makes of its input. It is called again, with `null`, once that has
    /// been sent.
    public static void again(Request r, BodyFilter f) {
        int at = index(r, f);
        Backlog.of(r).addRest(at, at >= r.loc.postponeAt);
    }

    private static Outcome enter(Request r, Buf in, int from, boolean joined) {
        var backlog = r.backlog;
        if (backlog != null && backlog.holds(from)) return backlog.add(in, from, joined);
        if (Backlog.large(r, in)) {
            Backlog.of(r).add(in, from, joined);
            return r.backlog.flow(Outcome.OK);
        }
        var outcome = run(r, in, from, joined);
        if (r.backlog == null) return outcome;
        if (outcome != Outcome.ERROR) return r.backlog.flow(outcome);
        r.backlog.drop();
        return outcome;
    }

    /// Sends a chain through the filters from `from` on, which nothing else waits in front of.
    static Outcome run(Request r, @Nullable Buf in, int from, boolean joined) {
        var filters = r.loc.bodyFilters;
        for (int i = from; ; i++) {
            if (i > from && r.backlog != null && r.backlog.holds(i)) return r.backlog.add(in, i, joined);
            if (i == r.loc.postponeAt && r.output != null && !joined && !r.filterFailed) return Postpone.pass(r, in);
            if (i >= filters.length) break;
            in = filters[i].filter(r, in);
            if (in == null) return nothing(r);
        }
        if (r.filterFailed) return Outcome.ERROR;
        return ResponseWriter.body(r, in);
    }

    /// A filter has let nothing go on.
    private static Outcome nothing(Request r) {
        if (r.filterFailed || r.c.conn.closed() && (r == r.main || r.output != null)) return Outcome.ERROR;
        return r.backlog != null ? Outcome.AGAIN : Outcome.OK;
    }
}
