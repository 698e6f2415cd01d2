package nightjar.http;

import java.util.ArrayDeque;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// What one worker keeps for its HTTP connections; it outlives configurations.
public final class HttpWorker {
    /// Heads kept for the next requests.
    private static final int MAX_SPARE_HEADS = 256;

    public final Worker worker;
    final RequestParser parser = new RequestParser();
    private final ArrayDeque<HeadersIn> heads = new ArrayDeque<>();
    /// Connections open, and those that wait for a request.
    int connections;
    private @Nullable Connection idleFirst, idleLast;
    int idle;
    /// Counters of `stub_status`, summed over workers by whoever asks.
    public volatile long accepted, requests;
    public volatile int active, waiting, reading;

    public HttpWorker(Worker worker) { this.worker = worker; }

    HeadersIn takeHead() {
        var h = heads.pollLast();
        return h != null ? h : new HeadersIn();
    }

    void giveBack(HeadersIn h) {
        if (heads.size() >= MAX_SPARE_HEADS) return;
        h.reset();
        heads.addLast(h);
    }

    void idle(Connection c) {
        c.idlePrev = idleLast;
        c.idleNext = null;
        if (idleLast == null) idleFirst = c; else idleLast.idleNext = c;
        idleLast = c;
        c.inIdle = true;
        waiting = ++idle;
    }

    void busy(Connection c) {
        if (!c.inIdle) return;
        if (c.idlePrev == null) idleFirst = c.idleNext; else c.idlePrev.idleNext = c.idleNext;
        if (c.idleNext == null) idleLast = c.idlePrev; else c.idleNext.idlePrev = c.idlePrev;
        c.idlePrev = c.idleNext = null;
        c.inIdle = false;
        waiting = --idle;
    }

    /// Closes the connection that has been idle longest, to make room for a new one.
    boolean closeOldestIdle() {
        var c = idleFirst;
        if (c == null) return false;
        c.close();
        return true;
    }

    /// Closes idle connections that belong to `http`; the others close when their requests have ended.
    public void drain(HttpConf http) {
        for (var c = idleFirst; c != null; ) {
            var next = c.idleNext;
            if (c.belongsTo(http)) c.close();
            c = next;
        }
    }

    public int connections() { return connections; }
}
