package nightjar.http.module;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nightjar.core.Bytes;
import nightjar.http.UriCodec;
import org.jspecify.annotations.Nullable;

/// What set-misc's directives do to text. `null` stands for a value that cannot be decoded.
final class SetMiscText {
    static final String LOWER_CASE = "abcdefghijklmnopqrstuvwxyz";
    static final String ALPHANUMERIC = LOWER_CASE + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    private SetMiscText() {}

    // --- quoting

    static String quoteSql(String s) {
        var b = new StringBuilder(s.length() + 2).append('\'');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case 0 -> b.append("\\0");
                case '\b' -> b.append("\\b");
                case '\n' -> b.append("\\n");
                case '\r' -> b.append("\\r");
                case '\t' -> b.append("\\t");
                case 26 -> b.append("\\Z");
                case '\\', '\'', '"', '$' -> b.append('\\').append(c);
                default -> b.append(c);
            }
        }
        return b.append('\'').toString();
    }

    /// Bytes that are no UTF-8 are written in octal, all of them if one is.
    static String quotePgsql(String s) {
        if (s.isEmpty()) return "''";
        var quoted = "E" + quoteSql(s);
        if (looksLikeUtf8(quoted)) return quoted;
        var b = new StringBuilder(quoted.length() * 2);
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (c < 0x80) b.append(c);
            else b.append("\\\\").append((char) ('0' + (c >> 6))).append((char) ('0' + (c >> 3 & 7))).append((char) ('0' + (c & 7)));
        }
        return b.toString();
    }

    /// As set-misc tests it: only the last byte of a sequence is looked at.
    private static boolean looksLikeUtf8(String s) {
        for (int i = 0; i < s.length(); ) {
            char c = s.charAt(i);
            int n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 0;
            if (n == 0 || i + n > s.length()) return false;
            i += n;
            if (n > 1 && (s.charAt(i - 1) & 0xc0) != 0x80) return false;
        }
        return true;
    }

    static String quoteJson(String s) {
        if (s.isEmpty()) return "null";
        var b = new StringBuilder(s.length() + 2).append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '\b' -> b.append("\\b");
                case '\f' -> b.append("\\f");
                case '\n' -> b.append("\\n");
                case '\r' -> b.append("\\r");
                case '\t' -> b.append("\\t");
                case '\\', '"' -> b.append('\\').append(c);
                default -> {
                    if (c < 32) b.append("\\u00").append((char) ('0' + (c >> 4))).append(Bytes.hex(c & 15));
                    else b.append(c);
                }
            }
        }
        return b.append('"').toString();
    }

    // --- uris

    static String escapeUri(String s) { return UriCodec.escape(s, UriCodec.Escape.SET_MISC); }

    /// A `+` is a space; of a bad escape the `%` vanishes, and a first hexadecimal digit with what follows it.
    static String unescapeUri(String s) {
        if (s.indexOf('%') < 0 && s.indexOf('+') < 0) return s;
        var b = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '+') { b.append(' '); continue; }
            if (c != '%') { b.append(c); continue; }
            if (++i == s.length()) break;
            int high = Bytes.hexDigit(s.charAt(i));
            if (high < 0) { b.append(s.charAt(i)); continue; }
            if (++i == s.length()) break;
            int low = Bytes.hexDigit(s.charAt(i));
            if (low >= 0) b.append((char) (high << 4 | low));
        }
        return b.toString();
    }

    // --- base 32, 64, 16

    static String encodeBase32(String s, String alphabet, boolean padding) {
        var b = new StringBuilder((s.length() + 4) / 5 * 8);
        int bits = 0, n = 0;
        for (int i = 0; i < s.length(); i++) {
            bits = bits << 8 | s.charAt(i);
            for (n += 8; n >= 5; n -= 5) b.append(alphabet.charAt(bits >> n - 5 & 31));
            bits &= (1 << n) - 1;
        }
        if (n > 0) b.append(alphabet.charAt(bits << 5 - n & 31));
        while (padding && b.length() % 8 != 0) b.append('=');
        return b.toString();
    }

    /// Empty if `s` is no base 32.
    static String decodeBase32(String s, String alphabet) {
        int end = s.indexOf('=');
        if (end < 0) end = s.length();
        if (end % 8 == 1 || end % 8 == 3 || end % 8 == 6) return "";
        var b = new StringBuilder(end * 5 / 8);
        int bits = 0, n = 0;
        for (int i = 0; i < end; i++) {
            int five = alphabet.indexOf(s.charAt(i));
            if (five < 0) return "";
            bits = (bits << 5 | five) & 0xfff;
            n += 5;
            if (n >= 8) b.append((char) (bits >> (n -= 8) & 0xff));
        }
        return b.toString();
    }

    static String encodeBase64(String s) { return Bytes.string(Base64.getEncoder().encode(Bytes.of(s))); }
    static String encodeBase64Url(String s) { return Bytes.string(Base64.getUrlEncoder().withoutPadding().encode(Bytes.of(s))); }
    static @Nullable String decodeBase64(String s) { return decode(Base64.getDecoder(), s); }
    static @Nullable String decodeBase64Url(String s) { return decode(Base64.getUrlDecoder(), s); }

    private static @Nullable String decode(Base64.Decoder decoder, String s) {
        int end = s.indexOf('=');
        try {
            return Bytes.string(decoder.decode(Bytes.of(end < 0 ? s : s.substring(0, end))));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    static @Nullable String decodeHex(String s) {
        if (s.length() % 2 != 0) return null;
        var b = new byte[s.length() / 2];
        for (int i = 0; i < b.length; i++) {
            int high = Bytes.hexDigit(s.charAt(2 * i));
            int low = Bytes.hexDigit(s.charAt(2 * i + 1));
            if (high < 0 || low < 0) return null;
            b[i] = (byte) (high << 4 | low);
        }
        return Bytes.string(b);
    }

    // --- digests

    static byte[] digest(String algorithm, String s) {
        try {
            return MessageDigest.getInstance(algorithm).digest(Bytes.of(s));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has MD5 and SHA-1
        }
    }

    static String hmac(String algorithm, String secret, String s) {
        try {
            var mac = Mac.getInstance(algorithm);
            // Java wants a key; HMAC fills a short one with zeros anyway
            mac.init(new SecretKeySpec(Bytes.of(secret.isEmpty() ? "\0" : secret), algorithm));
            return Bytes.string(mac.doFinal(Bytes.of(s)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has HMAC with SHA-1 and SHA-256
        }
    }

    // --- chance

    /// `from` to `to`, both included.
    static long random(long from, long to) { return ThreadLocalRandom.current().nextLong(from, to == Long.MAX_VALUE ? to : to + 1); }

    static String secureRandom(int length, String letters) {
        var b = new StringBuilder(length);
        for (int i = 0; i < length; i++) b.append(letters.charAt(RANDOM.nextInt(letters.length())));
        return b.toString();
    }
}
