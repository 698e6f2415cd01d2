package nightjar.lua.api;

import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.http.Version;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaProcess;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;

/// `ngx.config`, `ngx.worker` and the module `ngx.process`.
/// Source: ngx_http_lua_config.c, ngx_http_lua_worker.c, ngx_http_lua_misc.c.
final class ProcessApi {
    private static final int SIGQUIT = 3;

    private final LuaResult result;
    private final LuaProcess process;
    private final Scheduler scheduler;

    ProcessApi(LuaResult result, LuaProcess process, Scheduler scheduler) {
        this.result = result;
        this.process = process;
        this.scheduler = scheduler;
    }

    @Ffi("nightjar_ffi_prefix")
    void prefix() {
        result.string(process.prefix);
    }

    @Ffi("nightjar_ffi_nginx_configure")
    void configureArguments() {
        result.string(process.configureArguments);
    }

    @Ffi("nightjar_ffi_nginx_version")
    int nginxVersion() {
        return Version.NGINX_NUMBER;
    }

    @Ffi("ngx_http_lua_ffi_worker_id")
    int workerId() {
        return process.workerId;
    }

    @Ffi("ngx_http_lua_ffi_worker_pid")
    int workerPid() {
        return Posix.getpid();
    }

    @Ffi("ngx_http_lua_ffi_worker_count")
    int workerCount() {
        return process.workerCount;
    }

    @Ffi("ngx_http_lua_ffi_worker_exiting")
    int exiting() {
        return scheduler.exiting() ? 1 : 0;
    }

    /// Unlike nginx, all workers live in one process.
    @Ffi("ngx_http_lua_ffi_worker_pids")
    int workerPids(long pids, long n) {
        if (Mem.l(n) < 1) return Code.ERROR;
        Mem.i(pids, Posix.getpid());
        Mem.l(n, 1);
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_get_process_type")
    int processType() {
        return process.type;
    }

    @Ffi("ngx_http_lua_ffi_master_pid")
    int masterPid() {
        return Posix.getpid();
    }

    @Ffi("ngx_http_lua_ffi_process_signal_graceful_exit")
    void exitGracefully() {
        Posix.kill(Posix.getpid(), SIGQUIT);
    }

    @Ffi("ngx_http_lua_ffi_enable_privileged_agent")
    int enablePrivilegedAgent(long err, int connections) {
        Mem.l(err, CString.of("there is no privileged agent: all workers are threads of one process"));
        return Code.ERROR;
    }

    /// The text at `env` is `NAME=value`, a C string that stays.
    @Ffi("ngx_http_lua_ffi_get_conf_env")
    int env(long name, long env, long nameLen) {
        var wanted = Mem.cstring(name) + "=";
        for (var line : process.env) {
            if (!line.startsWith(wanted)) continue;
            Mem.l(env, CString.of(line));
            Mem.l(nameLen, wanted.length() - 1);
            return Code.OK;
        }
        return Code.DECLINED;
    }
}
