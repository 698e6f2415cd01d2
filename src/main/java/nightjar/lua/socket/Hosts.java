package nightjar.lua.socket;

import nightjar.http.upstream.Url;
import nightjar.net.Address;
import org.jspecify.annotations.Nullable;

/// IP addresses as scripts write them.
final class Hosts {
    private Hosts() {}

    /// An IPv4 address, or an IPv6 address without brackets; null for anything else.
    static @Nullable Address address(String host, int port) {
        try {
            var url = Url.parse(host.indexOf(':') >= 0 ? "[" + host + "]" : host, 1, false);
            return url.address() == null || !url.noPort() || url.isUnix() ? null : Address.inet(url.address().ip(), port);
        } catch (Url.BadUrl _) {
            return null;
        }
    }
}
