package nightjar.lua;

import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.http.Connection;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// What stands for the client of Lua that runs without one: how its lines look in the error log. nginx: a fake connection.
/// Source: ngx_http_lua_log_timer_error, ngx_http_lua_log_init_worker_error.
///
/// @param number counts it among the connections
/// @param phase as the log's context, `null`: none is told
/// @param address of the client for whose request this runs, `null`: there was none
/// @param server where that client came in, `null`: there was none
record LuaClient(Log log, long number, @Nullable String phase, @Nullable String address, @Nullable String server) {
    /// What a request, or what stands for one, leaves behind: `ngx.timer`.
    static LuaClient after(Log log, LuaCtx from) {
        if (from.client != null) return new LuaClient(log, 0, "ngx.timer", from.client.address, from.client.server);
        var r = from.r;
        return r == null ? new LuaClient(log, 0, "ngx.timer", null, null)
                : new LuaClient(log, 0, "ngx.timer", r.c.conn.remoteAddr(), r.c.listen().addressText());
    }

    LuaClient numbered() { return new LuaClient(log, Connection.nextNumber(), phase, address, server); }

    void write(Level level, String text) {
        if (!log.on(level)) return;
        if (level == Level.DEBUG || phase == null) {
            log.write(level, number, text);
            return;
        }
        var b = new StringBuilder(text).append(", context: ").append(phase);
        if (address != null) b.append(", client: ").append(address);
        if (server != null) b.append(", server: ").append(server);
        log.write(level, number, b.toString());
    }
}
