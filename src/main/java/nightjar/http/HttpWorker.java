package nightjar.http;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import nightjar.core.LineBuffer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// What one worker keeps for its HTTP connections; it outlives configurations.
public final class HttpWorker {
    /// Heads kept for the next requests, a little over 1 KB each.
    private static final int MAX_SPARE_HEADS = 1024;

    public final Worker worker;
    /// For the log line that is being made.
    public final LineBuffer line = new LineBuffer(4096);
    final RequestParser parser = new RequestParser();
    private final ArrayDeque<HeadersIn> heads = new ArrayDeque<>();
    /// Connections open, and those that wait for a request.
    int connections;
    /// Connections of each configuration in use.
    private final Map<HttpConf, int[]> users = new HashMap<>();
    private final Map<HttpConf, Runnable> whenUnused = new HashMap<>();
    /// The most connections at a time (`worker_connections`).
    public int maxConnections = 512;
    private @Nullable Connection first;
    private @Nullable Connection idleFirst, idleLast;
    int idle;
    /// Counters of `stub_status`, summed over workers by whoever asks.
    public volatile long accepted, requests;
    public volatile int active, waiting, reading;

    private static final CopyOnWriteArrayList<HttpWorker> ALL = new CopyOnWriteArrayList<>();

    /// What `stub_status` tells, summed over all workers.
    public record Counts(long accepted, long requests, long active, long reading, long waiting) {
        /// Connections with a request that is being served.
        public long writing() { return Math.max(0, active - reading - waiting); }
    }

    public HttpWorker(Worker worker) {
        this.worker = worker;
        ALL.add(this);
    }

    /// May be asked on any thread.
    public static Counts counts() {
        long accepted = 0, requests = 0, active = 0, reading = 0, waiting = 0;
        for (var w : ALL) {
            accepted += w.accepted;
            requests += w.requests;
            active += w.active;
            reading += w.reading;
            waiting += w.waiting;
        }
        return new Counts(accepted, requests, active, reading, waiting);
    }

    void opened(Connection c) {
        active = ++connections;
        accepted++;
        hold(c.listen.http);
        c.next = first;
        if (first != null) first.prev = c;
        first = c;
    }

    void closed(Connection c) {
        active = --connections;
        if (c.prev == null) first = c.next; else c.prev.next = c.next;
        if (c.next != null) c.next.prev = c.prev;
        c.prev = c.next = null;
        release(c.listen.http);
    }

    /// Keeps `http` in use until [#release], so that [#drain] waits: for a connection, or for what else is to come to its end.
    public void hold(HttpConf http) { users.computeIfAbsent(http, _ -> new int[1])[0]++; }

    public void release(HttpConf http) {
        var n = users.get(http);
        // none after `worker_shutdown_timeout`
        if (n != null && --n[0] == 0) unused(http);
    }

    private void unused(HttpConf http) {
        var then = whenUnused.remove(http);
        if (then != null) worker.defer(then);
    }

    /// Closes idle connections of `http`, and runs `then` when the others have ended as well.
    public void drain(HttpConf http, Runnable then) {
        var n = users.get(http);
        if (n == null || n[0] == 0) {
            users.remove(http);
            then.run();
            return;
        }
        whenUnused.put(http, () -> { users.remove(http); then.run(); });
        for (var c = idleFirst; c != null; ) {
            var next = c.idleNext;
            if (c.belongsTo(http) && c.requests > 0) c.close();
            c = next;
        }
    }

    /// Closes every connection of `http`, in the middle of its request if need be, and lets [#drain] wait for nothing else.
    public void closeAll(HttpConf http) {
        for (var c = first; c != null; ) {
            var next = c.next;
            if (c.belongsTo(http)) c.giveUp();
            c = next;
        }
        unused(http);
    }

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

    public int connections() { return connections; }
}
