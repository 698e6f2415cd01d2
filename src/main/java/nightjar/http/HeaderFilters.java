package nightjar.http;

import nightjar.core.Log.Level;

/// Sends a response head through the filters of the request's location, in the order of [Response filters](HttpModule),
/// and on to [ResponseWriter].
public final class HeaderFilters {
    private HeaderFilters() {}

    /// Sends the head of `r.out`. nginx: ngx_http_send_header.
    /// @return `OK`; `AGAIN` while a filter waits; a status or `ERROR` if a filter refused
    public static Outcome send(Request r) {
        if (r.headerSent || r.headerFilterAt > 0) {
            r.log(Level.ALERT, "header already sent");
            return Outcome.ERROR;
        }
        if (r.errStatus != 0) { r.out.status = r.errStatus; r.out.statusLine = null; }
        if (r.out.status == 0) r.out.status = 200;
        return run(r);
    }

    /// The filter that answered AGAIN is done; goes on with the next.
    public static Outcome resume(Request r) { return run(r); }

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
        r.headerFilterAt = at;
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
