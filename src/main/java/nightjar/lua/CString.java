package nightjar.lua;

import java.util.HashMap;
import java.util.Map;
import nightjar.core.Mem;

/// Texts where C expects them.
public final class CString {
    private static final Map<String, Long> KEPT = new HashMap<>();

    private CString() {}

    /// The address of a constant text, ended by a zero byte; it stays.
    public static synchronized long of(String constant) {
        return KEPT.computeIfAbsent(constant, Mem::allocCstring);
    }

    /// Copies what fits of `text` to `to`; its size is read from `size`, and the length copied written there.
    public static void copy(String text, long to, long size) {
        int n = (int) Math.min(text.length(), Mem.l(size));
        Mem.put(to, n == text.length() ? text : text.substring(0, n));
        Mem.l(size, n);
    }
}
