package nightjar.lua;

import nightjar.conf.Scope;
import nightjar.http.ConfKey;
import org.jspecify.annotations.Nullable;

/// What a location says about Lua.
///
/// @param main of the whole `http { }`; `null` when nothing in it says anything about Lua
public record LuaConf(@Nullable LuaMain main, @Nullable LuaScript serverRewrite, @Nullable LuaScript rewrite, @Nullable LuaScript access,
        @Nullable LuaScript precontent, @Nullable LuaScript headerFilter, @Nullable LuaScript bodyFilter, @Nullable LuaScript log,
        boolean codeCache, boolean needRequestBody, boolean useDefaultType, boolean http10Buffering, boolean transformUnderscores,
        boolean checkClientAbort, boolean yieldEverywhere) {
    public static final ConfKey<LuaConf> KEY = new ConfKey<>(LuaConf::new);

    private LuaConf(Scope s) {
        this(LuaMain.ifAny(s), s.get(ByLuaDirectives.SERVER_REWRITE), s.get(ByLuaDirectives.REWRITE), s.get(ByLuaDirectives.ACCESS),
                s.get(ByLuaDirectives.PRECONTENT), s.get(ByLuaDirectives.HEADER_FILTER), s.get(ByLuaDirectives.BODY_FILTER),
                s.get(ByLuaDirectives.LOG), s.get(LuaDirectives.CODE_CACHE), LuaDirectives.NEED_REQUEST_BODY.get(s),
                LuaDirectives.USE_DEFAULT_TYPE.get(s), LuaDirectives.HTTP10_BUFFERING.get(s), LuaDirectives.TRANSFORM_UNDERSCORES.get(s),
                LuaDirectives.CHECK_CLIENT_ABORT.get(s), LuaDirectives.YIELD_EVERYWHERE.get(s));
    }

    /// Whether Lua sees responses on their way out.
    boolean filters() { return headerFilter != null || bodyFilter != null; }
}
