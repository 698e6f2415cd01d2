package nightjar.lua.socket;

import java.util.List;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.http.upstream.Url;
import nightjar.lua.Code;
import nightjar.net.Address;
import nightjar.net.ConnectException;
import nightjar.net.Resolver;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// One `connect` for which no idle connection was there: waits for its turn in the pool, for the name, for the other end.
/// Source: ngx_http_lua_socket_tcp_connect_helper, ngx_http_lua_socket_resolve_handler. It is the timer of its turn.
final class Connecting extends Timer implements Resolver.Answer {
    private final Sockets sockets;
    private final Socket socket;
    /// As the script gave them.
    private final String host;
    private final int port;
    private final @Nullable Address from;
    private String shown;
    private int shownPort;
    private @Nullable Address address;
    private Resolver.@Nullable Query query;
    /// An answer of the resolver that came at once.
    private boolean asking;
    private int rc = Code.AGAIN;
    /// The connection is being opened.
    boolean opened;
    /// Neighbours in the pool's queue.
    @Nullable Connecting before, behind;
    boolean queued;
    /// Its turn has come, in a later event.
    boolean posted;

    Connecting(Sockets sockets, Socket socket, String host, int port, @Nullable Address from) {
        this.sockets = sockets;
        this.socket = socket;
        this.host = host;
        this.port = port;
        this.from = from;
        shown = host;
    }

    /// @return `OK`, `AGAIN`, or `ERROR` with what went wrong in [Sockets#problem]
    int start() {
        socket.connecting(this);
        var pool = socket.pool();
        if (pool != null) {
            pool.entered();
            if (pool.overcrowded() && pool.backlog >= 0) {
                pool.leftQueue();
                socket.pool(null);
                return failed("too many waiting connect operations");
            }
            if (pool.full()) {
                if (socket.debug()) {
                    socket.debug("lua tcp socket queue connect operation for connection pool \"" + pool.key + "\", connections: "
                            + pool.connections());
                    socket.debug("lua tcp socket queued connect operation for " + socket.connectTimeout() + "(ms)");
                }
                pool.enqueue(this);
                sockets.worker.timers.add(this, socket.connectTimeout());
                return socket.waitToConnect();
            }
        }
        int code = open();
        return code == Code.AGAIN ? socket.waitToConnect() : code;
    }

    /// Nobody has left the pool in time.
    @Override protected void fire() {
        if (!queued) return;
        if (socket.conf.logErrors()) {
            socket.ctx.log(Level.ERROR, "lua tcp socket queued connect timed out, when trying to connect to " + host + ":" + port);
        }
        var pool = socket.pool();
        pool.dequeue(this);
        pool.leftQueue();
        socket.pool(null);
        socket.connectEnded("timeout");
    }

    /// The pool has room, maybe.
    void resume() {
        posted = false;
        if (!queued) return;
        var pool = socket.pool();
        pool.dequeue(this);
        sockets.worker.timers.cancel(this);
        pool.leftQueue();
        var peer = pool.take();
        if (peer != null) {
            sockets.reuse(socket, peer);
            socket.connectEnded(null);
            return;
        }
        pool.entered();
        int code = open();
        if (code != Code.AGAIN) socket.connectEnded(code == Code.OK ? null : sockets.problem);
    }

    private int failed(String word) {
        sockets.problem = word;
        return Code.ERROR;
    }

    /// Finds out where to connect to, and connects.
    private int open() {
        Url url;
        try {
            url = Url.parse(host, port, false);
        } catch (Url.BadUrl e) {
            return failed("failed to parse host name \"" + host + "\": " + e.getMessage());
        }
        if (socket.debug()) socket.debug("lua tcp socket connect timeout: " + socket.connectTimeout());
        var given = url.address();
        if (given != null) {
            if (socket.debug()) socket.debug("lua tcp socket network address given directly");
            shown = given.isUnix() ? given.host() : url.host();
            return connect(given);
        }
        shown = url.host();
        shownPort = url.port();
        asking = true;
        var resolving = Sockets.resolving(socket.ctx);
        query = resolving.resolver().resolve(sockets.worker, url.host(), resolving.timeoutMsec(), this);
        asking = false;
        return rc;
    }

    @Override public void found(List<Address> addresses) {
        query = null;
        if (socket.debug()) {
            socket.debug("lua tcp socket resolve handler");
            for (var found : addresses) socket.debug("name was resolved to " + found.host());
        }
        var one = addresses.get(addresses.size() == 1 ? 0 : sockets.random.nextInt(addresses.size()));
        answered(connect(Address.inet(one.ip(), shownPort)));
    }

    @Override public void failed(int code, String text) {
        query = null;
        if (socket.debug()) {
            socket.debug("lua tcp socket resolver error: " + text + " (connect waiting: " + (asking ? 0 : 1) + ")");
        }
        answered(failed(host + " could not be resolved (" + code + ": " + text + ")"));
    }

    private void answered(int code) {
        rc = code;
        if (!asking && code != Code.AGAIN) socket.connectEnded(code == Code.OK ? null : sockets.problem);
    }

    private int connect(Address to) {
        address = to;
        if (socket.debug()) socket.debug("lua tcp socket resolve retval handler");
        Peer peer;
        try {
            peer = new Peer(sockets.worker, socket, shown, to, from);
        } catch (ConnectException e) {
            socket.log(switch (e.errno) {
                case Errno.ECONNREFUSED, Errno.EAGAIN, Errno.ECONNRESET, Errno.ENETDOWN, Errno.ENETUNREACH, Errno.EHOSTDOWN,
                        Errno.EHOSTUNREACH -> Level.ERROR;
                default -> Level.CRIT;
            }, e.getMessage());
            return failed(Socket.word(e.errno));
        }
        socket.use(peer);
        if (socket.debug()) socket.debug("lua tcp socket connect: " + (peer.conn.connecting() ? Code.AGAIN : Code.OK));
        if (!peer.conn.connecting()) {
            if (socket.debug()) socket.debug("lua tcp socket connected: fd:" + peer.descriptor());
            return Code.OK;
        }
        opened = true;
        socket.armConnect();
        return Code.AGAIN;
    }

    /// Where it goes, for the error log.
    void describe(StringBuilder b) {
        Socket.describe(b, shown, address == null ? 0 : address.port(), address == null ? "" : address.host());
    }

    /// Nobody waits for it any more.
    void giveUp() {
        sockets.worker.timers.cancel(this);
        if (queued) {
            if (socket.debug()) socket.debug("lua tcp socket abort queueing");
            socket.pool().dequeue(this);
        }
        var asked = query;
        query = null;
        if (asked != null) {
            if (socket.debug()) socket.debug("lua tcp socket abort resolver");
            asked.cancel();
        }
    }
}
