package nightjar.http.module;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import nightjar.core.Bytes;
import nightjar.core.Crypt;
import org.jspecify.annotations.Nullable;

/// Whether a password is the one of which a password file has the hash: `{PLAIN}`, `{SHA}`, `{SSHA}`, Apache's `$apr1$`,
/// and what the system's crypt(3) knows. Source: ngx_crypt.c.
final class Passwords {
    private static final String APR1 = "$apr1$";
    private static final String ITOA64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SHA1_BYTES = 20;

    private Passwords() {}

    /// Whether [#hash] may take milliseconds: not for a worker's thread.
    static boolean slow(String hash) {
        return !hash.startsWith("{PLAIN}") && !hash.startsWith("{SHA}") && !hash.startsWith("{SSHA}");
    }

    static boolean equal(String a, String b) { return MessageDigest.isEqual(Bytes.of(a), Bytes.of(b)); }

    /// The hash of `password` made as `known` was; `null` when that is not possible.
    static @Nullable String hash(String password, String known) {
        if (known.startsWith("{PLAIN}")) return "{PLAIN}" + password;
        if (known.startsWith("{SHA}")) return "{SHA}" + base64(digest("SHA-1").digest(Bytes.of(password)));
        if (known.startsWith("{SSHA}")) return salted(password, known.substring("{SSHA}".length()));
        if (known.startsWith(APR1)) return apr1(password, known.substring(APR1.length()));
        return Crypt.hash(password, known);
    }

    private static String salted(String password, String known) {
        byte[] salt = {};
        try {
            var decoded = Base64.getDecoder().decode(Bytes.of(known));
            if (decoded.length > SHA1_BYTES) salt = Arrays.copyOfRange(decoded, SHA1_BYTES, decoded.length);
        } catch (IllegalArgumentException _) {
            // not base64: it has no salt, and no password fits
        }
        var sha = digest("SHA-1");
        sha.update(Bytes.of(password));
        var sum = Arrays.copyOf(sha.digest(salt), SHA1_BYTES + salt.length);
        System.arraycopy(salt, 0, sum, SHA1_BYTES, salt.length);
        return "{SSHA}" + base64(sum);
    }

    /// Poul-Henning Kamp's MD5 crypt with Apache's own prefix.
    private static String apr1(String password, String known) {
        int end = known.indexOf('$');
        var saltText = known.substring(0, Math.min(8, end < 0 ? known.length() : end));
        byte[] key = Bytes.of(password), salt = Bytes.of(saltText);
        var md5 = digest("MD5");
        md5.update(key);
        md5.update(salt);
        var sum = md5.digest(key);
        md5.update(key);
        md5.update(Bytes.of(APR1));
        md5.update(salt);
        for (int n = key.length; n > 0; n -= 16) md5.update(sum, 0, Math.min(16, n));
        for (int n = key.length; n > 0; n >>= 1) md5.update((n & 1) != 0 ? 0 : key[0]);
        sum = md5.digest();
        for (int i = 0; i < 1000; i++) {
            md5.update((i & 1) != 0 ? key : sum);
            if (i % 3 != 0) md5.update(salt);
            if (i % 7 != 0) md5.update(key);
            md5.update((i & 1) != 0 ? sum : key);
            sum = md5.digest();
        }
        var text = new StringBuilder(APR1).append(saltText).append('$');
        for (int i = 0; i < 5; i++) to64(text, sum[i], sum[i + 6], sum[i == 4 ? 5 : i + 12], 4);
        to64(text, (byte) 0, (byte) 0, sum[11], 2);
        return text.toString();
    }

    private static void to64(StringBuilder to, byte high, byte middle, byte low, int n) {
        int v = (high & 0xff) << 16 | (middle & 0xff) << 8 | low & 0xff;
        for (; n > 0; n--, v >>= 6) to.append(ITOA64.charAt(v & 63));
    }

    private static String base64(byte[] b) { return new String(Base64.getEncoder().encode(b), ISO_8859_1); }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
