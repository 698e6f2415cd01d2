package nightjar.http;

import nightjar.core.Log.Level;
import nightjar.net.Timer;

/// A request that waits for a time, as `limit_req` and `auth_delay` make it. Should the client go away it ends with 499.
public final class Delay extends Timer {
    private final Request r;
    private final Runnable then;

    private Delay(Request r, Runnable then) {
        this.r = r;
        this.then = then;
    }

    /// Runs `then` after `msec` milliseconds, on the request's worker, unless the request ends before.
    public static void start(Request r, long msec, Runnable then) {
        var delay = new Delay(r, then);
        r.worker.timers.add(delay, msec);
        r.main.aborted = delay::gone;
        r.onClose(() -> r.worker.timers.cancel(delay));
    }

    @Override protected void fire() {
        r.main.aborted = null;
        if (!r.done) then.run();
    }

    private void gone() {
        r.main.aborted = null;
        r.worker.timers.cancel(this);
        r.log(Level.INFO, "client prematurely closed connection");
        Finalizer.finalize(r, Outcome.status(499));
    }
}
