package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.http.ConfKey;
import nightjar.http.CtxKey;
import nightjar.http.HttpModule;
import nightjar.http.Regexes;
import nightjar.http.Request;

/// Which clients get gzipped responses. Source: ngx_http_gzip_ok and its directives in ngx_http_core_module.c.
public final class GzipRules {
    enum Proxied { OFF, EXPIRED, NO_CACHE, NO_STORE, PRIVATE, NO_LAST_MODIFIED, NO_ETAG, AUTH, ANY }

    private static final Map<String, Proxied> PROXIED_WORDS = Map.of("off", Proxied.OFF, "expired", Proxied.EXPIRED,
            "no-cache", Proxied.NO_CACHE, "no-store", Proxied.NO_STORE, "private", Proxied.PRIVATE,
            "no_last_modified", Proxied.NO_LAST_MODIFIED, "no_etag", Proxied.NO_ETAG, "auth", Proxied.AUTH, "any", Proxied.ANY);

    /// @param msie6 old Internet Explorers get nothing gzipped
    record Disable(boolean msie6, List<Regexes.Compiled> agents) {}

    private static final Directive<Boolean> VARY = flag("gzip_vary", HTTP_SRV_LOC, false);
    private static final Directive<Integer> HTTP_VERSION = one("gzip_http_version", HTTP_SRV_LOC, 1,
            a -> a.oneOf(1, Map.of("1.0", Request.HTTP_10, "1.1", Request.HTTP_11)), Request.HTTP_11);
    private static final Directive<Set<Proxied>> PROXIED = one("gzip_proxied", HTTP_SRV_LOC, Arity.ONE_OR_MORE, GzipRules::proxied, Set.of());
    private static final Directive<Disable> DISABLE = one("gzip_disable", HTTP_SRV_LOC, Arity.ONE_OR_MORE, GzipRules::disable,
            new Disable(false, List.of()));

    record Conf(boolean vary, int httpVersion, Set<Proxied> proxied, Disable disable) {
        Conf(Scope s) { this(VARY.get(s), HTTP_VERSION.get(s), PROXIED.get(s), DISABLE.get(s)); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);
    private static final CtxKey<Boolean> RESULT = new CtxKey<>();

    public static final HttpModule MODULE = module("gzip_rules").directives(VARY, HTTP_VERSION, PROXIED, DISABLE).conf(CONF);

    private GzipRules() {}

    private static Set<Proxied> proxied(Args a) {
        var set = new HashSet<Proxied>();
        for (int i = 1; i <= a.count(); i++) {
            if (!set.add(a.oneOf(i, PROXIED_WORDS))) a.warn("duplicate value \"" + a.word(i) + "\"");
        }
        return Set.copyOf(set);
    }

    private static Disable disable(Args a) {
        boolean msie6 = false;
        var agents = new ArrayList<Regexes.Compiled>();
        for (var w : a.words()) {
            if (w.equals("msie6")) msie6 = true; else agents.add(Regexes.compile(a, w, true));
        }
        return new Disable(msie6, List.copyOf(agents));
    }

    /// Whether the location tells caches that responses depend on Accept-Encoding.
    static boolean vary(Request r) { return r.conf(CONF).vary; }

    /// The response exists gzipped and plain: says so to caches if the location wants that.
    static void varies(Request r) { r.varyAcceptEncoding = vary(r); }

    /// Whether the client takes gzip, and may have it.
    static boolean ok(Request r) {
        var known = r.get(RESULT);
        if (known != null) return known;
        boolean ok = test(r);
        r.set(RESULT, ok);
        return ok;
    }

    private static boolean test(Request r) {
        var conf = r.conf(CONF);
        var accepted = r.in.get("accept-encoding");
        if (r != r.main || accepted == null || !accepts(accepted)) return false;
        if (conf.disable.msie6 && r.in.msie6()) return false;
        if (r.version < conf.httpVersion) return false;
        if (r.in.get("via") != null && !proxied(r, conf.proxied)) return false;
        var agent = r.in.get("user-agent");
        if (agent != null) for (var pattern : conf.disable.agents) if (pattern.find(agent)) return false;
        return true;
    }

    private static boolean proxied(Request r, Set<Proxied> p) {
        if (p.isEmpty() || p.contains(Proxied.OFF)) return false;
        if (p.contains(Proxied.ANY)) return true;
        if (p.contains(Proxied.AUTH) && r.in.get("authorization") != null) return true;
        var expires = r.out.get("expires");
        if (expires != null) {
            long at = Clock.parseHttpTime(expires);
            var date = r.out.get("date");
            long now = date == null ? r.worker.clock.sec() : Clock.parseHttpTime(date);
            return p.contains(Proxied.EXPIRED) && at >= 0 && now >= 0 && at < now;
        }
        var control = r.out.get("cache-control");
        if (control != null) {
            return p.contains(Proxied.NO_CACHE) && Bytes.indexOfIgnoreCase(control, "no-cache", 0) >= 0
                    || p.contains(Proxied.NO_STORE) && Bytes.indexOfIgnoreCase(control, "no-store", 0) >= 0
                    || p.contains(Proxied.PRIVATE) && Bytes.indexOfIgnoreCase(control, "private", 0) >= 0;
        }
        return !(p.contains(Proxied.NO_LAST_MODIFIED) && r.out.lastModified != -1 || p.contains(Proxied.NO_ETAG) && r.out.etag != null);
    }

    /// Whether an Accept-Encoding has gzip in it, with a weight above 0.
    static boolean accepts(String header) {
        int n = header.length();
        for (int p = Bytes.indexOfIgnoreCase(header, "gzip", 0); p >= 0; p = Bytes.indexOfIgnoreCase(header, "gzip", p + 1)) {
            if (p > 0 && header.charAt(p - 1) != ',' && header.charAt(p - 1) != ' ') continue;
            for (p += 4; p < n && header.charAt(p) == ' '; ) p++;
            if (p == n || header.charAt(p) == ',') return true;
            if (header.charAt(p++) != ';') return false;
            while (p < n && header.charAt(p) == ' ') p++;
            if (!header.regionMatches(true, p, "q=", 0, 2)) return false;
            return weight(header, p + 2) > 0;
        }
        return false;
    }

    /// A weight in hundredths or less; 0 also for what is none.
    private static int weight(String s, int p) {
        int end = p;
        while (end < s.length() && s.charAt(end) != ',' && s.charAt(end) != ' ') end++;
        var text = s.substring(p, end);
        if (text.isEmpty() || text.charAt(0) != '0' && text.charAt(0) != '1') return 0;
        int q = (text.charAt(0) - '0') * 100;
        if (text.length() == 1) return q;
        if (text.charAt(1) != '.' || text.length() > 5) return 0;
        for (int i = 2; i < text.length(); i++) {
            if (!Bytes.isDigit(text.charAt(i))) return 0;
            q += text.charAt(i) - '0';
        }
        return q > 100 ? 0 : q;
    }
}
