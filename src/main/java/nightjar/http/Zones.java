package nightjar.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import nightjar.conf.Args;
import nightjar.conf.ConfException;
import nightjar.conf.Context;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.conf.Units;
import org.jspecify.annotations.Nullable;

/// The shared memory zones of a configuration, by name: what all workers share and what outlives a reload.
/// Unlike nginx, no memory is set aside; whoever uses a zone keeps to its size. Source: ngx_shared_memory_add.
public final class Zones {
    /// A zone is named by those who use it and sized by the one who declares it, in either order.
    public static final class Zone {
        public final String name;
        private final String owner;
        private long size;
        private @Nullable Object state;
        /// What the declaration says of it, for its owner.
        public @Nullable Object conf;

        private Zone(String name, String owner) {
            this.name = name;
            this.owner = owner;
        }

        /// In bytes.
        public long size() { return size; }
    }

    private record Kept(String owner, long size, Object state) {}

    private static final Slot<@Nullable Zones> SLOT = Slot.of(null);
    /// The zones in use, for the next configuration.
    private static final Map<String, Kept> KEPT = new ConcurrentHashMap<>();
    private static final long MIN_SIZE = 8 * 4096;

    private final Map<String, Zone> byName = new LinkedHashMap<>();

    private Zones() {}

    private static Zones of(Scope scope) {
        var http = scope;
        while (http.context() != Context.HTTP && http.outer() != null) http = http.outer();
        var zones = http.own(SLOT);
        if (zones == null) http.set(SLOT, zones = new Zones());
        return zones;
    }

    /// The zone that the statement `a` of module `owner` names.
    public static Zone named(Args a, String name, String owner) { return of(a.scope()).add(a, name, 0, owner); }

    /// Declares a zone by the text of a `zone=name:size` parameter.
    public static Zone declared(Args a, String parameter, String owner) {
        var value = parameter.substring("zone=".length());
        int colon = value.indexOf(':');
        if (colon < 0) throw a.fail("invalid zone size \"" + parameter + "\"");
        long size = Units.size(value.substring(colon + 1));
        if (size < 0) throw a.fail("invalid zone size \"" + parameter + "\"");
        if (size < MIN_SIZE) throw a.fail("zone \"" + parameter + "\" is too small");
        var name = value.substring(0, colon);
        if (name.isEmpty()) throw a.fail("\"" + a.name() + "\" must have \"zone\" parameter");
        return of(a.scope()).add(a, name, size, owner);
    }

    /// Declares a zone of `size` bytes.
    public static Zone declared(Args a, String name, long size, String owner) { return of(a.scope()).add(a, name, size, owner); }

    private Zone add(Args a, String name, long size, String owner) {
        var zone = byName.computeIfAbsent(name, n -> new Zone(n, owner));
        if (!zone.owner.equals(owner)) throw a.fail("the shared memory zone \"" + name + "\" is already declared for a different use");
        if (zone.size == 0) zone.size = size;
        if (size != 0 && zone.size != size) {
            throw a.fail("the size " + size + " of shared memory zone \"" + name + "\" conflicts with already declared size " + zone.size);
        }
        return zone;
    }

    /// What workers share of `zone`: that of the configuration before, if it had the same zone, else a new one.
    @SuppressWarnings("unchecked") // an owner has one type of state
    public static <T> T state(Zone zone, Supplier<T> fresh) {
        if (zone.state == null) {
            var kept = KEPT.get(zone.name);
            boolean same = kept != null && kept.owner.equals(zone.owner) && kept.size == zone.size;
            zone.state = same ? kept.state : fresh.get();
        }
        return (T) zone.state;
    }

    /// When all text is read: every zone that is used must have been declared.
    static void check(HttpConf conf) {
        var zones = conf.scope.get(SLOT);
        if (zones == null) return;
        for (var z : zones.byName.values()) {
            if (z.size == 0) throw new ConfException("zero size shared memory zone \"" + z.name + "\"");
        }
    }

    /// The configuration is in use from now on: the next one may take its zones over.
    public static void keep(HttpConf conf) {
        var zones = conf.scope.get(SLOT);
        if (zones == null) { KEPT.clear(); return; }
        KEPT.keySet().retainAll(zones.byName.keySet());
        for (var z : zones.byName.values()) if (z.state != null) KEPT.put(z.name, new Kept(z.owner, z.size, z.state));
    }
}
