package nightjar.http;

import nightjar.core.Log.Level;
import nightjar.http.Outcome.Signal;
import nightjar.http.Outcome.Status;
import org.jspecify.annotations.Nullable;

/// How a request ends: an error page, the parent of a subrequest, the log phase, and the connection's next request.
/// Source: ngx_http_finalize_request and what it calls.
public final class Finalizer {
    private Finalizer() {}

    /// Ends `r` with what its last handler answered.
    public static void finalize(Request r, Outcome outcome) {
        if (r.done || r.backlog != null && r.backlog.defers(outcome)) return;
        if (r.refused != null && outcome != Outcome.AGAIN && outcome != Outcome.DONE && outcome != Outcome.DECLINED) {
            outcome = r.refused;
            r.refused = null;
        }
        if (r.isSubrequest() && outcome != Outcome.AGAIN && outcome != Outcome.DONE && outcome != Outcome.DECLINED) {
            if (r.ended != null) outcome = r.ended.answered(r, outcome);
            // what the client gets of the whole cannot be right any more
            if (r.filterFailed) { terminate(r, 0); return; }
        }
        switch (outcome) {
            // two switches: one over both kinds of labels would be a call to a bootstrapped method
            case Signal signal -> {
                switch (signal) {
                    case AGAIN, DONE -> { }
                    case DECLINED -> {
                        r.content = null;
                        r.contentRunning = false;
                        r.server.http.engine.resume(r, Outcome.DECLINED);
                    }
                    case OK -> end(r, outcome);
                    case ERROR -> {
                        // the parent decides what a subrequest that broke off is to it
                        if (r.isSubrequest() && r.ended != null) endSubrequest(r, outcome); else terminate(r, 0);
                    }
                }
            }
            case Status(int code) -> status(r, code);
        }
    }

    private static void status(Request r, int code) {
        if (code == 408 || code == 499 || code == 444 || r.c.lost()) {
            if (code == 444) r.c.dropped();
            terminate(r, code);
            return;
        }
        if (code >= 300 || code == 201 || code == 204) finalize(r, SpecialResponse.answer(r, code));
        else if (code >= 200) end(r, Outcome.OK);
        else end(r, Outcome.OK);
    }

    /// The response is complete, or as complete as it will be.
    static void end(Request r, Outcome outcome) {
        if (r.c.lost() && !r.isSubrequest()) { terminate(r, 0); return; }
        if (r.backlog != null && r.backlog.defers(outcome) || Postpone.waits(r, outcome)) return;
        if (r.isSubrequest()) { endSubrequest(r, outcome); return; }
        r.done = true;
        if (!r.headerSent) {
            r.keepAlive = false;
        } else if (!r.lastSent && !r.headerOnly) {
            // the handler gave up in the middle: without the end the client must not take the rest for a response
            if (r.chunked || r.out.contentLength >= 0 && r.bodySent < r.out.contentLength) r.keepAlive = false;
        }
        r.c.drained(r);
    }

    private static void endSubrequest(Request r, Outcome outcome) {
        r.done = true;
        r.outcome = outcome;
        if (!r.core().logSubrequest() || log(r)) freeSubrequest(r, outcome);
    }

    private static void freeSubrequest(Request r, Outcome outcome) {
        var ended = r.ended;
        Subrequest.leave(r);
        Subrequest.abandonAll(r);
        if (ended != null) ended.ended(r, outcome);
        r.runCleanup();
        r.runLastCleanup();
        r.freeOwnBody();
        Postpone.close(r);
    }

    /// Everything is sent, or nothing will be any more: undoes what the request waits for, and runs the log phase.
    /// @return whether that has ended, and [#free] is due; else [Connection#logged] is called
    static boolean close(Request r) {
        r.done = true;
        Subrequest.abandonAll(r);
        if (r.backlog != null) r.backlog.drop();
        r.runCleanup();
        r.c.action = "logging request";
        return log(r);
    }

    /// Frees what the request held.
    static void free(Request r) {
        if (r.debug()) r.debug("http close request");
        r.c.action = "closing request";
        Subrequest.abandonAll(r);
        r.runLastCleanup();
        Postpone.free(r);
        if (r.body != null) r.body.free();
    }

    /// Runs the handlers of the log phase that have not run.
    /// @return whether all have; else one waits, and calls [#logged]
    private static boolean log(Request r) {
        var handlers = r.loc.logHandlers;
        while (r.logAt < handlers.length) {
            try {
                if (handlers[r.logAt++].handle(r) == Outcome.AGAIN) return false;
            } catch (RuntimeException | StackOverflowError e) {
                PhaseEngine.bug(r, e);
            }
        }
        return true;
    }

    /// The handler of the log phase that answered `AGAIN` is done. Called in an event of its own.
    public static void logged(Request r) {
        if (!log(r)) return;
        if (r.outcome != null) freeSubrequest(r, r.outcome); else r.c.logged(r);
    }

    /// Ends the request at once and closes its connection. The status is logged if nothing was sent.
    public static void terminate(Request r, int status) {
        var main = r.main;
        if (main.c.logging()) {
            // the client's connection is closed; who waits for a subrequest in the log phase is told
            if (r.isSubrequest()) endSubrequest(r, Outcome.ERROR);
            return;
        }
        if (main.done && main.c.request != main) return;
        if (status > 0 && !main.headerSent) main.out.status = status;
        main.keepAlive = false;
        main.done = true;
        main.c.abort(main);
    }

    /// Sends the request to another path of the same server, as if it had come for that.
    /// nginx: ngx_http_internal_redirect.
    public static void internalRedirect(Request r, String uri, @Nullable String args) {
        if (!mayRedirect(r, uri)) return;
        r.uri = uri;
        r.args = args == null || args.isEmpty() ? null : args;
        r.validUnparsedUri = false;
        if (r.debug()) r.debug("internal redirect: \"" + uri + "?" + (args == null ? "" : args) + "\"");
        r.clearCtx();
        r.loc = r.server.root;
        r.internal = true;
        r.headerFilterAt = 0;
        r.server.http.engine.start(r);
    }

    /// Sends the request to a named location. nginx: ngx_http_named_location.
    public static void namedLocation(Request r, String name) {
        if (!mayRedirect(r, name)) return;
        if (r.uri.isEmpty()) {
            r.log(Level.ERROR, "empty URI in redirect to named location \"" + name + "\"");
            finalize(r, Outcome.status(500));
            return;
        }
        var loc = r.server.locations.named(name);
        if (loc == null) {
            r.log(Level.ERROR, "could not find named location \"" + name + "\"");
            finalize(r, Outcome.status(500));
            return;
        }
        if (r.debug()) r.debug("using location: " + name + " \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
        r.internal = true;
        r.content = null;
        r.contentRunning = false;
        r.clearCtx();
        r.headerFilterAt = 0;
        FindConfig.enter(r, loc);
        r.server.http.engine.startAtRewrite(r);
    }

    private static boolean mayRedirect(Request r, String to) {
        if (--r.uriChanges > 0) return true;
        r.log(Level.ERROR, to.startsWith("@")
                ? "rewrite or internal redirection cycle while redirect to named location \"" + to + "\""
                : "rewrite or internal redirection cycle while internally redirecting to \"" + to + "\"");
        finalize(r, Outcome.status(500));
        return false;
    }
}
