package nightjar.lua.socket;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import nightjar.core.Mem;
import nightjar.http.HttpWorker;
import nightjar.http.upstream.Resolving;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaVm;
import nightjar.lua.LuaWorker;
import nightjar.lua.Scheduler;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// The TCP sockets of one worker's scripts, and their pools.
public final class Sockets {
    final Worker worker;
    final Scheduler scheduler;
    final RandomGenerator random = RandomGenerator.getDefault();
    /// What went wrong in the last connect that failed at once.
    String problem = "";
    private final LuaWorker lua;
    /// By number, from 1.
    private @Nullable Socket[] all = new Socket[64];
    private int made;
    private Socket[] free = new Socket[64];
    private int frees;
    private final Map<LuaVm, Pools> pools = new IdentityHashMap<>(2);
    private @Nullable LuaVm lastVm;
    private @Nullable Pools lastPools;

    private Sockets(LuaWorker lua, Worker worker) {
        this.lua = lua;
        this.worker = worker;
        scheduler = lua.scheduler();
    }

    /// Lets a worker's Lua call what makes sockets. To be done before its first VM.
    public static void add(LuaWorker lua, HttpWorker worker) {
        var sockets = new Sockets(lua, worker.worker);
        lua.add(MethodHandles.lookup(), new SocketApi(lua.border(), sockets));
        lua.add(MethodHandles.lookup(), new OptionApi(sockets));
        lua.add(MethodHandles.lookup(), new UdpApi(lua.border(), lua.scheduler(), worker.worker));
    }

    /// The Java half of a [Struct], null when it has none (any more).
    @Nullable Socket of(long u) {
        return u == 0 ? null : all[Struct.number(u)];
    }

    Socket take(long u, LuaCtx ctx) {
        var socket = frees > 0 ? free[--frees] : make();
        socket.attach(u, ctx);
        return socket;
    }

    private Socket make() {
        if (++made == all.length) all = Arrays.copyOf(all, made * 2);
        var socket = new Socket(this, made);
        all[made] = socket;
        return socket;
    }

    void giveBack(Socket socket) {
        if (frees == free.length) free = Arrays.copyOf(free, frees * 2);
        free[frees++] = socket;
    }

    Pools pools(LuaCtx ctx) {
        var vm = ctx.vm;
        if (vm != lastVm) {
            lastVm = vm;
            lastPools = pools.computeIfAbsent(vm, this::makePools);
        }
        return lastPools;
    }

    private Pools makePools(LuaVm vm) {
        var made = new Pools(worker, lua.process());
        vm.onClose(() -> {
            made.close();
            pools.remove(vm);
            lastVm = null;
        });
        return made;
    }

    /// Puts an idle connection to use.
    void reuse(Socket socket, Peer peer) {
        peer.reused++;
        if (socket.debug()) {
            socket.debug("lua tcp socket get keepalive peer: using connection " + Integer.toHexString(System.identityHashCode(peer))
                    + ", fd:" + peer.descriptor());
        }
        socket.use(peer);
    }

    /// How the location where `ctx` runs looks up names.
    static Resolving resolving(LuaCtx ctx) { return ctx.conf(Resolving.KEY, Resolving.DEFAULT); }
}
