package nightjar.lua.api;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;
import nightjar.core.Mem;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// `ngx.md5`, `md5_bin`, `sha1_bin`, `hmac_sha1`, `crc32_short`, `crc32_long`.
final class HashApi {
    private static final int MD5_LEN = 16;
    private static final int SHA1_LEN = 20;
    private static final int SHA1_BLOCK = 64;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final byte[] chunk = new byte[4096];
    private final byte[] sum = new byte[SHA1_LEN];
    private final CRC32 crc = new CRC32();
    private @Nullable MessageDigest md5;
    private @Nullable MessageDigest sha1;

    @Ffi("ngx_http_lua_ffi_md5_bin")
    void md5Bin(long src, int len, long dst) {
        var d = md5();
        update(d, src, len);
        finish(d, MD5_LEN);
        Mem.put(dst, sum, 0, MD5_LEN);
    }

    @Ffi("ngx_http_lua_ffi_md5")
    void md5(long src, int len, long dst) {
        var d = md5();
        update(d, src, len);
        finish(d, MD5_LEN);
        for (int k = 0; k < MD5_LEN; k++) {
            Mem.b(dst + 2 * k, HEX[sum[k] >> 4 & 15]);
            Mem.b(dst + 2 * k + 1, HEX[sum[k] & 15]);
        }
    }

    @Ffi("ngx_http_lua_ffi_sha1_bin")
    int sha1Bin(long src, int len, long dst) {
        var d = sha1();
        update(d, src, len);
        finish(d, SHA1_LEN);
        Mem.put(dst, sum, 0, SHA1_LEN);
        return 1;
    }

    /// RFC 2104 with SHA-1; a key of any length, empty too.
    @Ffi("nightjar_ffi_hmac_sha1")
    void hmacSha1(long key, int keyLen, long text, int len, long dst) {
        var d = sha1();
        var pad = new byte[SHA1_BLOCK];
        if (keyLen > SHA1_BLOCK) {
            update(d, key, keyLen);
            finish(d, SHA1_LEN);
            System.arraycopy(sum, 0, pad, 0, SHA1_LEN);
        } else {
            Mem.get(key, pad, 0, keyLen);
        }
        for (int k = 0; k < SHA1_BLOCK; k++) pad[k] ^= 0x36;
        d.update(pad);
        update(d, text, len);
        finish(d, SHA1_LEN);
        for (int k = 0; k < SHA1_BLOCK; k++) pad[k] ^= 0x36 ^ 0x5c;
        d.update(pad);
        d.update(sum);
        finish(d, SHA1_LEN);
        Mem.put(dst, sum, 0, SHA1_LEN);
    }

    /// A double, since an `unsigned int` of C does not fit into an int.
    @Ffi("ngx_http_lua_ffi_crc32_short")
    double crc32Short(long src, int len) {
        return crc32(src, len);
    }

    @Ffi("ngx_http_lua_ffi_crc32_long")
    double crc32Long(long src, int len) {
        return crc32(src, len);
    }

    private long crc32(long src, int len) {
        crc.reset();
        while (len > 0) {
            int n = Math.min(len, chunk.length);
            Mem.get(src, chunk, 0, n);
            crc.update(chunk, 0, n);
            src += n;
            len -= n;
        }
        return crc.getValue();
    }

    private void update(MessageDigest d, long src, int len) {
        while (len > 0) {
            int n = Math.min(len, chunk.length);
            Mem.get(src, chunk, 0, n);
            d.update(chunk, 0, n);
            src += n;
            len -= n;
        }
    }

    private void finish(MessageDigest d, int len) {
        try {
            d.digest(sum, 0, len);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    private MessageDigest md5() {
        if (md5 == null) md5 = digest("MD5");
        return md5;
    }

    private MessageDigest sha1() {
        if (sha1 == null) sha1 = digest("SHA-1");
        return sha1;
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
