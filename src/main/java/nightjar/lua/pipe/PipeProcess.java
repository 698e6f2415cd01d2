package nightjar.lua.pipe;

import java.io.IOException;
import java.util.HexFormat;
import nightjar.core.Child;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Posix;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaResource;
import nightjar.lua.LuaThread;
import nightjar.luajit.LuaState;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// A program that a script has started. It ends with the request at the latest: then it is killed.
/// Source: ngx_http_lua_pipe.c.
final class PipeProcess extends LuaResource {
    static final int SIGKILL = 9;

    final PipeApi api;
    final LuaCtx ctx;
    final int pid;
    final int bufferSize;
    final PipeOutput stdin = new PipeOutput(this);
    final PipeInput stdout = new PipeInput(this, "stdout");
    /// Null when it is merged into the other.
    final @Nullable PipeInput stderr;
    private final long proc;
    private final Exit exit;
    private final Timer timer = Timer.of(this::timedOut);
    private @Nullable LuaThread waiting;
    /// Its pipes have been closed for good: its end has been told, or it has been given up.
    private boolean finalized;

    /// The process belongs to `ctx`, and is `proc` to Lua.
    PipeProcess(PipeApi api, LuaCtx ctx, long proc, int pid, int bufferSize, boolean merged) throws IOException {
        this.api = api;
        this.ctx = ctx;
        this.proc = proc;
        this.pid = pid;
        this.bufferSize = bufferSize;
        this.stderr = merged ? null : new PipeInput(this, "stderr");
        this.exit = new Exit(api, pid, this::exited);
        ctx.own(this);
        if (debug()) {
            ctx.debug("lua pipe spawn process:" + pointer(proc) + " pid:" + pid + " merge_stderr:" + (merged ? 1 : 0) + " buffer_size:" + bufferSize);
        }
    }

    boolean finalized() { return finalized; }

    boolean debug() { return ctx.debug(); }

    void debugFailure(String text, int errno) { ctx.debug(text + " pipe:" + pointer(proc) + " " + Errno.quoted(errno)); }

    /// To be asked for with [#debug()] only.
    void debug(String text) { ctx.debug(text + " process:" + pointer(proc) + " pid:" + pid); }

    private static String pointer(long a) { return HexFormat.of().withUpperCase().toHexDigits(a); }

    // --- its end

    private void exited() {
        var thread = waiting;
        if (thread == null) return;
        waiting = null;
        api.worker.timers.cancel(timer);
        finish();
        thread.wake(co -> {
            LuaState.push(co, exit.status() == 0);
            LuaState.push(co, signalled() ? "signal" : "exit");
            LuaState.push(co, status());
            return 3;
        });
    }

    /// @return `OK` or `DECLINED`: it has ended; `AGAIN`: the thread is to yield; `ERROR`: another waits
    int await() {
        if (waiting != null) return Code.ERROR;
        if (exit.ended()) {
            finish();
            return exit.status() == 0 ? Code.OK : Code.DECLINED;
        }
        waiting = api.scheduler.running();
        api.scheduler.park(() -> {
            if (debug()) debug("lua pipe proc wait cleanup");
            waiting = null;
            api.worker.timers.cancel(timer);
        });
        long msec = Proc.waitTimeout(proc);
        if (msec > 0) {
            api.worker.timers.add(timer, msec);
            if (debug()) debug("lua pipe add timer for waiting: " + msec + "(ms)");
        }
        if (debug()) debug("lua pipe wait yielding");
        return Code.AGAIN;
    }

    private void timedOut() {
        var thread = waiting;
        waiting = null;
        if (thread == null) return;
        thread.wake(co -> {
            LuaState.pushNil(co);
            LuaState.push(co, "timeout");
            return 2;
        });
    }

    boolean ended() { return exit.ended(); }

    /// Whether a signal has ended it.
    boolean signalled() { return Child.signal(exit.status()) != 0; }

    /// The exit code, or the signal that ended it.
    int status() {
        int signal = Child.signal(exit.status());
        return signal == 0 ? Child.exitCode(exit.status()) : signal;
    }

    /// @return null, or why the signal has not been sent
    @Nullable String kill(int signal) {
        if (exit.ended()) return "exited";
        int rc = Posix.kill(pid, signal);
        if (rc == 0) return null;
        return rc == -Errno.EINVAL ? "invalid signal" : Errno.text(-rc);
    }

    /// Closes its pipes for good.
    private void finish() {
        if (debug()) debug("lua pipe finalize");
        finalized = true;
        stdin.close(PipeEnd.CLOSED);
        stdout.close(PipeEnd.CLOSED);
        if (stderr != null) stderr.close(PipeEnd.CLOSED);
    }

    // --- given up

    /// Nobody holds it any more: it is killed, and what it has is freed.
    void destroy() {
        LuaCtx.disown(this);
        release();
    }

    @Override protected void release() {
        if (debug()) debug("lua pipe destroy");
        if (!exit.ended()) {
            if (debug()) debug("lua pipe kill");
            int rc = Posix.kill(pid, SIGKILL);
            if (rc < 0) ctx.log(Level.ERROR, "lua pipe failed to kill process:" + pointer(proc) + " pid:" + pid + " " + Errno.quoted(-rc));
        }
        exit.forget();
        api.worker.timers.cancel(timer);
        waiting = null;
        if (!finalized) finish();
        stdout.free();
        if (stderr != null) stderr.free();
        api.forget(proc);
    }
}
