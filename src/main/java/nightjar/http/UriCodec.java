package nightjar.http;

import java.nio.charset.StandardCharsets;
import nightjar.core.Mem;

/// Percent-encoding as nginx and ngx_lua do it, of byte strings and of bytes by address.
/// Source: ngx_escape_uri, ngx_unescape_uri, ngx_escape_html; ngx_http_lua_escape_uri, ngx_http_lua_unescape_uri.
public final class UriCodec {
    private static final String UNRESERVED_MARKS = "-._~";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /// Which bytes are escaped. The order of nginx's kinds is that of its numbers, that of `LUA_…` is ngx_lua's.
    public enum Escape {
        URI(" \"#%<>?\\^`{|}", true),
        ARGS(" \"#%&+;<>?\\^`{|}", true),
        URI_COMPONENT(punctuationBut(UNRESERVED_MARKS), true),
        HTML(" \"#%'<>\\^`{|}", true),
        REFRESH(" \"'<>\\^`{|~", true),
        MEMCACHED(" %", false),
        MAIL_AUTH(" %", false),
        MAIL_XTEXT(" +=", true),

        LUA_URI(" #%?", true),
        LUA_ARGS(" #%+?", true),
        LUA_URI_COMPONENT(punctuationBut(UNRESERVED_MARKS + "!'()*"), true),
        LUA_HTML(" \"#%'", true),
        LUA_REFRESH(" \"'", true),
        LUA_MEMCACHED(" %", false),
        LUA_MAIL_AUTH(" %", false),
        LUA_HEADER_NAME(" \"(),/:;<=>?@[\\]{}", true),
        LUA_HEADER_VALUE("", false),

        /// What set-misc's `set_escape_uri` escapes.
        SET_MISC(" \"#%&+/:;<=>?[\\]^{}", true);

        private static final Escape[] ALL = values();

        private final boolean[] escaped = new boolean[256];

        /// @param printable what is escaped of 20 to 7E
        /// @param high      whether 7F to FF are
        Escape(String printable, boolean high) {
            for (int c = 0; c < 256; c++) {
                escaped[c] = c < 0x20 || printable.indexOf(c) >= 0 || high && c >= 0x7f;
            }
            if (printable.isEmpty()) {
                escaped['\t'] = false;
                escaped[0x7f] = true;
            }
        }

        /// nginx's kind of this number (`NGX_ESCAPE_URI` is 0).
        public static Escape nginx(int number) {
            return ALL[number];
        }

        /// ngx_lua's kind of this number, 0 to 8.
        public static Escape lua(int number) {
            return ALL[LUA_URI.ordinal() + number];
        }

        public boolean escapes(int b) {
            return escaped[b & 0xff];
        }

        private char prefix() {
            return this == MAIL_XTEXT ? '+' : '%';
        }
    }

    /// How much is decoded: `COMPONENT` all, `URI` up to a question mark, `REDIRECT` up to a question mark and of
    /// the escapes only printable characters behind `%`.
    public enum Unescape { COMPONENT, URI, REDIRECT }

    private UriCodec() {}

    private static String punctuationBut(String kept) {
        var all = new StringBuilder();
        for (char c = ' '; c < 0x7f; c++) {
            boolean alphanumeric = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!alphanumeric && kept.indexOf(c) < 0) {
                all.append(c);
            }
        }
        return all.toString();
    }

    /// The value of a hexadecimal digit; -1 for another byte.
    static int hexDigit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /// `s` with the bytes of `kind` escaped; `s` itself when there are none.
    public static String escape(String s, Escape kind) {
        int n = 0;
        for (int i = 0; i < s.length(); i++) {
            if (kind.escapes(s.charAt(i))) {
                n++;
            }
        }
        if (n == 0) {
            return s;
        }
        byte[] out = new byte[s.length() + 2 * n];
        int to = 0;
        for (int i = 0; i < s.length(); i++) {
            int c = s.charAt(i) & 0xff;
            if (kind.escapes(c)) {
                out[to++] = (byte) kind.prefix();
                out[to++] = (byte) HEX[c >> 4];
                out[to++] = (byte) HEX[c & 15];
            } else {
                out[to++] = (byte) c;
            }
        }
        return new String(out, StandardCharsets.ISO_8859_1);
    }

    /// How many bytes the `n` bytes at `src` take when escaped.
    public static int escapedLength(long src, int n, Escape kind) {
        int length = n;
        for (int i = 0; i < n; i++) {
            if (kind.escapes(Mem.b(src + i))) {
                length += 2;
            }
        }
        return length;
    }

    /// Escapes the `n` bytes at `src` to `dst`; the address behind what was written.
    public static long escape(long dst, long src, int n, Escape kind) {
        for (int i = 0; i < n; i++) {
            int c = Mem.b(src + i) & 0xff;
            if (kind.escapes(c)) {
                Mem.b(dst, kind.prefix());
                Mem.b(dst + 1, HEX[c >> 4]);
                Mem.b(dst + 2, HEX[c & 15]);
                dst += 3;
            } else {
                Mem.b(dst++, c);
            }
        }
        return dst;
    }

    /// Decodes as nginx does: of a bad escape the `%` vanishes, and a first hexadecimal digit with it. What follows
    /// the question mark that ends the decoding is kept as it is.
    public static String unescape(String s, Unescape kind) {
        if (s.indexOf('%') < 0) {
            return s;
        }
        byte[] out = new byte[s.length()];
        int to = 0;
        int i = 0;
        boolean stopped = false;
        while (i < s.length() && !stopped) {
            char c = s.charAt(i++);
            if (c != '%') {
                out[to++] = (byte) c;
                stopped = c == '?' && kind != Unescape.COMPONENT;
                continue;
            }
            int high = i < s.length() ? hexDigit(s.charAt(i++)) : -2;
            if (high < 0) {
                if (high == -1) {
                    out[to++] = (byte) s.charAt(i - 1);
                }
                continue;
            }
            int low = i < s.length() ? hexDigit(s.charAt(i++)) : -1;
            if (low < 0) {
                continue;
            }
            int decoded = high << 4 | low;
            if (kind == Unescape.REDIRECT && decoded != '?' && (decoded <= '%' || decoded >= 0x7f)) {
                out[to++] = '%';
                out[to++] = (byte) s.charAt(i - 2);
                out[to++] = (byte) s.charAt(i - 1);
                continue;
            }
            out[to++] = (byte) decoded;
            stopped = decoded == '?' && kind != Unescape.COMPONENT;
        }
        while (i < s.length()) {
            out[to++] = (byte) s.charAt(i++);
        }
        return new String(out, 0, to, StandardCharsets.ISO_8859_1);
    }

    /// Decodes as `unescape(s, COMPONENT)`; `dst` may be `src`. Gives the address behind what was written.
    public static long unescape(long dst, long src, int n) {
        long end = src + n;
        while (src < end) {
            byte c = Mem.b(src++);
            if (c != '%') {
                Mem.b(dst++, c);
                continue;
            }
            if (src == end) {
                break;
            }
            int high = hexDigit(Mem.b(src++));
            if (high < 0) {
                Mem.b(dst++, Mem.b(src - 1));
                continue;
            }
            int low = src < end ? hexDigit(Mem.b(src++)) : -1;
            if (low >= 0) {
                Mem.b(dst++, high << 4 | low);
            }
        }
        return dst;
    }

    /// Decodes as ngx_lua does: `+` is a space and a bad escape stays as it is.
    public static String luaUnescape(String s) {
        if (s.indexOf('%') < 0 && s.indexOf('+') < 0) {
            return s;
        }
        byte[] out = new byte[s.length()];
        int to = 0;
        for (int i = 0; i < s.length(); i++) {
            int c = s.charAt(i);
            if (c == '+') {
                c = ' ';
            } else if (c == '%' && i + 2 < s.length()) {
                int high = hexDigit(s.charAt(i + 1));
                int low = hexDigit(s.charAt(i + 2));
                if (high >= 0 && low >= 0) {
                    c = high << 4 | low;
                    i += 2;
                }
            }
            out[to++] = (byte) c;
        }
        return new String(out, 0, to, StandardCharsets.ISO_8859_1);
    }

    /// Decodes as `luaUnescape(s)`; `dst` may be `src`. Gives the address behind what was written.
    public static long luaUnescape(long dst, long src, int n) {
        long end = src + n;
        while (src < end) {
            int c = Mem.b(src++);
            if (c == '+') {
                c = ' ';
            } else if (c == '%' && end - src >= 2) {
                int high = hexDigit(Mem.b(src));
                int low = hexDigit(Mem.b(src + 1));
                if (high >= 0 && low >= 0) {
                    c = high << 4 | low;
                    src += 2;
                }
            }
            Mem.b(dst++, c);
        }
        return dst;
    }

    /// `s` with `<`, `>`, `&` and `"` as entities.
    public static String escapeHtml(String s) {
        StringBuilder out = null;
        for (int i = 0; i < s.length(); i++) {
            String entity = switch (s.charAt(i)) {
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '&' -> "&amp;";
                case '"' -> "&quot;";
                default -> "";
            };
            if (entity.isEmpty()) {
                if (out != null) {
                    out.append(s.charAt(i));
                }
            } else {
                out = out == null ? new StringBuilder(s.length() + 16).append(s, 0, i) : out;
                out.append(entity);
            }
        }
        return out == null ? s : out.toString();
    }
}
