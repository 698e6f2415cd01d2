package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.flag;
import static nightjar.conf.Directive.many;
import static nightjar.conf.Directive.msec;
import static nightjar.conf.Directive.number;
import static nightjar.conf.Directive.one;
import static nightjar.conf.Directive.run;
import static nightjar.conf.Directive.size;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Variable.variable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.Core;
import nightjar.http.CtxKey;
import nightjar.http.Finalizer;
import nightjar.http.HttpModule;
import nightjar.http.Location;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import nightjar.http.upstream.UpstreamConf;
import nightjar.http.upstream.UpstreamConf.Ignored;
import nightjar.http.upstream.UpstreamConf.Next;
import nightjar.http.upstream.UpstreamRequest;
import nightjar.http.upstream.Upstreams;
import nightjar.http.upstream.Url;
import org.jspecify.annotations.Nullable;

/// Passes requests on to other HTTP servers.
/// Source: ngx_http_proxy_module.c.
///
/// Unlike nginx, `proxy_request_buffering off` changes nothing: a body is always read whole first.
public final class Proxy {
    /// `proxy_pass`: a fixed place, or words with variables in them.
    record Pass(@Nullable String text, @Nullable Url url, Upstreams.@Nullable Place place, @Nullable ComplexValue value, String location,
            Upstreams groups) {}

    /// What a request asks for, and of whom; `$proxy_host` and its like tell it.
    record Target(Url url, Pass pass) {
        String host() {
            if (url.isUnix()) return "localhost";
            return url.noPort() || url.port() == 80 ? url.host() : url.host() + ":" + url.portText();
        }

        String port() {
            return url.isUnix() ? "" : url.noPort() ? "80" : url.portText();
        }
    }

    private record Buffers(int number, long size) {}

    private static final Map<String, Next> NEXT = Map.ofEntries(Map.entry("error", Next.ERROR), Map.entry("timeout", Next.TIMEOUT),
            Map.entry("invalid_header", Next.INVALID_HEADER), Map.entry("non_idempotent", Next.NON_IDEMPOTENT),
            Map.entry("http_500", Next.HTTP_500), Map.entry("http_502", Next.HTTP_502), Map.entry("http_503", Next.HTTP_503),
            Map.entry("http_504", Next.HTTP_504), Map.entry("http_403", Next.HTTP_403), Map.entry("http_404", Next.HTTP_404),
            Map.entry("http_429", Next.HTTP_429), Map.entry("updating", Next.UPDATING), Map.entry("off", Next.OFF));
    private static final Map<String, Ignored> IGNORED = Map.of("X-Accel-Redirect", Ignored.XA_REDIRECT, "X-Accel-Expires", Ignored.XA_EXPIRES,
            "X-Accel-Limit-Rate", Ignored.XA_LIMIT_RATE, "X-Accel-Buffering", Ignored.XA_BUFFERING, "X-Accel-Charset", Ignored.XA_CHARSET,
            "Expires", Ignored.EXPIRES, "Cache-Control", Ignored.CACHE_CONTROL, "Set-Cookie", Ignored.SET_COOKIE, "Vary", Ignored.VARY);
    private static final Set<String> HIDDEN = Set.of("date", "server", "x-pad", "x-accel-expires", "x-accel-redirect",
            "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset");

    // --- directives

    private static final Slot<@Nullable Pass> PASS_SLOT = Slot.of(null);
    static final Directive<?> PASS = run("proxy_pass", Context.LOC_LIF_LMT, Arity.take(1), Proxy::pass);
    static final Directive<@Nullable ComplexValue> METHOD = one("proxy_method", HTTP_SRV_LOC, 1, a -> ComplexValue.of(a, 1), null);
    static final Directive<Integer> HTTP_VERSION = one("proxy_http_version", HTTP_SRV_LOC, 1,
            a -> a.oneOf(1, Map.of("1.0", Request.HTTP_10, "1.1", Request.HTTP_11)), Request.HTTP_11);
    static final Directive<List<ProxyRequest.SetHeader>> SET_HEADER = many("proxy_set_header", HTTP_SRV_LOC, 2,
            a -> new ProxyRequest.SetHeader(a.word(1), Bytes.lower(a.word(1)), ComplexValue.of(a, 2)));
    static final Directive<@Nullable ComplexValue> SET_BODY = one("proxy_set_body", HTTP_SRV_LOC, 1, a -> ComplexValue.of(a, 1), null);
    static final Directive<List<String>> HIDE_HEADER = many("proxy_hide_header", HTTP_SRV_LOC, 1, a -> Bytes.lower(a.word(1)));
    static final Directive<List<String>> PASS_HEADER = many("proxy_pass_header", HTTP_SRV_LOC, 1, a -> Bytes.lower(a.word(1)));
    static final Directive<Set<Ignored>> IGNORE_HEADERS = one("proxy_ignore_headers", HTTP_SRV_LOC, Arity.ONE_OR_MORE, a -> ignored(a), Set.of());
    static final Directive<List<ProxyRewrite>> REDIRECT = many("proxy_redirect", HTTP_SRV_LOC, Arity.take(1, 2), Proxy::redirect);
    static final Directive<List<ProxyRewrite>> COOKIE_DOMAIN = many("proxy_cookie_domain", HTTP_SRV_LOC, Arity.take(1, 2), a -> cookie(a, true));
    static final Directive<List<ProxyRewrite>> COOKIE_PATH = many("proxy_cookie_path", HTTP_SRV_LOC, Arity.take(1, 2), a -> cookie(a, false));
    static final Directive<Boolean> PASS_REQUEST_HEADERS = flag("proxy_pass_request_headers", HTTP_SRV_LOC, true);
    static final Directive<Boolean> PASS_REQUEST_BODY = flag("proxy_pass_request_body", HTTP_SRV_LOC, true);
    static final Directive<Boolean> BUFFERING = flag("proxy_buffering", HTTP_SRV_LOC, true);
    static final Directive<Boolean> REQUEST_BUFFERING = flag("proxy_request_buffering", HTTP_SRV_LOC, true);
    static final Directive<Long> BUFFER_SIZE = size("proxy_buffer_size", HTTP_SRV_LOC, 4096);
    static final Directive<Buffers> BUFFERS = one("proxy_buffers", HTTP_SRV_LOC, 2, a -> new Buffers(a.number(1), a.size(2)), new Buffers(8, 4096));
    static final Directive<Long> BUSY_BUFFERS_SIZE = size("proxy_busy_buffers_size", HTTP_SRV_LOC, 8192);
    static final Directive<Long> CONNECT_TIMEOUT = msec("proxy_connect_timeout", HTTP_SRV_LOC, 60_000);
    static final Directive<Long> SEND_TIMEOUT = msec("proxy_send_timeout", HTTP_SRV_LOC, 60_000);
    static final Directive<Long> READ_TIMEOUT = msec("proxy_read_timeout", HTTP_SRV_LOC, 60_000);
    static final Directive<Set<Next>> NEXT_UPSTREAM = one("proxy_next_upstream", HTTP_SRV_LOC, Arity.ONE_OR_MORE, a -> nextUpstream(a),
            EnumSet.of(Next.ERROR, Next.TIMEOUT));
    static final Directive<Integer> NEXT_UPSTREAM_TRIES = number("proxy_next_upstream_tries", HTTP_SRV_LOC, 0);
    static final Directive<Long> NEXT_UPSTREAM_TIMEOUT = msec("proxy_next_upstream_timeout", HTTP_SRV_LOC, 0);
    static final Directive<Boolean> INTERCEPT_ERRORS = flag("proxy_intercept_errors", HTTP_SRV_LOC, false);
    static final Directive<Boolean> IGNORE_CLIENT_ABORT = flag("proxy_ignore_client_abort", HTTP_SRV_LOC, false);
    static final Directive<Boolean> FORCE_RANGES = flag("proxy_force_ranges", HTTP_SRV_LOC, false);
    static final Directive<Boolean> SOCKET_KEEPALIVE = flag("proxy_socket_keepalive", HTTP_SRV_LOC, false);
    private record Bind(@Nullable ComplexValue value) {}
    static final Directive<Bind> BIND = one("proxy_bind", HTTP_SRV_LOC, Arity.take(1, 2), Proxy::bind, new Bind(null));

    private static final List<Directive<?>> WITHOUT_EFFECT = List.of(
            run("proxy_headers_hash_max_size", HTTP_SRV_LOC, Arity.take(1), a -> a.number(1)),
            run("proxy_headers_hash_bucket_size", HTTP_SRV_LOC, Arity.take(1), a -> a.number(1)),
            run("proxy_send_lowat", HTTP_SRV_LOC, Arity.take(1), a -> a.size(1)),
            run("proxy_max_temp_file_size", HTTP_SRV_LOC, Arity.take(1), a -> a.size(1)),
            run("proxy_temp_file_write_size", HTTP_SRV_LOC, Arity.take(1), a -> a.size(1)));

    /// A location's way of asking.
    record Conf(@Nullable Pass pass, @Nullable ComplexValue method, ProxyRequest.Headers headers, @Nullable ComplexValue body,
            boolean http11, boolean passHeaders, boolean passBody, UpstreamConf upstream) {
        Conf(Scope s) {
            this(s.get(PASS_SLOT), METHOD.get(s), ProxyRequest.Headers.of(SET_HEADER.get(s)), SET_BODY.get(s),
                    HTTP_VERSION.get(s) == Request.HTTP_11, PASS_REQUEST_HEADERS.get(s), PASS_REQUEST_BODY.get(s), upstreamConf(s));
        }
    }

    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);
    private static final CtxKey<Target> TARGET = new CtxKey<>();

    public static final HttpModule MODULE = module("proxy")
            .directives(PASS, METHOD, HTTP_VERSION, SET_HEADER, SET_BODY, HIDE_HEADER, PASS_HEADER, IGNORE_HEADERS, REDIRECT, COOKIE_DOMAIN,
                    COOKIE_PATH, PASS_REQUEST_HEADERS, PASS_REQUEST_BODY, BUFFERING, REQUEST_BUFFERING, BUFFER_SIZE, BUFFERS,
                    BUSY_BUFFERS_SIZE, CONNECT_TIMEOUT, SEND_TIMEOUT, READ_TIMEOUT, NEXT_UPSTREAM, NEXT_UPSTREAM_TRIES,
                    NEXT_UPSTREAM_TIMEOUT, INTERCEPT_ERRORS, IGNORE_CLIENT_ABORT, FORCE_RANGES, SOCKET_KEEPALIVE, BIND)
            .directives(WITHOUT_EFFECT.toArray(Directive<?>[]::new))
            .conf(CONF)
            .variables(
                    variable("proxy_host", r -> r.get(TARGET) == null ? null : r.get(TARGET).host()),
                    variable("proxy_port", r -> r.get(TARGET) == null ? null : r.get(TARGET).port()),
                    variable("proxy_add_x_forwarded_for", Proxy::addXForwardedFor));

    private Proxy() {}

    // --- handler

    static Outcome handle(Request r) {
        var conf = r.conf(CONF);
        var target = target(r, conf.pass);
        if (target == null) return Outcome.status(500);
        r.set(TARGET, target);
        var read = RequestBody.read(r, outcome -> {
            if (outcome == Outcome.OK) ask(r, conf, target); else Finalizer.finalize(r, outcome);
        });
        if (read != Outcome.OK) return read;
        ask(r, conf, target);
        return Outcome.DONE;
    }

    private static void ask(Request r, Conf conf, Target target) {
        var out = ProxyRequest.make(r, conf, target);
        if (out == null) {
            r.log(Level.ERROR, "zero length URI to proxy");
            Finalizer.finalize(r, Outcome.status(500));
            return;
        }
        var place = target.pass.place();
        if (place != null) {
            UpstreamRequest.start(r, conf.upstream, out, place.group());
            return;
        }
        var url = target.url;
        var group = url.isUnix() ? null : target.pass.groups.find(url.host(), url.port(), url.noPort());
        if (group != null) UpstreamRequest.start(r, conf.upstream, out, group);
        else UpstreamRequest.start(r, conf.upstream, out, url);
    }

    private static @Nullable Target target(Request r, @Nullable Pass pass) {
        if (pass == null) return null;
        if (pass.url != null) return new Target(pass.url, pass);
        var text = pass.value.eval(r);
        if (text.length() <= 7 || !Bytes.startsWithIgnoreCase(text, "http://")) {
            r.log(Level.ERROR, "invalid URL prefix in \"" + text + "\"");
            return null;
        }
        try {
            var url = Url.parse(text.substring(7), 80, true);
            if (url.uri().startsWith("?")) {
                url = new Url(url.text(), url.host(), url.port(), url.noPort(), url.portText(), "/" + url.uri(), url.address());
            }
            return new Target(url, pass);
        } catch (Url.BadUrl e) {
            r.log(Level.ERROR, e.getMessage() + " in upstream \"" + text.substring(7) + "\"");
            return null;
        }
    }

    private static String addXForwardedFor(Request r) {
        var before = r.in.joined("x-forwarded-for");
        var own = r.main.remoteAddr != null ? r.main.remoteAddr : r.c.conn.remoteAddr();
        return before == null || before.isEmpty() ? own : before + ", " + own;
    }

    // --- how words become values

    private static void pass(Args a) {
        var scope = a.scope();
        if (scope.has(PASS_SLOT)) throw a.wrong("is duplicate");
        var text = a.word(1);
        var at = Location.of(scope);
        boolean plain = at != null && switch (at.kind) {
            case EXACT, PREFIX, PREFIX_ONLY -> true;
            case REGEX, NAMED, NONE -> false;
        };
        var location = plain ? at.name : "";
        scope.set(Core.CONTENT, Proxy::handle);
        scope.set(Core.AUTO_REDIRECT, true);
        if (text.indexOf('$') >= 0) {
            scope.set(PASS_SLOT, new Pass(null, null, null, ComplexValue.of(a, 1), location, Upstreams.of(scope)));
            return;
        }
        if (Bytes.startsWithIgnoreCase(text, "https://")) throw a.fail("https protocol requires SSL support");
        if (!Bytes.startsWithIgnoreCase(text, "http://")) throw a.fail("invalid URL prefix");
        Url url;
        try {
            url = Url.parse(text.substring(7), 80, true);
        } catch (Url.BadUrl e) {
            throw a.fail(e.getMessage() + " in upstream \"" + text.substring(7) + "\"");
        }
        if (!plain && !url.uri().isEmpty()) {
            throw a.fail("\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, "
                    + "or inside \"if\" statement, or inside \"limit_except\" block");
        }
        var groups = Upstreams.of(scope);
        scope.set(PASS_SLOT, new Pass(text, url, groups.place(a, url), null, location, groups));
    }

    private static ProxyRewrite redirect(Args a) {
        if (a.count() == 2) return ProxyRewrite.of(a);
        var before = a.scope().own(REDIRECT.slot());
        if (before != null && before.contains(ProxyRewrite.OFF)) throw a.wrong("is duplicate");
        if (a.word(1).equals("off")) {
            if (before != null) throw a.wrong("is duplicate");
            return ProxyRewrite.OFF;
        }
        if (!a.word(1).equals("default")) throw a.fail("invalid parameter \"" + a.word(1) + "\"");
        var pass = a.scope().own(PASS_SLOT);
        if (pass == null) throw a.fail("\"proxy_redirect default\" should be placed after the \"proxy_pass\" directive");
        if (pass.text == null) {
            throw a.fail("\"proxy_redirect default\" cannot be used with \"proxy_pass\" directive with variables");
        }
        return defaultRedirect(pass);
    }

    private static ProxyRewrite defaultRedirect(Pass pass) {
        return pass.url.uri().isEmpty() ? ProxyRewrite.literal(pass.text + "/", "/") : ProxyRewrite.literal(pass.text, pass.location);
    }

    private static ProxyRewrite cookie(Args a, boolean domain) {
        if (a.count() == 2) return domain ? ProxyRewrite.domain(a) : ProxyRewrite.of(a);
        if (!a.word(1).equals("off")) throw a.fail("invalid parameter \"" + a.word(1) + "\"");
        if (a.scope().has((domain ? COOKIE_DOMAIN : COOKIE_PATH).slot())) throw a.wrong("is duplicate");
        return ProxyRewrite.OFF;
    }

    private static Set<Next> nextUpstream(Args a) {
        var set = EnumSet.noneOf(Next.class);
        for (int i = 1; i <= a.count(); i++) set.add(a.oneOf(i, NEXT));
        if (set.contains(Next.OFF)) set.clear();
        return set;
    }

    private static Set<Ignored> ignored(Args a) {
        var set = EnumSet.noneOf(Ignored.class);
        for (int i = 1; i <= a.count(); i++) set.add(a.oneOf(i, IGNORED));
        return set;
    }

    private static Bind bind(Args a) {
        if (a.count() == 2) {
            if (!a.word(2).equals("transparent")) throw a.fail("invalid parameter \"" + a.word(2) + "\"");
            throw a.fail("transparent proxying is not supported on this platform");
        }
        if (a.word(1).equals("off")) return new Bind(null);
        if (a.word(1).indexOf('$') < 0) {
            try {
                if (Url.parse(a.word(1), 0, false).address() == null) throw a.fail("invalid address \"" + a.word(1) + "\"");
            } catch (Url.BadUrl _) {
                throw a.fail("invalid address \"" + a.word(1) + "\"");
            }
        }
        return new Bind(ComplexValue.of(a, 1));
    }

    private static UpstreamConf upstreamConf(Scope s) {
        var hidden = new HashSet<>(HIDDEN);
        hidden.addAll(HIDE_HEADER.get(s));
        PASS_HEADER.get(s).forEach(hidden::remove);
        var redirects = REDIRECT.get(s);
        var pass = s.get(PASS_SLOT);
        if (redirects.isEmpty() && pass != null && pass.text != null) redirects = List.of(defaultRedirect(pass));
        var rules = new ArrayList<>(redirects);
        rules.remove(ProxyRewrite.OFF);
        return new UpstreamConf(CONNECT_TIMEOUT.get(s), SEND_TIMEOUT.get(s), READ_TIMEOUT.get(s), (int) (long) BUFFER_SIZE.get(s),
                (int) BUFFERS.get(s).size, BUFFERING.get(s), NEXT_UPSTREAM.get(s), NEXT_UPSTREAM_TRIES.get(s), NEXT_UPSTREAM_TIMEOUT.get(s), INTERCEPT_ERRORS.get(s), false,
                IGNORE_CLIENT_ABORT.get(s), FORCE_RANGES.get(s), SOCKET_KEEPALIVE.get(s), BIND.get(s).value, Set.copyOf(hidden),
                IGNORE_HEADERS.get(s), rules.isEmpty() ? null : (r, value, from) -> ProxyRewrite.first(rules, r, value, from),
                ProxyRewrite.cookies(COOKIE_DOMAIN.get(s), COOKIE_PATH.get(s)));
    }
}
