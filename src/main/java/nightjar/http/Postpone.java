package nightjar.http;

import static nightjar.http.HttpModule.module;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A request's place in the order of output, when subrequests answer in the place where they were asked for.
///
/// All requests that write into one response are a tree. One of them is active and writes at once; what the others
/// write, and who is to write after it, waits in their own queues. A subrequest that is over hands on to its parent,
/// whose queue is then emptied as far as the next subrequest that has not ended.
/// Source: ngx_http_postpone_filter_module.c.
public final class Postpone {
    /// Marks where in the list of filters the outputs become one: filters above it see each request's own, those below
    /// see the response.
    public static final HttpModule MODULE = module("postpone");

    private final Request r;
    private final @Nullable Postpone parent;
    private final Postpone root;
    /// Pieces (`Buf`) and subrequests (`Postpone`) in the order of the response.
    private final ArrayDeque<Object> queue = new ArrayDeque<>();
    /// Subrequests that have not ended.
    private int children;
    private boolean closed;
    /// How the request ends once its queue is empty and its subrequests have ended.
    private @Nullable Outcome ending;

    /// Of the root: who writes, and whether queues are being emptied.
    private Postpone active;
    private boolean draining;

    private Postpone(Request r, @Nullable Postpone parent) {
        this.r = r;
        this.parent = parent;
        this.root = parent == null ? this : parent.root;
        this.active = this;
    }

    /// Gives `sub` the place behind all that its parent has written so far.
    static void attach(Request sub) {
        var above = sub.parent;
        if (above.output == null) above.output = new Postpone(above, null);
        var p = above.output;
        sub.output = new Postpone(sub, p);
        p.children++;
        if (above.backlog != null && above.backlog.holdsHandler()) above.backlog.add(sub.output);
        else sub.output.begin();
    }

    /// It is behind all that its parent has written.
    void begin() {
        if (root.active == parent && parent.queue.isEmpty()) {
            root.active = this;
            root.drain();
        } else {
            parent.queue.add(this);
        }
    }

    /// Sends a piece on, or keeps it until it is this request's turn.
    static Outcome pass(Request r, @Nullable Buf in) {
        if (in == null) return Outcome.OK;
        var p = r.output;
        var root = p.root;
        if (p != root) for (var b = in; b != null; b = b.next) b.last = b.lastInChain = false;
        if (root.active == p && p.queue.isEmpty()) return BodyFilters.joined(root.r, in);
        for (var b = in; b != null; ) {
            var next = b.next;
            var kept = b.kept();
            kept.next = null;
            p.queue.add(kept);
            b = next;
        }
        return Outcome.OK;
    }

    /// @return whether the request has to wait for others before it ends; [Finalizer#end] is called again then
    static boolean waits(Request r, Outcome outcome) {
        var p = r.output;
        if (p == null || p.children == 0 && p.queue.isEmpty()) return false;
        p.ending = outcome;
        return true;
    }

    /// A subrequest has ended: who comes next may write.
    static void close(Request sub) {
        var p = sub.output;
        if (p == null || p.parent == null || p.closed) return;
        p.closed = true;
        p.parent.children--;
        if (p.root.active != p) return;
        p.root.active = p.parent;
        p.root.drain();
    }

    private void drain() {
        if (draining) return;
        draining = true;
        for (;;) {
            var now = active;
            var item = now.queue.poll();
            if (item instanceof Buf b) {
                BodyFilters.joined(r, b);
            } else if (item instanceof Postpone next) {
                if (!next.closed) active = next;
            } else if (!now.ends()) {
                break;
            }
        }
        draining = false;
    }

    /// @return whether another is active now
    private boolean ends() {
        if (ending == null || children > 0) return false;
        var outcome = ending;
        ending = null;
        Finalizer.end(r, outcome);
        return root.active != this;
    }

    /// Frees what was never sent.
    static void free(Request main) {
        if (main.output == null) return;
        for (var p = main.output.root.active; p != null; p = p.parent) p.release();
    }

    private void release() {
        for (var item : queue) {
            if (item instanceof Postpone p) p.release();
            else if (item instanceof Buf b && b.file != null) b.file.release();
        }
        queue.clear();
    }
}
