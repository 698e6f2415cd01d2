package nightjar.lua.api;

import java.util.List;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaProcess;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// `ngx.log`, `print` and the module `ngx.errlog`. Source: ngx_http_lua_log.c.
final class LogApi {
    private static final List<Level> LEVELS = List.of(Level.values());

    private final LuaProcess process;

    LogApi(LuaProcess process) {
        this.process = process;
    }

    @Ffi("nightjar_ffi_log")
    int log(@Nullable LuaCtx c, int level, long text, int len) {
        write(c, LEVELS.get(level), "[lua] " + Mem.string(text, len));
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_raw_log")
    int rawLog(@Nullable LuaCtx c, int level, long text, int len) {
        if (level < 0 || level >= LEVELS.size()) return Code.ERROR;
        write(c, LEVELS.get(level), Mem.string(text, len));
        return Code.OK;
    }

    private void write(@Nullable LuaCtx c, Level level, String text) {
        if (c != null) c.log(level, text);
        else process.log.write(level, text);
    }

    @Ffi("ngx_http_lua_ffi_errlog_get_sys_filter_level")
    int level(@Nullable LuaCtx c) {
        return (c != null && c.r != null ? c.r.log() : process.log).level().ordinal();
    }

    @Ffi("ngx_http_lua_ffi_errlog_set_filter_level")
    int filterLevel(int level, long err, long errLen) {
        CString.copy("directive \"lua_capture_error_log\" is not set", err, errLen);
        return Code.ERROR;
    }

    @Ffi("ngx_http_lua_ffi_errlog_get_msg")
    int message(long log, long level, long err, long errLen, long time) {
        CString.copy("directive \"lua_capture_error_log\" is not set", err, errLen);
        return Code.ERROR;
    }
}
