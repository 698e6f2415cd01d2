package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.string;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;

import java.util.Set;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.http.BodyFilter;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.ConfKey;
import nightjar.http.CtxKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.Subrequest;
import org.jspecify.annotations.Nullable;

/// Puts what other locations answer before and behind a response. Source: ngx_http_addition_filter_module.c.
public final class Addition {
    private static final Directive<@Nullable String> BEFORE = string("add_before_body", HTTP_SRV_LOC, null);
    private static final Directive<@Nullable String> AFTER = string("add_after_body", HTTP_SRV_LOC, null);
    private static final Directive<MediaTypes> TYPES = MediaTypes.directive("addition_types", HTTP_SRV_LOC, Set.of("text/html"));

    record Conf(@Nullable String before, @Nullable String after, MediaTypes types) {
        Conf(Scope s) { this(path(BEFORE.get(s)), path(AFTER.get(s)), TYPES.get(s)); }

        /// An empty word takes back what an outer block says.
        private static @Nullable String path(@Nullable String word) { return word == null || word.isEmpty() ? null : word; }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    private static final class State { boolean beforeSent; }
    private static final CtxKey<State> STATE = new CtxKey<>();

    private static final BodyFilter BODY = Addition::body;

    public static final HttpModule MODULE = module("addition")
            .directives(BEFORE, AFTER, TYPES)
            .conf(CONF)
            .headerFilter(Addition::head)
            .bodyFilter(BODY)
            .filterWhen(l -> l.conf(CONF).before != null || l.conf(CONF).after != null);

    private Addition() {}

    static Outcome head(Request r) {
        if (r.out.status != 200 || r != r.main || !r.conf(CONF).types.take(r)) return OK;
        r.set(STATE, new State());
        r.out.clearContentLength();
        r.allowRanges = false;
        r.out.weakenEtag();
        return OK;
    }

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        var state = r.get(STATE);
        if (in == null || state == null || r.headerOnly) return in;
        var conf = r.conf(CONF);
        if (!state.beforeSent) {
            state.beforeSent = true;
            if (conf.before != null && !add(r, conf.before)) return failed(r);
        }
        if (conf.after == null) {
            r.set(STATE, null);
            return in;
        }
        boolean last = false;
        for (var b = in; b != null; b = b.next) {
            last |= b.last;
            b.last = false;
        }
        if (!last) return in;
        r.set(STATE, null);
        BodyFilters.after(r, BODY, in);
        if (!add(r, conf.after)) return failed(r);
        return Buf.last();
    }

    private static boolean add(Request r, String uri) {
        var sub = Subrequest.inPlace(r, uri, null, null);
        if (sub == null) return false;
        Subrequest.post(sub);
        return true;
    }

    private static @Nullable Buf failed(Request r) {
        r.filterFailed = true;
        return null;
    }
}
