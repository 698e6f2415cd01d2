package nightjar.lua;

import static nightjar.http.HttpModule.module;

import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.HttpWorker;
import nightjar.http.Location;
import nightjar.http.Phase;

/// `*_by_lua*` and its settings.
///
/// Lua runs last in the rewrite, access and precontent phases, unless a `*_no_postpone` has it run first: so it is two modules,
/// [#FIRST] and [#module].
public final class LuaModule {
    /// Adds the methods that Lua can call to a new worker's.
    public interface Apis {
        void add(LuaWorker lua, HttpWorker worker);
    }

    /// Says what the configuration knows of the process.
    public interface Process {
        void describe(Scope scope, LuaProcess process);
    }

    /// Lua at the beginning of the phases.
    public static final HttpModule FIRST = HttpModule.module("lua_first")
            .on(Phase.SERVER_REWRITE, r -> ByLua.phase(r, LuaCtx.SERVER_REWRITE),
                    l -> l.conf(LuaConf.KEY).serverRewrite() != null && l.scope.context() == Context.SERVER)
            .on(Phase.REWRITE, r -> ByLua.phase(r, LuaCtx.REWRITE),
                    l -> l.conf(LuaConf.KEY).rewrite() != null && first(l, ByLuaDirectives.REWRITE_NO_POSTPONE))
            .on(Phase.ACCESS, r -> ByLua.phase(r, LuaCtx.ACCESS),
                    l -> l.conf(LuaConf.KEY).access() != null && first(l, ByLuaDirectives.ACCESS_NO_POSTPONE))
            .on(Phase.PRECONTENT, r -> ByLua.phase(r, LuaCtx.PRECONTENT),
                    l -> l.conf(LuaConf.KEY).precontent() != null && first(l, ByLuaDirectives.PRECONTENT_NO_POSTPONE))
            .on(Phase.LOG, LuaFilters::log, l -> l.conf(LuaConf.KEY).log() != null);

    /// Takes the responses of `ngx.location.capture`, right behind Lua's own filters.
    public static final HttpModule CAPTURE = HttpModule.module("lua_capture")
            .headerFilter(Capture::head)
            .bodyFilter(Capture::body)
            .filterWhen(l -> {
                var main = l.conf(LuaConf.KEY).main();
                return main != null && main.captures;
            });

    private LuaModule() {}

    /// Lua at the end of the phases, with all directives.
    public static HttpModule module(Apis apis, Process process) {
        return HttpModule.module("lua")
                .directives(ByLuaDirectives.ALL)
                .directives(LuaDirectives.ALL)
                .conf(LuaConf.KEY, SocketConf.KEY)
                .on(Phase.REWRITE, r -> ByLua.phase(r, LuaCtx.REWRITE),
                        l -> l.conf(LuaConf.KEY).rewrite() != null && !first(l, ByLuaDirectives.REWRITE_NO_POSTPONE))
                .on(Phase.ACCESS, r -> ByLua.phase(r, LuaCtx.ACCESS),
                        l -> l.conf(LuaConf.KEY).access() != null && !first(l, ByLuaDirectives.ACCESS_NO_POSTPONE))
                .on(Phase.PRECONTENT, r -> ByLua.phase(r, LuaCtx.PRECONTENT),
                        l -> l.conf(LuaConf.KEY).precontent() != null && !first(l, ByLuaDirectives.PRECONTENT_NO_POSTPONE))
                .headerFilter(LuaFilters::header)
                .bodyFilter(LuaFilters.BODY)
                .filterWhen(l -> l.conf(LuaConf.KEY).filters())
                .onWorker(new LuaStart(apis, process));
    }

    private static boolean first(Location l, Directive<Boolean> noPostpone) { return noPostpone.get(l.scope); }
}
