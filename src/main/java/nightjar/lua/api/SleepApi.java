package nightjar.lua.api;

import nightjar.core.Log.Level;
import nightjar.http.Request;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaProcess;
import nightjar.lua.LuaThread;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;
import nightjar.net.Timer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// `ngx.sleep`. Source: ngx_http_lua_sleep.c.
final class SleepApi {
    private final Scheduler scheduler;
    private final Worker worker;
    private final LuaProcess process;

    SleepApi(Scheduler scheduler, Worker worker, LuaProcess process) {
        this.scheduler = scheduler;
        this.worker = worker;
        this.process = process;
    }

    /// Parks the running light thread for `msec` milliseconds; with 0, until other events have had their turn.
    @Ffi("nightjar_ffi_sleep")
    int sleep(@Nullable LuaCtx c, double msec) {
        var sleep = new Sleep(c == null ? null : c.r, scheduler.running());
        if (msec < 1) worker.executeNextTurn(sleep::wake);
        else worker.timers.add(sleep, (long) msec);
        scheduler.park(sleep);
        if (sleep.debug()) sleep.debug("lua ready to sleep for " + (long) msec + " ms");
        return Code.AGAIN;
    }

    /// One wait; what is run cancels it.
    private final class Sleep extends Timer implements Runnable {
        private final @Nullable Request r;
        private final LuaThread thread;
        private boolean over;

        Sleep(@Nullable Request r, LuaThread thread) {
            this.r = r;
            this.thread = thread;
        }

        @Override protected void fire() { wake(); }

        void wake() {
            if (over) return;
            over = true;
            if (debug()) debug("lua sleep timer expired: \"" + (r == null ? "" : r.uri) + "?" + (r == null || r.args == null ? "" : r.args) + "\"");
            thread.wake();
        }

        @Override public void run() {
            over = true;
            if (debug()) debug(armed() ? "lua clean up the timer for pending ngx.sleep" : "lua clean up the posted event for pending ngx.sleep");
            worker.timers.cancel(this);
        }

        private boolean debug() { return r != null ? r.debug() : process.log.debug(); }

        private void debug(String text) {
            if (r != null) r.debug(text);
            else process.log.write(Level.DEBUG, text);
        }
    }
}
