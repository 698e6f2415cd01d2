package nightjar.http.module;

import static nightjar.conf.Context.*;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.PREACCESS;
import static nightjar.http.Variable.variable;

import java.util.List;
import java.util.Map;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.ConfException;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.Delay;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.Zones;
import nightjar.http.Zones.Zone;

/// Limits how many requests with the same key come in a time: a leaky bucket a key. Source: ngx_http_limit_req_module.c.
public final class LimitReq {
    static final Map<String, Level> LEVELS = Map.of("info", Level.INFO, "notice", Level.NOTICE, "warn", Level.WARN, "error", Level.ERROR);
    private static final int MAX_KEY = 65535;

    /// `rate` in thousandths of a request a second.
    private record Spec(ComplexValue key, long rate) {}

    /// `burst` and `delay` in thousandths of a request.
    private record Limit(Zone zone, long burst, long delay) {
        Spec spec() { return (Spec) zone.conf; }
        LeakyBuckets buckets() { return Zones.state(zone, () -> new LeakyBuckets(spec().key.text(), zone.size())); }
    }

    static final Directive<?> ZONE = run("limit_req_zone", HTTP_ONLY, Arity.take(3), LimitReq::zone);
    private static final Directive<List<Limit>> LIMITS = many("limit_req", HTTP_SRV_LOC, Arity.take(1, 2, 3), LimitReq::limit);
    static final Directive<Level> LOG_LEVEL = one("limit_req_log_level", HTTP_SRV_LOC, 1, a -> a.oneOf(1, LEVELS), Level.ERROR);
    static final Directive<Integer> STATUS = one("limit_req_status", HTTP_SRV_LOC, 1, a -> a.intIn(1, 400, 599), 503);
    static final Directive<Boolean> DRY_RUN = flag("limit_req_dry_run", HTTP_SRV_LOC, false);

    private record Conf(List<Limit> limits, Level level, Level delayLevel, int status, boolean dryRun) {
        Conf(Scope s) { this(List.copyOf(LIMITS.get(s)), LOG_LEVEL.get(s), milder(LOG_LEVEL.get(s)), STATUS.get(s), DRY_RUN.get(s)); }
        private static Level milder(Level l) { return l == Level.INFO ? l : Level.values()[l.ordinal() + 1]; }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("limit_req")
            .directives(ZONE, LIMITS, LOG_LEVEL, STATUS, DRY_RUN)
            .conf(CONF)
            .variables(variable("limit_req_status", r -> r.main.limitReqStatus))
            .ready(LimitReq::check)
            .on(PREACCESS, LimitReq::handle, l -> !l.conf(CONF).limits.isEmpty());

    private LimitReq() {}

    private static Outcome handle(Request r) {
        if (r.main.limitReqStatus != null) return DECLINED;
        var conf = r.conf(CONF);
        var limits = conf.limits;
        int n = limits.size();
        var keys = new String[n];
        long now = r.worker.clock.msec();
        int last = -1;
        long excess = 0;
        for (int i = 0; i < n; i++) {
            var limit = limits.get(i);
            var key = limit.spec().key.eval(r);
            if (key.isEmpty()) continue;
            if (key.length() > MAX_KEY) {
                r.log(Level.ERROR, "the value of the \"" + limit.spec().key.text() + "\" key is more than 65535 bytes: \"" + key + "\"");
                continue;
            }
            long found = limit.buckets().find(key, limit.spec().rate, limit.burst, now, i == n - 1);
            if (r.debug()) r.debug("limit_req[" + i + "]: " + thousandths(found));
            if (found < 0 || found > limit.burst) return reject(r, conf, limit, found, keys);
            keys[i] = key;
            last = i;
            excess = found;
        }
        if (last < 0) return DECLINED;
        return delay(r, conf, keys, last == n - 1 ? excess : 0, now);
    }

    /// Counts the request with all limits and has it wait for the slowest of them.
    private static Outcome delay(Request r, Conf conf, String[] keys, long lastExcess, long now) {
        int n = keys.length;
        Limit slowest = conf.limits.get(n - 1);
        long worst = lastExcess, wait = keys[n - 1] == null ? 0 : wait(slowest, lastExcess);
        for (int i = n - 2; i >= 0; i--) {
            if (keys[i] == null) continue;
            var limit = conf.limits.get(i);
            long excess = limit.buckets().pour(keys[i], limit.spec().rate, now);
            if (wait(limit, excess) <= wait) continue;
            wait = wait(limit, excess);
            worst = excess;
            slowest = limit;
        }
        if (wait == 0) {
            r.main.limitReqStatus = "PASSED";
            return DECLINED;
        }
        r.log(conf.delayLevel, "delaying request" + (conf.dryRun ? ", dry run" : "") + ", excess: " + thousandths(worst)
                + ", by zone \"" + slowest.zone.name + "\"");
        r.main.limitReqStatus = conf.dryRun ? "DELAYED_DRY_RUN" : "DELAYED";
        if (conf.dryRun) return DECLINED;
        Delay.start(r, wait, () -> r.resume(DECLINED));
        return AGAIN;
    }

    private static long wait(Limit l, long excess) { return excess <= l.delay ? 0 : (excess - l.delay) * 1000 / l.spec().rate; }

    private static Outcome reject(Request r, Conf conf, Limit by, long excess, String[] keys) {
        if (excess >= 0) {
            r.log(conf.level, "limiting requests" + (conf.dryRun ? ", dry run" : "") + ", excess: " + thousandths(excess)
                    + " by zone \"" + by.zone.name + "\"");
        } else {
            r.log(Level.ALERT, "could not allocate node in limit_req zone \"" + by.zone.name + "\"");
        }
        for (int i = 0; i < keys.length - 1; i++) if (keys[i] != null) conf.limits.get(i).buckets().leave(keys[i]);
        r.main.limitReqStatus = conf.dryRun ? "REJECTED_DRY_RUN" : "REJECTED";
        return conf.dryRun ? DECLINED : status(conf.status);
    }

    private static String thousandths(long v) {
        var rest = Long.toString(1000 + v % 1000);
        return v / 1000 + "." + rest.substring(1);
    }

    // --- how words become values

    private static void zone(Args a) {
        var key = ComplexValue.of(a, 1);
        Zone zone = null;
        long rate = 1;
        int scale = 1;
        for (int i = 2; i <= a.count(); i++) {
            var w = a.word(i);
            if (w.startsWith("zone=")) {
                zone = Zones.declared(a, w, "limit_req");
            } else if (w.startsWith("rate=")) {
                var number = w.substring(5);
                if (w.endsWith("r/s") || w.endsWith("r/m")) number = w.substring(5, Math.max(5, w.length() - 3));
                scale = w.endsWith("r/m") ? 60 : 1;
                rate = Bytes.parseInt(number);
                if (rate <= 0) throw a.fail("invalid rate \"" + w + "\"");
            } else {
                throw a.fail("invalid parameter \"" + w + "\"");
            }
        }
        if (zone == null) throw a.fail("\"" + a.name() + "\" must have \"zone\" parameter");
        if (zone.conf instanceof Spec(var bound, _)) {
            throw a.fail(a.name() + " \"" + zone.name + "\" is already bound to key \"" + bound.text() + "\"");
        }
        zone.conf = new Spec(key, rate * 1000 / scale);
    }

    private static Limit limit(Args a) {
        Zone zone = null;
        long burst = 0, delay = 0;
        for (int i = 1; i <= a.count(); i++) {
            var w = a.word(i);
            if (w.startsWith("zone=")) {
                zone = Zones.named(a, w.substring(5), "limit_req");
            } else if (w.startsWith("burst=")) {
                burst = Bytes.parseInt(w.substring(6));
                if (burst <= 0) throw a.fail("invalid burst value \"" + w + "\"");
            } else if (w.startsWith("delay=")) {
                delay = Bytes.parseInt(w.substring(6));
                if (delay <= 0) throw a.fail("invalid delay value \"" + w + "\"");
            } else if (w.equals("nodelay")) {
                delay = Long.MAX_VALUE / 1000;
            } else {
                throw a.fail("invalid parameter \"" + w + "\"");
            }
        }
        if (zone == null) throw a.fail("\"" + a.name() + "\" must have \"zone\" parameter");
        var before = a.scope().own(LIMITS.slot());
        if (before != null) for (var l : before) if (l.zone == zone) throw a.wrong("is duplicate");
        return new Limit(zone, burst * 1000, delay * 1000);
    }

    /// A zone that was there before keeps its buckets, so its key must be the same.
    private static void check(HttpConf conf) {
        for (var l : conf.locations()) for (var limit : l.conf(CONF).limits) {
            var before = limit.buckets().keyText();
            if (before.equals(limit.spec().key.text())) continue;
            throw new ConfException("limit_req \"" + limit.zone.name + "\" uses the \"" + limit.spec().key.text()
                    + "\" key while previously it used the \"" + before + "\" key");
        }
    }
}
