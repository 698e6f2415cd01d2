package nightjar.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Log;
import nightjar.net.Address;
import nightjar.net.Conn;
import nightjar.net.ListenOptions;
import org.jspecify.annotations.Nullable;

/// A whole `http { }`: its servers, variables and steps, made once when all text is read and then read-only.
public final class HttpConf {
    /// The variables of the configuration that is being read.
    public static final Slot<Variables> VARIABLES = Slot.of(new Variables());
    static final Slot<@Nullable HttpConf> HTTP = Slot.of(null);

    public final Scope scope;
    public final Variables variables = new Variables();
    public final List<HttpModule> modules;
    /// The order in which modules' filters see a response.
    public final List<HttpModule> filterOrder;
    final List<Server> servers = new ArrayList<>();
    PhaseEngine engine;
    /// The configuration is being replaced or the process ends: connections close after their request.
    public volatile boolean closing;
    private final List<Location> locations = new ArrayList<>();
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final Map<Object, Object> attachments = new HashMap<>();

    /// A listening socket as this configuration wants it, and what it says about who answers there.
    public record Endpoint(Address address, ListenOptions options, ListenConf byDefault, Map<String, ListenConf> byLocalAddress) {
        /// The servers for a connection that came to the local address `addr`.
        ListenConf pick(Conn c) {
            if (byLocalAddress.isEmpty()) return byDefault;
            var own = byLocalAddress.get(c.localAddr());
            return own != null ? own : byDefault;
        }
    }

    HttpConf(Scope scope, List<HttpModule> modules, List<HttpModule> filterOrder) {
        this.scope = scope;
        this.modules = modules;
        this.filterOrder = filterOrder;
        for (var m : modules) m.variables().forEach(variables::add);
    }

    /// The `http` block's directive: reads the block with the modules' variables known.
    public static Directive<?> directive(List<HttpModule> modules, List<HttpModule> filterOrder, Slot<@Nullable HttpConf> into) {
        return Directive.block("http", Context.MAIN_ONLY, Arity.NONE, (args, scope) -> {
            if (scope.has(into)) throw args.wrong("is duplicate");
            var child = scope.child(Context.HTTP);
            var conf = new HttpConf(child, modules, filterOrder);
            scope.set(into, conf);
            child.set(VARIABLES, conf.variables);
            child.set(HTTP, conf);
            args.readBlock(child);
            conf.compile(args);
        });
    }

    private void compile(Args at) {
        for (var s : servers) compile(s);
        variables.resolve();
        engine = new PhaseEngine(modules, locations);
        Listens.build(this, at, endpoints);
        for (var m : modules) m.ready().forEach(r -> r.accept(this));
    }

    private void compile(Server s) {
        s.conf = Core.serverConf(s.scope);
        s.names = s.scope.get(CoreServer.NAMES_SLOT);
        build(s.root);
        pseudo(s.scope);
        s.locations = locations(s.scope);
    }

    private Locations locations(Scope scope) {
        var list = scope.get(CoreServer.LOCATIONS);
        for (var l : list) {
            build(l);
            pseudo(l.scope);
            l.inner = locations(l.scope);
        }
        return list.isEmpty() ? Locations.NONE : new Locations(list);
    }

    /// The `if` and `limit_except` blocks of `scope`.
    private void pseudo(Scope scope) {
        for (var l : scope.get(CoreServer.PSEUDO)) {
            build(l);
            pseudo(l.scope);
        }
    }

    private void build(Location l) {
        locations.add(l);
        l.confs = new Object[ConfKey.count()];
        for (var m : modules) for (var key : m.confs()) l.confs[key.index] = key.build.apply(l.scope);
        l.content = l.scope.get(Core.CONTENT);
        l.limitExcept = l.scope.get(LimitExcept.RULE);
        var heads = new ArrayList<HeaderFilter>();
        var bodies = new ArrayList<BodyFilter>();
        for (var m : filterOrder) {
            if (m == Postpone.MODULE) l.postponeAt = bodies.size();
            if (m.headerFilter() == null && m.bodyFilter() == null || !m.filters().test(l)) continue;
            if (m.headerFilter() != null) heads.add(m.headerFilter());
            if (m.bodyFilter() != null) bodies.add(m.bodyFilter());
        }
        l.headerFilters = heads.toArray(HeaderFilter[]::new);
        l.bodyFilters = bodies.toArray(BodyFilter[]::new);
        var logs = new ArrayList<Handler>();
        for (var m : modules) for (var on : m.onPhases()) {
            if (on.phase() == Phase.LOG && on.active().test(l)) logs.add(on.handler());
        }
        l.logHandlers = logs.toArray(Handler[]::new);
    }

    /// Every level and block that requests are configured by.
    public List<Location> locations() { return locations; }
    public List<Server> servers() { return servers; }
    public PhaseEngine engine() { return engine; }
    public Map<String, Endpoint> endpoints() { return endpoints; }
    public Log log() { return scope.get(Core.LOG); }

    /// Something a module keeps with the whole configuration.
    @SuppressWarnings("unchecked")
    public <T> @Nullable T attachment(Object key) { return (T) attachments.get(key); }
    public void attach(Object key, Object value) { attachments.put(key, value); }

    /// Takes a connection that one of this configuration's sockets accepted.
    public void accepted(Conn conn, HttpWorker worker, Endpoint endpoint) {
        if (worker.connections() >= worker.maxConnections && !worker.closeOldestIdle()) {
            log().write(Log.Level.ALERT, worker.maxConnections + " worker_connections are not enough");
            conn.close();
            return;
        }
        new Connection(conn, worker, endpoint.pick(conn)).start();
    }
}
