package nightjar.http.upstream;

import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Context.UPS_ONLY;
import static nightjar.conf.Directive.block;
import static nightjar.conf.Directive.run;
import static nightjar.http.HttpModule.module;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.ConfException;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.conf.Units;
import nightjar.core.Bytes;
import nightjar.http.HttpModule;
import nightjar.net.Address;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// A group of servers: an `upstream` block, or what a `proxy_pass` with a fixed place makes of itself.
/// Source: ngx_http_upstream.c, ngx_http_upstream_keepalive_module.c.
public final class Upstream {
    /// A `server` line; `failTimeout` in seconds.
    ///
    /// @param name as it was written; null where there is no such line
    public record Server(@Nullable String name, List<Address> addresses, int weight, int maxFails, long failTimeout, int maxConns, boolean backup, boolean down) {}

    /// What `keepalive` and its like say. `local`: connections go to requests of the same location only.
    record KeepaliveConf(int connections, boolean local, long time, long timeout, int requests) {
        static final KeepaliveConf BY_DEFAULT = new KeepaliveConf(32, true, 3_600_000, 60_000, 1000);
    }

    // --- directives

    private static final Slot<@Nullable Upstream> SELF = Slot.of(null);
    private static final Slot<List<Server>> SERVERS = Slot.ownList();
    private static final Slot<Boolean> ZONE = Slot.own(false);
    private record Kept(int connections, boolean local) {}
    private static final Slot<Kept> KEEPALIVE = Slot.own(new Kept(32, true));
    private static final Slot<Long> KEEPALIVE_TIME = Slot.own(3_600_000L);
    private static final Slot<Long> KEEPALIVE_TIMEOUT = Slot.own(60_000L);
    private static final Slot<Integer> KEEPALIVE_REQUESTS = Slot.own(1000);

    private static final Directive<?>[] DIRECTIVES = {
        block("upstream", HTTP_ONLY, Arity.take(1), Upstream::read),
        Directive.add("server", UPS_ONLY, Arity.ONE_OR_MORE, SERVERS, Upstream::server),
        run("zone", UPS_ONLY, Arity.take(1, 2), Upstream::zone),
        Directive.one("keepalive", UPS_ONLY, Arity.take(1, 2), KEEPALIVE, Upstream::keepalive),
        Directive.one("keepalive_time", UPS_ONLY, Arity.take(1), KEEPALIVE_TIME, a -> a.msec(1)),
        Directive.one("keepalive_timeout", UPS_ONLY, Arity.take(1), KEEPALIVE_TIMEOUT, a -> a.msec(1)),
        Directive.one("keepalive_requests", UPS_ONLY, Arity.take(1), KEEPALIVE_REQUESTS, a -> a.number(1)),
    };

    public static final HttpModule MODULE = module("upstream")
            .directives(DIRECTIVES)
            .directives(Resolving.RESOLVER, Resolving.TIMEOUT)
            .conf(Resolving.KEY)
            .variables(UpstreamVariables.ALL)
            .ready(http -> {
                var groups = http.scope.own(Upstreams.SLOT);
                if (groups != null) groups.ready();
            });

    // --- the group

    /// The name in `upstream`, or the place in `proxy_pass`.
    public final String name;
    /// An `upstream` block.
    final boolean declared;
    /// 0 for an `upstream` block.
    final int port;
    private final String at;
    private List<Server> servers;
    private @Nullable KeepaliveConf keepalive;
    private boolean shared;

    private volatile @Nullable RoundRobin[] turns = {};
    private volatile @Nullable Keepalive[] kept = {};

    private Upstream(String name, boolean declared, int port, String at, List<Server> servers) {
        this.name = name;
        this.declared = declared;
        this.port = port;
        this.at = at;
        this.servers = servers;
    }

    /// The group that a fixed place is by itself, unless an `upstream` block has its name.
    static Upstream implicit(Url url, String at) {
        var address = url.address();
        var servers = address == null ? List.<Server>of() : List.of(single(List.of(address)));
        return new Upstream(url.isUnix() ? url.text() : url.host(), false, url.port(), at, servers);
    }

    private static Server single(List<Address> addresses) {
        return new Server(null, addresses, 1, 1, 10, 0, false, false);
    }

    /// Finds the addresses of a place that is a name.
    void resolve() {
        if (port == 0 && !name.startsWith("unix:")) throw new ConfException("no port in upstream \"" + name + "\" in " + at);
        if (servers.isEmpty()) servers = List.of(single(lookUp(name, port, at)));
    }

    private static List<Address> lookUp(String host, int port, String at) {
        try {
            return addresses(host, port);
        } catch (UnknownHostException _) {
            throw new ConfException("host not found in upstream \"" + host + "\" in " + at);
        }
    }

    /// Asks the system for a name's addresses; may block.
    static List<Address> addresses(String host, int port) throws UnknownHostException {
        var list = new ArrayList<Address>();
        for (var ip : InetAddress.getAllByName(host)) list.add(Address.inet(ip.getAddress(), port));
        return list;
    }

    /// Whose turn it is, as this worker sees it.
    RoundRobin turn(Worker worker) {
        int id = shared ? 0 : worker.id;
        var all = turns;
        var own = id < all.length ? all[id] : null;
        return own != null ? own : makeTurn(id);
    }

    private synchronized RoundRobin makeTurn(int id) {
        var all = turns.length > id ? turns.clone() : java.util.Arrays.copyOf(turns, id + 1);
        var own = all[id];
        if (own == null) {
            own = roundRobin();
            all[id] = own;
            turns = all;
        }
        return own;
    }

    private RoundRobin roundRobin() {
        var first = new ArrayList<Peer>();
        var backups = new ArrayList<Peer>();
        for (var s : servers) for (var address : s.addresses) {
            (s.backup ? backups : first).add(new Peer(address, s.weight, s.maxFails, s.failTimeout, s.maxConns, s.down));
        }
        return new RoundRobin(name, first, backups);
    }

    /// The name, with the port if it belongs to it.
    public String label() {
        return port == 0 ? name : name + ":" + port;
    }

    public List<Server> servers() {
        return servers;
    }

    /// How the servers fare, as this worker sees it: those in first place, or those for when they fail; null without such.
    public @Nullable List<Peer.State> peers(Worker worker, boolean backup) {
        var turn = backup ? turn(worker).backup : turn(worker);
        return turn == null ? null : turn.states();
    }

    /// Takes a server out of use on this worker, or puts it back; in a group with a `zone` on all of them.
    /// @param id its place in [#peers]
    /// @return false: there is no such server
    public boolean setDown(Worker worker, boolean backup, int id, boolean down) {
        var turn = backup ? turn(worker).backup : turn(worker);
        return turn != null && turn.down(id, down);
    }

    /// The connections that this worker keeps; null when none are.
    @Nullable Keepalive kept(Worker worker) {
        if (keepalive == null) return null;
        var all = kept;
        var own = worker.id < all.length ? all[worker.id] : null;
        return own != null ? own : makeKept(worker.id, keepalive);
    }

    private synchronized Keepalive makeKept(int id, KeepaliveConf conf) {
        var all = kept.length > id ? kept.clone() : java.util.Arrays.copyOf(kept, id + 1);
        var own = all[id];
        if (own == null) {
            own = new Keepalive(conf);
            all[id] = own;
            kept = all;
        }
        return own;
    }

    // --- how words become values

    private static void read(Args a, Scope http) {
        var groups = Upstreams.of(http);
        var group = new Upstream(a.word(1), true, 0, a.at(), List.of());
        groups.declare(a, group);
        var scope = http.child(Context.UPSTREAM);
        scope.set(SELF, group);
        a.readBlock(scope);
        group.servers = List.copyOf(scope.get(SERVERS));
        if (group.servers.isEmpty()) throw a.fail("no servers are inside upstream");
        if (group.servers.stream().allMatch(Server::backup)) {
            throw new ConfException("no servers in upstream \"" + group.name + "\" in " + group.at);
        }
        group.shared = scope.get(ZONE);
        var kept = scope.get(KEEPALIVE);
        if (kept.connections > 0) {
            group.keepalive = new KeepaliveConf(kept.connections, kept.local, scope.get(KEEPALIVE_TIME),
                    scope.get(KEEPALIVE_TIMEOUT), scope.get(KEEPALIVE_REQUESTS));
        }
    }

    private static Server server(Args a) {
        int weight = 1, maxFails = 1, maxConns = 0;
        long failTimeout = 10;
        boolean backup = false, down = false;
        for (int i = 2; i <= a.count(); i++) {
            var word = a.word(i);
            int eq = word.indexOf('=');
            var value = word.substring(eq + 1);
            switch (eq < 0 ? word : word.substring(0, eq + 1)) {
                case "weight=" -> weight = good(a, word, Bytes.parseInt(value), 1);
                case "max_conns=" -> maxConns = good(a, word, Bytes.parseInt(value), 0);
                case "max_fails=" -> maxFails = good(a, word, Bytes.parseInt(value), 0);
                case "fail_timeout=" -> {
                    failTimeout = Units.time(value, true);
                    if (failTimeout < 0) throw a.fail("invalid parameter \"" + word + "\"");
                }
                case "backup" -> backup = true;
                case "down" -> down = true;
                default -> throw a.fail("invalid parameter \"" + word + "\"");
            }
        }
        return new Server(a.word(1), place(a, a.word(1)), weight, maxFails, failTimeout, maxConns, backup, down);
    }

    private static int good(Args a, String word, int value, int min) {
        if (value < min) throw a.fail("invalid parameter \"" + word + "\"");
        return value;
    }

    private static List<Address> place(Args a, String text) {
        Url url;
        try {
            url = Url.parse(text, 80, false);
        } catch (Url.BadUrl e) {
            throw a.fail(e.getMessage() + " in upstream \"" + text + "\"");
        }
        if (url.address() != null) return List.of(url.address());
        try {
            return addresses(url.host(), url.port());
        } catch (UnknownHostException _) {
            throw a.fail("host not found in upstream \"" + text + "\"");
        }
    }

    private static void zone(Args a) {
        if (a.word(1).isEmpty()) throw a.fail("invalid zone name \"\"");
        if (a.count() == 2 && Units.size(a.word(2)) <= 0) throw a.fail("invalid zone size \"" + a.word(2) + "\"");
        a.scope().set(ZONE, true);
    }

    private static Kept keepalive(Args a) {
        int n = Bytes.parseInt(a.word(1));
        if (n < 0) throw a.fail("invalid value \"" + a.word(1) + "\" in \"keepalive\" directive");
        if (a.count() == 2 && !a.word(2).equals("local")) throw a.fail("invalid parameter \"" + a.word(2) + "\"");
        return new Kept(n, a.count() == 2);
    }
}
