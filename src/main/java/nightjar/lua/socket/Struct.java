package nightjar.lua.socket;

import nightjar.core.Mem;

/// The struct of a TCP socket that Lua and Java share: `ngx_http_lua_socket_tcp_upstream_t`, as `socket.lua` declares it.
///
/// Lua owns its memory. Java may touch it from the call that passes it until Lua's collector says that it goes, so Lua gives
/// each its finalizer before Java sees it.
final class Struct {
    private static final int POS = 0;
    private static final int LAST = 8;
    private static final int REQUEST = 16;
    private static final int NUMBER = 24;
    private static final int READS = 28;
    private static final int WRITES = 32;
    private static final int RC = 36;
    private static final int LEN = 40;
    private static final int SKIP = 44;
    private static final int CONNECT_TIMEOUT = 48;
    private static final int SEND_TIMEOUT = 52;
    private static final int READ_TIMEOUT = 56;

    private Struct() {}

    /// Where the received bytes begin that nobody has taken.
    static long pos(long u) { return Mem.l(u + POS); }
    static void pos(long u, long a) { Mem.l(u + POS, a); }
    /// Where they end.
    static long last(long u) { return Mem.l(u + LAST); }
    static void last(long u, long a) { Mem.l(u + LAST, a); }

    /// The handle of the request that it belongs to; stays when it is closed.
    static long request(long u) { return Mem.l(u + REQUEST); }
    static void request(long u, long handle) { Mem.l(u + REQUEST, handle); }

    /// What [Sockets] calls its Java half; 0: it has none.
    static int number(long u) { return Mem.i(u + NUMBER); }
    static void number(long u, int n) { Mem.i(u + NUMBER, n); }

    /// Whether Lua may take received bytes without asking.
    static void readable(long u, boolean at) { Mem.i(u + READS, at ? 0 : 1); }
    /// Whether Lua may send without asking whether it may.
    static void writable(long u, boolean at) { Mem.i(u + WRITES, at ? 0 : 1); }

    /// How a read that waited has ended.
    static void rc(long u, int code) { Mem.i(u + RC, code); }

    /// What a read gives: `length` bytes at [#pos], and after `skip` the next one begins.
    static void taken(long u, int length, int skip) {
        Mem.i(u + LEN, length);
        Mem.i(u + SKIP, skip);
    }

    static int connectTimeout(long u) { return Mem.i(u + CONNECT_TIMEOUT); }
    static int sendTimeout(long u) { return Mem.i(u + SEND_TIMEOUT); }
    static int readTimeout(long u) { return Mem.i(u + READ_TIMEOUT); }
}
