package nightjar.lua.socket;

import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaResource;
import nightjar.lua.LuaThread;
import nightjar.lua.SocketConf;
import nightjar.net.Conn;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// The Java half of a TCP socket that a script holds, from `connect` to `close`; [Sockets] uses it again then.
/// Source: ngx_http_lua_socket_tcp_upstream_t and what uses it.
///
/// At most one light thread reads and one writes; each waits by [nightjar.lua.Scheduler#park], and a read's result lies in
/// the [Struct] when it is woken. Time-outs are put off, not cancelled: a timer that fires with nobody waiting means nothing.
final class Socket extends LuaResource {
    private final Sockets sockets;
    /// What the [Struct] calls it.
    final int number;
    private final Input input = new Input();
    private final Reader reader = new Reader();
    private final Timer readTimer = Timer.of(this::readTimedOut);
    private final Timer writeTimer = Timer.of(this::writeTimedOut);
    private final Runnable cancel = this::finish;

    long u;
    @SuppressWarnings("NullAway.Init")
    LuaCtx ctx;
    @SuppressWarnings("NullAway.Init")
    SocketConf conf;
    private @Nullable Wire wire;
    /// The wire, where it is a connection that the script opened.
    private @Nullable Peer peer;
    /// The name of its pool.
    String key = "";
    /// The pool that counts it among its connections.
    private @Nullable Pool pool;
    private @Nullable Connecting connecting;
    /// The light threads that wait, to connect or to send, and to receive.
    private @Nullable LuaThread writer, readerThread;
    private boolean readClosed, writeClosed, eof;
    /// A `receiveuntil` iterator has left the beginning of its pattern at the front of what nobody has taken.
    private boolean midPattern;
    /// Counts reads, so that an iterator knows whether another one came in between.
    private int round;
    /// Why the last operation failed; what the script is told.
    private @Nullable String failure;
    private boolean timedOut;

    Socket(Sockets sockets, int number) {
        this.sockets = sockets;
        this.number = number;
    }

    /// Becomes the Java half of `u`.
    void attach(long u, LuaCtx ctx) {
        this.u = u;
        this.ctx = ctx;
        conf = SocketConf.of(ctx);
        Struct.number(u, number);
        Struct.request(u, ctx.handle);
        readClosed = writeClosed = eof = midPattern = timedOut = false;
        failure = null;
        ctx.own(this);
        publish();
    }

    /// Tells Lua what it may do without asking.
    void publish() {
        boolean quiet = wire != null && connecting == null && !ctx.debug();
        Struct.readable(u, quiet && !readClosed && readerThread == null && !midPattern);
        Struct.writable(u, quiet && !writeClosed && writer == null && wire.sends());
    }

    // --- what it is

    boolean connected() { return wire != null; }
    boolean readable() { return wire != null && !readClosed; }
    boolean writable() { return wire != null && !writeClosed; }
    boolean alive() { return wire != null && !(readClosed && writeClosed); }
    @Nullable Peer peer() { return peer; }
    @Nullable Wire wire() { return wire; }
    boolean eof() { return eof; }
    /// A light thread waits to receive.
    boolean reading() { return readerThread != null; }
    /// The other end will send no more, as far as is known.
    boolean ended() { return eof || peer != null && peer.conn.ended(); }
    int reused() { return peer == null ? 0 : peer.reused; }
    boolean unread() { return u != 0 && !input.isEmpty(u); }

    /// Why `op` cannot begin now, null: it can.
    @Nullable String busy(boolean reads, boolean writes) {
        if (connecting != null) return "socket busy connecting";
        if (reads && readerThread != null) return "socket busy reading";
        return writes && (writer != null || peer == null && wire != null && wire.queued() > 0) ? "socket busy writing" : null;
    }

    private static long timeout(int own, long otherwise) { return own > 0 ? own : otherwise; }
    long connectTimeout() { return timeout(Struct.connectTimeout(u), conf.connectTimeout()); }
    long sendTimeout() { return timeout(Struct.sendTimeout(u), conf.sendTimeout()); }
    long readTimeout() { return timeout(Struct.readTimeout(u), conf.readTimeout()); }

    // --- words

    boolean debug() { return ctx.debug(); }
    void debug(String text) { ctx.debug(text); }

    /// A line of the error log, with the other end's name and address.
    void log(Level level, String text) {
        var b = new StringBuilder(text);
        if (connecting != null) connecting.describe(b);
        else if (peer != null) describe(b, peer.host, peer.address.port(), peer.address.host());
        ctx.log(level, b.toString());
    }

    static void describe(StringBuilder b, String host, int port, String address) {
        b.append(", upstream: ").append(host);
        if (port != 0) b.append(':').append(port);
        b.append('(').append(address).append(')');
    }

    /// A system call on the connection has failed.
    private void logErrno(String call, int errno) {
        ctx.log(level(errno), call + " failed " + Errno.quoted(errno));
    }

    /// How bad that is, as ngx_connection_error has it.
    static Level level(int errno) {
        return switch (errno) {
            case Errno.ECONNRESET, Errno.EPIPE, Errno.ENOTCONN, Errno.ETIMEDOUT, Errno.ECONNREFUSED, Errno.ENETDOWN, Errno.ENETUNREACH,
                    Errno.EHOSTDOWN, Errno.EHOSTUNREACH -> Level.ERROR;
            default -> Level.ALERT;
        };
    }

    /// The operation has failed with this word.
    private int fail(String word) {
        failure = word;
        return Code.ERROR;
    }

    static String word(int errno) { return Bytes.lower(Errno.text(errno)); }

    // --- connecting

    /// The pool that its connection is counted in from now on.
    void pool(@Nullable Pool pool) { this.pool = pool; }
    @Nullable Pool pool() { return pool; }

    /// Its connection is not counted any more.
    void leavePool() {
        var left = pool;
        pool = null;
        if (left != null) left.left();
    }

    /// Uses a connection that was idle, or is new.
    void use(Peer peer) {
        this.peer = peer;
        wire = peer;
        peer.socket = this;
        publish();
    }

    /// Uses the client's connection.
    void use(Wire client) {
        wire = client;
        publish();
    }

    /// A connect is under way.
    void connecting(Connecting c) { connecting = c; }

    /// It waits; whatever ends it calls [#connected(String)].
    int waitToConnect() {
        writer = sockets.scheduler.running();
        sockets.scheduler.park(cancel);
        publish();
        return Code.AGAIN;
    }

    boolean waitsToConnect() { return connecting != null && writer != null; }

    void armConnect() { sockets.worker.timers.add(writeTimer, connectTimeout()); }

    void onConnect() {
        if (connecting == null || !connecting.opened) return;
        if (debug()) debug("lua tcp socket connected");
        connectEnded(null);
    }

    /// The connect has come to its end.
    /// @param word what went wrong, null: nothing
    void connectEnded(@Nullable String word) {
        failure = word;
        connecting = null;
        if (debug() && word != null) debug("lua tcp socket handle connect error");
        wakeWriter("lua tcp socket waking up the current request (conn)");
    }

    /// How a connect that waited has ended; a failed one leaves nothing behind.
    @Nullable String takeConnectFailure() {
        var word = failure;
        if (word != null) finish();
        return word;
    }

    // --- sending

    int send(long addr, int n) {
        if (debug()) debug("lua tcp socket send timeout: " + sendTimeout());
        if ((ctx.r == null || ctx.r.core().tcpNodelay()) && wire.noDelay() && debug()) debug("lua socket tcp_nodelay");
        if (debug()) debug("lua tcp socket send data");
        wire.send(addr, n);
        if (wire.errno() != 0) return sendFailed(wire.errno());
        if (wire.queued() == 0) {
            if (debug()) debug("lua tcp socket sent all the data");
            return Code.OK;
        }
        writer = sockets.scheduler.running();
        sockets.worker.timers.add(writeTimer, sendTimeout());
        sockets.scheduler.park(cancel);
        publish();
        return Code.AGAIN;
    }

    private int sendFailed(int errno) {
        logErrno("send()", errno);
        return fail(word(errno));
    }

    void onWritable() {
        if (writer == null || connecting != null) return;
        if (debug()) {
            debug("lua tcp socket send handler");
            debug("lua tcp socket sent all the data");
        }
        wakeWriter("lua tcp socket waking up the current request (read)");
    }

    /// How a send that failed did: nothing can be sent any more.
    String takeSendFailure() {
        var word = failure;
        failure = null;
        if (word == null) return "";
        writeClosed = true;
        publish();
        return word;
    }

    boolean failed() { return failure != null; }

    private void wakeWriter(String line) {
        var thread = writer;
        writer = null;
        publish();
        if (thread == null) return;
        if (debug()) debug(line);
        thread.wake();
    }

    private void writeTimedOut() {
        if (writer == null) return;
        if (connecting != null) {
            if (conf.logErrors()) log(Level.ERROR, "lua tcp socket connect timed out");
            connectEnded("timeout");
            return;
        }
        if (conf.logErrors()) log(Level.ERROR, "lua tcp socket write timed out");
        failure = "timeout";
        wakeWriter("lua tcp socket waking up the current request");
    }

    /// The connection has failed.
    void onError(int errno) {
        if (writer == null) return;
        if (connecting != null) {
            if (conf.logErrors()) logErrno("connect()", errno);
            connectEnded(word(errno));
            return;
        }
        sendFailed(errno);
        wakeWriter("lua tcp socket waking up the current request");
    }

    // --- receiving

    int receive(int mode, int size) {
        midPattern = false;
        round++;
        reader.begin(mode, size);
        return begin();
    }

    /// @param pattern an [Until]
    int receiveUntil(long pattern, long text, int size) {
        int state = midPattern && Until.round(pattern) == round ? Until.state(pattern) : 0;
        midPattern = false;
        Until.round(pattern, ++round);
        reader.begin(pattern, text, size, state);
        int rc = begin();
        if (rc != Code.AGAIN) settlePattern(pattern);
        return rc;
    }

    private void settlePattern(long pattern) {
        midPattern = Until.state(pattern) > 0;
        publish();
    }

    private int begin() {
        if (debug()) debug("lua tcp socket read timeout: " + readTimeout());
        int rc = read();
        if (rc != Code.AGAIN) {
            if (rc == Code.OK && debug()) debug("lua tcp socket receive done in a single run");
            publish();
            return rc;
        }
        readerThread = sockets.scheduler.running();
        sockets.worker.timers.add(readTimer, readTimeout());
        sockets.scheduler.park(cancel);
        publish();
        return rc;
    }

    private int read() {
        for (;;) {
            switch (reader.look(u, eof)) {
                case YES -> { return Code.OK; }
                case NEVER -> {
                    reader.partial(u);
                    return fail("closed");
                }
                case NOT_YET -> { }
            }
            long at = input.room(u, (int) Math.min(conf.bufferSize(), Integer.MAX_VALUE));
            if (at == 0) return broken("no memory");
            int room = input.left(u);
            int n = wire.receive(at, room);
            if (n > 0) {
                Struct.last(u, at + n);
                if (n == room) input.widen(u);
            } else if (n == 0) {
                return Code.AGAIN;
            } else if (n == Conn.EOF) {
                if (debug()) debug("lua tcp socket closed");
                eof = true;
            } else if (n == ClientWire.ABORTED) {
                return broken("client aborted");
            } else {
                logErrno("recv()", -n);
                return broken(word(-n));
            }
        }
    }

    private int broken(String word) {
        reader.partial(u);
        return fail(word);
    }

    void onReadable() {
        if (readerThread == null) return;
        if (debug()) debug("lua tcp socket read handler");
        int rc = read();
        if (rc == Code.AGAIN) sockets.worker.timers.add(readTimer, readTimeout());
        else wakeReader(rc);
    }

    private void wakeReader(int rc) {
        Struct.rc(u, rc);
        if (reader.untilPattern()) midPattern = reader.midPattern();
        var thread = readerThread;
        readerThread = null;
        publish();
        if (debug()) debug("lua tcp socket waking up the current request (read)");
        thread.wake();
    }

    private void readTimedOut() {
        if (readerThread == null) return;
        if (conf.logErrors()) log(Level.ERROR, "lua tcp socket read timed out");
        timedOut = true;
        broken("timeout");
        wakeReader(Code.ERROR);
    }

    /// How a read that failed did, after its partial result has been taken: nothing can be received any more, unless it
    /// took too long.
    String takeReadFailure() {
        var word = failure;
        failure = null;
        if (timedOut) {
            timedOut = false;
        } else {
            readClosed = true;
            input.free(u);
        }
        publish();
        return word == null ? "" : word;
    }

    // --- ends

    /// Gives its connection to a pool.
    /// @return whether it is fit to be used again
    boolean keep(Pool to, long timeout) {
        var kept = peer;
        boolean counted = pool == to;
        if (counted) pool = null;
        peer = null;
        wire = null;
        if (debug()) debug("lua tcp socket clear current socket connection");
        to.put(kept, counted);
        if (debug()) debug("lua tcp socket keepalive timeout: " + (timeout == 0 ? "unlimited" : timeout + " ms"));
        if (timeout > 0) sockets.worker.timers.add(kept, timeout);
        else sockets.worker.timers.cancel(kept);
        boolean fit = to.quiet(kept);
        if (!fit) to.drop(kept);
        finish();
        if (fit) to.resumeNext();
        return fit;
    }

    /// Closes what it has, wherever it is, and leaves its [Struct]. What waits for it is not woken.
    void finish() {
        if (u == 0) return;
        LuaCtx.disown(this);
        if (debug()) debug("lua finalize socket");
        var undone = connecting;
        connecting = null;
        if (undone != null) undone.giveUp();
        input.free(u);
        var closed = wire;
        wire = null;
        peer = null;
        if (closed != null) {
            if (debug()) debug("lua close socket connection");
            closed.close();
        }
        writer = readerThread = null;
        publish();
        Struct.number(u, 0);
        u = 0;
        leavePool();
        sockets.giveBack(this);
    }

    @Override protected void release() {
        if (debug()) debug("cleanup lua tcp socket request: \"" + (ctx.r == null ? "" : ctx.r.uri) + "\"");
        finish();
    }
}
