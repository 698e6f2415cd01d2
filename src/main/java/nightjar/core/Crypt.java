package nightjar.core;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import org.jspecify.annotations.Nullable;

/// The system's crypt(3), from libcrypt. Any thread may call it; it takes its time.
public final class Crypt {
    /// More than any libcrypt's `struct crypt_data`.
    private static final int DATA = 136 << 10;
    private static final NativeCall.@Nullable Failing crypt_r = find();

    private Crypt() {}

    private static NativeCall.@Nullable Failing find() {
        try {
            return SymbolLookup.libraryLookup("libcrypt.so.1", Arena.global()).find("crypt_r").map(NativeCall::failing).orElse(null);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /// The hash of `key` by the method and salt with which `setting` (an earlier hash) begins; `null` if the library
    /// does not know the method, or is not there.
    public static @Nullable String hash(String key, String setting) {
        if (crypt_r == null) return null;
        long data = Mem.alloc(DATA), k = Mem.allocCstring(key), s = Mem.allocCstring(setting);
        try (var c = Scratch.take()) {
            Mem.fill(data, DATA, 0);
            long hash = crypt_r.call(c, k, s, data);
            return hash == 0 ? null : Mem.cstring(hash);
        } finally {
            Mem.fill(k, key.length(), 0);
            Mem.fill(data, DATA, 0);
            Mem.free(data);
            Mem.free(k);
            Mem.free(s);
        }
    }
}
