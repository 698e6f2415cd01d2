package nightjar.http.module;

import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Directive.block;
import static nightjar.http.HttpModule.module;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.core.Bytes;
import nightjar.http.ComplexValue;
import nightjar.http.HttpModule;
import nightjar.http.Request;

/// `split_clients`: a variable with one of several values, picked by the hash of a text.
/// Source: ngx_http_split_clients_module.c.
public final class SplitClients {
    private static final int MURMUR = 0x5bd1e995;
    private static final long ALL = 0xffffffffL;

    /// @param percent in hundredths; 0 for `*`
    private record Line(int percent, String value) {}

    /// @param limit hashes below it get the value
    private record Part(long limit, String value) {}

    static final Directive<?> SPLIT_CLIENTS = block("split_clients", HTTP_ONLY, Arity.take(2), (a, _) -> read(a));

    public static final HttpModule MODULE = module("split_clients").directives(SPLIT_CLIENTS);

    private SplitClients() {}

    private static void read(Args a) {
        var key = ComplexValue.of(a, 1);
        var name = MapModule.newVariable(a, 2);
        var lines = new ArrayList<Line>();
        a.readLinesOnly(line -> lines.add(line(line)));
        var parts = parts(a, lines);
        MapModule.variables(a).defineComputed(name, true, r -> value(r, key, parts));
    }

    private static Line line(Args a) {
        var word = a.name();
        int percent = word.equals("*") ? 0 : word.endsWith("%") ? hundredths(word.substring(0, word.length() - 1)) : -1;
        if (percent < 0 || percent == 0 && !word.equals("*")) throw a.fail("invalid percent value \"" + word + "\"");
        if (a.count() == 0) throw a.fail("no value for \"" + word + "\"");
        return new Line(percent, a.word(1));
    }

    /// `12.5` as 1250; -1 if it is no number with at most two decimals.
    static int hundredths(String text) {
        int dot = text.indexOf('.');
        var whole = dot < 0 ? text : text.substring(0, dot);
        var rest = dot < 0 ? "" : text.substring(dot + 1);
        if (rest.length() > 2) return -1;
        long n = Bytes.parseLong(whole + rest + "0".repeat(2 - rest.length()));
        return text.isEmpty() || text.equals(".") || n > Integer.MAX_VALUE ? -1 : (int) n;
    }

    private static List<Part> parts(Args a, List<Line> lines) {
        var parts = new ArrayList<Part>();
        int sum = 0;
        long limit = 0;
        for (var line : lines) {
            sum = line.percent == 0 ? 10000 : sum + line.percent;
            if (sum > 10000) throw a.fail("percent total is greater than 100%");
            limit = sum == 10000 ? ALL + 1 : limit + line.percent * ALL / 10000 & ALL;
            parts.add(new Part(limit, line.value));
            if (sum == 10000) limit = 0;
        }
        return List.copyOf(parts);
    }

    private static String value(Request r, ComplexValue key, List<Part> parts) {
        long hash = murmur(key.eval(r)) & ALL;
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            if (r.debug()) r.debug("http split: " + hash + " " + (part.limit > ALL ? 0 : part.limit));
            if (hash < part.limit) return part.value;
        }
        return "";
    }

    /// MurmurHash2 with seed 0. Source: ngx_murmur_hash2.
    static int murmur(String s) {
        int n = s.length(), i = 0, h = n;
        for (; n - i >= 4; i += 4) {
            int k = s.charAt(i) | s.charAt(i + 1) << 8 | s.charAt(i + 2) << 16 | s.charAt(i + 3) << 24;
            k *= MURMUR;
            k ^= k >>> 24;
            k *= MURMUR;
            h = h * MURMUR ^ k;
        }
        if (i < n) {
            for (int shift = 0; i < n; i++, shift += 8) h ^= s.charAt(i) << shift;
            h *= MURMUR;
        }
        h ^= h >>> 13;
        h *= MURMUR;
        return h ^ h >>> 15;
    }
}
