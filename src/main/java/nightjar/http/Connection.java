package nightjar.http;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import nightjar.core.Errno;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.net.Conn;
import nightjar.net.Timer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// A client's connection: finds the requests in its bytes and runs them one after the other.
/// Source: ngx_http_wait_request_handler … ngx_http_set_keepalive_handler.
///
/// Bytes that no one has taken are at `in`: in the worker's read buffer while the event lasts that brought them,
/// in a block of this connection's own (`held`) afterwards. While a request runs nothing more is read, so what is
/// held is bounded by one read.
public final class Connection extends Timer implements Conn.Handler, HeadOwner {
    private enum State { IDLE, HEAD, REQUEST, BODY, DISCARD, LINGER, CLOSED }

    private static final AtomicLong NUMBERS = new AtomicLong();
    /// Bytes of a request that are dropped at most before its connection is given up.
    private static final long MAX_DISCARD = 1L << 30;

    public final Conn conn;
    public final HttpWorker http;
    final ListenConf listen;
    /// The log's `*N`.
    public final long number = nextNumber();
    /// Requests begun on it.
    public long requests;
    public final long acceptedMsec;

    private State state = State.IDLE;
    /// What the error log says is going on; `null` while a request's handlers run.
    @Nullable String action = "waiting for request";
    private long in, held;
    private int inLen, heldCapacity;
    private boolean running;
    private @Nullable HeadersIn head;
    @Nullable Request request;
    private @Nullable RequestBody body;
    private long discardRest;
    private @Nullable ChunkedParser discardChunks;
    private long lingerUntil, lingeringTimeout;
    private long startMsec;
    private boolean finishing;
    /// The log phase of the request waits.
    private boolean logging;
    /// Who wants to send more: with each its request, `null` where only the client counts.
    private @Nullable ArrayDeque<Sender> senders;
    private boolean flowing;
    private boolean partial;
    /// Bytes sent when `send_timeout` began.
    private long sentBefore;
    /// The client took too long.
    private boolean timedOut;
    /// The error log knows that the connection has failed.
    private boolean failureLogged;
    /// The client has gone in the middle of a body.
    private boolean gone;
    /// The next request's first bytes came with the one before it.
    private boolean pipelined;
    /// The request's head, copied when the request outlives the event that brought it.
    private long headCopy;
    /// Neighbours among the worker's connections.
    @Nullable Connection prev, next;
    @Nullable Connection idlePrev, idleNext;
    boolean inIdle;

    private record Sender(@Nullable Request r, Runnable then) {}

    Connection(Conn conn, HttpWorker http, ListenConf listen) {
        this.conn = conn;
        this.http = http;
        this.listen = listen;
        this.acceptedMsec = conn.worker.clock.msec();
    }

    /// Begins to wait for the first request.
    void start() {
        http.opened(this);
        conn.handler = this;
        var server = listen.names.byDefault;
        conn.noDelay(server.root.conf(Core.CONF).tcpNodelay());
        arm(server.conf.clientHeaderTimeout());
        http.idle(this);
        conn.reading(true);
    }

    boolean belongsTo(HttpConf conf) { return listen.http == conf; }
    public boolean tls() { return listen.tls; }
    public ListenConf listen() { return listen; }
    public @Nullable Request request() { return request; }

    void describe(StringBuilder b) {
        if (action != null) b.append(" while ").append(action);
        b.append(", client: ").append(conn.unix() ? "unix:" : clientText());
    }

    /// Counts connections in the process, and what stands for one.
    public static long nextNumber() { return NUMBERS.incrementAndGet(); }

    private String clientText() {
        var r = request;
        return r != null && r.remoteAddr != null ? r.remoteAddr : conn.remoteAddr();
    }

    private Log log() { return request != null ? request.core().log() : listen.names.byDefault.root.conf(Core.CONF).log(); }

    private void info(String text) {
        var log = log();
        if (!log.on(Level.INFO)) return;
        var b = new StringBuilder(text);
        describe(b);
        b.append(", server: ").append(listen.addressText());
        log.write(Level.INFO, number, b.toString());
    }

    // --- time

    private void arm(long msec) {
        if (msec > 0) conn.worker.timers.add(this, msec);
        else conn.worker.timers.cancel(this);
    }

    @Override protected void fire() {
        switch (state) {
            case IDLE -> {
                if (requests == 0) timedOut("client timed out");
                close();
            }
            case HEAD -> {
                partial(false);
                head.rebase(in);
                reading(!head.line.complete());
                var r = request(false);
                r.requestLine = head.line.textSoFar(inLen);
                timedOut("client timed out");
                r.out.status = 408;
                Finalizer.terminate(r, 408);
            }
            case BODY -> {
                timedOut("client timed out");
                state = State.REQUEST;
                conn.reading(false);
                takeBody().deliver(Outcome.status(408));
                settle();
            }
            case REQUEST -> {
                if (conn.queued() == 0) return;
                if (conn.sent() > sentBefore && request != null) { awaitWritable(request); return; }
                timedOut("client timed out");
                if (request != null) Finalizer.terminate(request, 408); else close();
            }
            case DISCARD, LINGER -> close();
            case CLOSED -> { }
        }
    }

    /// The request is ended without a word, as if the client had taken too long: `return 444`.
    void dropped() { timedOut = true; }

    private void timedOut(String text) {
        if (request != null) request.log(Level.INFO, text + " (110: Connection timed out)");
        else info(text + " (110: Connection timed out)");
        timedOut = true;
    }

    // --- bytes from the client

    @Override public void onRead(Conn c, long addr, int len) {
        if (inLen > 0) {
            hold(addr, len);
        } else {
            in = addr;
            inLen = len;
        }
        go();
        if (state != State.CLOSED && inLen > 0 && in != held) keep();
    }

    /// Goes on with the bytes at hand, as far as the state allows.
    private void go() {
        running = true;
        try {
            while (state != State.CLOSED) {
                boolean more = switch (state) {
                    case IDLE, HEAD -> inLen > 0 && head();
                    case BODY -> inLen > 0 && feedBody();
                    case DISCARD -> inLen > 0 && drop();
                    case LINGER -> { inLen = 0; lingerOn(); yield false; }
                    case REQUEST, CLOSED -> false;
                };
                if (!more) break;
            }
        } finally {
            running = false;
        }
        if (request != null && !request.detached) detach();
        if (state == State.CLOSED) release();
    }

    /// Appends bytes to those held.
    private void hold(long addr, int n) {
        if (in != held || held == 0) keep();
        room(inLen + n);
        Mem.copy(addr, held + inLen, n);
        in = held;
        inLen += n;
    }

    /// Moves what nobody has taken into a block of this connection's own.
    private void keep() {
        if (inLen == 0 || in == held) return;
        room(inLen);
        Mem.move(in, held, inLen);
        in = held;
    }

    private void room(int need) {
        if (need <= heldCapacity) return;
        boolean inside = held != 0 && in >= held && in < held + heldCapacity;
        long offset = in - held;
        heldCapacity = Math.max(need, 2048);
        held = held == 0 ? Mem.alloc(heldCapacity) : Mem.realloc(held, heldCapacity);
        if (inside) in = held + offset;
    }

    private void dropHeld() {
        if (held != 0) Mem.free(held);
        held = 0;
        heldCapacity = 0;
    }

    // --- heads

    /// Reads one head, and runs its request if it is complete.
    /// @return whether there may be more to do at once
    private boolean head() {
        if (state == State.IDLE) {
            http.busy(this);
            head = http.takeHead();
            state = State.HEAD;
            startMsec = conn.worker.clock.msec();
            arm(listen.names.byDefault.conf.clientHeaderTimeout());
        }
        var h = head;
        int rc = http.parser.parse(h, this, in, inLen, false);
        if (rc == 0) {
            if (h.blank()) {
                // nothing but empty lines so far: they are not kept
                h.reset();
                inLen = 0;
            }
            keep();
            partial(true);
            return false;
        }
        partial(false);
        if (rc < 0) { refuse(rc); return true; }
        in += rc;
        inLen -= rc;
        var r = request(true);
        run(r);
        return true;
    }

    @Override public HeadRules rules() { return listen.names.byDefault.conf.rules(); }

    @Override public HeadRules serverNamed(HeadersIn h) {
        return listen.names.single() ? rules() : byName(h).conf.rules();
    }

    private Server byName(HeadersIn h) {
        if (listen.names.single()) return listen.names.byDefault;
        return listen.names.find(null, h.server());
    }

    @Override public boolean notes() { return log().on(Level.INFO); }
    @Override public void note(String text) {
        action = "reading client request headers";
        info(text);
    }

    private Request request(boolean whole) {
        var h = head;
        requests++;
        http.requests++;
        var server = listen.names.byDefault;
        var r = new Request(this, null, h, server);
        r.startMsec = startMsec;
        r.pipelined = pipelined;
        request = r;
        finishing = false;
        var line = h.line;
        if (whole) {
            r.method = line.methodName();
            r.version = line.version();
            r.uri = line.uri();
            r.args = line.argsStart < 0 ? null : line.args();
            r.validUnparsedUri = true;
            var host = h.server();
            r.host = host.isEmpty() ? null : host;
            r.keepAlive = h.keepAlive();
            if (r.host != null && !listen.names.single()) {
                r.server = listen.names.find(r, host);
                r.loc = r.server.root;
            }
        } else {
            r.unparsedUri = "";
        }
        state = State.REQUEST;
        return r;
    }

    /// Counts it among those that are in the middle of a head.
    private void partial(boolean on) {
        if (partial == on) return;
        partial = on;
        http.reading += on ? 1 : -1;
    }

    /// Says what was being read when it went wrong.
    private void reading(boolean inLine) {
        action = !inLine ? "reading client request headers"
                : pipelined ? "reading client pipelined request line" : "reading client request line";
    }

    private void run(Request r) {
        action = null;
        if (timeToGo()) r.keepAlive = false;
        r.server.http.engine.start(r);
    }

    private boolean timeToGo() {
        if (listen.http.closing) return true;
        long limit = listen.names.byDefault.root.conf(Core.CONF).keepaliveTime();
        return limit > 0 && conn.worker.clock.msec() - acceptedMsec > limit;
    }

    /// Answers a head that is not one.
    private void refuse(int code) {
        var r = request(false);
        r.version = Request.HTTP_11;
        r.requestLine = head.line.textSoFar(inLen);
        reading(HeadError.inLine(code) || !head.line.complete());
        r.log(Level.INFO, HeadError.text(code, head));
        r.keepAlive = false;
        inLen = 0;
        r.discardBody = true;
        int status = HeadError.status(code);
        r.lingering = HeadError.lingers(code);
        r.uriChanges = code == HeadError.CLOSED ? 0 : r.uriChanges;
        Finalizer.finalize(r, Outcome.status(status));
    }

    /// The head is going to be read after this event, by more than the request that owns it.
    void outlive() { if (!request.detached) detach(); }

    /// Copies the head, since its request goes on after this event.
    private void detach() {
        var r = request;
        r.detached = true;
        int n = r.in.rawLength();
        if (n > 0) {
            headCopy = Mem.alloc(n);
            Mem.copy(r.in.rawAddress(), headCopy, n);
            r.in.rebase(headCopy);
        }
        keep();
        if (state == State.REQUEST && conn.queued() == 0) conn.reading(false);
    }

    // --- bodies

    /// Gives `b` the bytes that are here, and waits for the rest.
    Outcome readBody(RequestBody b) {
        body = b;
        if (inLen > 0) {
            int k = b.feed(in, inLen);
            if (k < 0) { body = null; return refuseBody(-k); }
            in += k;
            inLen -= k;
            if (b.complete()) { body = null; return Outcome.OK; }
        }
        state = State.BODY;
        arm(request.core().clientBodyTimeout());
        conn.reading(true);
        return Outcome.AGAIN;
    }

    /// The request's [ClientSocket] takes what comes from now on, by [#take].
    void takenOver() {
        conn.worker.timers.cancel(this);
        conn.reading(false);
    }

    /// Takes what the client sent: what is here first. As [Conn#receive].
    int take(long addr, int n) {
        if (inLen == 0) return conn.receive(addr, n);
        int k = Math.min(n, inLen);
        Mem.copy(in, addr, k);
        in += k;
        inLen -= k;
        return k;
    }

    @Override public void onReadable(Conn c) {
        var r = request;
        if (state == State.REQUEST && r != null && r.clientSocket != null) r.clientSocket.events.onReadable();
    }

    /// Drops the body of `r` if all of it is here.
    boolean dropBody(Request r) {
        int n = 0;
        if (!r.in.chunked()) {
            if (inLen < r.framedLength) return false;
            n = (int) r.framedLength;
        } else {
            var chunks = new ChunkedParser();
            for (int event = ChunkedParser.DATA; event == ChunkedParser.DATA; ) {
                event = chunks.next(in + n, in + inLen);
                n = (int) (chunks.position() - in);
                if (event != ChunkedParser.DATA && event != ChunkedParser.DONE) return false;
            }
        }
        in += n;
        inLen -= n;
        r.framedLength = 0;
        r.in.contentLength(0);
        r.in.chunked(false);
        return true;
    }

    private Outcome refuseBody(int status) {
        request.keepAlive = false;
        request.discardBody = true;
        return Outcome.status(status);
    }

    private boolean feedBody() {
        var b = body;
        int k = b.feed(in, inLen);
        if (k >= 0) {
            in += k;
            inLen -= k;
            if (!b.complete()) { arm(request.core().clientBodyTimeout()); return false; }
        } else {
            inLen = 0;
        }
        state = State.REQUEST;
        conn.worker.timers.cancel(this);
        body = null;
        conn.reading(false);
        b.deliver(k < 0 ? refuseBody(-k) : Outcome.OK);
        return true;
    }

    private RequestBody takeBody() {
        var b = body;
        body = null;
        request.keepAlive = false;
        return b;
    }

    // --- ends

    /// All of the response is queued: ends the request once the client has taken it.
    void drained(Request r) {
        if (!r.keepAlive || !r.headerSent) conn.flush();
        if (ResponseWriter.unsent(r)) {
            finishing = true;
            if (conn.queued() > 0) awaitWritable(r);
            return;
        }
        finish(r);
    }

    /// Whether some of the response that `r` makes or is part of is still here: a filter is asleep, or the client is slower, or
    /// is to be.
    public boolean unsent(Request r) { return ResponseWriter.unsent(r.main) || Backlog.stops(r); }

    /// Whether nothing can be answered any more. nginx: the connection's `error`.
    boolean lost() { return gone || conn.closed() || conn.errno() != 0; }

    /// Whether the client has not taken what was written for it.
    public boolean slow() { return request != null && ResponseWriter.unsent(request); }

    /// The client gets `send_timeout` from now to take some of what waits for it.
    void awaitWritable(Request r) {
        sentBefore = conn.sent();
        arm(r.core().sendTimeout());
    }

    @Override public void onWritable(Conn c) {
        var r = request;
        if (r == null) return;
        if (r.clientSocket != null) {
            r.clientSocket.events.onWritable();
            if (request != r) return;
        }
        if (r.pace != null) r.pace.pump();
        if (!ResponseWriter.unsent(r)) paced(r);
    }

    /// All that was written has gone, or nothing holds it back but the client.
    void paced(Request r) {
        if (r != request || conn.queued() > 0) return;
        if (finishing) {
            finishing = false;
            finish(r);
        } else {
            flows();
        }
        settle();
    }

    /// What of the request's response, or of its subrequests', has waited goes on; then those who want to send more.
    void flows() {
        var r = request;
        if (r == null || flowing) return;
        flowing = true;
        try {
            flow(r);
        } finally {
            flowing = false;
        }
    }

    private void flow(Request r) {
        if (r.backlog != null) r.backlog.goOn();
        if (r.subrequests != null) {
            for (var sub : r.subrequests.toArray(Request[]::new)) if (sub.backlog != null) sub.backlog.goOn();
        }
        int n = senders == null ? 0 : senders.size();
        for (; n > 0 && senders != null && request == r && !ResponseWriter.unsent(r); n--) {
            var next = senders.poll();
            if (next == null) return;
            if (next.r != null && Backlog.stops(next.r)) senders.add(next);
            else next.then.run();
        }
    }

    /// Runs `then` once when all output of `r` has gone to the client; the connection is given up after `send_timeout`.
    public void whenWritable(Request r, Runnable then) { await(r, r, then); }

    /// Runs `then` once when all that was written has gone to the client, whatever a filter of `r` still keeps.
    public void whenSent(Request r, Runnable then) { await(r, null, then); }

    private void await(Request r, @Nullable Request of, Runnable then) {
        if (senders == null) senders = new ArrayDeque<>(2);
        senders.add(new Sender(of, then));
        if (conn.queued() > 0) awaitWritable(r);
        else if (!unsent(r)) conn.worker.defer(this::flows);
    }

    /// `then` is not to run any more.
    public void forget(Runnable then) { if (senders != null) senders.removeIf(s -> s.then == then); }

    /// What error log lines say is being done: `while …`; `null`: nothing.
    public void action(@Nullable String doing) { action = doing; }

    /// Runs `then` when the client goes away while the request runs; `null`: nothing does.
    public void whenAborted(Request r, @Nullable Runnable then) { r.aborted = then; }

    /// After a request went on in an event that was not a read: the next one's turn.
    private void settle() {
        if (running || state == State.CLOSED) return;
        conn.worker.defer(this::goOn);
    }

    private void goOn() {
        if (running || state == State.CLOSED) return;
        go();
        if (state != State.CLOSED && inLen > 0 && in != held) keep();
        if (state == State.IDLE && inLen == 0 || state == State.HEAD) conn.reading(true);
    }

    private void finish(Request r) {
        senders = null;
        if (Finalizer.close(r)) { finished(r); return; }
        logging = true;
        conn.flush();
        // the client need not wait for what is only for the log
        if (!r.keepAlive) conn.shutdownOutput();
    }

    boolean logging() { return logging; }

    /// The log phase of the request has ended, later than the response.
    void logged(Request r) {
        logging = false;
        if (state != State.CLOSED) {
            finished(r);
            return;
        }
        Finalizer.free(r);
        forgotten();
    }

    private void finished(Request r) {
        Finalizer.free(r);
        boolean keep = r.keepAlive && !conn.closed();
        boolean rest = startDiscard(r);
        pipelined = inLen > 0;
        request = null;
        freeHead(r);
        if (keep) {
            if (rest) {
                state = State.DISCARD;
                arm(r.core().clientBodyTimeout());
                conn.reading(true);
            } else {
                idle(r);
            }
            settle();
            return;
        }
        var linger = r.core().lingeringClose();
        boolean input = inLen > 0 || rest;
        if (conn.closed() || linger == Core.LingeringClose.OFF || !r.lingering && !rest
                || linger == Core.LingeringClose.ON && !input) {
            close();
            return;
        }
        state = State.LINGER;
        inLen = 0;
        lingerUntil = conn.worker.clock.msec() + r.core().lingeringTime();
        conn.flush();
        conn.shutdownOutput();
        lingeringTimeout = r.core().lingeringTimeout();
        lingerOn();
        conn.reading(true);
    }

    /// Waits for more of what nobody wants, until `lingering_time` is over.
    private void lingerOn() {
        long rest = lingerUntil - conn.worker.clock.msec();
        if (rest <= 0) close();
        else arm(Math.min(rest, lingeringTimeout));
    }

    private void idle(Request r) {
        state = State.IDLE;
        action = "keepalive";
        if (listen.http.closing && inLen == 0) { close(); return; }
        if (inLen == 0) {
            dropHeld();
            http.idle(this);
            conn.reading(true);
        }
        arm(r.core().keepaliveTimeout());
    }

    /// Prepares to drop what is left of the request's body.
    /// @return whether there is anything
    private boolean startDiscard(Request r) {
        discardChunks = null;
        discardRest = 0;
        var b = r.body;
        if (b != null && !b.unread()) return false;
        if (b != null) {
            discardRest = b.rest();
            discardChunks = b.chunks();
        } else if (r.in.chunked()) {
            discardChunks = new ChunkedParser();
        } else if (r.framedLength > 0) {
            discardRest = r.framedLength;
        }
        return discardRest > 0 || discardChunks != null;
    }

    /// @return whether there may be more to do at once
    private boolean drop() {
        if (discardChunks == null) {
            int k = (int) Math.min(discardRest, inLen);
            discardRest -= k;
            in += k;
            inLen -= k;
            if (discardRest > 0) return false;
        } else {
            for (;;) {
                int event = discardChunks.next(in, in + inLen);
                int k = (int) (discardChunks.position() - in);
                in += k;
                inLen -= k;
                if (event == ChunkedParser.DATA) { discardRest += discardChunks.length(); continue; }
                if (event == ChunkedParser.BAD || discardRest > MAX_DISCARD) { close(); return false; }
                if (event != ChunkedParser.DONE) return false;
                break;
            }
        }
        discardChunks = null;
        discardRest = 0;
        state = State.IDLE;
        var core = listen.names.byDefault.root.conf(Core.CONF);
        if (inLen == 0) { dropHeld(); http.idle(this); }
        arm(core.keepaliveTimeout());
        return true;
    }

    private void freeHead(Request r) {
        if (headCopy != 0) Mem.free(headCopy);
        headCopy = 0;
        if (head != null) http.giveBack(head);
        head = null;
    }

    /// Ends a request in its middle and closes.
    void abort(Request r) {
        boolean reset = timedOut && r.core().resetTimedoutConnection();
        senders = null;
        if (request == r) {
            logging = !Finalizer.close(r);
            if (!logging) {
                Finalizer.free(r);
                request = null;
            } else if (!running && !r.detached) {
                detach();
            }
        }
        if (reset) conn.reset();
        else conn.flush();
        close();
    }

    @Override public void onEof(Conn c) {
        switch (state) {
            case HEAD -> {
                int rc = http.parser.parse(head, this, in, inLen, true);
                if (rc < 0) { refuse(rc); if (state != State.CLOSED) close(); } else close();
            }
            case BODY -> {
                request.log(Level.INFO, "client prematurely closed connection");
                state = State.REQUEST;
                gone = true;
                takeBody().deliver(Outcome.status(400));
                settle();
            }
            case REQUEST -> {
                if (request != null && request.aborted != null) request.aborted.run();
                settle();
            }
            default -> {
                if (state == State.IDLE && requests == 0) info("client closed connection");
                else if (state == State.IDLE && log().on(Level.INFO)) {
                    log().write(Level.INFO, number, "client " + conn.remoteAddr() + " closed keepalive connection");
                }
                close();
            }
        }
    }

    @Override public void onHangup(Conn c) {
        var r = request;
        if (state != State.REQUEST || r == null || r.aborted == null) return;
        // what waits to be read tells whether the client has gone; there cannot come more
        if (r.clientSocket == null) conn.reading(true);
        else if (!r.clientSocket.waiting() && clientGone()) r.aborted.run();
    }

    /// Whether the client has gone and left nothing for the request's [ClientSocket].
    private boolean clientGone() {
        if (inLen > 0) return false;
        int n = conn.receive(conn.worker.rbuf, Worker.RBUF);
        if (n > 0) hold(conn.worker.rbuf, n);
        return n == Conn.EOF;
    }

    /// What was written for `r` did not reach the client.
    Outcome sendFailed(Request r) {
        if (!failureLogged) r.log(Level.INFO, "writev() failed " + Errno.quoted(conn.errno()));
        failureLogged = true;
        return Outcome.ERROR;
    }

    @Override public void onError(Conn c, int errno) {
        var text = (errno == Errno.EPIPE ? "writev()" : "recv()") + " failed " + Errno.quoted(errno);
        switch (state) {
            case BODY -> {
                request.log(Level.INFO, text + " while reading client request body");
                state = State.REQUEST;
                takeBody().deliver(Outcome.status(400));
            }
            case REQUEST -> {
                if (logging) { close(); return; }
                if (request.clientSocket != null) { request.clientSocket.onError(errno); return; }
                if (!failureLogged) request.log(Level.INFO, text + " while sending to client");
                Finalizer.terminate(request, 499);
            }
            default -> {
                if (state != State.IDLE && state != State.LINGER) info(text);
                close();
            }
        }
    }

    /// Ends it in whatever it does.
    void giveUp() {
        body = null;
        if (logging) {
            close();
            logging = false;
            Finalizer.free(request);
            forgotten();
            return;
        }
        if (request != null) Finalizer.terminate(request, 0);
        close();
    }

    void close() {
        if (state == State.CLOSED) return;
        http.busy(this);
        partial(false);
        state = State.CLOSED;
        conn.worker.timers.cancel(this);
        conn.flush();
        conn.close();
        inLen = 0;
        if (!logging) forgotten();
    }

    /// Nothing of the closed connection is needed any more.
    private void forgotten() {
        request = null;
        http.closed(this);
        if (!running) release();
    }

    /// Frees memory that the code further up the stack may still look at.
    private void release() {
        dropHeld();
        if (request != null) return;
        if (headCopy != 0) Mem.free(headCopy);
        headCopy = 0;
        head = null;
    }
}
