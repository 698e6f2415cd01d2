package nightjar.http.module;

import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Directive.block;
import static nightjar.http.HttpModule.module;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.http.ForwardedFor;
import nightjar.http.HttpModule;
import nightjar.http.Request;
import nightjar.http.Variables;
import nightjar.net.Cidr;
import org.jspecify.annotations.Nullable;

/// `geo`: a variable whose value depends on an address.
///
/// Unlike nginx, it neither makes nor reads binary bases of ranges. Source: ngx_http_geo_module.c.
public final class Geo {
    private static final byte[] NONE = {-1, -1, -1, -1};

    static final Directive<?> GEO = block("geo", HTTP_ONLY, Arity.take(1, 2), (a, _) -> read(a));

    public static final HttpModule MODULE = module("geo").directives(GEO);

    /// Where the address is taken from; `null`: the client's own.
    private final Variables.@Nullable Ref source;
    private final List<Cidr> proxies = new ArrayList<>();
    private final GeoNetworks networks = new GeoNetworks();
    private @Nullable GeoRanges ranges;
    private boolean networksUsed, proxyRecursive, isVolatile;

    private Geo(Variables.@Nullable Ref source) { this.source = source; }

    private static void read(Args a) {
        Variables.Ref source = null;
        if (a.count() == 2) {
            if (!a.word(1).startsWith("$")) throw a.fail("invalid variable name \"" + a.word(1) + "\"");
            source = MapModule.variables(a).ref(a.word(1).substring(1));
        }
        var name = MapModule.newVariable(a, a.count());
        var geo = new Geo(source);
        a.readLines(geo::line);
        MapModule.variables(a).defineComputed(name, !geo.isVolatile, geo::value);
    }

    private void line(Args a) {
        var word = a.name();
        if (a.count() == 0) {
            switch (word) {
                case "ranges" -> {
                    if (networksUsed) throw a.fail("the \"ranges\" directive must be the first directive inside \"geo\" block");
                    if (ranges == null) ranges = new GeoRanges();
                    return;
                }
                case "proxy_recursive" -> { proxyRecursive = true; return; }
                case "volatile" -> { isVolatile = true; return; }
                default -> { }
            }
        }
        if (a.count() != 1) throw a.fail("invalid number of the geo parameters");
        if (word.equals("proxy")) {
            proxies.add(network(a, a.word(1)));
        } else if (ranges != null) {
            ranges.line(a);
        } else {
            networksUsed = true;
            networks.line(a);
        }
    }

    static Cidr network(Args a, String text) {
        var cidr = text.equals("255.255.255.255") ? Cidr.host(NONE) : Cidr.parse(text);
        if (cidr == null) throw a.fail("invalid network \"" + text + "\"");
        if (cidr.cut()) a.warn("low address bits of " + text + " are meaningless");
        return cidr;
    }

    private String value(Request r) {
        var ip = Cidr.unmapped(address(r));
        var value = ranges != null ? ranges.find(ip.length == 4 ? ip : NONE) : networks.find(ip);
        if (r.debug()) r.debug("http geo: " + value);
        return value;
    }

    /// nginx takes what is no IP address for 255.255.255.255.
    private byte[] address(Request r) {
        byte[] ip;
        if (source == null) {
            ip = r.main.remoteAddrBinary != null ? r.main.remoteAddrBinary : r.c.conn.binaryRemoteAddr();
            if (ip.length != 4 && ip.length != 16) ip = NONE;
        } else {
            var text = source.get(r);
            if (r.debug()) r.debug(text == null ? "http geo not found" : "http geo started: " + text);
            ip = text == null ? null : Cidr.address(text);
            if (ip == null) return NONE;
        }
        if (proxies.isEmpty()) return ip;
        var forwarded = ForwardedFor.find(ip, r.in.all("x-forwarded-for"), proxies, proxyRecursive);
        return forwarded == null ? ip : forwarded.ip();
    }
}
