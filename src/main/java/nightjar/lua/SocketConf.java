package nightjar.lua;

import nightjar.conf.Scope;
import nightjar.http.ConfKey;

/// What a location says about the sockets that its scripts make. Times in milliseconds.
///
/// @param keepaliveTimeout how long an idle connection is kept; 0: for ever
/// @param bufferSize bytes of a receive buffer, at first
/// @param poolSize idle connections that a pool keeps
/// @param logErrors whether time-outs and failed connects are logged
/// @param checkClientAbort `lua_check_client_abort`: a request socket tells that the client went away
public record SocketConf(long connectTimeout, long sendTimeout, long readTimeout, long keepaliveTimeout, long bufferSize, int poolSize,
        boolean logErrors, boolean checkClientAbort) {
    static final ConfKey<SocketConf> KEY = new ConfKey<>(SocketConf::new);

    static final SocketConf DEFAULT = new SocketConf(60_000, 60_000, 60_000, 60_000, 4096, 30, true, false);

    private SocketConf(Scope s) {
        this(LuaDirectives.SOCKET_CONNECT_TIMEOUT.get(s), LuaDirectives.SOCKET_SEND_TIMEOUT.get(s), LuaDirectives.SOCKET_READ_TIMEOUT.get(s),
                LuaDirectives.SOCKET_KEEPALIVE_TIMEOUT.get(s), LuaDirectives.SOCKET_BUFFER_SIZE.get(s), LuaDirectives.SOCKET_POOL_SIZE.get(s),
                LuaDirectives.SOCKET_LOG_ERRORS.get(s), LuaDirectives.CHECK_CLIENT_ABORT.get(s));
    }

    public static SocketConf of(LuaCtx c) { return c.conf(KEY, DEFAULT); }
}
