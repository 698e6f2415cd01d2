package nightjar.lua.socket;

import nightjar.core.Errno;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// `getoption`, `setoption` and `getfd` of TCP sockets, as lua-resty-core calls them.
final class OptionApi {
    private static final int SOL_SOCKET = 1, IPPROTO_TCP = 6;
    private static final int SO_REUSEADDR = 2, SO_SNDBUF = 7, SO_RCVBUF = 8, SO_KEEPALIVE = 9;
    private static final int TCP_NODELAY = 1, TCP_KEEPINTVL = 5, TCP_KEEPCNT = 6;

    /// Level and name of an option by lua-resty-core's number, from 1.
    private static final int[][] OPTIONS = {
        {SOL_SOCKET, SO_KEEPALIVE}, {SOL_SOCKET, SO_REUSEADDR}, {IPPROTO_TCP, TCP_NODELAY}, {SOL_SOCKET, SO_SNDBUF}, {SOL_SOCKET, SO_RCVBUF},
        {IPPROTO_TCP, TCP_KEEPINTVL}, {IPPROTO_TCP, TCP_KEEPCNT},
    };
    private static final long CLOSED = Mem.allocCstring("closed"), FAKED = Mem.allocCstring("faked connection");

    private final Sockets sockets;

    OptionApi(Sockets sockets) {
        this.sockets = sockets;
    }

    private int descriptor(long u) {
        var s = sockets.of(u);
        var wire = s == null ? null : s.wire();
        return wire == null ? -2 : wire.descriptor();
    }

    /// What is wrong with an option of a socket, null: nothing.
    private static @Nullable String wrong(int fd, int option, String unsupported) {
        if (fd == -2) return "closed";
        if (fd < 0) return "invalid socket fd";
        return option < 1 || option > OPTIONS.length ? unsupported + option : null;
    }

    private static int failed(String text, long err, long errLen) {
        Mem.put(err, text);
        Mem.l(errLen, text.length());
        return Code.ERROR;
    }

    @Ffi("ngx_http_lua_ffi_socket_tcp_getoption")
    int getoption(long u, int option, long value, long err, long errLen) {
        int fd = descriptor(u);
        var wrong = wrong(fd, option, "unsupported option ");
        if (wrong != null) return failed(wrong, err, errLen);
        int got = Posix.getsockopt(fd, OPTIONS[option - 1][0], OPTIONS[option - 1][1]);
        if (got < 0) return failed(Errno.text(-got), err, errLen);
        Mem.i(value, got);
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_socket_tcp_setoption")
    int setoption(long u, int option, int value, long err, long errLen) {
        int fd = descriptor(u);
        var wrong = wrong(fd, option, "unsupported option: ");
        if (wrong != null) return failed(wrong, err, errLen);
        int rc = Posix.setsockopt(fd, OPTIONS[option - 1][0], OPTIONS[option - 1][1], value);
        return rc < 0 ? failed(Errno.text(-rc), err, errLen) : Code.OK;
    }

    /// @return the descriptor; below 0: none, and `*errmsg` says why
    @Ffi("ngx_http_lua_ffi_socket_tcp_getfd")
    int getfd(LuaCtx c, long u, long errmsg) {
        int fd = descriptor(u);
        Mem.l(errmsg, fd >= 0 ? 0 : fd == -2 ? CLOSED : FAKED);
        return Math.max(fd, -1);
    }
}
