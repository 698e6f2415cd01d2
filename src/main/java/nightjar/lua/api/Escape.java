package nightjar.lua.api;

import nightjar.core.Bytes;
import nightjar.core.Mem;

/// Which bytes a place does not allow as they are, and how they are written instead.
/// Source: ngx_escape_uri and ngx_http_lua_escape_*.
final class Escape {
    private static final byte[] HEX = Bytes.of("0123456789ABCDEF");

    /// By the type of ngx_escape_uri: 0 URI, 1 args, 2 component, 3 HTML, 4 refresh, 5 memcached, 6 mail_auth.
    private static final Escape[] BY_TYPE = {
        new Escape(" #%?\177", true),
        new Escape(" #%+?\177", true),
        new Escape(" \"#$%&+,/:;<=>?@[\\]^`{|}\177", true),
        new Escape(" \"#%'\177", true),
        new Escape(" \"'\177", true),
        new Escape(" %", false),
        new Escape(" %", false),
    };
    /// A query string as a whole.
    static final Escape QUERY = new Escape(" \177", false);
    static final Escape HEADER_NAME = new Escape(" \"(),/:;<=>?@[\\]{}\177", true);
    /// A tab is allowed.
    static final Escape HEADER_VALUE = new Escape("\177", false).but('\t');
    /// What no URI may hold, and what [#escapeLog] writes differently.
    static final Escape UNSAFE_URI = HEADER_VALUE;
    private static final Escape LOG = new Escape("\"\\\177", true);

    private final boolean[] escaped = new boolean[256];

    /// Control characters, `others`, and the bytes from 0x80 if `high`.
    private Escape(String others, boolean high) {
        for (int c = 0; c < 256; c++) escaped[c] = c < 0x20 || c >= 0x80 && high || others.indexOf(c) >= 0;
    }

    private Escape but(char c) {
        escaped[c] = false;
        return this;
    }

    static Escape ofType(int type) {
        return BY_TYPE[type];
    }

    /// The first byte that must be escaped, -1 when there is none.
    int find(long src, int len) {
        for (long s = src; s < src + len; s++) {
            int c = Mem.b(s) & 255;
            if (escaped[c]) return c;
        }
        return -1;
    }

    /// The length once escaped.
    long length(long src, int len) {
        long n = len;
        for (long s = src; s < src + len; s++) {
            if (escaped[Mem.b(s) & 255]) n += 2;
        }
        return n;
    }

    /// Writes `%XX` for what must be escaped; gives the end.
    long escape(long src, int len, long dst) {
        for (long s = src; s < src + len; s++) {
            int c = Mem.b(s) & 255;
            if (escaped[c]) {
                Mem.b(dst, '%');
                Mem.b(dst + 1, HEX[c >> 4]);
                Mem.b(dst + 2, HEX[c & 15]);
                dst += 3;
            } else {
                Mem.b(dst++, c);
            }
        }
        return dst;
    }

    /// `s` escaped; itself when nothing must be.
    String escape(String s) {
        int n = 0;
        for (int k = 0; k < s.length(); k++) {
            if (escaped[s.charAt(k)]) n++;
        }
        if (n == 0) return s;
        var to = new byte[s.length() + 2 * n];
        int p = 0;
        for (int k = 0; k < s.length(); k++) {
            char c = s.charAt(k);
            if (escaped[c]) {
                to[p++] = '%';
                to[p++] = HEX[c >> 4];
                to[p++] = HEX[c & 15];
            } else {
                to[p++] = (byte) c;
            }
        }
        return Bytes.string(to);
    }

    /// A URI as error messages show it: `\xXX` for what is not plain.
    static String escapeLog(String s) {
        var to = new StringBuilder(s.length());
        for (int k = 0; k < s.length(); k++) {
            char c = s.charAt(k);
            if (LOG.escaped[c]) to.append("\\x").append((char) HEX[c >> 4]).append((char) HEX[c & 15]);
            else to.append(c);
        }
        return to.toString();
    }
}
