package nightjar.lua;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// The Lua modules that light threads of one worker are loading, and who waits for them: `require` in `loading.lua`.
///
/// A load is over when the chunk has ended, or the light thread that runs it. Light threads that would wait for each other in a
/// circle are told, as a module is that requires itself.
final class ModuleLoads {
    /// Answers of [#await].
    private static final int LOOP = 0, PARKED = 1, GONE = 2;

    private record Load(@Nullable LuaThread owner, List<Waiter> waiters) {}

    private static final class Waiter {
        final LuaThread thread;
        private boolean over;

        Waiter(LuaThread thread) { this.thread = thread; }

        void wake() {
            if (over) return;
            over = true;
            thread.wake();
        }

        void cancel() { over = true; }
    }

    private final LuaWorker worker;
    private final Map<Integer, Load> loads = new HashMap<>();
    private int last;

    ModuleLoads(LuaWorker worker) {
        this.worker = worker;
    }

    /// The running light thread begins to load a module.
    /// @return the load's number
    @Ffi("nightjar_ffi_load_begin")
    int begin() {
        loads.put(++last, new Load(worker.scheduler.running(), new ArrayList<>(0)));
        return last;
    }

    @Ffi("nightjar_ffi_load_end")
    void end(int number) {
        var load = loads.remove(number);
        if (load != null) wake(load);
    }

    /// Parks the running light thread until the load is over.
    /// @return [#PARKED]; [#LOOP] when the load waits for this thread or is its own, [#GONE] when it is over
    @Ffi("nightjar_ffi_load_wait")
    int await(int number) {
        var load = loads.get(number);
        if (load == null) return GONE;
        var thread = worker.scheduler.running();
        if (thread == null || waitsFor(load, thread)) return LOOP;
        var waiter = new Waiter(thread);
        load.waiters.add(waiter);
        worker.scheduler.park(() -> {
            waiter.cancel();
            load.waiters.remove(waiter);
        });
        return PARKED;
    }

    /// Whether `load` cannot go on before `thread` does.
    private boolean waitsFor(Load load, LuaThread thread) {
        for (var at = load; at != null; at = awaited(at.owner)) {
            if (at.owner == null || at.owner == thread) return true;
        }
        return false;
    }

    /// The load that a light thread waits for.
    private @Nullable Load awaited(LuaThread thread) {
        for (var load : loads.values()) {
            for (var waiter : load.waiters) if (waiter.thread == thread) return load;
        }
        return null;
    }

    /// A light thread has ended or was killed: what it was loading is nobody's.
    void left(LuaThread thread) {
        if (loads.isEmpty()) return;
        loads.values().removeIf(load -> {
            if (load.owner != thread) return false;
            wake(load);
            return true;
        });
    }

    private void wake(Load load) {
        for (var waiter : load.waiters) worker.later.execute(waiter::wake);
    }
}
