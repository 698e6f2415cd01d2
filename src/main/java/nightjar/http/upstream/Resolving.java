package nightjar.http.upstream;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.msec;
import static nightjar.conf.Directive.one;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.ConfException;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Units;
import nightjar.http.ConfKey;
import nightjar.net.Address;
import nightjar.net.Resolver;
import org.jspecify.annotations.Nullable;

/// How a location looks up names while it serves: `resolver`, `resolver_timeout`. Source: ngx_resolver_create.
///
/// @param timeoutMsec how long one look-up may take
public record Resolving(Resolver resolver, long timeoutMsec) {
    private static final int DNS_PORT = 53;

    static final Directive<Resolver> RESOLVER = one("resolver", HTTP_SRV_LOC, Arity.ONE_OR_MORE, Resolving::read, Resolver.SYSTEM);
    static final Directive<Long> TIMEOUT = msec("resolver_timeout", HTTP_SRV_LOC, 30_000);
    public static final ConfKey<Resolving> KEY = new ConfKey<>(Resolving::new);
    /// Where nothing is configured.
    public static final Resolving DEFAULT = new Resolving(Resolver.SYSTEM, 30_000);

    private Resolving(Scope s) { this(RESOLVER.get(s), TIMEOUT.get(s)); }

    private static Resolver read(Args a) {
        var servers = new ArrayList<Address>();
        int valid = -1;
        boolean ipv4 = true, ipv6 = true;
        Address local = null;
        for (int i = 1; i <= a.count(); i++) {
            var word = a.word(i);
            if (word.startsWith("valid=")) {
                valid = (int) Units.time(word.substring(6), true);
                if (valid < 0) throw invalid(a, word);
            } else if (word.startsWith("ipv4=")) {
                ipv4 = flag(a, word);
            } else if (word.startsWith("ipv6=")) {
                ipv6 = flag(a, word);
            } else if (word.startsWith("local=")) {
                local = local(a, word);
            } else {
                servers.addAll(servers(a, word));
            }
        }
        if (!ipv4 && !ipv6) throw a.fail("\"ipv4\" and \"ipv6\" cannot both be \"off\"");
        if (servers.isEmpty()) throw a.fail("no name servers defined");
        return new Resolver(servers, valid, ipv4, ipv6, local);
    }

    private static ConfException invalid(Args a, String word) { return a.fail("invalid parameter: " + word); }

    private static boolean flag(Args a, String word) {
        return switch (word.substring(5)) {
            case "on" -> true;
            case "off" -> false;
            default -> throw invalid(a, word);
        };
    }

    private static @Nullable Address local(Args a, String word) {
        var text = word.substring(6);
        if (text.equals("off")) return null;
        try {
            var address = Url.parse(text, 1, false).address();
            if (address == null || address.isUnix()) throw invalid(a, word);
            return Address.inet(address.ip(), 0);
        } catch (Url.BadUrl _) {
            throw invalid(a, word);
        }
    }

    private static List<Address> servers(Args a, String word) {
        try {
            var url = Url.parse(word, DNS_PORT, false);
            if (url.address() != null) return List.of(url.address());
            return Upstream.addresses(url.host(), url.port());
        } catch (Url.BadUrl e) {
            throw a.fail(e.getMessage() + " in resolver \"" + word + "\"");
        } catch (UnknownHostException _) {
            throw a.fail("host not found in resolver \"" + word + "\"");
        }
    }
}
