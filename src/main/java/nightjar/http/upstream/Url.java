package nightjar.http.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import nightjar.core.Bytes;
import nightjar.net.Address;
import org.jspecify.annotations.Nullable;

/// A server's place as nginx.conf writes it: `host`, `host:80`, `[::1]:80`, `unix:/path`, and maybe a path to ask for.
/// Source: ngx_parse_url.
///
/// @param text the place without the path, as it was written
/// @param host the name or address; the path of a Unix socket
/// @param portText the port as it was written; empty without one
/// @param uri what follows the place; may be empty
/// @param address null when `host` is a name
public record Url(String text, String host, int port, boolean noPort, String portText, String uri, @Nullable Address address) {
    /// Says what is wrong with a text, in nginx's words.
    public static final class BadUrl extends Exception {
        private static final long serialVersionUID = 1;

        BadUrl(String message) {
            super(message, null, false, false);
        }
    }

    /// @param withUri whether a path may follow; without, all of the text is the place
    public static Url parse(String text, int defaultPort, boolean withUri) throws BadUrl {
        return text.startsWith("unix:") ? unix(text, withUri) : inet(text, defaultPort, withUri);
    }

    public boolean isUnix() {
        return text.startsWith("unix:");
    }

    private static Url unix(String text, boolean withUri) throws BadUrl {
        int colon = withUri ? text.indexOf(':', 5) : -1;
        var path = colon < 0 ? text.substring(5) : text.substring(5, colon);
        var uri = colon < 0 ? "" : text.substring(colon + 1);
        if (path.isEmpty()) throw new BadUrl("no path in the unix domain socket");
        if (path.length() > 107) throw new BadUrl("too long path in the unix domain socket");
        return new Url("unix:" + path, path, 0, true, "", uri, Address.unix(path));
    }

    private static Url inet(String text, int defaultPort, boolean withUri) throws BadUrl {
        int end = withUri ? place(text) : text.length();
        var uri = text.substring(end);
        int colon;
        String host;
        boolean inet6 = text.startsWith("[");
        if (inet6) {
            int bracket = text.indexOf(']');
            if (bracket < 0 || bracket >= end) throw new BadUrl("invalid host");
            host = text.substring(1, bracket);
            if (bracket + 1 < end && text.charAt(bracket + 1) != ':') throw new BadUrl("invalid host");
            colon = bracket + 1 < end ? bracket + 1 : -1;
        } else {
            colon = text.indexOf(':');
            if (colon >= end) colon = -1;
            host = text.substring(0, colon < 0 ? end : colon);
        }
        if (host.isEmpty()) throw new BadUrl("no host");
        var portText = colon < 0 ? "" : text.substring(colon + 1, end);
        int port = defaultPort;
        if (colon >= 0) {
            port = Bytes.parseInt(portText);
            if (port < 1 || port > 65535) throw new BadUrl("invalid port");
        }
        var ip = inet6 ? inet6(host) : inet4(host);
        if (inet6 && ip == null) throw new BadUrl("invalid IPv6 address");
        return new Url(text.substring(0, end), inet6 ? "[" + host + "]" : host, port, colon < 0, portText, uri,
                ip == null ? null : Address.inet(ip, port));
    }

    /// Where the place ends.
    private static int place(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/' || c == '?' || c == '#') return i;
        }
        return text.length();
    }

    /// The bytes of `1.2.3.4`; null for anything else.
    static byte @Nullable [] inet4(String text) {
        var ip = new byte[4];
        int at = 0;
        for (int k = 0; k < 4; k++) {
            int dot = k < 3 ? text.indexOf('.', at) : text.length();
            if (dot < 0 || dot - at > 3) return null;
            int part = Bytes.parseInt(text.substring(at, dot));
            if (part < 0 || part > 255) return null;
            ip[k] = (byte) part;
            at = dot + 1;
        }
        return ip;
    }

    private static byte @Nullable [] inet6(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Bytes.hexDigit(c) < 0 && c != ':' && c != '.') return null;
        }
        if (text.indexOf(':') < 0) return null;
        try {
            var ip = InetAddress.getByName(text).getAddress();
            return ip.length == 16 ? ip : RoundRobin.mapped(ip);
        } catch (UnknownHostException _) {
            return null;
        }
    }
}
