package nightjar.lua.api;

import nightjar.lua.LuaProcess;
import nightjar.luajit.Ffi;
import nightjar.pcre.PcreFile;

/// What `ngx.re` asks when a VM begins. The rest of it is Lua that calls PCRE2 by itself. Source: ngx_http_lua_regex.c.
final class RegexApi {
    private final LuaResult result;
    private final LuaProcess process;

    RegexApi(LuaResult result, LuaProcess process) {
        this.result = result;
        this.process = process;
    }

    @Ffi("nightjar_ffi_pcre_file")
    void pcreFile() {
        result.string(PcreFile.NAME);
    }

    @Ffi("nightjar_ffi_regex_match_limit")
    int matchLimit() {
        return process.regexMatchLimit;
    }

    @Ffi("ngx_http_lua_ffi_max_regex_cache_size")
    int maxCacheSize() {
        return process.regexCacheMaxEntries;
    }
}
