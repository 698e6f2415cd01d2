package nightjar.lua.socket;

import nightjar.core.Mem;

/// The pattern of a `receiveuntil` iterator: a struct that Lua owns. `socket.lua` declares it and computes its table.
///
/// `fail[i]` is the length of the longest proper prefix of the pattern that ends the pattern's first `i + 1` bytes.
final class Until {
    private static final int STATE = 0;
    private static final int INCLUSIVE = 4;
    private static final int LENGTH = 8;
    private static final int ROUND = 12;
    private static final int FAIL = 16;

    /// [#state] after the pattern was found by a read of limited size: the next read says so.
    static final int FOUND = -1;

    private Until() {}

    /// How many bytes of the pattern stand at the front of what nobody has taken, seen by an earlier read.
    static int state(long p) { return Mem.i(p + STATE); }
    static void state(long p, int n) { Mem.i(p + STATE, n); }
    /// Which of the socket's reads left it so.
    static int round(long p) { return Mem.i(p + ROUND); }
    static void round(long p, int n) { Mem.i(p + ROUND, n); }
    static boolean inclusive(long p) { return Mem.i(p + INCLUSIVE) != 0; }
    static int length(long p) { return Mem.i(p + LENGTH); }
    static int fail(long p, int i) { return Mem.i(p + FAIL + 4L * i); }
}
