package nightjar.lua.pipe;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.core.Slots;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaProcess;
import nightjar.lua.LuaWorker;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// What the methods of `ngx.pipe` call: the functions that lua-resty-core calls, too. Source: ngx_http_lua_pipe.c.
///
/// `err` and `errSize` are where a text of what went wrong goes, and how much fits there.
public final class PipeApi {
    /// Where a process may be waited for: the handlers, timers, and the TLS phases that can.
    private static final int YIELDABLE = 0x7d48e;
    private static final int MAX_BUFFER = 1 << 30;
    private static final long EXIT_REASON = Mem.allocCstring("exit");
    private static final long SIGNAL_REASON = Mem.allocCstring("signal");

    final Worker worker;
    final Scheduler scheduler;
    private final LuaProcess process;
    /// By number.
    private final Slots<PipeProcess> all = new Slots<>();

    private PipeApi(Scheduler scheduler, LuaProcess process, Worker worker) {
        this.scheduler = scheduler;
        this.process = process;
        this.worker = worker;
    }

    /// Lets a worker's Lua start programs. To be done before its first VM.
    public static void add(LuaWorker lua, Worker worker) {
        lua.add(MethodHandles.lookup(), new PipeApi(lua.scheduler(), lua.process(), worker));
    }

    /// A line that belongs to no request.
    void log(Level level, String text) { process.log.write(level, text); }

    private @Nullable PipeProcess of(long proc) { return all.get(Proc.number(proc)); }

    /// Lua's struct stands for no process any more.
    void forget(long proc) {
        all.remove(Proc.number(proc));
        Proc.number(proc, 0);
    }

    private static int refuse(String text, long err, long errSize) {
        CString.copy(text, err, errSize);
        return Code.ERROR;
    }

    /// `OK`, or why nothing may wait here.
    private int mayWait(@Nullable LuaCtx c, long err, long errSize) {
        if (c == null || c.context() == 0) return Code.NO_REQ_CTX;
        var disabled = c.disabledWait(YIELDABLE);
        if (disabled == null || scheduler.yieldsEverywhere()) return Code.OK;
        refuse(disabled, err, errSize);
        return Code.BAD_CONTEXT;
    }

    // --- spawn

    /// @param proc a struct of [Proc], whose timeouts are set
    /// @param file a C string; `argv` and `environ` arrays of them with a null at the end, `environ` 0: the server's own
    @Ffi("ngx_http_lua_ffi_pipe_spawn")
    int spawn(@Nullable LuaCtx c, long proc, long file, long argv, int mergeStderr, int bufferSize, long environ, long err, long errSize) {
        if (c == null) return refuse("no request found", err, errSize);
        boolean merged = mergeStderr != 0;
        var pipes = new Pipes();
        String wrong = pipes.make(merged);
        if (wrong != null) return refuse("pipe failed: " + wrong, err, errSize);
        int pid = pipes.start(c, file, argv, environ);
        if (pid < 0) {
            pipes.close();
            return refuse("fork failed: " + Errno.text(-pid), err, errSize);
        }
        try {
            var process = new PipeProcess(this, c, proc, pid, Math.clamp(bufferSize, 1, MAX_BUFFER), merged);
            Proc.number(proc, all.add(process));
            Proc.pid(proc, pid);
            pipes.give(process);
            return Code.OK;
        } catch (IOException e) {
            pipes.close();
            abandon(pid, proc);
            return refuse(String.valueOf(e.getMessage()), err, errSize);
        }
    }

    /// The process cannot be watched: it is not to run either.
    private void abandon(int pid, long proc) {
        var process = of(proc);
        if (process != null) process.destroy();
        else Posix.kill(pid, PipeProcess.SIGKILL);
    }

    // --- read

    /// @param mode one of [PipeInput]'s
    /// @param buf where the result goes; null is written there when it is longer than `size` says, and `size` is its length
    @Ffi("ngx_http_lua_ffi_pipe_proc_read")
    int read(@Nullable LuaCtx c, long proc, int fromStderr, int mode, int length, long buf, long size, long err, long errSize) {
        int rc = mayWait(c, err, errSize);
        if (rc != Code.OK) return rc;
        var process = of(proc);
        if (process == null || process.finalized()) return refuse(PipeEnd.CLOSED, err, errSize);
        if (process.debug()) process.debug("lua pipe read");
        var input = fromStderr != 0 ? process.stderr : process.stdout;
        if (input == null) return refuse("merged to stdout", err, errSize);
        if (input.busy()) return refuse("pipe busy reading", err, errSize);
        if (input.closed()) return refuse(PipeEnd.CLOSED, err, errSize);
        rc = input.read(mode, length);
        if (rc == Code.AGAIN) return input.park(Proc.readTimeout(proc, fromStderr != 0));
        return result(input, buf, size, err, errSize);
    }

    /// The result of [#read], after waiting or in a larger buffer.
    @Ffi("ngx_http_lua_ffi_pipe_get_read_result")
    int readResult(@Nullable LuaCtx c, long proc, int fromStderr, long buf, long size, long err, long errSize) {
        var process = of(proc);
        var input = process == null ? null : fromStderr != 0 ? process.stderr : process.stdout;
        return input == null ? refuse(PipeEnd.CLOSED, err, errSize) : result(input, buf, size, err, errSize);
    }

    private static int result(PipeInput input, long buf, long size, long err, long errSize) {
        int length = input.length();
        boolean fits = length <= Mem.l(size);
        var error = input.error;
        Mem.l(size, length);
        if (fits) input.take(Mem.l(buf));
        else Mem.l(buf, 0);
        if (error == null) return Code.OK;
        refuse(error, err, errSize);
        return Code.DECLINED;
    }

    // --- write

    /// @return how many bytes were written, or a code
    @Ffi("ngx_http_lua_ffi_pipe_proc_write")
    int write(@Nullable LuaCtx c, long proc, long data, int n, long err, long errSize) {
        int rc = mayWait(c, err, errSize);
        if (rc != Code.OK) return rc;
        var process = of(proc);
        if (process == null || process.finalized()) return refuse(PipeEnd.CLOSED, err, errSize);
        if (process.debug()) process.debug("lua pipe write");
        var output = process.stdin;
        if (output.busy()) return refuse("pipe busy writing", err, errSize);
        if (output.closed()) return refuse(PipeEnd.CLOSED, err, errSize);
        rc = output.write(data, n);
        if (rc == Code.AGAIN) return output.park(Proc.writeTimeout(proc));
        return written(output, err, errSize);
    }

    /// The result of [#write], after waiting.
    @Ffi("ngx_http_lua_ffi_pipe_get_write_result")
    int writeResult(@Nullable LuaCtx c, long proc, long err, long errSize) {
        var process = of(proc);
        return process == null ? refuse(PipeEnd.CLOSED, err, errSize) : written(process.stdin, err, errSize);
    }

    private static int written(PipeOutput output, long err, long errSize) {
        var error = output.error;
        return error == null ? output.size() : refuse(error, err, errSize);
    }

    // --- shutdown

    @Ffi("ngx_http_lua_ffi_pipe_proc_shutdown_stdin")
    int shutdownStdin(long proc, long err, long errSize) {
        var process = of(proc);
        return shutdown(process, process == null ? null : process.stdin, err, errSize);
    }

    @Ffi("ngx_http_lua_ffi_pipe_proc_shutdown_stdout")
    int shutdownStdout(long proc, long err, long errSize) {
        var process = of(proc);
        return shutdown(process, process == null ? null : process.stdout, err, errSize);
    }

    @Ffi("ngx_http_lua_ffi_pipe_proc_shutdown_stderr")
    int shutdownStderr(long proc, long err, long errSize) {
        var process = of(proc);
        return shutdown(process, process == null ? null : process.stderr, err, errSize);
    }

    private static int shutdown(@Nullable PipeProcess process, @Nullable PipeEnd end, long err, long errSize) {
        if (process == null || process.finalized()) return refuse(PipeEnd.CLOSED, err, errSize);
        if (end == null) return refuse("merged to stdout", err, errSize);
        end.close(process.ended() ? PipeEnd.CLOSED : "aborted");
        return Code.OK;
    }

    // --- wait and kill

    /// @param reason where the address of a C string goes, `status` where the exit code or the signal goes
    /// @return `OK`: it has ended well; `DECLINED`: it has ended otherwise; `AGAIN`: the thread is woken with the same three
    @Ffi("ngx_http_lua_ffi_pipe_proc_wait")
    int await(@Nullable LuaCtx c, long proc, long reason, long status, long err, long errSize) {
        int rc = mayWait(c, err, errSize);
        if (rc != Code.OK) return rc;
        var process = of(proc);
        if (process == null || process.finalized()) return refuse("exited", err, errSize);
        if (process.debug()) process.debug("lua pipe wait");
        rc = process.await();
        if (rc == Code.ERROR) return refuse("pipe busy waiting", err, errSize);
        if (rc == Code.AGAIN) return rc;
        Mem.l(reason, process.signalled() ? SIGNAL_REASON : EXIT_REASON);
        Mem.i(status, process.status());
        return rc;
    }

    @Ffi("ngx_http_lua_ffi_pipe_proc_kill")
    int kill(long proc, int signal, long err, long errSize) {
        var process = of(proc);
        var wrong = process == null ? "exited" : process.kill(signal);
        return wrong == null ? Code.OK : refuse(wrong, err, errSize);
    }

    /// Lua's collector has found that no script holds it any more.
    @Ffi("ngx_http_lua_ffi_pipe_proc_destroy")
    void destroy(long proc) {
        var process = of(proc);
        if (process != null) process.destroy();
    }
}
