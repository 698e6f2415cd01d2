package nightjar.lua;

import nightjar.conf.Args;
import nightjar.http.ComplexValue;
import nightjar.http.Core;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// The Lua of one `*_by_lua*` directive: text, or a file whose path may have variables in it.
final class LuaScript {
    private final @Nullable LuaCode code;
    private final @Nullable ComplexValue path;
    private final String prefix;
    private final LuaMain main;

    private LuaScript(LuaMain main, @Nullable LuaCode code, @Nullable ComplexValue path, String prefix) {
        this.main = main;
        this.code = code;
        this.path = path;
        this.prefix = prefix;
    }

    /// @param directive the name without `_block`: `content_by_lua`
    static LuaScript inline(Args a, String directive, String source) {
        var name = LuaCode.chunkName(directive, a.file(), a.confPrefix(), a.line());
        return new LuaScript(LuaMain.of(a.scope()), LuaCode.inline(directive, source, name), null, "");
    }

    /// The file that word `n` names, from the prefix.
    static LuaScript file(Args a, int n) {
        var main = LuaMain.of(a.scope());
        var path = ComplexValue.of(a, n);
        if (path.isPlain()) return new LuaScript(main, main.file(a.prefixed(path.text())), null, "");
        return new LuaScript(main, null, path, Core.prefix(a.scope()));
    }

    LuaCode code(@Nullable Request r) {
        if (code != null) return code;
        var name = path.eval(r);
        return main.file(name.startsWith("/") ? name : prefix + name);
    }
}
