package nightjar.lua.socket;

import java.util.List;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.http.upstream.Url;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaResource;
import nightjar.lua.LuaThread;
import nightjar.lua.SocketConf;
import nightjar.net.Address;
import nightjar.net.ConnectException;
import nightjar.net.Datagram;
import nightjar.net.Resolver;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// The Java half of a UDP socket that a script holds, from `setpeername` to `close`. Source: ngx_http_lua_socket_udp.c.
final class UdpSocket extends LuaResource implements Resolver.Answer {
    private final UdpApi api;
    final LuaCtx ctx;
    private final SocketConf conf;
    private final String host;
    private final int port;
    private final @Nullable Address from;
    private final Timer timer = Timer.of(this::timedOut);
    private final Runnable cancel = this::finish;
    private long u;
    private @Nullable Address address;
    private @Nullable Datagram socket;
    private Resolver.@Nullable Query query;
    /// The light thread that waits for a name or for a datagram.
    private @Nullable LuaThread waiting;
    private int size;
    private @Nullable String failure;

    /// Becomes the Java half of `u`.
    UdpSocket(UdpApi api, long u, LuaCtx ctx, String host, int port, @Nullable Address from) {
        this.api = api;
        this.u = u;
        this.ctx = ctx;
        this.host = host;
        this.port = port;
        this.from = from;
        conf = SocketConf.of(ctx);
        ctx.own(this);
    }

    boolean connected() { return socket != null; }
    boolean busy() { return waiting != null; }

    private void debug(String text) {
        if (ctx.debug()) ctx.debug(text);
    }

    private void log(Level level, String text) {
        var b = new StringBuilder(text);
        Socket.describe(b, host, port, address == null ? "" : address.host());
        ctx.log(level, b.toString());
    }

    private String errno(String call, int errno) {
        log(Socket.level(errno), call + " failed " + Errno.quoted(errno));
        return Socket.word(errno);
    }

    // --- setpeername

    /// @return `OK`, `AGAIN`, or `ERROR`: then [#takeFailure] tells
    int connect() {
        Url url;
        try {
            url = Url.parse(host, port, false);
        } catch (Url.BadUrl e) {
            return fail("failed to parse host name \"" + host + "\": " + e.getMessage());
        }
        if (url.address() != null) {
            debug("lua udp socket network address given directly");
            return connect(url.address());
        }
        var resolving = Sockets.resolving(ctx);
        query = resolving.resolver().resolve(api.worker, url.host(), resolving.timeoutMsec(), this);
        if (socket != null || failure != null) return failure == null ? Code.OK : Code.ERROR;
        return park();
    }

    private int park() {
        waiting = api.scheduler.running();
        api.scheduler.park(cancel);
        return Code.AGAIN;
    }

    private int fail(String word) {
        failure = word;
        return Code.ERROR;
    }

    @Override public void found(List<Address> addresses) {
        debug("lua udp socket resolve handler");
        for (var found : addresses) debug("name was resolved to " + found.host());
        var one = addresses.get(addresses.size() == 1 ? 0 : api.random.nextInt(addresses.size()));
        connect(Address.inet(one.ip(), port));
        wake();
    }

    @Override public void failed(int code, String text) {
        debug("lua udp socket resolver error: " + text + " (waiting: " + (waiting == null ? 0 : 1) + ")");
        fail(host + " could not be resolved (" + code + ": " + text + ")");
        wake();
    }

    private int connect(Address to) {
        address = to;
        query = null;
        debug("lua udp socket resolve retval handler");
        try {
            socket = Datagram.connect(api.worker, to, from, this::onReadable);
        } catch (ConnectException e) {
            log(Level.CRIT, e.getMessage());
            return fail(Socket.word(e.errno));
        }
        return Code.OK;
    }

    // --- datagrams

    int send(long addr, int n) {
        int rc = socket.send(addr, n);
        if (ctx.debug()) ctx.debug("send: fd:" + socket.descriptor() + " " + (rc < 0 ? -1 : n) + " of " + n);
        return rc < 0 ? fail(errno("send()", -rc)) : Code.OK;
    }

    /// @param size bytes of a datagram that are wanted
    /// @return `OK`, and the datagram is in the border's text; or as [#connect]
    int receive(int size) {
        this.size = size;
        debug("lua udp socket read timeout: " + readTimeout());
        debug("lua udp socket receive buffer size: " + size);
        int rc = read();
        if (rc != Code.AGAIN) return rc;
        api.worker.timers.add(timer, readTimeout());
        return park();
    }

    private long readTimeout() {
        int own = UdpStruct.readTimeout(u);
        return own > 0 ? own : conf.readTimeout();
    }

    private int read() {
        int n = socket.receive(api.buffer, size);
        if (n == -Errno.EAGAIN) return Code.AGAIN;
        if (n < 0) return fail(errno("recv()", -n));
        api.border.text(api.buffer, n);
        return Code.OK;
    }

    /// What has come since the thread was told to wait.
    int received() {
        if (failure != null) return Code.ERROR;
        int rc = read();
        return rc == Code.AGAIN ? park() : rc;
    }

    private void onReadable() {
        debug("lua udp socket read handler");
        wake();
    }

    private void timedOut() {
        if (waiting == null) return;
        if (conf.logErrors()) log(Level.ERROR, "lua udp socket read timed out");
        fail("timeout");
        wake();
    }

    private void wake() {
        var thread = waiting;
        waiting = null;
        if (thread == null) return;
        debug("lua udp socket waking up the current request");
        thread.wake();
    }

    /// What went wrong.
    @Nullable String takeFailure() {
        var word = failure;
        failure = null;
        return word;
    }

    // --- ends

    void finish() {
        if (u == 0) return;
        LuaCtx.disown(this);
        debug("lua finalize socket");
        api.forget(u);
        u = 0;
        waiting = null;
        api.worker.timers.cancel(timer);
        if (query != null) query.cancel();
        if (socket != null) {
            debug("lua close socket connection");
            socket.close();
        }
        socket = null;
    }

    @Override protected void release() {
        debug("cleanup lua udp socket upstream request: \"" + (ctx.r == null ? "" : ctx.r.uri) + "\"");
        finish();
    }
}
