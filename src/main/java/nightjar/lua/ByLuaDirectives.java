package nightjar.lua;

import static nightjar.conf.Context.HTTP_ONLY;
import static nightjar.conf.Context.HTTP_SRV;
import static nightjar.conf.Context.HTTP_SRV_LOC_LIF;
import static nightjar.conf.Context.LOC_LIF;
import static nightjar.conf.Context.SRV_SIF_LOC_LIF;
import static nightjar.conf.Directive.add;
import static nightjar.conf.Directive.addLuaBlock;
import static nightjar.conf.Directive.flag;
import static nightjar.conf.Directive.luaBlock;
import static nightjar.conf.Directive.one;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Slot;
import nightjar.http.ComplexValue;
import nightjar.http.Core;
import nightjar.http.Handler;
import nightjar.http.module.Rewrite;
import org.jspecify.annotations.Nullable;

/// The directives that hold Lua: `X_by_lua`, `X_by_lua_block` and `X_by_lua_file` of each phase.
/// Source: ngx_http_lua_directive.c.
final class ByLuaDirectives {
    static final Slot<@Nullable LuaScript> SERVER_REWRITE = Slot.of(null), REWRITE = Slot.of(null), ACCESS = Slot.of(null),
            PRECONTENT = Slot.of(null), HEADER_FILTER = Slot.of(null), BODY_FILTER = Slot.of(null), LOG = Slot.of(null);
    static final Slot<@Nullable LuaCode> INIT = Slot.of(null), INIT_WORKER = Slot.of(null), EXIT_WORKER = Slot.of(null);
    static final Directive<Boolean> REWRITE_NO_POSTPONE = flag("rewrite_by_lua_no_postpone", HTTP_ONLY, false);
    static final Directive<Boolean> ACCESS_NO_POSTPONE = flag("access_by_lua_no_postpone", HTTP_ONLY, false);
    static final Directive<Boolean> PRECONTENT_NO_POSTPONE = flag("precontent_by_lua_no_postpone", HTTP_ONLY, false);

    static final Directive<?>[] ALL = all();

    private ByLuaDirectives() {}

    private static Directive<?>[] all() {
        var list = new ArrayList<Directive<?>>(List.of(REWRITE_NO_POSTPONE, ACCESS_NO_POSTPONE, PRECONTENT_NO_POSTPONE));
        process(list, "init_by_lua", INIT, true);
        process(list, "init_worker_by_lua", INIT_WORKER, true);
        process(list, "exit_worker_by_lua", EXIT_WORKER, false);
        phase(list, "server_rewrite_by_lua", HTTP_SRV, SERVER_REWRITE, false);
        phase(list, "rewrite_by_lua", HTTP_SRV_LOC_LIF, REWRITE, true);
        phase(list, "access_by_lua", HTTP_SRV_LOC_LIF, ACCESS, true);
        phase(list, "precontent_by_lua", HTTP_SRV_LOC_LIF, PRECONTENT, false);
        phase(list, "header_filter_by_lua", HTTP_SRV_LOC_LIF, HEADER_FILTER, true);
        phase(list, "body_filter_by_lua", HTTP_SRV_LOC_LIF, BODY_FILTER, true);
        phase(list, "log_by_lua", HTTP_SRV_LOC_LIF, LOG, true);
        forms(list, "content_by_lua", LOC_LIF, Core.CONTENT, true,
                (a, source) -> content(a, LuaScript.inline(a, "content_by_lua", source)), a -> content(a, LuaScript.file(a, 1)));
        list.add(add("set_by_lua", SRV_SIF_LOC_LIF, Arity.TWO_OR_MORE, Rewrite.OPS,
                a -> set(a, LuaScript.inline(a, "set_by_lua", a.word(2)), 3)));
        list.add(addLuaBlock("set_by_lua_block", SRV_SIF_LOC_LIF, Arity.take(1), Rewrite.OPS,
                a -> set(a, LuaScript.inline(a, "set_by_lua", a.luaSource()), a.count() + 1)));
        list.add(add("set_by_lua_file", SRV_SIF_LOC_LIF, Arity.TWO_OR_MORE, Rewrite.OPS, a -> set(a, LuaScript.file(a, 2), 3)));
        return list.toArray(Directive<?>[]::new);
    }

    /// The operation that gives the variable of word 1 what the script returns for the words from `first` on.
    private static Rewrite.Op set(Args a, LuaScript script, int first) {
        var variable = Rewrite.variable(a, 1);
        var words = new ComplexValue[Math.max(0, a.count() + 1 - first)];
        for (int i = 0; i < words.length; i++) words[i] = ComplexValue.of(a, first + i);
        return (r, run) -> {
            var args = new String[words.length];
            for (int i = 0; i < args.length; i++) args[i] = run.eval(words[i]);
            return LuaFilters.set(r, script, args, variable, run);
        };
    }

    private static Handler content(Args a, LuaScript script) {
        LuaMain.of(a.scope()).captures = true;
        return r -> ByLua.content(r, script);
    }

    private static void phase(List<Directive<?>> list, String name, Set<Context> in, Slot<@Nullable LuaScript> slot, boolean quoted) {
        boolean captures = slot != HEADER_FILTER && slot != BODY_FILTER && slot != LOG;
        forms(list, name, in, slot, quoted, (a, source) -> script(a, captures, LuaScript.inline(a, name, source)),
                a -> script(a, captures, LuaScript.file(a, 1)));
    }

    private static LuaScript script(Args a, boolean captures, LuaScript script) {
        if (captures) LuaMain.of(a.scope()).captures = true;
        return script;
    }

    private static void process(List<Directive<?>> list, String name, Slot<@Nullable LuaCode> slot, boolean quoted) {
        forms(list, name, HTTP_ONLY, slot, quoted,
                (a, source) -> {
                    LuaMain.of(a.scope());
                    return LuaCode.inline(name, source, LuaCode.chunkName(name, a.file(), a.confPrefix(), a.line()));
                },
                a -> LuaMain.of(a.scope()).file(a.prefixed(a.word(1))));
    }

    /// @param quoted whether the form with the text in quotes exists
    private static <T> void forms(List<Directive<?>> list, String name, Set<Context> in, Slot<@Nullable T> slot, boolean quoted,
            BiFunction<Args, String, T> inline, Directive.Reader<T> file) {
        if (quoted) list.add(one(name, in, Arity.take(1), slot, a -> inline.apply(a, notEmpty(a, a.word(1)))));
        list.add(luaBlock(name + "_block", in, slot, a -> inline.apply(a, notEmpty(a, a.luaSource()))));
        list.add(one(name + "_file", in, Arity.take(1), slot, a -> {
            notEmpty(a, a.word(1));
            return file.read(a);
        }));
    }

    private static String notEmpty(Args a, String text) {
        if (text.isEmpty()) throw a.fail("invalid location config: no runnable Lua code");
        return text;
    }
}
