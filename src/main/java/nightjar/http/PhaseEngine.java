package nightjar.http;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Log.Level;
import nightjar.http.Outcome.Status;

/// Runs a request through the phases: one flat list of steps, of which each location uses some.
/// Source: ngx_http_core_run_phases and the checkers of ngx_http_core_module.c.
public final class PhaseEngine {
    /// A step's place in the list; a location's `steps` has a bit for each.
    private static final int MAX_STEPS = 63;

    private final Handler[] handlers;
    private final Phase[] phases;
    private final int findConfig, postRewrite, postAccess, content;

    /// Lays the modules' handlers out in the order of phases, and of the list within a phase.
    PhaseEngine(List<HttpModule> modules, Iterable<Location> locations) {
        var hs = new ArrayList<Handler>();
        var ps = new ArrayList<Phase>();
        var active = new ArrayList<HttpModule.OnPhase>();
        for (var phase : Phase.values()) {
            if (phase == Phase.FIND_CONFIG || phase == Phase.POST_REWRITE || phase == Phase.POST_ACCESS) {
                hs.add(_ -> Outcome.DECLINED);
                ps.add(phase);
                active.add(null);
                continue;
            }
            if (phase == Phase.LOG) continue;
            for (var m : modules) for (var on : m.onPhases()) {
                if (on.phase() != phase) continue;
                hs.add(on.handler());
                ps.add(phase);
                active.add(on);
            }
        }
        handlers = hs.toArray(Handler[]::new);
        phases = ps.toArray(Phase[]::new);
        if (handlers.length > MAX_STEPS) throw new IllegalStateException("too many phase handlers: " + handlers.length);
        findConfig = ps.indexOf(Phase.FIND_CONFIG);
        postRewrite = ps.indexOf(Phase.POST_REWRITE);
        postAccess = ps.indexOf(Phase.POST_ACCESS);
        int firstContent = ps.indexOf(Phase.CONTENT);
        content = firstContent < 0 ? handlers.length : firstContent;
        for (var loc : locations) {
            long steps = 0;
            for (int i = 0; i < handlers.length; i++) if (active.get(i) == null || active.get(i).active().test(loc)) steps |= 1L << i;
            loc.steps = steps;
        }
    }

    /// Starts a request that the client sent, or sends it through all phases again.
    void start(Request r) {
        r.c.action(null);
        r.step = r.internal ? serverRewrite() : 0;
        run(r);
    }

    private int serverRewrite() {
        for (int i = 0; i < phases.length; i++) if (phases[i].compareTo(Phase.SERVER_REWRITE) >= 0) return i;
        return 0;
    }

    /// Sends a request that has its location on from the rewrite phase (named locations).
    void startAtRewrite(Request r) {
        r.step = findConfig + 1;
        run(r);
    }

    /// A handler that answered AGAIN now has its outcome.
    public void resume(Request r, Outcome outcome) { if (next(r, r.step, outcome)) run(r); }

    /// The rest of a handler that answered AGAIN: runs it, and goes on with what it answers.
    public void resume(Request r, Handler rest) { if (next(r, r.step, call(r, rest))) run(r); }

    /// The phase whose handler runs, or ran last.
    public Phase phase(Request r) { return r.step < phases.length ? phases[r.step] : Phase.CONTENT; }

    private void run(Request r) {
        for (;;) {
            int step = Long.numberOfTrailingZeros(r.loc.steps & (-1L << r.step));
            if (step >= content) {
                if (r.content != null) { content(r, r.content); return; }
                if (step >= handlers.length) { noHandler(r); return; }
            }
            r.step = step;
            if (phases[step] == Phase.ACCESS && r.isSubrequest()) { r.step = after(Phase.ACCESS); continue; }
            Outcome outcome;
            if (step == findConfig) outcome = FindConfig.find(r);
            else if (step == postRewrite) outcome = postRewrite(r);
            else if (step == postAccess) outcome = postAccess(r);
            else outcome = call(r, handlers[step]);
            if (!next(r, step, outcome)) return;
        }
    }

    private static Outcome call(Request r, Handler h) {
        try {
            return h.handle(r);
        } catch (RuntimeException | StackOverflowError e) {
            return bug(r, e);
        }
    }

    /// Logs what no handler should have thrown and answers 500. The one place for it.
    public static Outcome bug(Request r, Throwable e) {
        var text = new StringBuilder("internal error: ").append(e);
        for (var at : e.getStackTrace()) {
            text.append(" at ").append(at);
            if (text.length() > 1500) break;
        }
        r.log(Level.ALERT, text.toString());
        return Outcome.status(500);
    }

    private void content(Request r, Handler h) {
        r.step = content;
        r.contentRunning = true;
        Finalizer.finalize(r, call(r, h));
    }

    /// @return whether to go on with the next step now
    private boolean next(Request r, int step, Outcome outcome) {
        if (step >= content) return nextContent(r, outcome);
        return switch (phases[step]) {
            case POST_READ, PREACCESS, PRECONTENT -> generic(r, step, outcome);
            case SERVER_REWRITE, REWRITE -> declined(r, outcome) && advance(r);
            // a handler here may have set the step itself
            case FIND_CONFIG, POST_REWRITE, POST_ACCESS -> declined(r, outcome) && (r.step != step || advance(r));
            case ACCESS -> access(r, step, outcome);
            case CONTENT, LOG -> nextContent(r, outcome);
        };
    }

    private boolean generic(Request r, int step, Outcome outcome) {
        if (outcome != Outcome.OK) return declined(r, outcome) && advance(r);
        r.step = after(phases[step]);
        return true;
    }

    /// Whether the handler left the request to the next one; a final outcome ends it here.
    private static boolean declined(Request r, Outcome outcome) {
        if (outcome == Outcome.DECLINED) return true;
        if (outcome != Outcome.AGAIN && outcome != Outcome.DONE) Finalizer.finalize(r, outcome);
        return false;
    }

    private static boolean advance(Request r) {
        r.step++;
        return true;
    }

    private boolean nextContent(Request r, Outcome outcome) {
        if (outcome == Outcome.DECLINED && !r.contentRunning) { r.step++; return true; }
        Finalizer.finalize(r, outcome);
        return false;
    }

    private int after(Phase p) {
        for (int i = 0; i < phases.length; i++) if (phases[i].compareTo(p) > 0) return i;
        return phases.length;
    }

    private boolean access(Request r, int step, Outcome outcome) {
        if (outcome == Outcome.DECLINED) { r.step++; return true; }
        if (outcome == Outcome.AGAIN || outcome == Outcome.DONE) return false;
        if (r.core().satisfyAll()) {
            if (outcome == Outcome.OK) { r.step++; return true; }
        } else {
            if (outcome == Outcome.OK) {
                r.accessResult = null;
                r.out.remove("WWW-Authenticate");
                r.step = after(Phase.ACCESS);
                return true;
            }
            if (outcome instanceof Status(int code) && (code == 401 || code == 403)) {
                if (!(r.accessResult instanceof Status(int old)) || old != 401) r.accessResult = outcome;
                r.step++;
                return true;
            }
        }
        refuse(r, outcome);
        return false;
    }

    /// Ends a request that may not go on; whoever was not recognised has to wait for `auth_delay`, against guessing.
    private static void refuse(Request r, Outcome outcome) {
        long delay = outcome instanceof Status(int code) && code == 401 ? r.core().authDelay() : 0;
        if (delay == 0) { Finalizer.finalize(r, outcome); return; }
        r.log(Level.INFO, "delaying unauthorized request");
        Delay.start(r, delay, () -> Finalizer.finalize(r, outcome));
    }

    private Outcome postRewrite(Request r) {
        if (!r.uriChanged) return Outcome.DECLINED;
        if (r.debug()) r.debug("uri changes: " + (r.uriChanges - 1));
        if (--r.uriChanges == 0) {
            r.log(Level.ERROR, "rewrite or internal redirection cycle while processing \"" + r.uri + "\"");
            return Outcome.status(500);
        }
        r.uriChanged = false;
        r.loc = r.server.root;
        r.step = findConfig;
        return Outcome.DECLINED;
    }

    private Outcome postAccess(Request r) {
        var result = r.accessResult;
        if (result == null) return Outcome.DECLINED;
        r.accessResult = null;
        if (result instanceof Status(int code) && code == 403) r.log(Level.ERROR, "access forbidden by rule");
        refuse(r, result);
        return Outcome.DONE;
    }

    private void noHandler(Request r) {
        if (r.uri.endsWith("/")) {
            r.log(Level.ERROR, "directory index of \"" + Paths.map(r, 0) + "\" is forbidden");
            Finalizer.finalize(r, Outcome.status(403));
            return;
        }
        if (r.debug()) r.debug("no handler found");
        Finalizer.finalize(r, Outcome.status(404));
    }
}
