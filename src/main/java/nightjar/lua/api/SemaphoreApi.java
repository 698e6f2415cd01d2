package nightjar.lua.api;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashSet;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaProcess;
import nightjar.lua.LuaThread;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;
import nightjar.luajit.LuaState;
import nightjar.net.Timer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// The module `ngx.semaphore`. Source: ngx_http_lua_semaphore.c.
///
/// What Lua holds as `ngx_http_lua_sema_t *` is the address of eight bytes with the semaphore's number.
final class SemaphoreApi {
    /// Where `ngx.semaphore` may wait: the handlers, timers, and the TLS phases that can.
    private static final int YIELDABLE = 0x7d48e;

    private final Scheduler scheduler;
    private final Worker worker;
    private final LuaProcess process;
    private @Nullable Semaphore[] semaphores = new Semaphore[16];
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private int made;

    SemaphoreApi(Scheduler scheduler, Worker worker, LuaProcess process) {
        this.scheduler = scheduler;
        this.worker = worker;
        this.process = process;
    }

    private final class Semaphore implements Runnable {
        final int number;
        final long handle = Mem.alloc(8);
        final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>(0);
        int resources;
        private boolean posted;

        Semaphore(int number, int resources) {
            this.number = number;
            this.resources = resources;
            Mem.l(handle, number);
        }

        /// Its waiters get what there is in a later event, as requests that this event has ended go first.
        void post() {
            if (waiters.isEmpty() || posted) return;
            posted = true;
            worker.execute(this);
        }

        @Override public void run() {
            posted = false;
            if (semaphores[number] != this) return;
            if (debug()) debug("semaphore handler: wait queue: " + (waiters.isEmpty() ? "" : "not ") + "empty, resource count: " + resources);
            while (resources > 0 && !waiters.isEmpty()) {
                resources--;
                waiters.removeFirst().wake(true);
            }
        }
    }

    private final class Waiter extends Timer {
        private final Semaphore semaphore;
        private final LuaThread thread;

        Waiter(Semaphore semaphore, LuaThread thread) {
            this.semaphore = semaphore;
            this.thread = thread;
        }

        @Override protected void fire() {
            semaphore.waiters.remove(this);
            wake(false);
        }

        void wake(boolean got) {
            worker.timers.cancel(this);
            thread.wake(co -> {
                LuaState.push(co, got);
                if (got) LuaState.pushNil(co);
                else LuaState.push(co, "timeout");
                return 2;
            });
        }

        void cancel() {
            if (debug()) debug("http lua semaphore cleanup");
            worker.timers.cancel(this);
            semaphore.waiters.remove(this);
        }
    }

    private Semaphore of(long handle) { return semaphores[(int) Mem.l(handle)]; }

    /// @param handleAt where the handle goes
    @Ffi("ngx_http_lua_ffi_sema_new")
    int make(long handleAt, int n, long error) {
        int number = free.isEmpty() ? made++ : free.removeLast();
        if (number == semaphores.length) semaphores = Arrays.copyOf(semaphores, number * 2);
        var semaphore = new Semaphore(number, n);
        semaphores[number] = semaphore;
        Mem.l(handleAt, semaphore.handle);
        if (debug()) debug("http lua semaphore new: " + hex(semaphore) + ", resources: " + n);
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_sema_post")
    int post(long handle, int n) {
        var semaphore = of(handle);
        if (debug()) debug("http lua semaphore post: " + hex(semaphore) + ", n: " + n + ", resources: " + semaphore.resources);
        semaphore.resources += n;
        semaphore.post();
        return Code.OK;
    }

    /// @return `OK`: it has been got; `DECLINED`: there is none, and no time to wait; `AGAIN`: the Lua half is to yield
    @Ffi("ngx_http_lua_ffi_sema_wait")
    int await(LuaCtx c, long handle, int msec, long error, long errorLength) {
        var semaphore = of(handle);
        if (debug()) {
            debug("http lua semaphore wait: " + hex(semaphore) + ", timeout: " + msec + ", resources: " + semaphore.resources
                    + ", event posted: " + (semaphore.posted ? 1 : 0));
        }
        var disabled = c == null || c.context() == 0 ? "no request ctx found" : c.disabledWait(YIELDABLE);
        if (disabled != null && !scheduler.yieldsEverywhere()) {
            CString.copy(disabled, error, errorLength);
            return Code.ERROR;
        }
        if (semaphore.waiters.isEmpty() && semaphore.resources > 0) {
            semaphore.resources--;
            return Code.OK;
        }
        if (msec == 0) return Code.DECLINED;
        var waiter = new Waiter(semaphore, scheduler.running());
        worker.timers.add(waiter, msec);
        semaphore.waiters.add(waiter);
        scheduler.park(waiter::cancel);
        if (debug()) debug("http lua semaphore wait yielding");
        return Code.AGAIN;
    }

    /// How many are there, or below 0 how many are waited for.
    @Ffi("ngx_http_lua_ffi_sema_count")
    int count(long handle) {
        var semaphore = of(handle);
        return semaphore.resources - semaphore.waiters.size();
    }

    @Ffi("ngx_http_lua_ffi_sema_gc")
    void collect(long handle) {
        var semaphore = of(handle);
        if (debug()) debug("in lua gc, semaphore " + hex(semaphore));
        if (!semaphore.waiters.isEmpty()) {
            process.log.write(Level.ERROR, "in lua semaphore gc wait queue is not empty while the semaphore " + hex(semaphore) + " is being destroyed");
        }
        semaphores[semaphore.number] = null;
        free.add(semaphore.number);
        Mem.free(semaphore.handle);
    }

    private static String hex(Semaphore semaphore) { return Long.toHexString(semaphore.handle); }
    private boolean debug() { return process.log.debug(); }
    private void debug(String text) { process.log.write(Level.DEBUG, text); }
}
