package nightjar.lua;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nightjar.core.Log.Level;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// Tells the error log of scripts that hold a worker for longer than `lua_stall_log`: when it is seen, and when it is over.
///
/// Its thread looks at the workers from time to time and touches nothing of a VM's. What it reads belongs to the worker, so it
/// reads only references, numbers and strings, and makes sure afterwards that the same script still runs. The thread is there while there
/// is a worker to watch.
final class StallWatch {
    /// How often it looks within the time allowed: a run is seen after nine eighths of it at the latest.
    private static final int LOOKS = 8;
    private static final long MIN_PAUSE_MSEC = 5;

    /// What is known of one worker.
    private static final class Watched {
        final LuaWorker lua;
        final Object owner;
        final long msec;
        private int turn;
        private long since;
        private boolean told;

        Watched(LuaWorker lua, Object owner, long msec) {
            this.lua = lua;
            this.owner = owner;
            this.msec = msec;
        }

        void look(long now) {
            var turns = lua.scheduler.turns;
            int at = turns.current();
            if (at != turn) {
                turn = at;
                since = now;
                told = false;
                return;
            }
            if ((at & 1) == 0 || told || now - since < TimeUnit.MILLISECONDS.toNanos(msec)) return;
            var thread = lua.scheduler.glance();
            var task = thread == null ? null : thread.task;
            var ctx = lua.requests == null ? null : lua.requests.ctx(lua.border.request());
            int context = ctx == null ? 0 : ctx.context();
            var r = ctx == null ? null : ctx.r;
            if (task == null || turns.current() != at) return;
            told = true;
            turns.stalled(new Turns.Stall(at, since));
            tell(r, text(task.code, now - since) + ", context: " + (context == 0 ? "init_by_lua*" : LuaCtx.phaseName(context)));
        }

        private void tell(@Nullable Request r, String text) {
            if (r != null) r.logFromOutside(Level.ERROR, text);
            else lua.process().log.write(Level.ERROR, text);
        }
    }

    private final Map<LuaWorker, Watched> watched = new HashMap<>();
    private @Nullable Thread thread;

    /// Watches a worker on behalf of a configuration, in place of the one before.
    /// @param msec how long a script may hold it; 0: it is not watched
    synchronized void watch(LuaWorker lua, Object owner, long msec) {
        if (msec == 0) watched.remove(lua);
        else watched.put(lua, new Watched(lua, owner, msec));
        if (thread == null && !watched.isEmpty()) {
            thread = new Thread(this::run, "lua-stall-watch");
            thread.setDaemon(true);
            thread.start();
        }
        notify();
    }

    /// The configuration has come to its end on that worker.
    synchronized void forget(LuaWorker lua, Object owner) {
        var w = watched.get(lua);
        if (w == null || w.owner != owner) return;
        watched.remove(lua);
        notify();
    }

    private synchronized void run() {
        try {
            while (!watched.isEmpty()) {
                long pause = Long.MAX_VALUE;
                long now = System.nanoTime();
                for (var w : watched.values()) {
                    w.look(now);
                    pause = Math.min(pause, w.msec / LOOKS);
                }
                wait(Math.max(pause, MIN_PAUSE_MSEC));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    /// A stall is over; on the worker's thread.
    static void ended(LuaTask task, Turns.Stall stall) {
        task.log(Level.ERROR, text(task.code, System.nanoTime() - stall.since()) + " and let go of it");
    }

    private static String text(@Nullable LuaCode code, long nanos) {
        return "lua held the worker for " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms in "
                + (code == null ? "a timer" : code.chunkName.substring(1));
    }
}
