package nightjar.lua.socket;

import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.ClientSocket;
import nightjar.lua.Border;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.SocketConf;
import nightjar.luajit.Ffi;
import nightjar.luajit.LuaException;
import org.jspecify.annotations.Nullable;

/// What the methods of TCP sockets call; their Lua half is `socket.lua`. Source: ngx_http_lua_socket_tcp.c.
final class SocketApi {
    private static final String CLOSED = "closed";
    /// Lua has the same number.
    private static final int CONFIGURED = Integer.MIN_VALUE;

    private final Border border;
    private final Sockets sockets;

    SocketApi(Border border, Sockets sockets) {
        this.border = border;
        this.sockets = sockets;
    }

    /// `nil, word`.
    private int refuse(String word) {
        border.text(word);
        return Code.DECLINED;
    }

    private static void check(LuaCtx c, Socket s) {
        if (s.ctx != c) throw new LuaException("bad request");
    }

    // --- connect

    /// @param key the pool's name
    /// @param poolSize of a pool that is to be made when there is none; 0: none is
    /// @param bind the address to connect from, 0: any; `bindPort` 0: any port
    /// @return `OK`; `AGAIN`: then [#connected] tells; `DECLINED`: `nil` and the border's text
    @Ffi("nightjar_ffi_socket_connect")
    int connect(LuaCtx c, long u, long host, int hostLen, int port, long key, int keyLen, int poolSize, int backlog,
            long bind, int bindLen, int bindPort) {
        long before = Struct.request(u);
        if (before != 0 && before != c.handle) throw new LuaException("bad request");
        var old = sockets.of(u);
        if (old != null) {
            var busy = old.busy(true, true);
            if (busy != null) return refuse(busy);
            if (c.debug()) {
                if (old.connected()) c.debug("lua tcp socket reconnect without shutting down");
                c.debug("lua reuse socket upstream ctx");
            }
            old.finish();
        }
        var from = bindLen > 0 ? Hosts.address(Mem.string(bind, bindLen), bindPort) : null;
        if (from != null && c.debug()) c.debug("lua tcp socket sock:connect ip: " + Mem.string(bind, bindLen));
        var s = sockets.take(u, c);
        var pools = sockets.pools(c);
        var pool = pools.find(key, keyLen);
        if (pool == null && poolSize > 0) pool = create(c, pools, Mem.string(key, keyLen), poolSize, backlog);
        s.pool(pool);
        if (pool != null) {
            if (c.debug()) c.debug("lua tcp socket pool get keepalive peer");
            var peer = pool.take();
            if (peer != null) {
                sockets.reuse(s, peer);
                return Code.OK;
            }
            if (c.debug()) c.debug("lua tcp socket keepalive: connection pool empty");
        }
        var connecting = new Connecting(sockets, s, Mem.string(host, hostLen), port, from);
        int rc = connecting.start();
        if (rc == Code.AGAIN) return rc;
        s.connecting(null);
        if (rc == Code.OK) {
            s.publish();
            return rc;
        }
        var word = sockets.problem;
        s.finish();
        return refuse(word);
    }

    static Pool create(LuaCtx c, Pools pools, String key, int size, int backlog) {
        if (c.debug()) {
            c.debug("lua tcp socket connection pool size: " + size + ", backlog: " + backlog);
            c.debug("lua tcp socket keepalive create connection pool for key \"" + key + "\"");
        }
        return pools.create(key, size, backlog);
    }

    /// `lua_socket_pool_size`.
    @Ffi("nightjar_ffi_socket_pool_size")
    int poolSize(LuaCtx c) { return SocketConf.of(c).poolSize(); }

    /// How a connect that waited has ended.
    @Ffi("nightjar_ffi_socket_connected")
    int connected(long u) {
        var s = sockets.of(u);
        var word = s == null ? CLOSED : s.takeConnectFailure();
        return word == null ? Code.OK : refuse(word);
    }

    /// Checks the address of `bind`.
    @Ffi("nightjar_ffi_socket_bind")
    int bind(LuaCtx c, long text, int len) {
        var host = Mem.string(text, len);
        if (Hosts.address(host, 0) == null) return refuse("bad address");
        if (c.debug()) c.debug("lua tcp socket bind ip: " + host);
        return Code.OK;
    }

    // --- send

    /// @return `OK`: all has been sent; `AGAIN`: then [#sent] tells; `DECLINED`: `nil` and the border's text
    @Ffi("nightjar_ffi_socket_send")
    int send(LuaCtx c, long u, long bytes, int n) {
        int rc = sendable(c, u);
        if (rc != Code.OK) return rc;
        var s = sockets.of(u);
        rc = s.send(bytes, n);
        return rc == Code.ERROR ? refuse(s.takeSendFailure()) : rc;
    }

    /// Whether anything may be sent.
    @Ffi("nightjar_ffi_socket_sendable")
    int sendable(LuaCtx c, long u) {
        var s = sockets.of(u);
        if (s == null || !s.writable()) {
            closedLine(c, s, u, "attempt to send data on a closed socket");
            return refuse(CLOSED);
        }
        check(c, s);
        var busy = s.busy(false, true);
        if (busy != null) return refuse(busy);
        if (!s.wire().sends()) throw new LuaException("attempt to write to request sockets");
        return Code.OK;
    }

    /// How a send that waited has ended.
    @Ffi("nightjar_ffi_socket_sent")
    int sent(long u) {
        var s = sockets.of(u);
        if (s == null) return refuse(CLOSED);
        return s.failed() ? refuse(s.takeSendFailure()) : Code.OK;
    }

    private static void closedLine(LuaCtx c, @Nullable Socket s, long u, String what) {
        if (!SocketConf.of(c).logErrors()) return;
        var text = what + ": u:" + pointer(u) + ", c:" + pointer(s == null || !s.connected() ? 0 : u) + ", ft:0 eof:"
                + (s != null && s.eof() ? 1 : 0);
        if (s != null && s.connected()) s.log(Level.ERROR, text);
        else c.log(Level.ERROR, text);
    }

    static String pointer(long a) {
        var hex = Long.toHexString(a);
        var b = new StringBuilder(16);
        for (int i = hex.length(); i < 16; i++) b.append('0');
        for (int i = 0; i < hex.length(); i++) b.append((char) Bytes.upper(hex.charAt(i)));
        return b.toString();
    }

    // --- receive

    /// Whether anything may be received.
    /// @param quiet 1: a closed socket is no line in the error log
    @Ffi("nightjar_ffi_socket_receivable")
    int receivable(LuaCtx c, long u, int quiet) {
        var s = sockets.of(u);
        if (s == null || !s.readable()) {
            if (quiet == 0) closedLine(c, s, u, "attempt to receive data on a closed socket");
            return refuse(CLOSED);
        }
        check(c, s);
        var busy = s.busy(true, false);
        return busy == null ? Code.OK : refuse(busy);
    }

    /// @param mode one of [Reader]'s
    /// @return `OK`, and the struct tells where the result is; `AGAIN`, and it will when the thread is woken; `ERROR`: it tells
    ///     where a partial result is, then [#readFailure] why; `DECLINED`: `nil` and the border's text
    @Ffi("nightjar_ffi_socket_receive")
    int receive(LuaCtx c, long u, int mode, int size) {
        if (c.debug() && mode != Reader.ANY) c.debug("lua tcp socket calling receive() method");
        int rc = receivable(c, u, 0);
        if (rc != Code.OK) return rc;
        var s = sockets.of(u);
        if (c.debug()) {
            if (mode == Reader.ANY) c.debug("lua tcp socket calling receiveany() method to read at most " + size + " bytes");
            c.debug(switch (mode) {
                case Reader.LINE -> "lua tcp socket read line";
                case Reader.ALL -> "lua tcp socket read all";
                case Reader.ANY -> "lua tcp socket read any";
                default -> "lua tcp socket read chunk " + size;
            });
        }
        return s.receive(mode, size);
    }

    /// As [#receive], for an iterator of `receiveuntil`.
    /// @param pattern an [Until]
    @Ffi("nightjar_ffi_socket_receiveuntil")
    int receiveUntil(LuaCtx c, long u, long pattern, long text, int size) {
        int rc = receivable(c, u, 1);
        if (rc != Code.OK) return rc;
        if (c.debug()) c.debug("lua tcp socket receiveuntil iterator");
        return sockets.of(u).receiveUntil(pattern, text, size);
    }

    /// Why a read failed.
    @Ffi("nightjar_ffi_socket_read_failure")
    void readFailure(long u) {
        var s = sockets.of(u);
        border.text(s == null ? CLOSED : s.takeReadFailure());
    }

    // --- ngx.req.socket

    /// @return `OK`, or `DECLINED`: `nil` and the border's text
    @Ffi("nightjar_ffi_req_socket")
    int reqSocket(LuaCtx c, long u, int raw) {
        var r = c.r;
        if (r.isSubrequest()) throw new LuaException("attempt to read the request body in a subrequest");
        if (raw == 0 && r.in.chunked()) return refuse("chunked request bodies not supported yet");
        var wrong = raw == 0 ? ClientSocket.bodyRefusal(r) : ClientSocket.rawRefusal(r);
        if (wrong == null && raw != 0) wrong = c.buffering ? "http 1.0 buffering" : c.rawSocket ? "duplicate call" : null;
        if (wrong != null) return refuse(wrong);
        if (raw != 0) c.rawSocket = true;
        var s = sockets.take(u, c);
        s.use(new ClientWire(r, raw != 0, s));
        return Code.OK;
    }

    // --- the rest

    @Ffi("nightjar_ffi_socket_close")
    int close(LuaCtx c, long u) {
        var s = sockets.of(u);
        if (s == null || !s.alive()) return refuse(CLOSED);
        check(c, s);
        var busy = s.busy(true, true);
        if (busy != null) return refuse(busy);
        if (s.peer() == null) return refuse("attempt to close a request socket");
        s.finish();
        return Code.OK;
    }

    @Ffi("nightjar_ffi_socket_reused")
    int reused(long u) {
        var s = sockets.of(u);
        return s == null || !s.alive() ? refuse(CLOSED) : s.reused();
    }

    /// @param timeout milliseconds, 0: for ever; [#CONFIGURED]: as the configuration says
    /// @param size of a pool that is to be made, or [#CONFIGURED]
    /// @return `OK`; `DECLINED`: `nil` and the border's text; `ERROR`: the size is wrong, as the text says
    @Ffi("nightjar_ffi_socket_setkeepalive")
    int setkeepalive(LuaCtx c, long u, double timeout, int size, long key, int keyLen) {
        var s = sockets.of(u);
        if (s == null || !s.readable() || !s.writable() || s.ended()) return refuse(CLOSED);
        check(c, s);
        var busy = s.busy(true, true);
        if (busy != null) return refuse(busy);
        if (s.unread()) return refuse("unread data in buffer");
        if (s.wire().errno() != 0) return refuse("invalid connection");
        var pools = sockets.pools(c);
        if (sockets.scheduler.exiting()) {
            if (c.debug()) c.debug("lua tcp socket set keepalive while process exiting, closing connection " + pointer(u));
            s.finish();
            return Code.OK;
        }
        if (c.debug()) c.debug("lua tcp socket set keepalive: saving connection " + pointer(u));
        if (keyLen == 0) return refuse("key not found");
        var pool = pools.find(key, keyLen);
        var conf = SocketConf.of(c);
        if (pool == null) {
            int made = size == CONFIGURED ? conf.poolSize() : size;
            if (made <= 0) {
                border.text("bad \"pool_size\" option value: " + made);
                return Code.ERROR;
            }
            pool = create(c, pools, Mem.string(key, keyLen), made, -1);
        }
        long msec = timeout == CONFIGURED ? conf.keepaliveTimeout() : (long) timeout;
        return s.keep(pool, msec) ? Code.OK : refuse("connection in dubious state");
    }

    /// Lua's collector has found that no script holds it any more.
    @Ffi("nightjar_ffi_socket_collected")
    void collected(long u) {
        var s = sockets.of(u);
        if (s != null) s.finish();
    }
}
