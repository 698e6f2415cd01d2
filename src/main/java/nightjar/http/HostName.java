package nightjar.http;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// The value of Host, or the authority of an absolute request target.
/// Source: nginx's ngx_http_validate_host (RFC 3986 reg-name or bracketed literal, and a port up to 65535).
public final class HostName {
    private static final int PLAIN = 1;
    private static final int LITERAL = 2;
    private static final byte[] CLASS = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            boolean alphanumeric = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (alphanumeric || c != 0 && "-._~!$&'()*+,;=".indexOf(c) >= 0) {
                CLASS[c] = PLAIN | LITERAL;
            }
        }
        CLASS['%'] = PLAIN;
        CLASS[':'] = LITERAL;
    }

    private HostName() {}

    /// Checks the `n` bytes at `addr`.
    ///
    /// @return -1 when invalid, else the length of the name without port and final dot in the upper half and
    ///         the port (0: none) in the lower
    public static long check(long addr, int n) {
        int i = 0;
        int nameEnd = n;
        int lastDot = -2;
        boolean literal = n > 0 && Mem.b(addr) == '[';
        if (literal) {
            i = 1;
        }
        int allowed = literal ? LITERAL : PLAIN;
        while (i < n) {
            int c = Mem.b(addr + i) & 0xff;
            if (literal ? c == ']' : c == ':') {
                break;
            }
            if ((CLASS[c] & allowed) == 0) {
                return -1;
            }
            if (c == '.') {
                if (lastDot == i - 1) {
                    return -1;
                }
                lastDot = i;
            }
            i++;
        }
        if (literal) {
            if (i == n) {
                return -1;
            }
            nameEnd = ++i;
            if (i < n && Mem.b(addr + i) != ':') {
                return -1;
            }
        } else {
            nameEnd = i;
        }
        int port = 0;
        for (i++; i < n; i++) {
            int digit = Mem.b(addr + i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            port = port * 10 + digit;
            if (port > 65535) {
                return -1;
            }
        }
        if (lastDot == nameEnd - 1) {
            nameEnd--;
        }
        return nameEnd <= 0 ? -1 : (long) nameEnd << 32 | port;
    }

    /// The name in a Host that Lua sets: lower case, without port and final dot; null when it is no name at all.
    /// Source: ngx_http_lua_validate_host, which takes any byte but NUL and slash.
    static @Nullable String ofLua(String value) {
        if (value.isEmpty()) {
            return "";
        }
        if (value.indexOf('\0') >= 0 || value.indexOf('/') >= 0 || value.contains("..")) {
            return null;
        }
        boolean literal = value.charAt(0) == '[';
        int stop = literal ? value.indexOf(']') + 1 : value.indexOf(':');
        int end = stop < 0 || literal && stop == 0 ? value.length() : stop;
        if (end > 0 && value.charAt(end - 1) == '.') {
            end--;
        }
        return end == 0 ? null : Bytes.lower(value.substring(0, end));
    }
}
