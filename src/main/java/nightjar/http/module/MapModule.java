package nightjar.http.module;

import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Directive.block;
import static nightjar.conf.Directive.number;
import static nightjar.http.HttpModule.module;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.ConfException;
import nightjar.conf.Directive;
import nightjar.http.ComplexValue;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.Regexes;
import nightjar.http.Request;
import nightjar.http.Variables;
import org.jspecify.annotations.Nullable;

/// `map`: a variable whose value depends on others. Source: ngx_http_map_module.c.
public final class MapModule {
    private record Case(Regexes.Compiled regex, ComplexValue value) {}

    static final Directive<?> MAP = block("map", HTTP_ONLY, Arity.take(2), (a, _) -> read(a));
    /// There are no such tables here: read and checked, without effect.
    static final Directive<Integer> MAP_HASH_MAX_SIZE = number("map_hash_max_size", HTTP_ONLY, 2048);
    static final Directive<Integer> MAP_HASH_BUCKET_SIZE = number("map_hash_bucket_size", HTTP_ONLY, 64);

    public static final HttpModule MODULE = module("map").directives(MAP, MAP_HASH_MAX_SIZE, MAP_HASH_BUCKET_SIZE);

    private final ComplexValue key;
    private final HostNames<ComplexValue> names = new HostNames<>();
    private final List<Case> regexes = new ArrayList<>();
    private @Nullable ComplexValue byDefault;
    private boolean hostnames, isVolatile;

    private MapModule(ComplexValue key) { this.key = key; }

    private static void read(Args a) {
        var map = new MapModule(ComplexValue.of(a, 1));
        var name = newVariable(a, 2);
        a.readLines(map::line);
        variables(a).defineComputed(name, !map.isVolatile, map::value);
    }

    /// The name of the variable that a block's word `n` wants to define.
    /// @throws ConfException if it is none, or taken
    static String newVariable(Args a, int n) {
        var word = a.word(n);
        if (!word.startsWith("$") || word.length() == 1) throw a.fail("invalid variable name \"" + word + "\"");
        try {
            return variables(a).define(word.substring(1)).name();
        } catch (IllegalArgumentException e) {
            throw a.fail(e.getMessage());
        }
    }

    static Variables variables(Args a) { return a.scope().get(HttpConf.VARIABLES); }

    private void line(Args a) {
        var word = a.name();
        if (a.count() == 0 && word.equals("hostnames")) { hostnames = true; return; }
        if (a.count() == 0 && word.equals("volatile")) { isVolatile = true; return; }
        if (a.count() != 1) throw a.fail("invalid number of the map parameters");
        var value = ComplexValue.of(a, 1);
        if (word.equals("default")) {
            if (byDefault != null) throw a.fail("duplicate default map parameter");
            byDefault = value;
        } else if (word.startsWith("~")) {
            boolean caseless = word.startsWith("~*");
            regexes.add(new Case(Regexes.compile(a, word.substring(caseless ? 2 : 1), caseless), value));
        } else {
            var name = word.startsWith("\\") ? word.substring(1) : word;
            try {
                if (hostnames) names.add(name, value);
                else names.addExact(name, value);
            } catch (ConfException e) {
                throw a.fail(e.getMessage());
            }
        }
    }

    private String value(Request r) {
        if (r.debug()) r.debug("http map started");
        var subject = key.eval(r);
        if (hostnames && subject.endsWith(".")) subject = subject.substring(0, subject.length() - 1);
        var found = find(r, subject);
        var value = found == null ? "" : found.eval(r);
        if (r.debug()) r.debug("http map: \"" + subject + "\" \"" + value + "\"");
        return value;
    }

    private @Nullable ComplexValue find(Request r, String subject) {
        var found = names.find(subject);
        if (found != null) return found;
        if (!subject.isEmpty()) {
            for (int i = 0; i < regexes.size(); i++) {
                var c = regexes.get(i);
                if (c.regex.match(r, subject)) return c.value;
            }
        }
        return byDefault;
    }
}
