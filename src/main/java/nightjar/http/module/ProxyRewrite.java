package nightjar.http.module;

import java.util.List;
import nightjar.conf.Args;
import nightjar.core.Bytes;
import nightjar.http.ComplexValue;
import nightjar.http.Regexes;
import nightjar.http.Request;
import nightjar.http.upstream.UpstreamConf;
import org.jspecify.annotations.Nullable;

/// How a value that a proxied server sent is changed for the client: `proxy_redirect`, `proxy_cookie_domain`, `proxy_cookie_path`.
/// Source: ngx_http_proxy_rewrite_redirect, ngx_http_proxy_rewrite_cookie.
sealed interface ProxyRewrite {
    /// `off`: stands for no rule.
    ProxyRewrite OFF = new Prefix(ComplexValue.literal(""), ComplexValue.literal(""));

    /// A beginning is replaced.
    record Prefix(ComplexValue pattern, ComplexValue replacement) implements ProxyRewrite {}

    /// All of it, if it matches.
    record Pattern(Regexes.Compiled regex, ComplexValue replacement) implements ProxyRewrite {}

    /// All of it but a dot before it, if it is this name.
    record Domain(ComplexValue name, ComplexValue replacement) implements ProxyRewrite {}

    static ProxyRewrite literal(String pattern, String replacement) {
        return new Prefix(ComplexValue.literal(pattern), ComplexValue.literal(replacement));
    }

    /// `pattern replacement`, `~regex replacement`, `~*regex replacement`
    static ProxyRewrite of(Args a) {
        var word = a.word(1);
        if (!word.startsWith("~")) return new Prefix(ComplexValue.of(a, 1), ComplexValue.of(a, 2));
        boolean caseless = word.startsWith("~*");
        return new Pattern(Regexes.compile(a, word.substring(caseless ? 2 : 1), caseless), ComplexValue.of(a, 2));
    }

    /// The same for domains, which are compared without regard to case.
    static ProxyRewrite domain(Args a) {
        var word = a.word(1);
        if (word.startsWith("~")) return new Pattern(Regexes.compile(a, word.substring(1), true), ComplexValue.of(a, 2));
        return new Domain(ComplexValue.of(a, word.startsWith(".") ? word.substring(1) : word), ComplexValue.of(a, 2));
    }

    /// What the first rule that fits makes of `value` from `from` on; null when none fits.
    static @Nullable String first(List<ProxyRewrite> rules, Request r, String value, int from) {
        for (var rule : rules) {
            if (rule == OFF) continue;
            var text = value.substring(from);
            var changed = switch (rule) {
                case Prefix(var pattern, var replacement) -> {
                    var prefix = pattern.eval(r);
                    yield text.startsWith(prefix) ? replacement.eval(r) + text.substring(prefix.length()) : null;
                }
                case Pattern(var regex, var replacement) -> regex.match(r, text) ? replacement.eval(r) : null;
                case Domain(var name, var replacement) -> {
                    boolean dot = text.startsWith(".");
                    yield Bytes.equalsIgnoreCase(dot ? text.substring(1) : text, name.eval(r))
                            ? (dot ? "." : "") + replacement.eval(r) : null;
                }
            };
            if (changed != null) return value.substring(0, from) + changed;
        }
        return null;
    }

    /// Applies rules to the Domain and the Path of a cookie; null when there are none.
    static UpstreamConf.@Nullable Rewrite cookies(List<ProxyRewrite> domains, List<ProxyRewrite> paths) {
        if (domains.isEmpty() && paths.isEmpty()) return null;
        return (r, value, _) -> {
            var out = new StringBuilder();
            for (int p = 0; p <= value.length(); ) {
                int end = value.indexOf(';', p);
                if (end < 0) end = value.length();
                out.append(out.isEmpty() ? "" : ";").append(p == 0 ? value.substring(0, end)
                        : attribute(domains, paths, r, value.substring(p, end)));
                p = end + 1;
            }
            return out.toString();
        };
    }

    private static String attribute(List<ProxyRewrite> domains, List<ProxyRewrite> paths, Request r, String text) {
        int eq = text.indexOf('=');
        if (eq < 0) return text;
        var name = Bytes.trim(text.substring(0, eq));
        var rules = Bytes.equalsIgnoreCase(name, "domain") ? domains : Bytes.equalsIgnoreCase(name, "path") ? paths : List.<ProxyRewrite>of();
        int from = eq + 1;
        while (from < text.length() && text.charAt(from) == ' ') from++;
        var changed = first(rules, r, text, from);
        return changed == null ? text : changed;
    }
}
