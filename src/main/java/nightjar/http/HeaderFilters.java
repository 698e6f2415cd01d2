package nightjar.http;

import nightjar.core.Log.Level;

/// Sends a response head through the filters of the request's location, in the order of [Response filters](HttpModule),
/// and on to [ResponseWriter].
public final class HeaderFilters {
    private HeaderFilters() {}

    /// Sends the head of `r.out`. nginx: ngx_http_send_header.
    /// @return `OK`: it has gone, or a filter is asleep and what follows waits behind it; a status or `ERROR` if a filter refused
    public static Outcome send(Request r) {
        if (r.refused != null) return Outcome.ERROR;
        if (r.headerSent || r.headerFilterAt > 0) {
            r.log(Level.ALERT, "header already sent");
            return Outcome.ERROR;
        }
        if (r.errStatus != 0) { r.out.status = r.errStatus; r.out.statusLine = null; }
        if (r.out.status == 0) r.out.status = 200;
        var outcome = run(r);
        return outcome == Outcome.AGAIN ? Outcome.OK : outcome;
    }

    /// Called by a filter that has to wait, and then answers `AGAIN`; it calls [#wake] when it is done.
    /// @param cancel runs should the request end before
    public static void sleep(Request r, Runnable cancel) { Backlog.of(r).sleepInHead(cancel); }

    /// The filter that answered `AGAIN` is done: goes on with the next, and with the body. Called in an event of its own.
    /// @param outcome what the filter would have answered at once; `DONE` is not among it
    public static void wake(Request r, Outcome outcome) {
        var backlog = r.backlog;
        if (backlog == null) return;
        backlog.wake();
        var reached = outcome == Outcome.OK ? run(r) : outcome;
        if (reached == Outcome.AGAIN) return;
        if (reached == Outcome.OK) {
            backlog.goOn();
        } else {
            r.headerFilterAt = 0;
            backlog.refuse(reached);
        }
    }

    /// Called by a header filter: sends the page for `code` in place of the response whose head is being sent; what its
    /// handler sends of the body is dropped. The filter then answers `DONE`. nginx: ngx_http_filter_finalize_request.
    /// @param own the state of the filter's own module, which alone is kept
    public static <X> Outcome replace(Request r, CtxKey<X> own, int code) {
        int at = r.headerFilterAt;
        var ctx = r.get(own);
        r.out.clear();
        r.clearCtx();
        r.set(own, ctx);
        r.headerFilterAt = 0;
        var outcome = SpecialResponse.answer(r, code);
        if (outcome != Outcome.OK) return outcome;
        if (r.backlog == null) r.headerFilterAt = at;
        r.replaced = true;
        return outcome;
    }

    private static Outcome run(Request r) {
        var filters = r.loc.headerFilters;
        while (r.headerFilterAt < filters.length) {
            var f = filters[r.headerFilterAt++];
            Outcome outcome;
            try {
                outcome = f.filter(r);
            } catch (RuntimeException | StackOverflowError e) {
                outcome = PhaseEngine.bug(r, e);
            }
            if (outcome == Outcome.DONE) return Outcome.OK;
            if (outcome != Outcome.OK) {
                if (outcome != Outcome.AGAIN) r.headerFilterAt = 0;
                return outcome;
            }
        }
        ResponseWriter.head(r);
        return Outcome.OK;
    }
}
