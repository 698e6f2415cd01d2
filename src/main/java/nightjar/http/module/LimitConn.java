package nightjar.http.module;

import static nightjar.conf.Context.*;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.PREACCESS;
import static nightjar.http.Variable.variable;

import java.util.HashMap;
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
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.Zones;
import nightjar.http.Zones.Zone;

/// Limits how many requests with the same key run at once, over all workers. Source: ngx_http_limit_conn_module.c.
public final class LimitConn {
    private static final int MAX_KEY = 255;
    private static final int MAX_CONNECTIONS = 65535;

    private record Limit(Zone zone, int max) {
        ComplexValue key() { return (ComplexValue) zone.conf; }
        Running running() { return Zones.state(zone, () -> new Running(key().text(), zone.size())); }
    }

    /// How many requests of each key run.
    private static final class Running {
        /// What nginx keeps for a key beside the key itself, in bytes.
        private static final int NODE = 36;
        final String keyText;
        private final long maxBytes;
        private final Map<String, Integer> counts = new HashMap<>();
        private long bytes;

        Running(String keyText, long size) {
            this.keyText = keyText;
            this.maxBytes = size - size / 64 - 4096;
        }

        /// 1 when counted, 0 when there are `max` already, -1 when there is no room for the key.
        synchronized int enter(String key, int max) {
            int n = counts.getOrDefault(key, 0);
            if (n >= max) return 0;
            if (n == 0) {
                if (bytes + size(key) > maxBytes) return -1;
                bytes += size(key);
            }
            counts.put(key, n + 1);
            return 1;
        }

        synchronized void leave(String key) {
            int n = counts.getOrDefault(key, 0);
            if (n > 1) { counts.put(key, n - 1); return; }
            if (counts.remove(key) != null) bytes -= size(key);
        }

        private static int size(String key) { return Integer.highestOneBit(NODE + key.length() - 1) << 1; }
    }

    static final Directive<?> ZONE = run("limit_conn_zone", HTTP_ONLY, Arity.take(2), LimitConn::zone);
    private static final Directive<List<Limit>> LIMITS = many("limit_conn", HTTP_SRV_LOC, Arity.take(2), LimitConn::limit);
    static final Directive<Level> LOG_LEVEL = one("limit_conn_log_level", HTTP_SRV_LOC, 1, a -> a.oneOf(1, LimitReq.LEVELS), Level.ERROR);
    static final Directive<Integer> STATUS = one("limit_conn_status", HTTP_SRV_LOC, 1, a -> a.intIn(1, 400, 599), 503);
    static final Directive<Boolean> DRY_RUN = flag("limit_conn_dry_run", HTTP_SRV_LOC, false);

    private record Conf(List<Limit> limits, Level level, int status, boolean dryRun) {
        Conf(Scope s) { this(List.copyOf(LIMITS.get(s)), LOG_LEVEL.get(s), STATUS.get(s), DRY_RUN.get(s)); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("limit_conn")
            .directives(ZONE, LIMITS, LOG_LEVEL, STATUS, DRY_RUN)
            .conf(CONF)
            .variables(variable("limit_conn_status", r -> r.main.limitConnStatus))
            .ready(LimitConn::check)
            .on(PREACCESS, LimitConn::handle, l -> !l.conf(CONF).limits.isEmpty());

    private LimitConn() {}

    private static Outcome handle(Request r) {
        if (r.main.limitConnStatus != null) return DECLINED;
        var conf = r.conf(CONF);
        var entered = new String[conf.limits.size()];
        for (int i = 0; i < entered.length; i++) {
            var limit = conf.limits.get(i);
            var key = limit.key().eval(r);
            if (key.isEmpty()) continue;
            if (key.length() > MAX_KEY) {
                r.log(Level.ERROR, "the value of the \"" + limit.key().text() + "\" key is more than 255 bytes: \"" + key + "\"");
                continue;
            }
            r.main.limitConnStatus = "PASSED";
            int counted = limit.running().enter(key, limit.max);
            if (counted == 1) { entered[i] = key; continue; }
            if (counted == 0) {
                r.log(conf.level, "limiting connections" + (conf.dryRun ? ", dry run," : "") + " by zone \"" + limit.zone.name + "\"");
            }
            leave(conf.limits, entered);
            r.main.limitConnStatus = conf.dryRun ? "REJECTED_DRY_RUN" : "REJECTED";
            return conf.dryRun ? DECLINED : status(conf.status);
        }
        if (r.main.limitConnStatus != null) r.main.onClose(() -> leave(conf.limits, entered));
        return DECLINED;
    }

    private static void leave(List<Limit> limits, String[] entered) {
        for (int i = 0; i < entered.length; i++) if (entered[i] != null) limits.get(i).running().leave(entered[i]);
    }

    // --- how words become values

    private static void zone(Args a) {
        var w = a.word(2);
        if (!w.startsWith("zone=")) throw a.fail("invalid parameter \"" + w + "\"");
        var key = ComplexValue.of(a, 1);
        var zone = Zones.declared(a, w, "limit_conn");
        if (zone.conf instanceof ComplexValue bound) {
            throw a.fail(a.name() + " \"" + zone.name + "\" is already bound to key \"" + bound.text() + "\"");
        }
        zone.conf = key;
    }

    private static Limit limit(Args a) {
        var zone = Zones.named(a, a.word(1), "limit_conn");
        var before = a.scope().own(LIMITS.slot());
        if (before != null) for (var l : before) if (l.zone == zone) throw a.wrong("is duplicate");
        int max = Bytes.parseInt(a.word(2));
        if (max <= 0) throw a.fail("invalid number of connections \"" + a.word(2) + "\"");
        if (max > MAX_CONNECTIONS) throw a.fail("connection limit must be less 65536");
        return new Limit(zone, max);
    }

    /// A zone that was there before keeps its counts, so its key must be the same.
    private static void check(HttpConf conf) {
        for (var l : conf.locations()) for (var limit : l.conf(CONF).limits) {
            var before = limit.running().keyText;
            if (before.equals(limit.key().text())) continue;
            throw new ConfException("limit_conn_zone \"" + limit.zone.name + "\" uses the \"" + limit.key().text()
                    + "\" key while previously it used the \"" + before + "\" key");
        }
    }
}
