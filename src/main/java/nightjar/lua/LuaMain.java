package nightjar.lua;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nightjar.conf.Context;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Log;
import nightjar.http.Core;
import nightjar.http.Zones;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// Lua of one `http { }`: what it says for the whole, and its VMs, one a worker.
public final class LuaMain {
    private static final Slot<@Nullable LuaMain> SLOT = Slot.of(null);

    final Scope http;
    private final Map<String, LuaCode> files = new ConcurrentHashMap<>();
    /// By [nightjar.net.Worker#id]. Each worker sees its own VM at least.
    private volatile LuaVm[] vms = new LuaVm[0];

    /// What `lua_shared_dict` declares, by name.
    final Map<String, Zones.Zone> dicts = new LinkedHashMap<>();

    /// Lua may make subrequests whose responses it wants: some directive has it run in the rewrite, access, precontent or
    /// content phase.
    boolean captures;


    private LuaMain(Scope http) { this.http = http; }

    /// The one of the `http` block around `s`, made when something in it is about Lua.
    static LuaMain of(Scope s) {
        while (s.context() != Context.HTTP) s = s.outer();
        var main = s.own(SLOT);
        if (main == null) {
            main = new LuaMain(s);
            s.set(SLOT, main);
        }
        return main;
    }

    static @Nullable LuaMain ifAny(Scope s) { return s.get(SLOT); }

    /// The code of a file, the same object for the same path.
    LuaCode file(String path) { return files.computeIfAbsent(path, LuaCode::file); }

    @Nullable LuaCode init() { return http.get(ByLuaDirectives.INIT); }
    @Nullable LuaCode initWorker() { return http.get(ByLuaDirectives.INIT_WORKER); }
    @Nullable LuaCode exitWorker() { return http.get(ByLuaDirectives.EXIT_WORKER); }
    /// Whether `init_by_lua`, `init_worker_by_lua` and `exit_worker_by_lua` may wait.
    boolean yieldEverywhere() { return LuaDirectives.YIELD_EVERYWHERE.get(http); }

    Log log() { return http.get(Core.LOG); }

    LuaVm.Options options() {
        return new LuaVm.Options(http.get(LuaDirectives.PACKAGE_PATH), http.get(LuaDirectives.PACKAGE_CPATH),
                LuaDirectives.MEMORY_LIMIT.get(http), LuaDirectives.THREAD_CACHE_MAX_ENTRIES.get(http));
    }

    LuaTimers timers(Worker worker, LuaWorker lua) {
        return new LuaTimers(worker, lua, log(), LuaDirectives.MAX_PENDING_TIMERS.get(http), LuaDirectives.MAX_RUNNING_TIMERS.get(http));
    }

    LuaVm vm(int worker) { return vms[worker]; }

    synchronized void vm(int worker, LuaVm vm) {
        var all = Arrays.copyOf(vms, Math.max(vms.length, worker + 1));
        all[worker] = vm;
        vms = all;
    }
}
