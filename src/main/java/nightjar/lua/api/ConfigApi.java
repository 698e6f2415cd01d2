package nightjar.lua.api;

import nightjar.http.Version;
import nightjar.lua.LuaWorker;
import nightjar.luajit.Ffi;

/// `ngx.config`.
final class ConfigApi {
    private final LuaWorker lua;
    private final LuaResult result;

    ConfigApi(LuaWorker lua, LuaResult result) {
        this.lua = lua;
        this.result = result;
    }

    /// As `-p`, with a slash at its end.
    @Ffi("nightjar_ffi_prefix")
    void prefix() {
        result.string(lua.prefix());
    }

    /// What `-V` prints.
    @Ffi("nightjar_ffi_nginx_configure")
    void configure() {
        result.string(Version.CONFIGURE);
    }

    /// 1031002 for 1.31.2.
    @Ffi("nightjar_ffi_nginx_version")
    int version() {
        return Version.NGINX_NUMBER;
    }
}
