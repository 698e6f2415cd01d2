package nightjar.http;

import org.jspecify.annotations.Nullable;

/// What of a response cannot go on yet: pieces of body, each in front of the filter that it comes to next, and subrequests
/// whose output begins behind them.
///
/// They wait for a filter that is asleep, for the client to take what went before, or for the next turn of the event loop:
/// a file whose bytes filters see is read piece by piece. What stands nearest to the client goes first, and of what has come
/// equally far the first; so the order of the response is kept. A header filter that is asleep holds everything back.
///
/// A request has one only while something waits, and does not end before ([#defers]).
final class Backlog {
    /// A file is read in pieces of so many bytes: one of nginx's `output_buffers`.
    private static final int PIECE = 32 << 10;
    /// Bytes that are sent on in one event.
    private static final long BURST = 256 << 10;
    /// Bytes kept here from which on those who make more are to wait.
    private static final long FULL = 64 << 10;
    private static final int NOBODY = -1, HEAD = Integer.MAX_VALUE;

    /// A chain, or a subrequest, in front of filter `at`. A chain of `null` asks the filter for the rest of what it has.
    private static final class Item {
        final int at;
        final boolean joined;
        final @Nullable Postpone sub;
        @Nullable Buf in;
        @Nullable Item next;

        Item(int at, boolean joined, @Nullable Postpone sub, @Nullable Buf in) {
            this.at = at;
            this.joined = joined;
            this.sub = sub;
            this.in = in;
        }
    }

    private final Request r;
    /// In the order in which they go: from the last filter to the first.
    private @Nullable Item first;
    private long bytes;
    /// The filter that is asleep, and what ends its sleep for good.
    private int asleep = NOBODY;
    private @Nullable Runnable cancel;
    private boolean flowing, posted;
    /// What the handler of the request has ended with.
    private @Nullable Outcome ending;

    private Backlog(Request r) { this.r = r; }

    /// The request's, made if there is none.
    static Backlog of(Request r) {
        if (r.backlog == null) r.backlog = new Backlog(r);
        return r.backlog;
    }

    // --- questions

    /// Whether what comes to filter `at` has to wait for others.
    boolean holds(int at) { return asleep >= at || first != null && first.at >= at; }

    /// Whether what the request's handler makes now has to wait, and it is the handler that makes it rather than a filter.
    boolean holdsHandler() { return !flowing && holds(0); }

    boolean headAsleep() { return asleep == HEAD; }

    /// Whether more output of `r` would only wait.
    static boolean stops(Request r) { return r.backlog != null || r.output != null && r.main.backlog != null; }

    /// Whether so much waits that `r` should make no more.
    static boolean full(Request r) {
        return r.backlog != null && r.backlog.bytes >= FULL
                || r.output != null && r.main.backlog != null && r.main.backlog.bytes >= FULL;
    }

    /// Whether a chain has to be read piece by piece.
    static boolean large(Request r, Buf in) {
        if (!r.filterNeedInMemory || r.headerOnly) return false;
        for (var b = in; b != null; b = b.next) if (b.file != null && b.len > PIECE) return true;
        return false;
    }

    // --- what comes

    /// Takes a chain that is on its way to filter `at`.
    Outcome add(Buf in, int at, boolean joined) {
        for (var b = in; b != null; b = b.next) if (b.file == null) bytes += b.len;
        insert(new Item(at, joined, null, in.keptChain()), false);
        return Outcome.AGAIN;
    }

    /// Takes a subrequest, whose output stands behind all that is here.
    void add(Postpone sub) { insert(new Item(0, false, sub, null), false); }

    /// Filter `at` has more for what it is given now.
    void addRest(int at, boolean joined) { insert(new Item(at, joined, null, null), true); }

    private void insert(Item item, boolean beforeEquals) {
        Item before = null, after = first;
        while (after != null && (beforeEquals ? after.at > item.at : after.at >= item.at)) {
            before = after;
            after = after.next;
        }
        item.next = after;
        if (before == null) first = item; else before.next = item;
    }

    // --- sleep

    void sleep(int at, Runnable cancel) {
        if (asleep != NOBODY) throw new IllegalStateException("a filter of the response is asleep");
        asleep = at;
        this.cancel = cancel;
    }

    void sleepInHead(Runnable cancel) { sleep(HEAD, cancel); }

    /// @return the filter that was asleep
    int wake() {
        int at = asleep;
        asleep = NOBODY;
        cancel = null;
        return at;
    }

    // --- flow

    /// Sends on what can go, in an event of its own; then the request ends, if it has been waiting for this, or those who
    /// wait to send more go on.
    void goOn() {
        if (r.backlog != this || flowing) return;
        Outcome outcome;
        try {
            outcome = flow(Outcome.OK);
        } catch (RuntimeException | StackOverflowError e) {
            PhaseEngine.bug(r, e);
            drop();
            outcome = Outcome.ERROR;
        }
        if (outcome == Outcome.ERROR) Finalizer.finalize(r, outcome);
        else if (r.backlog == null && ending != null) Finalizer.finalize(r, ending);
        else if (r.backlog == null) r.c.flows();
    }

    /// Sends on what can go.
    /// @param outcome what came of the piece before
    /// @return as [BodyFilters#output]
    Outcome flow(Outcome outcome) {
        if (flowing) return Outcome.AGAIN;
        long left = BURST;
        flowing = true;
        try {
            while (first != null && first.at > asleep && !(outcome == Outcome.AGAIN && blocked())) {
                if (left <= 0) {
                    later();
                    return Outcome.AGAIN;
                }
                var item = first;
                if (item.sub != null) {
                    first = item.next;
                    item.sub.begin();
                    continue;
                }
                var in = take(item);
                if (in != null) left -= in.total();
                outcome = BodyFilters.run(r, in, item.at, item.joined);
                if (outcome == Outcome.ERROR) drop();
                if (r.backlog != this) return outcome;
            }
        } finally {
            flowing = false;
        }
        if (first == null && asleep == NOBODY) {
            r.backlog = null;
            return outcome;
        }
        if (r.c.conn.queued() > 0) r.c.awaitWritable(r.main);
        return Outcome.AGAIN;
    }

    /// Whether what was sent on has not gone yet.
    private boolean blocked() {
        return ResponseWriter.unsent(r.main) || r.output != null && r != r.main && r.main.backlog != null;
    }

    private void later() {
        if (posted) return;
        posted = true;
        r.worker.execute(() -> {
            posted = false;
            goOn();
        });
    }

    /// Takes the chain of the first item, or as much of it as may be read at a time.
    private @Nullable Buf take(Item item) {
        var in = item.in;
        if (in == null || !large(r, in)) {
            first = item.next;
            if (in != null) uncount(in);
            return in;
        }
        var part = in.file != null && in.len > PIECE ? in.slice(0, PIECE) : in;
        item.in = part == in ? in.next : in.rest(PIECE);
        if (part != in) in.file.retain();
        part.next = null;
        uncount(part);
        return part;
    }

    private void uncount(Buf chain) { for (var b = chain; b != null; b = b.next) if (b.file == null) bytes -= b.len; }

    // --- ends

    /// The handler of the request has ended with `outcome`.
    /// @return whether the request must not end yet; [Finalizer#finalize] is called again then
    boolean defers(Outcome outcome) {
        if (outcome == Outcome.AGAIN || outcome == Outcome.DONE || outcome == Outcome.DECLINED) return false;
        if (outcome instanceof Outcome.Status(int code) && (code == 408 || code == 444 || code == 499)) return false;
        ending = outcome;
        return true;
    }

    /// A header filter that was asleep wants another response, or none: what is here is not sent.
    void refuse(Outcome outcome) {
        boolean ended = ending != null;
        drop();
        if (ended || outcome == Outcome.ERROR) {
            Finalizer.finalize(r, outcome);
        } else {
            r.refused = outcome;
            r.c.flows();
        }
    }

    /// Gives everything up; a filter that is asleep does not wake.
    void drop() {
        if (r.backlog == this) r.backlog = null;
        for (var item = first; item != null; item = item.next) if (item.in != null) item.in.release();
        first = null;
        bytes = 0;
        asleep = NOBODY;
        var undo = cancel;
        cancel = null;
        if (undo != null) undo.run();
    }
}
