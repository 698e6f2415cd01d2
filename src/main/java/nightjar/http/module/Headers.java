package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC_LIF;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.conf.Units;
import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.http.Buf;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// `add_header`, `add_trailer` and `expires`. Source: ngx_http_headers_filter_module.c.
public final class Headers {
    private enum Inherit { OFF, ON, MERGE }

    /// @param always also with a status that is neither a success nor a redirect
    record Line(String name, ComplexValue value, boolean always) {}

    enum Kind { ACCESS, MODIFIED, DAILY, EPOCH, MAX, OFF }

    /// @param seconds from the time of access or modification; of the day with `DAILY`
    /// @param value gives kind and seconds for each request, if not `null`
    record Expires(Kind kind, long seconds, @Nullable ComplexValue value) {
        static final Expires NEVER = new Expires(Kind.OFF, 0, null);
    }

    private static final Slot<List<Line>> HEADERS = Slot.ownList(), TRAILERS = Slot.ownList();
    private static final Directive<Inherit> HEADER_INHERIT = choice("add_header_inherit", HTTP_SRV_LOC_LIF, Inherit.ON);
    private static final Directive<Inherit> TRAILER_INHERIT = choice("add_trailer_inherit", HTTP_SRV_LOC_LIF, Inherit.ON);
    private static final Directive<Expires> EXPIRES = one("expires", HTTP_SRV_LOC_LIF, Arity.take(1, 2), Headers::expires, Expires.NEVER);

    record Conf(List<Line> headers, List<Line> trailers, Expires expires) {
        Conf(Scope s) { this(lines(s, HEADERS, HEADER_INHERIT), lines(s, TRAILERS, TRAILER_INHERIT), EXPIRES.get(s)); }

        boolean active() { return !headers.isEmpty() || !trailers.isEmpty() || expires.kind != Kind.OFF; }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("headers")
            .directives(
                    add("add_header", HTTP_SRV_LOC_LIF, Arity.take(2, 3), HEADERS, Headers::line),
                    add("add_trailer", HTTP_SRV_LOC_LIF, Arity.take(2, 3), TRAILERS, Headers::line),
                    HEADER_INHERIT, TRAILER_INHERIT, EXPIRES)
            .conf(CONF)
            .headerFilter(Headers::head)
            .bodyFilter(Headers::body)
            .filterWhen(l -> l.conf(CONF).active());

    private Headers() {}

    // --- configuration

    private static Line line(Args a) {
        if (a.count() == 3 && !a.word(3).equals("always")) throw a.fail("invalid parameter \"" + a.word(3) + "\"");
        return new Line(a.word(1), ComplexValue.of(a, 2), a.count() == 3);
    }

    /// A block's own lines instead of those around it, or with them.
    private static List<Line> lines(Scope s, Slot<List<Line>> slot, Directive<Inherit> inherit) {
        var own = s.get(slot);
        var how = inherit.get(s);
        if (s.outer() == null || how == Inherit.OFF || how == Inherit.ON && !own.isEmpty()) return own;
        var outer = lines(s.outer(), slot, inherit);
        if (own.isEmpty()) return outer;
        var all = new ArrayList<>(own);
        all.addAll(outer);
        return List.copyOf(all);
    }

    private static Expires expires(Args a) {
        int n = a.count();
        if (n == 2 && !a.word(1).equals("modified")) throw a.wrong("invalid value");
        var kind = n == 2 ? Kind.MODIFIED : Kind.ACCESS;
        var value = ComplexValue.of(a, n);
        if (!value.isPlain()) return new Expires(kind, 0, value);
        try {
            return expires(kind, a.word(n));
        } catch (IllegalArgumentException e) {
            throw a.wrong(e.getMessage());
        }
    }

    private static final Map<String, Kind> WORDS = Map.of("epoch", Kind.EPOCH, "max", Kind.MAX, "off", Kind.OFF);

    /// @throws IllegalArgumentException with nginx's text
    static Expires expires(Kind kind, String text) {
        var word = kind == Kind.MODIFIED ? null : WORDS.get(text);
        if (word != null) return new Expires(word, 0, null);
        boolean daily = text.startsWith("@"), minus = text.startsWith("-");
        if (daily && kind == Kind.MODIFIED) throw new IllegalArgumentException("daily time cannot be used with \"modified\" parameter");
        long seconds = Units.time(daily || minus || text.startsWith("+") ? text.substring(1) : text, true);
        if (seconds < 0) throw new IllegalArgumentException("invalid value");
        if (daily && seconds > 24 * 60 * 60) throw new IllegalArgumentException("daily time value must be less than 24 hours");
        return new Expires(daily ? Kind.DAILY : kind, minus ? -seconds : seconds, null);
    }

    // --- the head

    static Outcome head(Request r) {
        if (r != r.main) return OK;
        var conf = r.conf(CONF);
        boolean safe = safe(r.out.status);
        if (conf.expires.kind != Kind.OFF && safe) expire(r, conf.expires);
        for (var line : conf.headers) {
            if (safe || line.always) set(r, line.name, line.value.eval(r));
        }
        for (var line : conf.trailers) {
            if (safe || line.always) { r.expectTrailers = true; break; }
        }
        return OK;
    }

    private static boolean safe(int status) {
        return switch (status) {
            case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308 -> true;
            default -> false;
        };
    }

    private static void set(Request r, String name, String value) {
        if (Bytes.equalsIgnoreCase(name, "last-modified") || Bytes.equalsIgnoreCase(name, "etag")) r.out.assign(name, value, true);
        else if (!value.isEmpty()) r.out.add(name, value);
    }

    private static void expire(Request r, Expires e) {
        if (e.value != null) {
            try {
                e = expires(e.kind, e.value.eval(r));
            } catch (IllegalArgumentException _) {
                return;                 // as nginx has it, a value that means nothing sets nothing
            }
            if (e.kind == Kind.OFF) return;
        }
        var out = r.out;
        switch (e.kind) {
            case EPOCH -> set(r, "Thu, 01 Jan 1970 00:00:01 GMT", -1, true);
            case MAX -> set(r, "Thu, 31 Dec 2037 23:55:55 GMT", 315_360_000, false);
            case ACCESS, MODIFIED, DAILY, OFF -> {
                long now = r.worker.clock.sec();
                long at = e.kind == Kind.DAILY ? next(now, e.seconds)
                        : e.kind == Kind.ACCESS || out.lastModified == -1 || e.seconds == 0 ? now + e.seconds
                        : out.lastModified + e.seconds;
                set(r, Clock.httpTime(at), at - now, e.seconds < 0);
            }
        }
    }

    private static void set(Request r, String date, long maxAge, boolean never) {
        r.out.set("Expires", date);
        r.out.set("Cache-Control", never || maxAge < 0 ? "no-cache" : "max-age=" + maxAge);
    }

    /// When the clock next shows so many seconds since midnight, in seconds since the epoch.
    private static long next(long now, long ofDay) {
        var day = ZonedDateTime.ofInstant(Instant.ofEpochSecond(now), ZoneId.systemDefault()).with(LocalTime.MIDNIGHT);
        long at = day.plusSeconds(ofDay).toEpochSecond();
        return at > now ? at : day.plusDays(1).plusSeconds(ofDay).toEpochSecond();
    }

    // --- the trailers

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        if (in == null || !r.expectTrailers || r.headerOnly || !in.hasLast()) return in;
        boolean safe = safe(r.out.status);
        for (var line : r.conf(CONF).trailers) {
            if (!safe && !line.always) continue;
            var value = line.value.eval(r);
            if (!value.isEmpty()) r.out.addTrailer(line.name, value);
        }
        return in;
    }
}
