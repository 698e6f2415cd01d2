package nightjar.http.upstream;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.Finalizer;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import nightjar.http.upstream.UpstreamConf.Next;
import nightjar.net.Address;
import nightjar.net.Conn;
import nightjar.net.ConnectException;
import nightjar.net.Resolver;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// One request on its way to a server and back: chooses the server, connects, sends, reads the head, passes the body on, and
/// asks the next server where one fails before anything has gone to the client.
/// Source: ngx_http_upstream.c.
///
/// Every way out leads through [#finish]: it runs once, gives the server back, keeps or closes the connection, and ends the
/// request. Whatever happens to the request itself (the client went away, its location's handler gave up) comes as [#dropped].
public final class UpstreamRequest extends Timer implements Conn.Handler {
    /// nginx logs under this level what is wrong with the address itself.
    private static final int[] COMMON = {Errno.ECONNREFUSED, Errno.EAGAIN, Errno.ECONNRESET, Errno.ENETUNREACH, Errno.EHOSTUNREACH,
        Errno.ETIMEDOUT, 100, 112};

    enum Step { CONNECT, SEND, HEAD, BODY, DONE }

    final Request r;
    final UpstreamConf conf;
    private final Outgoing out;
    private final Peers peers;
    private final UpstreamState.All states;
    private final @Nullable Upstream group;
    private final long startMsec;

    Step step = Step.CONNECT;
    UpstreamState state = new UpstreamState();
    ResponseHead head;
    private final ResponseBody body;
    @SuppressWarnings("NullAway.Init")
    private Conn conn;
    private Keepalive.@Nullable Used used;
    private boolean cached;
    private boolean requestSent;
    private boolean requestWhole;
    private boolean failed;
    private long attemptMsec;
    private long sentBefore;
    private long held;
    private int heldLen;
    private boolean paused;

    private UpstreamRequest(Request r, UpstreamConf conf, Outgoing out, @Nullable Upstream group, RoundRobin turn) {
        this.r = r;
        this.conf = conf;
        this.out = out;
        this.group = group;
        this.peers = new Peers(turn);
        this.states = UpstreamState.of(r);
        states.group = group;
        this.startMsec = r.worker.clock.msec();
        this.head = out.reader().begin(this::log);
        this.body = new ResponseBody(this);
        if (conf.nextTries() > 0 && peers.tries > conf.nextTries()) peers.tries = conf.nextTries();
    }

    /// Whether a server has been asked on behalf of a request.
    public static boolean asked(Request r) {
        return r.get(UpstreamState.KEY) != null;
    }

    /// The group of the server that was asked last; null when it belongs to none.
    public static @Nullable Upstream groupOf(Request r) {
        var all = r.get(UpstreamState.KEY);
        return all == null ? null : all.group;
    }

    /// Asks a server of `group`.
    public static void start(Request r, UpstreamConf conf, Outgoing out, Upstream group) {
        new UpstreamRequest(r, conf, out, group, group.turn(r.worker)).start();
    }

    /// Asks the servers at one place, which may be a name.
    public static void start(Request r, UpstreamConf conf, Outgoing out, Url url) {
        var address = url.address();
        if (address != null) {
            start(r, conf, out, url, List.of(address));
            return;
        }
        var resolving = r.conf(Resolving.KEY);
        var query = resolving.resolver().resolve(r.worker, url.host(), resolving.timeoutMsec(), new Resolver.Answer() {
            @Override public void found(List<Address> addresses) {
                start(r, conf, out, url, addresses.stream().map(a -> Address.inet(a.ip(), url.port())).toList());
            }

            @Override public void failed(int code, String text) {
                r.log(Level.ERROR, url.host() + " could not be resolved (" + code + ": " + text + ")");
                Finalizer.finalize(r, Outcome.status(502));
            }
        });
        r.onClose(query::cancel);
    }

    private static void start(Request r, UpstreamConf conf, Outgoing out, Url url, List<Address> addresses) {
        var list = new ArrayList<Peer>();
        for (var address : addresses) list.add(new Peer(address));
        new UpstreamRequest(r, conf, out, null, new RoundRobin(url.host(), list, List.of())).start();
    }

    private void start() {
        r.onClose(this::dropped);
        if (r != r.main) r.main.onClose(this::dropped);
        if (!conf.ignoreClientAbort() && r == r.main) r.c.whenAborted(r, this::clientGone);
        if (!states.states.isEmpty()) states.states.add(new UpstreamState());
        connect();
    }

    // --- connecting

    private void connect() {
        step(Step.CONNECT);
        state = new UpstreamState();
        states.states.add(state);
        attemptMsec = r.worker.clock.msec();
        requestSent = requestWhole = cached = failed = false;
        used = null;
        var peer = peers.next(r.worker.clock.sec());
        if (peer == null) {
            state.peer = peers.groupName();
            name(peers.groupName());
            log(Level.ERROR, "no live upstreams");
            next(null, 502);
            return;
        }
        state.peer = peer.name;
        name(peer.name + (peer.address.isUnix() ? ":" : ""));
        var kept = group == null ? null : group.kept(r.worker);
        if (kept != null) used = kept.take(peer.address, conf);
        if (used != null) {
            cached = true;
            conn = used.conn;
            conn.handler = this;
            used.requests++;
            send();
            return;
        }
        try {
            conn = Conn.connect(r.worker, peer.address, local(peer.address), this);
        } catch (ConnectException e) {
            log(e.refused && common(e.errno) ? Level.ERROR : Level.CRIT, e.getMessage());
            if (e.refused) next(Next.ERROR, 502); else finish(Outcome.status(500));
            return;
        }
        used = new Keepalive.Used(conn, peer.address, attemptMsec);
        used.requests = 1;
        if (conf.socketKeepalive()) conn.keepAlive(true);
        arm(conf.connectTimeout());
    }

    private void name(String peer) {
        r.upstreamText = out.schema() + peer + out.uri();
    }

    private static boolean common(int errno) {
        for (int one : COMMON) if (one == errno) return true;
        return false;
    }

    /// What `proxy_bind` says; null: the system's choice.
    private @Nullable Address local(Address to) {
        var bind = conf.bind();
        if (bind == null || to.isUnix()) return null;
        var text = bind.eval(r);
        if (text.isEmpty()) return null;
        try {
            var url = Url.parse(text, 0, false);
            if (url.address() != null) return url.address();
        } catch (Url.BadUrl _) {
            // said below
        }
        r.log(Level.ERROR, "invalid local address \"" + text + "\"");
        return null;
    }

    @Override
    public void onConnect(Conn c) {
        if (step != Step.CONNECT) return;
        conn.noDelay(true);
        send();
    }

    // --- sending

    private void send() {
        state.connectMsec = r.worker.clock.msec() - attemptMsec;
        step(Step.SEND);
        sentBefore = conn.written();
        requestSent = true;
        conn.write(out.head());
        if (out.body() != null) conn.write(out.body());
        else if (out.clientBody() && r.body != null) write(r.body);
        conn.write(out.tail());
        conn.flush();
        if (conn.queued() > 0) arm(conf.sendTimeout()); else sent();
    }

    private void write(RequestBody b) {
        if (b.fd() >= 0) conn.sendFile(b.fd(), 0, b.size(), () -> { });
        else if (b.length() > 0) conn.write(b.address(), b.length());
    }

    private void sent() {
        requestWhole = true;
        if (step == Step.SEND) step(Step.HEAD);
        arm(conf.readTimeout());
    }

    @Override
    public void onWritable(Conn c) {
        if (step == Step.SEND || !requestWhole && step != Step.DONE) sent();
    }

    // --- reading

    @Override
    public void onRead(Conn c, long addr, int len) {
        state.received += len;
        if (step == Step.BODY) {
            arm(conf.readTimeout());
            body.take(addr, len);
            return;
        }
        if (step == Step.DONE) return;
        if (heldLen == 0) {
            int used = head.parse(addr, Math.min(len, conf.bufferSize()));
            action("reading response header from upstream");
            if (used == ResponseHead.MORE && len < conf.bufferSize()) hold(addr, len);
            else parsed(used, addr, len);
            return;
        }
        int part = Math.min(len, conf.bufferSize() - heldLen);
        hold(addr, part);
        int used = head.parse(held, heldLen);
        if (used == ResponseHead.MORE && heldLen < conf.bufferSize()) return;
        parsed(used, held, heldLen);
        if (step == Step.BODY && part < len) body.take(addr + part, len - part);
    }

    /// Keeps part of a head.
    private void hold(long addr, int n) {
        if (held == 0) held = Mem.alloc(conf.bufferSize());
        Mem.copy(addr, held + heldLen, n);
        heldLen += n;
    }

    private void parsed(int used, long addr, int len) {
        switch (used) {
            case ResponseHead.MORE -> {
                log(Level.ERROR, "upstream sent too big header");
                next(Next.INVALID_HEADER, 502);
            }
            case ResponseHead.INVALID -> {
                log(Level.ERROR, head.problem);
                next(Next.INVALID_HEADER, 502);
            }
            case ResponseHead.NO_HEAD -> {
                log(Level.ERROR, "upstream sent no valid HTTP/1.0 header");
                head.status = 200;
                head.statusLine = "200 OK";
                head.close = true;
                r.version = Request.HTTP_09;
                r.keepAlive = false;
                answered(addr, len);
            }
            default -> answered(addr + used, len - used);
        }
    }

    /// The head is whole; `len` bytes of what follows it are here.
    private void answered(long addr, int len) {
        state.headerMsec = r.worker.clock.msec() - attemptMsec;
        state.status = head.status;
        states.headers = head.headers;
        body.begin(head, out.bodiless(), len);
        if (head.status >= 300) {
            var reason = reason(head.status);
            if (reason != null && peers.tries > 1 && mayGoOn(reason)) {
                next(reason, head.status);
                return;
            }
            if (intercepted()) return;
        }
        var heads = new ResponseHeaders(this);
        if (heads.redirect()) return;
        heads.pass();
        body.send(addr, len);
    }

    private static @Nullable Next reason(int status) {
        return switch (status) {
            case 500 -> Next.HTTP_500;
            case 502 -> Next.HTTP_502;
            case 503 -> Next.HTTP_503;
            case 504 -> Next.HTTP_504;
            case 403 -> Next.HTTP_403;
            case 404 -> Next.HTTP_404;
            case 429 -> Next.HTTP_429;
            default -> null;
        };
    }

    /// Answers an error with the location's own page for it.
    private boolean intercepted() {
        if (head.status == 404 && conf.intercept404()) {
            finish(Outcome.status(404));
            return true;
        }
        if (!conf.interceptErrors()) return false;
        for (var page : r.core().errorPages()) {
            if (!page.statuses().contains(head.status)) continue;
            if (head.status == 401) {
                for (var h : head.headers) if (Bytes.equalsIgnoreCase(h.name, "www-authenticate")) r.out.add(h.name, h.value);
            }
            finish(Outcome.status(head.status));
            return true;
        }
        return false;
    }

    @Override
    public void onEof(Conn c) {
        switch (step) {
            case CONNECT, SEND, HEAD -> {
                step(Step.HEAD);
                log(Level.ERROR, "upstream prematurely closed connection");
                failed = true;
                next(Next.ERROR, 502);
            }
            case BODY -> {
                failed = true;
                body.ended();
            }
            case DONE -> { }
        }
    }

    @Override
    public void onError(Conn c, int errno) {
        if (step == Step.DONE) return;
        failed = true;
        var call = step == Step.CONNECT ? "connect()" : step == Step.SEND || errno == Errno.EPIPE ? "writev()" : "recv()";
        log(Level.ERROR, call + " failed " + Errno.quoted(errno));
        if (step == Step.BODY) {
            body.passHeld();
            finish(Outcome.status(502));
        } else {
            next(Next.ERROR, 502);
        }
    }

    @Override
    protected void fire() {
        if (step == Step.DONE) return;
        failed = true;
        log(Level.ERROR, "upstream timed out (110: Connection timed out)");
        if (step == Step.BODY) finish(Outcome.status(504));
        else next(Next.TIMEOUT, 504);
    }

    // --- the client

    private void clientGone() {
        if (step == Step.DONE) return;
        log(Level.INFO, "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too");
        failed = true;
        finish(Outcome.status(499));
    }

    // --- the next server, or the end

    /// This server failed: asks the next, or answers with `status`.
    /// @param reason null when there was no server
    private void next(@Nullable Next reason, int status) {
        account();
        boolean refused = reason == Next.HTTP_403 || reason == Next.HTTP_404;
        if (peers.done(!refused, r.worker.clock.sec())) log(Level.WARN, "upstream server temporarily disabled");
        // a kept connection may just have been too old
        if (cached && reason == Next.ERROR) peers.tries++;
        state.status = status;
        if (reason == null || peers.tries == 0 || !mayGoOn(reason)) {
            finish(Outcome.status(status));
            return;
        }
        disconnect(false);
        dropHeld();
        head = out.reader().begin(this::log);
        connect();
    }

    private boolean mayGoOn(Next reason) {
        var next = conf.next();
        if (!next.contains(reason)) return false;
        if (requestSent && !next.contains(Next.NON_IDEMPOTENT)
                && (r.method.equals("POST") || r.method.equals("LOCK") || r.method.equals("PATCH"))) return false;
        return conf.nextTimeout() == 0 || r.worker.clock.msec() - startMsec < conf.nextTimeout();
    }

    /// Ends all this, and then the request.
    void finish(Outcome outcome) {
        if (step == Step.DONE) return;
        boolean headSent = r.headBegun();
        release();
        if (outcome == Outcome.DECLINED) return;
        if (headSent) {
            if (outcome instanceof Outcome.Status(int code) && code != 499) {
                // the client has a part already: that this is not all shows by the connection's end
                r.keepAlive = false;
                outcome = Outcome.ERROR;
            }
            if (outcome == Outcome.OK && !r.headerOnly) outcome = body.last();
            body.free();
        }
        Finalizer.finalize(r, outcome);
    }

    /// The request has ended by other means.
    private void dropped() {
        if (step == Step.DONE) return;
        failed = true;
        release();
        // a filter that ended the request may still look at what is held
        r.worker.defer(body::free);
    }

    private void release() {
        account();
        step(Step.DONE);
        r.worker.timers.cancel(this);
        if (r == r.main) r.c.whenAborted(r, null);
        peers.done(false, r.worker.clock.sec());
        disconnect(!failed && body.keepAlive() && requestWhole);
        dropHeld();
    }

    private void account() {
        if (state.responseMsec >= 0) return;
        state.responseMsec = r.worker.clock.msec() - attemptMsec;
        if (conn != null && requestSent) state.sent = conn.sent() - sentBefore;
    }

    private void disconnect(boolean keep) {
        var was = used;
        used = null;
        if (was == null) return;
        var kept = group == null ? null : group.kept(r.worker);
        if (!keep || kept == null || was.conn.closed() || was.conn.errno() != 0 || !kept.keep(was, conf)) was.conn.close();
    }

    private void dropHeld() {
        if (held != 0) Mem.free(held);
        held = 0;
        heldLen = 0;
    }

    // --- for the parts

    void buffering(boolean on) {
        body.buffering = on;
    }

    /// The client takes nothing more for now.
    void pause() {
        if (paused) return;
        paused = true;
        r.worker.timers.cancel(this);
        conn.reading(false);
        r.c.whenWritable(r, this::resume);
    }

    private void resume() {
        paused = false;
        if (step != Step.BODY) return;
        arm(conf.readTimeout());
        conn.reading(true);
    }

    private void arm(long msec) {
        r.worker.timers.add(this, msec);
    }

    void log(Level level, String text) {
        r.log(level, text);
    }

    /// What error log lines say is being done.
    void action(String doing) {
        r.c.action(doing);
    }

    void step(Step to) {
        step = to;
        action(switch (to) {
            case CONNECT -> "connecting to upstream";
            case SEND -> "sending request to upstream";
            case HEAD -> "reading response header from upstream";
            case BODY -> "reading upstream";
            case DONE -> "sending to client";
        });
    }
}
