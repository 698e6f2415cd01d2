package nightjar.lua.api;

import nightjar.core.Mem;

/// Arrays of `ngx_http_lua_ffi_str_t`: int len, then the address of the bytes.
final class Strings {
    private static final int SIZE = 16;

    private Strings() {}

    static String at(long array, int i) {
        long p = array + (long) i * SIZE;
        return Mem.string(Mem.l(p + 8), Mem.i(p));
    }

    static void put(long array, int i, long address, int len) {
        long p = array + (long) i * SIZE;
        Mem.i(p, len);
        Mem.l(p + 8, address);
    }
}
