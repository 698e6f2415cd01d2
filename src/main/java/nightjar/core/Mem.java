package nightjar.core;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Memory outside the heap, by address. One segment spans the whole address space, so that an access compiles to
/// one machine instruction and nothing is allocated; nothing checks an address either: a wrong one ends the process.
///
/// Numbers are unaligned and in the machine's byte order.
public final class Mem {
    /// The whole address space; offset and address are the same number.
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    /// Up to here a copy is a few plain loads and stores; beyond, the JVM's own copy is cheaper.
    private static final int SHORT = 64;

    private static final NativeCall.Plain malloc = NativeCall.plain("malloc");
    private static final NativeCall.Plain realloc = NativeCall.plain("realloc");
    private static final NativeCall.Plain free = NativeCall.plain("free");

    private Mem() {}

    public static byte b(long a) { return ALL.get(JAVA_BYTE, a); }

    public static void b(long a, int v) { ALL.set(JAVA_BYTE, a, (byte) v); }

    public static short s(long a) { return ALL.get(JAVA_SHORT_UNALIGNED, a); }

    public static void s(long a, int v) { ALL.set(JAVA_SHORT_UNALIGNED, a, (short) v); }

    public static int i(long a) { return ALL.get(JAVA_INT_UNALIGNED, a); }

    public static void i(long a, int v) { ALL.set(JAVA_INT_UNALIGNED, a, v); }

    public static long l(long a) { return ALL.get(JAVA_LONG_UNALIGNED, a); }

    public static void l(long a, long v) { ALL.set(JAVA_LONG_UNALIGNED, a, v); }

    public static double d(long a) { return ALL.get(JAVA_DOUBLE_UNALIGNED, a); }

    public static void d(long a, double v) { ALL.set(JAVA_DOUBLE_UNALIGNED, a, v); }

    /// Copies `n` bytes. The ranges may overlap only where `dst` is below `src`; [#move] takes any.
    public static void copy(long src, long dst, long n) {
        if (n > SHORT) {
            MemorySegment.copy(ALL, src, ALL, dst, n);
            return;
        }
        long k = 0;
        for (; k + 8 <= n; k += 8) l(dst + k, l(src + k));
        if ((n & 4) != 0) { i(dst + k, i(src + k)); k += 4; }
        if ((n & 2) != 0) { s(dst + k, s(src + k)); k += 2; }
        if ((n & 1) != 0) b(dst + k, b(src + k));
    }

    /// Copies `n` bytes between ranges that may overlap in any way.
    public static void move(long src, long dst, long n) {
        MemorySegment.copy(ALL, src, ALL, dst, n);
    }

    public static void put(long dst, byte[] s, int off, int n) {
        if (n > SHORT) {
            MemorySegment.copy(s, off, ALL, JAVA_BYTE, dst, n);
            return;
        }
        int k = 0;
        for (; k + 8 <= n; k += 8) l(dst + k, (long) LONGS.get(s, off + k));
        for (; k < n; k++) b(dst + k, s[off + k]);
    }

    /// Returns the address after the last byte written.
    public static long put(long dst, byte[] s) {
        put(dst, s, 0, s.length);
        return dst + s.length;
    }

    /// Writes one byte a character (its low eight bits). Returns the address after the last byte written.
    public static long put(long dst, String latin1) {
        int n = latin1.length();
        if (n <= SHORT) {
            for (int k = 0; k < n; k++) ALL.set(JAVA_BYTE, dst + k, (byte) latin1.charAt(k));
            return dst + n;
        }
        return put(dst, Bytes.of(latin1));
    }

    /// Copies `n` bytes from memory into `to` at `off`.
    public static void get(long a, byte[] to, int off, int n) {
        if (n > SHORT) {
            MemorySegment.copy(ALL, JAVA_BYTE, a, to, off, n);
            return;
        }
        int k = 0;
        for (; k + 8 <= n; k += 8) LONGS.set(to, off + k, l(a + k));
        for (; k < n; k++) to[off + k] = b(a + k);
    }

    public static byte[] bytes(long a, int n) {
        var to = new byte[n];
        get(a, to, 0, n);
        return to;
    }

    public static String string(long a, int n) {
        return n == 0 ? "" : Bytes.string(bytes(a, n));
    }

    /// The string that ends before the first zero byte.
    public static String cstring(long a) {
        long end = a;
        while (b(end) != 0) end++;
        return string(a, Math.toIntExact(end - a));
    }

    public static void fill(long a, long n, int value) {
        ALL.asSlice(a, n).fill((byte) value);
    }

    public static boolean equals(long a, byte[] s, int n) {
        for (int k = 0; k < n; k++) {
            if (b(a + k) != s[k]) return false;
        }
        return true;
    }

    /// Whether the `n` bytes at `a` are those of `latin1`.
    public static boolean equals(long a, int n, String latin1) {
        if (n != latin1.length()) return false;
        for (int k = 0; k < n; k++) {
            if ((b(a + k) & 0xff) != latin1.charAt(k)) return false;
        }
        return true;
    }

    /// Whether the `n` bytes at `a` are those at `b`. The last word overlaps the one before.
    public static boolean equals(long a, long b, int n) {
        if (n >= 8) {
            int last = n - 8;
            for (int k = 0; k < last; k += 8) {
                if (l(a + k) != l(b + k)) return false;
            }
            return l(a + last) == l(b + last);
        }
        if (n >= 4) return i(a) == i(b) && i(a + n - 4) == i(b + n - 4);
        if (n >= 2) return s(a) == s(b) && s(a + n - 2) == s(b + n - 2);
        return n == 0 || b(a) == b(b);
    }

    /// The address of the first byte `c` in `[a, end)`, or `end`. Reads no byte outside of the range.
    public static long indexOf(long a, long end, byte c) {
        long pattern = (c & 0xff) * ONES;
        for (; end - a >= 8; a += 8) {
            long x = (LITTLE ? l(a) : Long.reverseBytes(l(a))) ^ pattern;
            long hit = (x - ONES) & ~x & HIGHS;
            if (hit != 0) return a + (Long.numberOfTrailingZeros(hit) >>> 3);
        }
        for (; a < end; a++) {
            if (b(a) == c) return a;
        }
        return end;
    }

    /// `n` bytes of unset memory, until [#free].
    /// @throws OutOfMemoryError when malloc has none
    public static long alloc(long n) {
        long a = malloc.call(Math.max(n, 1));
        if (a == 0) throw new OutOfMemoryError("malloc(" + n + ") failed");
        return a;
    }

    /// Grows or shrinks a block; `a` is no longer valid then, except when this throws. `a` may be 0.
    /// @throws OutOfMemoryError when realloc has none
    public static long realloc(long a, long n) {
        long to = realloc.call(a, Math.max(n, 1));
        if (to == 0) throw new OutOfMemoryError("realloc(" + n + ") failed");
        return to;
    }

    /// Gives a block back; 0 is allowed.
    public static void free(long a) {
        free.call(a);
    }

    /// A C string of `latin1` in memory from [#alloc]; the caller frees it.
    public static long allocCstring(String latin1) {
        long a = alloc(latin1.length() + 1L);
        b(put(a, latin1), 0);
        return a;
    }
}
