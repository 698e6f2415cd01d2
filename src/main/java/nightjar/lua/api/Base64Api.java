package nightjar.lua.api;

import java.util.Arrays;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.lua.Code;
import nightjar.luajit.Ffi;

/// `ngx.encode_base64`, `decode_base64`, `decode_base64mime` and the module `ngx.base64`.
final class Base64Api {
    private static final String COMMON = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final byte[] STANDARD = Bytes.of(COMMON + "+/");
    private static final byte[] URL = Bytes.of(COMMON + "-_");
    private static final byte[] FROM_STANDARD = inverse(STANDARD);
    private static final byte[] FROM_URL = inverse(URL);

    /// The value of each character, -1 for one that is not of the alphabet.
    private static byte[] inverse(byte[] alphabet) {
        var values = new byte[256];
        Arrays.fill(values, (byte) -1);
        for (int k = 0; k < alphabet.length; k++) values[alphabet[k]] = (byte) k;
        return values;
    }

    /// How many bytes were written at `dst`.
    @Ffi("ngx_http_lua_ffi_encode_base64")
    int encode(long src, int len, long dst, int noPadding) {
        return (int) (encode(src, len, dst, STANDARD, noPadding == 0) - dst);
    }

    /// 1, and the length at `dlen`; 0 for a character that is not base64's, or one character too many.
    @Ffi("ngx_http_lua_ffi_decode_base64")
    int decode(long src, int len, long dst, long dlen) {
        int n = strict(src, len, FROM_STANDARD);
        if (n < 0) return 0;
        Mem.l(dlen, decode(src, n, dst, FROM_STANDARD) - dst);
        return 1;
    }

    /// As [#decode], but passes over what is not base64's (RFC 2045 section 6.8).
    @Ffi("ngx_http_lua_ffi_decode_base64mime")
    int decodeMime(long src, int len, long dst, long dlen) {
        int count = 0;
        int n = 0;
        for (; n < len; n++) {
            byte c = Mem.b(src + n);
            if (c == '=') break;
            if (FROM_STANDARD[c & 255] >= 0) count++;
        }
        if (count % 4 == 1) return 0;
        Mem.l(dlen, decode(src, n, dst, FROM_STANDARD) - dst);
        return 1;
    }

    /// @param dst an `ngx_str_t` whose data is room enough; its len is set
    /// @param src an `ngx_str_t`
    @Ffi("ngx_encode_base64url")
    void encodeUrl(long dst, long src) {
        long to = Mem.l(dst + 8);
        Mem.l(dst, encode(Mem.l(src + 8), (int) Mem.l(src), to, URL, false) - to);
    }

    @Ffi("ngx_decode_base64url")
    int decodeUrl(long dst, long src) {
        long from = Mem.l(src + 8);
        int n = strict(from, (int) Mem.l(src), FROM_URL);
        if (n < 0) return Code.ERROR;
        long to = Mem.l(dst + 8);
        Mem.l(dst, decode(from, n, to, FROM_URL) - to);
        return Code.OK;
    }

    private static long encode(long s, int len, long d, byte[] alphabet, boolean padded) {
        for (; len > 2; len -= 3, s += 3) {
            int v = (Mem.b(s) & 255) << 16 | (Mem.b(s + 1) & 255) << 8 | Mem.b(s + 2) & 255;
            Mem.b(d++, alphabet[v >> 18]);
            Mem.b(d++, alphabet[v >> 12 & 63]);
            Mem.b(d++, alphabet[v >> 6 & 63]);
            Mem.b(d++, alphabet[v & 63]);
        }
        if (len == 0) return d;
        int v = (Mem.b(s) & 255) << 16 | (len == 2 ? (Mem.b(s + 1) & 255) << 8 : 0);
        Mem.b(d++, alphabet[v >> 18]);
        Mem.b(d++, alphabet[v >> 12 & 63]);
        if (len == 2) Mem.b(d++, alphabet[v >> 6 & 63]);
        else if (padded) Mem.b(d++, '=');
        if (padded) Mem.b(d++, '=');
        return d;
    }

    /// The length up to the first `=`, -1 when something before it is not of the alphabet or no whole bytes come out.
    private static int strict(long src, int len, byte[] values) {
        int n = 0;
        for (; n < len; n++) {
            byte c = Mem.b(src + n);
            if (c == '=') break;
            if (values[c & 255] < 0) return -1;
        }
        return n % 4 == 1 ? -1 : n;
    }

    private static long decode(long src, int len, long d, byte[] values) {
        int bits = 0;
        int held = 0;
        for (long s = src; s < src + len; s++) {
            int v = values[Mem.b(s) & 255];
            if (v < 0) continue;
            bits = bits << 6 | v;
            held += 6;
            if (held >= 8) {
                held -= 8;
                Mem.b(d++, bits >> held);
            }
        }
        return d;
    }
}
