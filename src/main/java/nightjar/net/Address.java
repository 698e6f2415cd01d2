package nightjar.net;

import java.util.Arrays;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// An end of a connection or the place of a listening socket: IP address and port, or the path of a Unix socket.
public final class Address {
    private static final byte[] UNIX = Bytes.of("unix:");

    private final byte[] ip;
    private final int port;
    private final @Nullable String path;
    private @Nullable String host;

    private Address(byte[] ip, int port, @Nullable String path) {
        this.ip = ip;
        this.port = port;
        this.path = path;
    }

    /// @param ip four or sixteen bytes, not to be changed afterwards
    public static Address inet(byte[] ip, int port) {
        return new Address(ip, port, null);
    }

    /// @param path may be empty: the address of a client of a Unix socket
    public static Address unix(String path) {
        return new Address(UNIX, 0, path);
    }

    public boolean isUnix() {
        return path != null;
    }

    public boolean isInet6() {
        return ip.length == 16 && path == null;
    }

    /// Whether it is `0.0.0.0` or `::`.
    public boolean isWildcard() {
        if (path != null) return false;
        for (byte b : ip) {
            if (b != 0) return false;
        }
        return true;
    }

    /// The bytes of the IP address in network order, `unix:` for a Unix socket. Not a copy.
    public byte[] ip() {
        return ip;
    }

    /// 0 for a Unix socket.
    public int port() {
        return port;
    }

    /// The path of a Unix socket.
    public @Nullable String path() {
        return path;
    }

    /// The address alone, as `$remote_addr` shows it: `127.0.0.1`, `::1`, `unix:` or `unix:/path`.
    public String host() {
        var text = host;
        if (text == null) {
            if (path != null) text = "unix:" + path;
            else text = ip.length == 4 ? dotted(new StringBuilder(15), 0).toString() : hexadecimal();
            host = text;
        }
        return text;
    }

    /// With the port, as nginx logs it: `127.0.0.1:80`, `[::]:80`, `unix:/path`.
    @Override
    public String toString() {
        if (path != null) return host();
        return ip.length == 4 ? host() + ":" + port : "[" + host() + "]:" + port;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Address a && port == a.port && Arrays.equals(ip, a.ip)
                && (path == null ? a.path == null : path.equals(a.path));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ip) * 31 + port + (path == null ? 0 : path.hashCode());
    }

    private StringBuilder dotted(StringBuilder to, int at) {
        for (int k = at; k < at + 4; k++) {
            if (k > at) to.append('.');
            to.append(ip[k] & 0xff);
        }
        return to;
    }

    /// The longest run of at least two zero groups, the first of equals, becomes `::`. The last four bytes are dotted in
    /// `::ffff:1.2.3.4`, `::1.2.3.4` and, as nginx has it, after seven zero groups if neither end of the eighth tells `::1`.
    private String hexadecimal() {
        int zero = -1;
        int run = 1;
        for (int g = 0; g < 8; ) {
            int start = g;
            while (g < 8 && group(g) == 0) g++;
            if (g - start > run) {
                zero = start;
                run = g - start;
            }
            if (g == start) g++;
        }
        boolean dotted = zero == 0 && (run == 5 && group(5) == 0xffff || run == 6
                || run == 7 && ip[14] != 0 && ip[15] != 1);
        var text = new StringBuilder(39);
        int end = dotted ? 6 : 8;
        for (int g = 0; g < end; g++) {
            if (g == zero) {
                text.append(g == 0 ? "::" : ":");
                g += run - 1;
                continue;
            }
            text.append(Integer.toHexString(group(g)));
            if (g < 7) text.append(':');
        }
        return dotted ? dotted(text, 12).toString() : text.toString();
    }

    private int group(int g) {
        return (ip[g * 2] & 0xff) << 8 | ip[g * 2 + 1] & 0xff;
    }
}
