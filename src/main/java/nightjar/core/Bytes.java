package nightjar.core;

import java.nio.charset.StandardCharsets;

/// Text as bytes: a string holds one byte a character (Latin-1), as nginx and Lua have it. Case is ASCII's alone.
public final class Bytes {
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private Bytes() {}

    /// The low eight bits of each character.
    @SuppressWarnings("deprecation") // the one method that copies a Latin-1 string as it is
    public static byte[] of(String s) {
        var to = new byte[s.length()];
        s.getBytes(0, to.length, to, 0);
        return to;
    }

    public static String string(byte[] b) {
        return string(b, 0, b.length);
    }

    @SuppressWarnings("deprecation") // as above: a copy without a look at the charset
    public static String string(byte[] b, int off, int n) {
        return new String(b, 0, off, n);
    }

    /// The bytes of the UTF-8 form, one a character: how a Java string (a path, an exception's text) becomes bytes.
    public static String utf8(String unicode) {
        for (int k = 0; k < unicode.length(); k++) {
            if (unicode.charAt(k) >= 0x80) return string(unicode.getBytes(StandardCharsets.UTF_8));
        }
        return unicode;
    }

    /// The Java string whose UTF-8 form `bytes` is; what is not UTF-8 becomes U+FFFD.
    public static String fromUtf8(String bytes) {
        for (int k = 0; k < bytes.length(); k++) {
            if (bytes.charAt(k) >= 0x80) return new String(of(bytes), StandardCharsets.UTF_8);
        }
        return bytes;
    }

    public static int lower(int c) {
        return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }

    public static int upper(int c) {
        return c >= 'a' && c <= 'z' ? c & ~0x20 : c;
    }

    /// `s` itself if no letter changes.
    public static String lower(String s) {
        for (int k = 0; k < s.length(); k++) {
            if (lower(s.charAt(k)) != s.charAt(k)) {
                var b = of(s);
                for (; k < b.length; k++) b[k] = (byte) lower(b[k]);
                return string(b);
            }
        }
        return s;
    }

    /// `s` itself if no letter changes.
    public static String upper(String s) {
        for (int k = 0; k < s.length(); k++) {
            if (upper(s.charAt(k)) != s.charAt(k)) {
                var b = of(s);
                for (; k < b.length; k++) b[k] = (byte) upper(b[k]);
                return string(b);
            }
        }
        return s;
    }

    /// Without spaces, tabs, CR and LF at both ends.
    public static String trim(String s) {
        int from = 0;
        int to = s.length();
        while (from < to && isSpace(s.charAt(from))) from++;
        while (to > from && isSpace(s.charAt(to - 1))) to--;
        return s.substring(from, to);
    }

    /// Space, tab, CR or LF.
    public static boolean isSpace(int c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    public static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    public static boolean equalsIgnoreCase(String a, String b) {
        return a.length() == b.length() && regionEqualsIgnoreCase(a, 0, b);
    }

    public static boolean startsWithIgnoreCase(String s, String prefix) {
        return regionEqualsIgnoreCase(s, 0, prefix);
    }

    public static boolean endsWithIgnoreCase(String s, String suffix) {
        return regionEqualsIgnoreCase(s, s.length() - suffix.length(), suffix);
    }

    /// Whether `s` has `part` at `at`, which may lie outside of `s`.
    public static boolean regionEqualsIgnoreCase(String s, int at, String part) {
        if (at < 0 || s.length() - at < part.length()) return false;
        for (int k = 0; k < part.length(); k++) {
            if (lower(s.charAt(at + k)) != lower(part.charAt(k))) return false;
        }
        return true;
    }

    /// Whether the `n` bytes at `a` are `lowered` (which has no capital letters) in any case.
    public static boolean equalsIgnoreCase(long a, int n, String lowered) {
        if (n != lowered.length()) return false;
        for (int k = 0; k < n; k++) {
            if (lower(Mem.b(a + k) & 0xff) != lowered.charAt(k)) return false;
        }
        return true;
    }

    /// Where `part` begins in `s` at or after `from`, in any case, or -1.
    public static int indexOfIgnoreCase(String s, String part, int from) {
        for (int at = from; at <= s.length() - part.length(); at++) {
            if (regionEqualsIgnoreCase(s, at, part)) return at;
        }
        return -1;
    }

    /// False for the empty string.
    public static boolean isDigits(String s) {
        if (s.isEmpty()) return false;
        for (int k = 0; k < s.length(); k++) {
            if (!isDigit(s.charAt(k))) return false;
        }
        return true;
    }

    /// A decimal number without a sign, or -1: nothing there, another character, or above `Integer.MAX_VALUE`.
    public static int parseInt(String s) {
        long n = parseLong(s);
        return n > Integer.MAX_VALUE ? -1 : (int) n;
    }

    /// A decimal number without a sign, or -1: nothing there, another character, or above `Long.MAX_VALUE`.
    public static long parseLong(String s) {
        return parseLong(s, 0, s.length());
    }

    /// The number in `[from, to)` of `s`, as [#parseLong(String)].
    public static long parseLong(String s, int from, int to) {
        if (from >= to) return -1;
        long n = 0;
        for (int k = from; k < to; k++) {
            n = digit(n, s.charAt(k));
            if (n < 0) return -1;
        }
        return n;
    }

    /// The number in the `len` bytes at `a`, as [#parseLong(String)].
    public static long parseLong(long a, int len) {
        if (len <= 0) return -1;
        long n = 0;
        for (int k = 0; k < len; k++) {
            n = digit(n, Mem.b(a + k));
            if (n < 0) return -1;
        }
        return n;
    }

    private static long digit(long n, int c) {
        int d = c - '0';
        if (d < 0 || d > 9) return -1;
        if (n > Long.MAX_VALUE / 10 || n == Long.MAX_VALUE / 10 && d > Long.MAX_VALUE % 10) return -1;
        return n * 10 + d;
    }

    /// A hexadecimal number without prefix, or -1: nothing there, another character, or above `Long.MAX_VALUE`.
    public static long parseHex(String s) {
        if (s.isEmpty()) return -1;
        long n = 0;
        for (int k = 0; k < s.length(); k++) {
            int d = hexDigit(s.charAt(k));
            if (d < 0 || n > Long.MAX_VALUE >> 4) return -1;
            n = n << 4 | d;
        }
        return n;
    }

    /// 0–15, or -1 if `c` is no hexadecimal digit.
    public static int hexDigit(int c) {
        if (c >= '0' && c <= '9') return c - '0';
        int l = c | 0x20;
        return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
    }

    /// Two small letters or digits a byte.
    public static String hex(byte[] b) {
        var to = new byte[b.length * 2];
        for (int k = 0; k < b.length; k++) {
            to[2 * k] = HEX[b[k] >> 4 & 15];
            to[2 * k + 1] = HEX[b[k] & 15];
        }
        return string(to);
    }

    /// Small hexadecimal digits of an unsigned number, no leading zeros.
    public static String hex(long v) {
        return Long.toHexString(v);
    }

    /// Writes `v` in decimal to memory; returns the address after it. At most 20 bytes.
    public static long putDecimal(long dst, long v) {
        if (v < 0) {
            if (v == Long.MIN_VALUE) return Mem.put(dst, "-9223372036854775808");
            Mem.b(dst++, '-');
            v = -v;
        }
        long end = dst + digits(v);
        for (long a = end - 1; a >= dst; a--) {
            long q = v / 10;
            Mem.b(a, '0' + (int) (v - q * 10));
            v = q;
        }
        return end;
    }

    /// Writes an unsigned `v` in small hexadecimal digits to memory; returns the address after it. At most 16 bytes.
    public static long putHex(long dst, long v) {
        int n = Math.max(1, (67 - Long.numberOfLeadingZeros(v)) / 4);
        for (int k = n - 1; k >= 0; k--, v >>>= 4) Mem.b(dst + k, HEX[(int) v & 15]);
        return dst + n;
    }

    /// How many decimal digits `v` has; `v` is not negative.
    public static int digits(long v) {
        int n = 1;
        for (; v >= 10000; v /= 10000) n += 4;
        return n + (v >= 1000 ? 3 : v >= 100 ? 2 : v >= 10 ? 1 : 0);
    }

    /// Writes `v` in decimal with `width` digits, leading zeros kept; returns the index after it.
    static int putPadded(byte[] to, int at, int v, int width) {
        for (int k = at + width - 1; k >= at; k--, v /= 10) to[k] = (byte) ('0' + v % 10);
        return at + width;
    }
}
