package nightjar.lua.socket;

import java.util.random.RandomGenerator;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Slots;
import nightjar.lua.Border;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.Scheduler;
import nightjar.lua.SocketConf;
import nightjar.luajit.Ffi;
import nightjar.luajit.LuaException;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// What the methods of UDP sockets call; their Lua half is `udp.lua`. Source: ngx_http_lua_socket_udp.c.
final class UdpApi {
    /// The longest datagram there is, in bytes.
    private static final int MAX_DATAGRAM = 65536;
    private static final String CLOSED = "closed";

    final Worker worker;
    final Scheduler scheduler;
    final Border border;
    final RandomGenerator random = RandomGenerator.getDefault();
    /// Where a datagram is until Lua has it.
    final long buffer = Mem.alloc(MAX_DATAGRAM);
    /// By the struct's number.
    private final Slots<UdpSocket> all = new Slots<>();

    UdpApi(Border border, Scheduler scheduler, Worker worker) {
        this.border = border;
        this.scheduler = scheduler;
        this.worker = worker;
    }

    private @Nullable UdpSocket of(long u) {
        return u == 0 ? null : all.get(UdpStruct.number(u));
    }

    /// The struct has no Java half any more.
    void forget(long u) {
        all.remove(UdpStruct.number(u));
        UdpStruct.number(u, 0);
    }

    private int refuse(@Nullable String word) {
        border.text(word == null ? "error" : word);
        return Code.DECLINED;
    }

    private int result(UdpSocket s, int rc) {
        return rc == Code.ERROR ? refuse(s.takeFailure()) : rc;
    }

    /// The socket of `u`, on which something may be done now; else null, and the border has the reason.
    private @Nullable UdpSocket usable(LuaCtx c, long u, String what) {
        var s = of(u);
        if (s == null || !s.connected()) {
            if (SocketConf.of(c).logErrors() && !what.isEmpty()) {
                c.log(Level.ERROR, "attempt to " + what + " data on a closed socket: u:" + SocketApi.pointer(u) + ", c:" + SocketApi.pointer(0));
            }
            border.text(CLOSED);
            return null;
        }
        if (s.ctx != c) throw new LuaException("bad request");
        if (!s.busy()) return s;
        border.text("socket busy");
        return null;
    }

    /// @param bind the address to send from, `bindLen` 0: any
    /// @return `OK`; `AGAIN`: then [#connected] tells; `DECLINED`: `nil` and the border's text
    @Ffi("nightjar_ffi_udp_connect")
    int connect(LuaCtx c, long u, long host, int hostLen, int port, long bind, int bindLen) {
        long before = UdpStruct.request(u);
        if (before != 0 && before != c.handle) throw new LuaException("bad request");
        var old = of(u);
        if (old != null) {
            if (old.busy()) return refuse("socket busy");
            if (c.debug()) c.debug("lua udp socket reconnect without shutting down");
            old.finish();
        }
        if (before != 0 && c.debug()) c.debug("lua reuse socket upstream ctx");
        var from = bindLen > 0 ? Hosts.address(Mem.string(bind, bindLen), 0) : null;
        var s = new UdpSocket(this, u, c, Mem.string(host, hostLen), port, from);
        UdpStruct.number(u, all.add(s));
        UdpStruct.request(u, c.handle);
        int rc = s.connect();
        if (rc != Code.ERROR) return rc;
        var word = s.takeFailure();
        s.finish();
        return refuse(word);
    }

    /// How a `setpeername` that waited has ended.
    @Ffi("nightjar_ffi_udp_connected")
    int connected(long u) {
        var s = of(u);
        var word = s == null ? CLOSED : s.takeFailure();
        if (word == null) return Code.OK;
        if (s != null) s.finish();
        return refuse(word);
    }

    /// Checks the address of `bind`.
    @Ffi("nightjar_ffi_udp_bind")
    int bind(LuaCtx c, long text, int len) {
        var host = Mem.string(text, len);
        if (Hosts.address(host, 0) == null) return refuse("bad address");
        if (c.debug()) c.debug("lua udp socket bind ip: " + host);
        return Code.OK;
    }

    /// Whether anything may be sent.
    @Ffi("nightjar_ffi_udp_sendable")
    int sendable(LuaCtx c, long u) {
        return usable(c, u, "send") == null ? Code.DECLINED : Code.OK;
    }

    @Ffi("nightjar_ffi_udp_send")
    int send(LuaCtx c, long u, long bytes, int n) {
        var s = usable(c, u, "send");
        return s == null ? Code.DECLINED : result(s, s.send(bytes, n));
    }

    /// @param size 0 to [#MAX_DATAGRAM]
    /// @return `OK`, and the datagram is the border's text; `AGAIN`: then [#received] is asked; `DECLINED`
    @Ffi("nightjar_ffi_udp_receive")
    int receive(LuaCtx c, long u, int size) {
        if (c.debug()) c.debug("lua udp socket calling receive() method");
        var s = usable(c, u, "receive");
        return s == null ? Code.DECLINED : result(s, s.receive(Math.clamp(size, 0, MAX_DATAGRAM)));
    }

    /// As [#receive], after waiting.
    @Ffi("nightjar_ffi_udp_received")
    int received(long u) {
        var s = of(u);
        return s == null || !s.connected() ? refuse(CLOSED) : result(s, s.received());
    }

    @Ffi("nightjar_ffi_udp_close")
    int close(LuaCtx c, long u) {
        var s = usable(c, u, "");
        if (s == null) return Code.DECLINED;
        s.finish();
        return Code.OK;
    }

    /// Lua's collector has found that no script holds it any more.
    @Ffi("nightjar_ffi_udp_collected")
    void collected(long u) {
        var s = of(u);
        if (s != null) s.finish();
    }
}
