package nightjar.lua.socket;

import nightjar.core.Mem;

/// The struct of a UDP socket that Lua and Java share, as `udp.lua` declares it. Its memory is Lua's, as [Struct]'s is.
final class UdpStruct {
    private static final int REQUEST = 0;
    private static final int NUMBER = 8;
    private static final int READ_TIMEOUT = 12;

    private UdpStruct() {}

    static long request(long u) { return Mem.l(u + REQUEST); }
    static void request(long u, long handle) { Mem.l(u + REQUEST, handle); }
    static int number(long u) { return Mem.i(u + NUMBER); }
    static void number(long u, int n) { Mem.i(u + NUMBER, n); }
    static int readTimeout(long u) { return Mem.i(u + READ_TIMEOUT); }
}
