package nightjar.http.module;

import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Context.HTTP_SRV_LOC_LIF;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;

import java.util.List;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.ConfException;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.Buf;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.CtxKey;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// Names the charset of a response, and writes it in another one. Source: ngx_http_charset_filter_module.c.
public final class Charset {
    private static final Slot<List<CharsetMap>> MAPS = Slot.list();
    /// `null` stands for `off`.
    private record Name(@Nullable ComplexValue value) {}
    private static final Name OFF = new Name(null);

    private static final Directive<Name> CHARSET = one("charset", HTTP_SRV_LOC_LIF, 1,
            a -> a.word(1).equals("off") ? OFF : name(a), OFF);
    private static final Directive<Name> SOURCE_CHARSET = one("source_charset", HTTP_SRV_LOC_LIF, 1, Charset::name, OFF);
    private static final Directive<Boolean> OVERRIDE = flag("override_charset", HTTP_SRV_LOC_LIF, false);
    private static final Directive<MediaTypes> TYPES = MediaTypes.directive("charset_types", HTTP_SRV_LOC_LIF, Set.of("text/html", "text/xml",
            "text/plain", "text/vnd.wap.wml", "application/javascript", "application/rss+xml"));

    record Conf(@Nullable ComplexValue charset, @Nullable ComplexValue source, boolean override, MediaTypes types, List<CharsetMap> maps) {
        Conf(Scope s) { this(CHARSET.get(s).value, SOURCE_CHARSET.get(s).value, OVERRIDE.get(s), TYPES.get(s), s.get(MAPS)); }

        @Nullable CharsetMap map(String a, String b) {
            for (var m : maps) if (m.joins(a, b)) return m;
            return null;
        }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);
    private static final CtxKey<CharsetMap.Recoding> RECODING = new CtxKey<>();

    public static final HttpModule MODULE = module("charset")
            .directives(CHARSET, SOURCE_CHARSET, OVERRIDE, TYPES, rawBlock("charset_map", HTTP_ONLY, Arity.take(2), MAPS, Charset::map))
            .conf(CONF)
            .ready(Charset::check)
            .headerFilter(Charset::head)
            .bodyFilter(Charset::body)
            .filterWhen(l -> l.conf(CONF).charset != null || l.conf(CONF).source != null);

    private Charset() {}

    private static Name name(Args a) {
        var word = a.word(1);
        return new Name(word.startsWith("$") ? ComplexValue.of(a, 1) : ComplexValue.literal(word));
    }

    private static CharsetMap map(Args a) {
        for (var other : a.scope().get(MAPS)) {
            if (other.joins(a.word(1), a.word(2))) {
                throw a.fail("duplicate \"charset_map\" between \"" + a.word(1) + "\" and \"" + a.word(2) + "\"");
            }
        }
        return CharsetMap.read(a);
    }

    private static void check(HttpConf http) {
        for (var l : http.locations()) {
            var conf = l.conf(CONF);
            if (conf.charset == null || conf.source == null || !conf.charset.isPlain() || !conf.source.isPlain()) continue;
            String from = conf.source.text(), to = conf.charset.text();
            if (!Bytes.equalsIgnoreCase(from, to) && conf.map(from, to) == null) {
                throw new ConfException("no \"charset_map\" between the charsets \"" + from + "\" and \"" + to + "\"");
            }
        }
    }

    static Outcome head(Request r) {
        var conf = r.conf(CONF);
        var out = r.out;
        var to = r == r.main ? wanted(r, conf) : r.main.out.charset;
        if (to == null || to.isEmpty()) return OK;
        boolean named = out.charset != null && !out.charset.isEmpty();
        if (!named && conf.source == null) {
            set(r, to);
            return OK;
        }
        var from = named ? out.charset : conf.source.eval(r);
        if (r.debug()) r.debug("charset: \"" + from + "\" > \"" + to + "\"");
        if (Bytes.equalsIgnoreCase(from, to)) {
            dropParameters(r);
            set(r, to);
            return OK;
        }
        var encoding = out.get("Content-Encoding");
        if (encoding != null && !encoding.isEmpty()) return OK;
        var map = conf.map(from, to);
        if (map == null) {
            r.log(Level.ERROR, "no \"charset_map\" between the charsets \"" + from + "\" and \"" + to + "\"");
            return OK;
        }
        dropParameters(r);
        set(r, to);
        r.set(RECODING, map.new Recoding(from));
        r.filterNeedInMemory = true;
        if (map.utf8() && r == r.main) out.clearContentLength();
        return OK;
    }

    private static @Nullable String wanted(Request r, Conf conf) {
        var out = r.out;
        if (conf.charset == null || out.contentType == null || out.contentType.isEmpty()) return null;
        boolean named = out.charset != null && !out.charset.isEmpty();
        return (named ? conf.override : conf.types.take(r)) ? conf.charset.eval(r) : null;
    }

    private static void dropParameters(Request r) {
        var type = r.out.contentType;
        int end = type == null ? -1 : type.indexOf(';');
        if (end >= 0) r.out.contentType = type.substring(0, end);
    }

    private static void set(Request r, String charset) {
        if (r != r.main) return;
        // a redirect names none: old browsers would take it for the next page's
        r.out.charset = r.out.status == 301 || r.out.status == 302 ? null : charset;
    }

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        var recoding = r.get(RECODING);
        if (recoding == null) return in;
        Buf first = null, end = null;
        for (var b = in; b != null; b = b.next) {
            var made = b.len == 0 ? Buf.empty() : Buf.of(recoding.recode(b.bytes()));
            if (b.file != null) b.file.release();
            made.flush = b.flush;
            made.last = b.last;
            made.lastInChain = b.lastInChain;
            if (end == null) first = made; else end.next = made;
            end = made;
        }
        return first;
    }
}
