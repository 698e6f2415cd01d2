package nightjar.http;

import static nightjar.conf.Context.SRV_ONLY;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Slot;
import nightjar.conf.Units;
import nightjar.core.Bytes;
import nightjar.core.Posix;
import nightjar.net.Address;
import nightjar.net.ListenOptions;
import org.jspecify.annotations.Nullable;

/// `listen`: which addresses a configuration wants, and which servers answer there.
/// Source: ngx_http_core_listen, ngx_http_optimize_servers.
final class Listens {
    /// A `listen` line. `set` says that it names socket options, which only one line of an address may.
    record Line(Address address, ListenOptions options, boolean set, boolean bind, boolean isDefault, boolean tls, boolean http2, Args at) {}

    static final Slot<List<Line>> LISTENS = Slot.ownList();
    static final Directive<List<Line>> LISTEN = Directive.add("listen", SRV_ONLY, Arity.ONE_OR_MORE, LISTENS, Listens::read);

    private Listens() {}

    static Line byDefault(Args at) {
        int port = Posix.geteuid() == 0 ? 80 : 8000;
        return new Line(Address.inet(new byte[4], port), ListenOptions.DEFAULT, false, false, false, false, false, at);
    }

    private static Line read(Args a) {
        var address = address(a, a.word(1));
        var o = ListenOptions.DEFAULT;
        boolean set = false, bind = false, isDefault = false, tls = false, http2 = false;
        int backlog = o.backlog(), rcvbuf = 0, sndbuf = 0, idle = 0, interval = 0, count = 0, fastopen = 0;
        boolean reuseport = false, ipv6only = true, deferred = false;
        Boolean keepalive = null;
        for (int i = 2; i <= a.count(); i++) {
            var w = a.word(i);
            int eq = w.indexOf('=');
            var name = eq < 0 ? w : w.substring(0, eq + 1);
            var value = eq < 0 ? "" : w.substring(eq + 1);
            switch (name) {
                case "default_server", "default" -> isDefault = true;
                case "bind" -> { set = true; bind = true; }
                case "ssl" -> tls = true;
                case "http2" -> http2 = true;
                case "proxy_protocol", "quic" -> throw a.fail("the \"" + w + "\" parameter requires a module that is not built in");
                case "reuseport" -> { set = true; bind = true; reuseport = true; }
                case "deferred" -> { set = true; bind = true; deferred = true; }
                case "backlog=" -> { backlog = positive(a, "backlog", value); set = true; bind = true; }
                case "fastopen=" -> { fastopen = positive(a, "fastopen", value); set = true; bind = true; }
                case "rcvbuf=" -> { rcvbuf = bytes(a, "rcvbuf", value); set = true; bind = true; }
                case "sndbuf=" -> { sndbuf = bytes(a, "sndbuf", value); set = true; bind = true; }
                case "accept_filter=" -> throw a.fail("accept filters \"" + value + "\" are not supported on this platform, ignored");
                case "setfib=" -> set = true;
                case "ipv6only=" -> {
                    if (!value.equals("on") && !value.equals("off")) throw a.fail("invalid ipv6only flags \"" + value + "\"");
                    ipv6only = value.equals("on");
                    set = true;
                    bind = true;
                }
                case "so_keepalive=" -> {
                    set = true;
                    bind = true;
                    if (value.equals("on")) { keepalive = true; continue; }
                    if (value.equals("off")) { keepalive = false; continue; }
                    keepalive = true;
                    var parts = value.split(":", -1);
                    if (parts.length > 3) throw a.fail("invalid so_keepalive value: \"" + value + "\"");
                    idle = seconds(a, value, parts[0]);
                    interval = parts.length > 1 ? seconds(a, value, parts[1]) : 0;
                    count = parts.length > 2 && !parts[2].isEmpty() ? positiveOr(a, value, parts[2]) : 0;
                    if (idle == 0 && interval == 0 && count == 0) throw a.fail("invalid so_keepalive value: \"" + value + "\"");
                }
                default -> throw a.fail("invalid parameter \"" + w + "\"");
            }
        }
        var options = new ListenOptions(backlog, reuseport, ipv6only, rcvbuf, sndbuf, keepalive, idle, interval, count, deferred, fastopen);
        if (tls) throw a.fail("the \"ssl\" parameter requires the TLS module, which this build does not have");
        return new Line(address, options, set, bind, isDefault, tls, http2, a);
    }

    private static int positive(Args a, String what, String value) {
        int n = Bytes.parseInt(value);
        if (n <= 0) throw a.fail("invalid " + what + " \"" + value + "\"");
        return n;
    }

    private static int positiveOr(Args a, String whole, String value) {
        int n = Bytes.parseInt(value);
        if (n <= 0) throw a.fail("invalid so_keepalive value: \"" + whole + "\"");
        return n;
    }

    private static int bytes(Args a, String what, String value) {
        long n = Units.size(value);
        if (n < 0) throw a.fail("invalid " + what + " \"" + value + "\"");
        return (int) n;
    }

    private static int seconds(Args a, String whole, String value) {
        if (value.isEmpty()) return 0;
        long n = Units.time(value, true);
        if (n <= 0) throw a.fail("invalid so_keepalive value: \"" + whole + "\"");
        return (int) n;
    }

    /// `80`, `*:80`, `127.0.0.1:80`, `[::1]:80`, `host:80`, `unix:/path`.
    private static Address address(Args a, String word) {
        if (word.startsWith("unix:")) {
            var path = word.substring(5);
            if (path.isEmpty()) throw a.fail("invalid host in \"" + word + "\" of the \"listen\" directive");
            if (path.length() > 107) throw a.fail("too long path in the unix domain socket in \"" + word + "\" of the \"listen\" directive");
            return Address.unix(path);
        }
        int colon = word.startsWith("[") ? word.indexOf(':', Math.max(0, word.indexOf(']'))) : word.lastIndexOf(':');
        var host = colon < 0 ? word : word.substring(0, colon);
        int port = colon < 0 ? -1 : Bytes.parseInt(word.substring(colon + 1));
        if (colon >= 0 && (port < 1 || port > 65535)) throw a.fail("invalid port in \"" + word + "\" of the \"listen\" directive");
        if (colon < 0) {
            int n = Bytes.parseInt(word);
            if (n >= 0) {
                if (n < 1 || n > 65535) throw a.fail("invalid port in \"" + word + "\" of the \"listen\" directive");
                return Address.inet(new byte[4], n);
            }
            port = 80;
        }
        if (host.isEmpty()) throw a.fail("no host in \"" + word + "\" of the \"listen\" directive");
        if (host.equals("*")) return Address.inet(new byte[4], port);
        try {
            var bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            if (host.startsWith("[") && bare.indexOf(':') < 0) throw a.fail("invalid IPv6 address in \"" + word + "\" of the \"listen\" directive");
            return Address.inet(java.net.InetAddress.getByName(bare).getAddress(), port);
        } catch (java.net.UnknownHostException e) {
            throw a.fail("host not found in \"" + word + "\" of the \"listen\" directive");
        }
    }

    /// Groups all servers' lines into endpoints: one socket for each address, but one for a wildcard address and those
    /// of its port that do not ask for a socket of their own.
    static void build(HttpConf http, Args at, Map<String, HttpConf.Endpoint> into) {
        record Entry(Line line, List<Server> servers, Server[] byDefault, Line[] options) {}
        var all = new LinkedHashMap<Address, Entry>();
        for (var s : http.servers) for (var line : s.scope.get(LISTENS)) {
            var e = all.get(line.address);
            if (e == null) {
                e = new Entry(line, new ArrayList<>(), new Server[] {line.isDefault ? s : null}, new Line[] {line.set ? line : null});
                all.put(line.address, e);
            } else {
                if (e.servers.contains(s)) throw line.at.fail("a duplicate listen " + line.address);
                if (line.set) {
                    if (e.options[0] != null) throw line.at.fail("duplicate listen options for " + line.address);
                    e.options[0] = line;
                }
                if (line.isDefault) {
                    if (e.byDefault[0] != null) throw line.at.fail("a duplicate default server for " + line.address);
                    e.byDefault[0] = s;
                }
            }
            e.servers.add(s);
        }
        var confs = new LinkedHashMap<Address, ListenConf>();
        for (var e : all.values()) {
            var byDefault = e.byDefault[0] != null ? e.byDefault[0] : e.servers.getFirst();
            var names = new ServerNames(byDefault, e.servers, name -> {
                if (e.servers.size() > 1) at.warnOfNoLine("conflicting server name \"" + name + "\" on " + e.line.address + ", ignored");
            });
            confs.put(e.line.address, new ListenConf(http, e.line.address.toString(), e.line.tls, names));
        }
        for (var e : all.values()) {
            var address = e.line.address;
            var options = e.options[0] == null ? ListenOptions.DEFAULT : e.options[0].options;
            if (!address.isWildcard() && e.options[0] == null && wildcardOf(address, all.keySet()) != null) continue;
            var byLocal = new LinkedHashMap<String, ListenConf>();
            if (address.isWildcard()) for (var other : all.values()) {
                if (other != e && other.options[0] == null && address.equals(wildcardOf(other.line.address, all.keySet()))) {
                    byLocal.put(other.line.address.host(), confs.get(other.line.address));
                }
            }
            into.put(address.toString(), new HttpConf.Endpoint(address, options, confs.get(address), Map.copyOf(byLocal)));
        }
    }

    private static @Nullable Address wildcardOf(Address a, Iterable<Address> all) {
        if (a.isUnix() || a.isWildcard()) return null;
        for (var w : all) if (w.isWildcard() && w.port() == a.port() && w.isInet6() == a.isInet6()) return w;
        return null;
    }
}
