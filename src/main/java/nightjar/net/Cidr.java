package nightjar.net;

import java.util.Arrays;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// A network: an IP address and the number of its leading bits that count. Source: ngx_inet.c.
public final class Cidr {
    private final byte[] ip;
    private final int bits;
    private final boolean cut;

    /// @param ip four or sixteen bytes; not a copy
    private Cidr(byte[] ip, int bits, boolean cut) {
        this.ip = ip;
        this.bits = bits;
        this.cut = cut;
    }

    /// Reads `10.0.0.0/8`, `::1`, `2001:db8::/32` …; `null` if it is none.
    public static @Nullable Cidr parse(String text) {
        int slash = text.indexOf('/');
        var ip = address(slash < 0 ? text : text.substring(0, slash));
        if (ip == null) return null;
        int all = ip.length * 8;
        int bits = slash < 0 ? all : Bytes.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > all) return null;
        var masked = masked(ip, bits);
        return new Cidr(masked, bits, !Arrays.equals(ip, masked));
    }

    /// The network of one address alone.
    public static Cidr host(byte[] ip) { return new Cidr(ip, ip.length * 8, false); }

    /// The address's bytes with all but the first `bits` bits zero.
    public static byte[] masked(byte[] ip, int bits) {
        var m = ip.clone();
        for (int i = 0; i < m.length; i++, bits -= 8) {
            if (bits < 8) m[i] &= (byte) (0xff00 >> Math.max(0, bits));
        }
        return m;
    }

    /// The first address's bytes. Not a copy.
    public byte[] ip() { return ip; }
    public int bits() { return bits; }
    /// Whether the text had bits set behind those that count; nginx warns of them.
    public boolean cut() { return cut; }

    /// Whether `address` lies in this network. An IPv4 address mapped into IPv6 counts as IPv4.
    public boolean contains(byte[] address) {
        var a = unmapped(address);
        if (a.length != ip.length) return false;
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) if (a[i] != ip[i]) return false;
        return bits % 8 == 0 || ((a[whole] ^ ip[whole]) & 0xff00 >> bits % 8 & 0xff) == 0;
    }

    /// `::ffff:1.2.3.4` as its four bytes, any other address as it is.
    public static byte[] unmapped(byte[] ip) {
        if (ip.length != 16 || ip[10] != -1 || ip[11] != -1) return ip;
        for (int i = 0; i < 10; i++) if (ip[i] != 0) return ip;
        return Arrays.copyOfRange(ip, 12, 16);
    }

    /// The four or sixteen bytes of an IP address; `null` if it is none. As in nginx, 255.255.255.255 is none, and an
    /// empty part of an IPv4 address is 0.
    public static byte @Nullable [] address(String text) {
        var v4 = inet(text, 0, text.length());
        return v4 != null ? v4 : inet6(text);
    }

    private static byte @Nullable [] inet(String s, int from, int to) {
        var ip = new byte[4];
        int n = 0, part = 0;
        for (int i = from; i < to; i++) {
            char c = s.charAt(i);
            if (c == '.') {
                if (n == 3) return null;
                ip[n++] = (byte) part;
                part = 0;
            } else {
                if (!Bytes.isDigit(c)) return null;
                part = part * 10 + c - '0';
                if (part > 255) return null;
            }
        }
        if (n != 3) return null;
        ip[3] = (byte) part;
        return (ip[0] & ip[1] & ip[2] & ip[3]) == -1 ? null : ip;
    }

    private static byte @Nullable [] inet6(String s) {
        var ip = new byte[16];
        int n = 0, gap = -1, i = 0, end = s.length();
        if (s.startsWith("::")) {
            gap = 0;
            i = 2;
        }
        while (i < end) {
            int stop = s.indexOf(':', i);
            if (stop < 0) stop = end;
            if (stop == end && s.indexOf('.', i) >= 0) {
                var v4 = inet(s, i, end);
                if (v4 == null || n > 12) return null;
                System.arraycopy(v4, 0, ip, n, 4);
                n += 4;
                break;
            }
            if (stop == i || stop > i + 4 || n > 14) return null;
            int group = 0;
            for (; i < stop; i++) {
                int d = Bytes.hexDigit(s.charAt(i));
                if (d < 0) return null;
                group = group << 4 | d;
            }
            ip[n++] = (byte) (group >> 8);
            ip[n++] = (byte) group;
            if (stop == end) break;
            i = stop + 1;
            if (i == end) return null;
            if (s.charAt(i) == ':') {
                if (gap >= 0) return null;
                gap = n;
                i++;
            }
        }
        if (gap < 0) return n == 16 ? ip : null;
        if (n == 16) return null;
        int tail = n - gap;
        System.arraycopy(ip, gap, ip, 16 - tail, tail);
        Arrays.fill(ip, gap, 16 - tail, (byte) 0);
        return ip;
    }
}
