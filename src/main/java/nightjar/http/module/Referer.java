package nightjar.http.module;

import static nightjar.conf.Context.SRV_LOC;
import static nightjar.conf.Directive.number;
import static nightjar.conf.Directive.run;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Variable.variable;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.ConfException;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.http.ConfKey;
import nightjar.http.CoreServer;
import nightjar.http.HttpModule;
import nightjar.http.Regexes;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// `valid_referers` and `$invalid_referer`. Source: ngx_http_referer_module.c.
public final class Referer {
    private static final int MAX_HOST = 256;

    /// @param path what the referer's path must begin with, maybe empty
    private record Host(String name, String path) {}

    /// A block's words.
    private static final class Names {
        final List<Host> hosts = new ArrayList<>();
        final HostNames<String> seen = new HostNames<>();
        boolean none, blocked, serverNames;
    }

    private static final Slot<@Nullable Names> NAMES = Slot.of(null);
    private static final Slot<List<Regexes.Compiled>> REGEXES = Slot.list();

    static final Directive<?> VALID_REFERERS = run("valid_referers", SRV_LOC, Arity.ONE_OR_MORE, Referer::read);
    /// There are no such tables here: read and checked, without effect.
    static final Directive<Integer> REFERER_HASH_MAX_SIZE = number("referer_hash_max_size", SRV_LOC, 2048);
    static final Directive<Integer> REFERER_HASH_BUCKET_SIZE = number("referer_hash_bucket_size", SRV_LOC, 64);

    record Conf(HostNames<String> hosts, boolean none, boolean blocked, List<Regexes.Compiled> regexes,
            List<Regexes.Compiled> serverRegexes) {
        static Conf of(Scope s) {
            var names = s.get(NAMES);
            if (names == null) return new Conf(new HostNames<>(), false, false, List.of(), List.of());
            var hosts = new HostNames<String>();
            for (var host : names.hosts) hosts.add(host.name, host.path);
            if (names.serverNames) {
                for (var name : s.get(CoreServer.NAMES_SLOT)) {
                    if (name.regex() == null) hosts.add(name.text(), "");
                }
            }
            if ((names.none || names.blocked) && hosts.isEmpty()) {
                throw new ConfException("the \"none\" or \"blocked\" referers are specified "
                        + "in the \"valid_referers\" directive without any valid referer");
            }
            return new Conf(hosts, names.none, names.blocked, s.get(REGEXES), serverRegexes(s));
        }

        /// As nginx has it, those of an outer block hold where the inner one names others.
        private static List<Regexes.Compiled> serverRegexes(Scope s) {
            for (var at = s; at != null; at = at.outer()) {
                var names = at.own(NAMES);
                if (names == null || !names.serverNames) continue;
                var found = s.get(CoreServer.NAMES_SLOT).stream().filter(n -> n.regex() != null).map(n -> n.regex()).toList();
                if (!found.isEmpty()) return found;
            }
            return List.of();
        }

        boolean isEmpty() { return hosts.isEmpty() && regexes.isEmpty() && serverRegexes.isEmpty(); }
    }
    static final ConfKey<Conf> CONF = new ConfKey<>(Conf::of);

    public static final HttpModule MODULE = module("referer")
            .directives(VALID_REFERERS, REFERER_HASH_MAX_SIZE, REFERER_HASH_BUCKET_SIZE)
            .conf(CONF)
            .variables(variable("invalid_referer", Referer::invalid));

    private Referer() {}

    private static void read(Args a) {
        var names = a.scope().own(NAMES);
        if (names == null) a.scope().set(NAMES, names = new Names());
        for (var word : a.words()) {
            switch (word) {
                case "" -> throw a.fail("invalid referer \"\"");
                case "none" -> names.none = true;
                case "blocked" -> names.blocked = true;
                case "server_names" -> names.serverNames = true;
                case "~" -> throw a.fail("empty regex in \"~\"");
                default -> {
                    if (word.startsWith("~")) a.scope().add(REGEXES, Regexes.compile(a, word.substring(1), true));
                    else add(a, names, word);
                }
            }
        }
    }

    private static void add(Args a, Names names, String word) {
        int slash = word.indexOf('/');
        var host = slash < 0 ? new Host(word, "") : new Host(word.substring(0, slash), word.substring(slash));
        try {
            names.seen.add(host.name, "");
        } catch (ConfException e) {
            throw a.fail(e.getMessage());
        }
        names.hosts.add(host);
    }

    private static String invalid(Request r) { return isValid(r.conf(CONF), r.in.get("referer")) ? "" : "1"; }

    private static boolean isValid(Conf conf, @Nullable String referer) {
        if (conf.isEmpty()) return true;
        if (referer == null) return conf.none;
        int scheme = Bytes.startsWithIgnoreCase(referer, "http://") ? 7 : Bytes.startsWithIgnoreCase(referer, "https://") ? 8 : 0;
        if (scheme == 0 || referer.length() < "http://i.ru".length()) return conf.blocked;
        int end = scheme;
        while (end < referer.length() && referer.charAt(end) != '/' && referer.charAt(end) != ':') end++;
        if (end - scheme > MAX_HOST) return false;
        var host = referer.substring(scheme, end);
        var path = conf.hosts.find(host);
        if (path != null) {
            int slash = referer.indexOf('/', end);
            return path.isEmpty() || slash >= 0 && referer.startsWith(path, slash);
        }
        var lower = Bytes.lower(host);
        for (var regex : conf.serverRegexes) if (regex.find(lower)) return true;
        var rest = referer.substring(scheme);
        for (var regex : conf.regexes) if (regex.find(rest)) return true;
        return false;
    }
}
