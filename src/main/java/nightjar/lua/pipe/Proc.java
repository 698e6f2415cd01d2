package nightjar.lua.pipe;

import nightjar.core.Mem;

/// The fields of `ngx_http_lua_ffi_pipe_proc_t`, a struct of Lua's: `ngx/pipe.lua` declares it, and so does lua-resty-core.
/// Timeouts are in milliseconds, 0: none.
final class Proc {
    private static final int PID = 0, WRITE_TIMEOUT = 8, STDOUT_TIMEOUT = 16, STDERR_TIMEOUT = 24, WAIT_TIMEOUT = 32, NUMBER = 40;

    private Proc() {}

    static void pid(long proc, int pid) { Mem.i(proc + PID, pid); }
    static long writeTimeout(long proc) { return Mem.l(proc + WRITE_TIMEOUT); }
    static long readTimeout(long proc, boolean stderr) { return Mem.l(proc + (stderr ? STDERR_TIMEOUT : STDOUT_TIMEOUT)); }
    static long waitTimeout(long proc) { return Mem.l(proc + WAIT_TIMEOUT); }

    /// What Java knows the process by, 0 when it knows it no more. To Lua this is a pointer.
    static int number(long proc) { return (int) Mem.l(proc + NUMBER); }
    static void number(long proc, int number) { Mem.l(proc + NUMBER, number); }
}
