package nightjar.http.module;

import static nightjar.conf.Context.HTTP;
import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Context.LOCATION;
import static nightjar.conf.Context.LOCATION_IF;
import static nightjar.conf.Context.SERVER;
import static nightjar.conf.Context.SERVER_IF;
import static nightjar.conf.Directive.add;
import static nightjar.conf.Directive.one;
import static nightjar.http.HttpModule.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.ConfException;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.module.NdkFunctions.Function;
import org.jspecify.annotations.Nullable;

/// set-misc's directives: each sets a variable to what a function makes of one or more values, where `set` could stand.
/// What the functions do to text is in [SetMiscText]. Source: set-misc-nginx-module, ngx_devel_kit.
public final class SetMisc {
    private static final long UNSET = Long.MIN_VALUE;
    private static final Set<Context> ANYWHERE = Context.of(HTTP, SERVER, SERVER_IF, LOCATION, LOCATION_IF);

    /// @param take how many words the directive may have
    /// @param from the first word that is a value; the variable itself is word 1
    private record Row(String name, Arity take, int from, Function function) {
        static Row one(String name, Function f) { return new Row(name, Arity.take(1, 2), 2, f); }
        static Row two(String name, Function f) { return new Row(name, Arity.take(3), 2, f); }
    }

    private static final List<Row> OF_ONE_VALUE = List.of(
            Row.one("set_quote_sql_str", (_, v) -> SetMiscText.quoteSql(v[0])),
            Row.one("set_quote_pgsql_str", (_, v) -> SetMiscText.quotePgsql(v[0])),
            Row.one("set_quote_json_str", (_, v) -> SetMiscText.quoteJson(v[0])),
            Row.one("set_unescape_uri", (_, v) -> SetMiscText.unescapeUri(v[0])),
            Row.one("set_escape_uri", (_, v) -> SetMiscText.escapeUri(v[0])),
            Row.one("set_encode_base32", SetMisc::encodeBase32),
            Row.one("set_decode_base32", SetMisc::decodeBase32),
            Row.one("set_encode_base64", (_, v) -> SetMiscText.encodeBase64(v[0])),
            Row.one("set_decode_base64", (r, v) -> valid(r, "set_decode_base64", SetMiscText.decodeBase64(v[0]))),
            Row.one("set_encode_base64url", (_, v) -> SetMiscText.encodeBase64Url(v[0])),
            Row.one("set_decode_base64url", (r, v) -> valid(r, "set_decode_base64url", SetMiscText.decodeBase64Url(v[0]))),
            Row.one("set_encode_hex", (_, v) -> Bytes.hex(Bytes.of(v[0]))),
            Row.one("set_decode_hex", (r, v) -> valid(r, "set_decode_hex", SetMiscText.decodeHex(v[0]))),
            Row.one("set_sha1", (_, v) -> Bytes.hex(SetMiscText.digest("SHA-1", v[0]))),
            Row.one("set_md5", (_, v) -> Bytes.hex(SetMiscText.digest("MD5", v[0]))),
            Row.one("set_secure_random_alphanum", (r, v) -> secureRandom(r, v[0], SetMiscText.ALPHANUMERIC)),
            Row.one("set_secure_random_lcalpha", (r, v) -> secureRandom(r, v[0], SetMiscText.LOWER_CASE)),
            new Row("set_local_today", Arity.take(1), 2, (r, _) -> r.worker.clock.today()),
            new Row("set_formatted_gmt_time", Arity.take(2), 2, (r, v) -> Strftime.format(v[0], r.worker.clock.sec(), false)),
            new Row("set_formatted_local_time", Arity.take(2), 2, (r, v) -> Strftime.format(v[0], r.worker.clock.sec(), true)));

    private static final List<Row> OF_SEVERAL_VALUES = List.of(
            new Row("set_if_empty", Arity.take(2), 1, (_, v) -> v[0].isEmpty() ? v[1] : v[0]),
            Row.two("set_hmac_sha1", (_, v) -> SetMiscText.hmac("HmacSHA1", v[0], v[1])),
            Row.two("set_hmac_sha256", (_, v) -> SetMiscText.hmac("HmacSHA256", v[0], v[1])),
            Row.two("set_random", SetMisc::random),
            new Row("set_rotate", Arity.take(3), 1, SetMisc::rotate));

    static final Directive<Boolean> SET_BASE32_PADDING = Directive.flag("set_base32_padding", ANYWHERE, true);
    static final Directive<Boolean> SET_MISC_BASE32_PADDING = one("set_misc_base32_padding", ANYWHERE, Arity.take(1), SET_BASE32_PADDING.slot(), a -> {
        a.warn("the \"set_misc_base32_padding\" directive is deprecated, use the \"set_base32_padding\" directive instead");
        return a.flag(1);
    });
    static final Directive<String> SET_BASE32_ALPHABET = one("set_base32_alphabet", ANYWHERE, 1, SetMisc::alphabet, "0123456789abcdefghijklmnopqrstuv");

    private record UpstreamList(String name, List<String> upstreams) {}
    private static final Slot<List<UpstreamList>> UPSTREAM_LISTS = Slot.list();
    static final Directive<?> UPSTREAM_LIST = add("upstream_list", HTTP_ONLY, Arity.ONE_OR_MORE, UPSTREAM_LISTS, SetMisc::upstreamList);
    static final Directive<?> SET_HASHED_UPSTREAM = add("set_hashed_upstream", ANYWHERE, Arity.take(3), Rewrite.OPS, SetMisc::hashedUpstream);

    /// @param rotated what `set_rotate` made last
    record Conf(boolean padding, String alphabet, AtomicLong rotated) {
        Conf(Scope s) { this(SET_BASE32_PADDING.get(s), SET_BASE32_ALPHABET.get(s), new AtomicLong(UNSET)); }
    }
    static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("set_misc")
            .directives(SET_BASE32_PADDING, SET_MISC_BASE32_PADDING, SET_BASE32_ALPHABET, UPSTREAM_LIST, SET_HASHED_UPSTREAM)
            .directives(directives(OF_ONE_VALUE))
            .directives(directives(OF_SEVERAL_VALUES))
            .conf(CONF);

    private SetMisc() {}

    private static Directive<?>[] directives(List<Row> rows) {
        return rows.stream().map(row -> add(row.name, ANYWHERE, row.take, Rewrite.OPS, a -> op(a, row))).toArray(Directive<?>[]::new);
    }

    static void functions(Map<String, Function> to) { for (var row : OF_ONE_VALUE) to.put(row.name, row.function); }

    /// With one word, the variable's own value is what the function gets.
    private static Rewrite.Op op(Args a, Row row) { return op(a, a.count() == 1 ? 1 : row.from, row.function); }

    private static Rewrite.Op op(Args a, int from, Function function) {
        var variable = Rewrite.variable(a, 1);
        var values = new ArrayList<ComplexValue>();
        for (int i = from; i <= a.count(); i++) values.add(ComplexValue.of(a, i));
        return (r, run) -> {
            var texts = new String[values.size()];
            for (int i = 0; i < texts.length; i++) texts[i] = run.eval(values.get(i));
            var value = function.apply(r, texts);
            if (value == null) return Outcome.status(500);
            variable.set().set(r, value);
            return Outcome.DECLINED;
        };
    }

    private static String alphabet(Args a) {
        int n = a.word(1).length();
        if (n != 32) throw a.fail("\"set_base32_alphabet\" directive takes an alphabet of " + n + " bytes but 32 expected");
        return a.word(1);
    }

    // --- functions

    private static @Nullable String valid(Request r, String name, @Nullable String value) {
        if (value == null) r.log(Level.ERROR, name + ": invalid value");
        return value;
    }

    private static String encodeBase32(Request r, String... v) {
        var conf = r.conf(CONF);
        return SetMiscText.encodeBase32(v[0], conf.alphabet, conf.padding);
    }

    private static String decodeBase32(Request r, String... v) { return SetMiscText.decodeBase32(v[0], r.conf(CONF).alphabet); }

    private static @Nullable String secureRandom(Request r, String length, String letters) {
        int n = Bytes.parseInt(length);
        if (n >= 1 && n <= 64) return SetMiscText.secureRandom(n, letters);
        r.log(Level.ERROR, "set_random: bad \"length\" argument: " + length);
        return null;
    }

    private static @Nullable String random(Request r, String... v) {
        long from = Bytes.parseLong(v[0]);
        long to = Bytes.parseLong(v[1]);
        if (from < 0 || to < 0) {
            r.log(Level.ERROR, from < 0 ? "set_random: bad \"from\" argument: " + v[0] : "set_random: bad \"to\" argument: " + v[1]);
            return null;
        }
        return Long.toString(SetMiscText.random(Math.min(from, to), Math.max(from, to)));
    }

    /// Each location counts by itself; `v[0]` is the variable's own value.
    private static @Nullable String rotate(Request r, String... v) {
        long a = Bytes.parseLong(v[1]);
        long b = Bytes.parseLong(v[2]);
        if (a < 0 || b < 0) {
            r.log(Level.ERROR, "set_rotate: bad \"" + (a < 0 ? "from" : "to") + "\" argument value: \"" + (a < 0 ? v[1] : v[2]) + "\"");
            return null;
        }
        long from = Math.min(a, b);
        long to = Math.max(a, b);
        long own = v[0].isEmpty() ? -1 : Bytes.parseLong(v[0]);
        if (own < 0 && !v[0].isEmpty()) r.log(Level.ERROR, "set_rotate: bad current value: \"" + v[0] + "\"");
        return Long.toString(r.conf(CONF).rotated.updateAndGet(last -> {
            long next = (own >= 0 ? own : last != UNSET ? last : from - 1) + 1;
            return next > to || next < from ? from : next;
        }));
    }

    // --- upstream lists

    private static UpstreamList upstreamList(Args a) {
        var name = a.word(1);
        if (find(a.scope(), name) != null) throw a.fail("duplicate upstream list name \"" + name + "\"");
        return new UpstreamList(name, List.copyOf(a.words().subList(1, a.count())));
    }

    private static @Nullable UpstreamList find(Scope s, String name) {
        for (var list : s.get(UPSTREAM_LISTS)) if (list.name.equals(name)) return list;
        return null;
    }

    private static Rewrite.Op hashedUpstream(Args a) {
        if (a.word(2).indexOf('$') < 0) {
            var list = find(a.scope(), a.word(2));
            if (list == null) throw new ConfException("set_hashed_upstream: upstream list \"" + a.word(2) + "\" not defined yet");
            return op(a, 3, (_, v) -> pick(list, v[0]));
        }
        return op(a, 2, (r, v) -> {
            var list = find(r.server.scope, v[0]);
            if (list != null) return pick(list, v[1]);
            r.log(Level.ERROR, "set_hashed_upstream: upstream list \"" + v[0] + "\" not defined yet");
            return null;
        });
    }

    private static String pick(UpstreamList list, String key) {
        int n = list.upstreams.size();
        return n == 0 ? "" : list.upstreams.get(Integer.remainderUnsigned(Bytes.lower(key).hashCode(), n));
    }
}
