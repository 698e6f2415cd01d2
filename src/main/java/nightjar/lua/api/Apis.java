package nightjar.lua.api;

import java.lang.invoke.MethodHandles;
import nightjar.core.Clock;
import nightjar.http.HttpWorker;
import nightjar.lua.LuaWorker;

/// Everything that Lua can call, for one worker.
public final class Apis {
    private Apis() {}

    public static void add(LuaWorker lua, HttpWorker worker) {
        var result = new LuaResult(lua.border().result());
        add(lua, result, worker.worker.clock);
        lua.add(MethodHandles.lookup(), new ConfigApi(lua, result));
    }

    /// To be done before the worker's first VM.
    /// @param result the worker's only one
    public static void add(LuaWorker worker, LuaResult result, Clock clock, LuaProcess process) {
        addWithoutRequest(worker, result, clock);
        var lookup = MethodHandles.lookup();
        var names = new Names();
        var uris = new UriApi(result);
        worker.add(lookup, new VarApi(result, names));
        worker.add(lookup, new RequestApi(result, names, uris));
        worker.add(lookup, new ResponseApi(result, names));
        worker.add(lookup, new BodyApi(result, uris, worker.scheduler()));
        worker.add(lookup, new ControlApi(result, worker.scheduler()));
        worker.add(lookup, new CtxApi());
        worker.add(lookup, new ParamApi(result));
        worker.add(lookup, new LogApi(process));
        worker.add(lookup, new ProcessApi(result, process));
    }

    /// What needs neither a request nor a configuration.
    static void addWithoutRequest(LuaWorker worker, LuaResult result, Clock clock) {
        var lookup = MethodHandles.lookup();
        worker.add(lookup, new HashApi());
        worker.add(lookup, new Base64Api());
        worker.add(lookup, new UriApi(result));
        worker.add(lookup, new TimeApi(clock));
        worker.add(lookup, new StringApi(result));
    }
}
