package nightjar.http;

import java.util.List;
import nightjar.core.Bytes;
import nightjar.net.Address;
import nightjar.net.Cidr;
import org.jspecify.annotations.Nullable;

/// Whom trusted proxies say they speak for. Source: ngx_http_get_forwarded_addr.
public final class ForwardedFor {
    private ForwardedFor() {}

    /// The last address in `headers` (X-Forwarded-For and its like), if `client` is one of `proxies`; with `recursive`
    /// the last that is not one of them itself. `null` when nothing is said by one who is trusted.
    public static @Nullable Address find(byte[] client, List<String> headers, List<Cidr> proxies, boolean recursive) {
        Address found = null;
        for (int h = headers.size() - 1; h >= 0; h--) {
            var text = headers.get(h);
            int end = text.length();
            do {
                if (!trusted(found == null ? client : found.ip(), proxies)) return found;
                while (end > 1 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == ',')) end--;
                int start = end;
                while (start > 0 && text.charAt(start - 1) != ' ' && text.charAt(start - 1) != ',') start--;
                var address = address(text.substring(start, end));
                if (address == null) return found;
                found = address;
                end = start;
            } while (recursive && end > 0);
            if (!recursive) return found;
        }
        return found;
    }

    private static boolean trusted(byte[] ip, List<Cidr> proxies) {
        for (var p : proxies) if (p.contains(ip)) return true;
        return false;
    }

    /// `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]` or `[::1]:80`; `null` if it is none of these.
    public static @Nullable Address address(String text) {
        var ip = Cidr.address(text);
        if (ip != null) return Address.inet(ip, 0);
        int port;
        String host;
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0) return null;
            host = text.substring(1, close);
            if (close == text.length() - 1) port = 0;
            else if (text.charAt(close + 1) == ':') port = Bytes.parseInt(text.substring(close + 2));
            else return null;
        } else {
            int colon = text.indexOf(':');
            if (colon < 0) return null;
            host = text.substring(0, colon);
            port = Bytes.parseInt(text.substring(colon + 1));
            if (port == 0) return null;
        }
        ip = Cidr.address(host);
        return ip == null || port < 0 || port > 65535 ? null : Address.inet(ip, port);
    }
}
