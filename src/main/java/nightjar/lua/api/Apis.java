package nightjar.lua.api;

import java.lang.invoke.MethodHandles;
import nightjar.core.Clock;
import nightjar.http.HttpWorker;
import nightjar.lua.LuaWorker;
import nightjar.lua.pipe.PipeApi;
import nightjar.lua.socket.Sockets;

/// Everything that Lua can call, for one worker.
public final class Apis {
    private Apis() {}

    /// To be done before the worker's first VM.
    public static void add(LuaWorker lua, HttpWorker worker) {
        var result = new LuaResult(lua.border().result());
        addWithoutRequest(lua, result, worker.worker.clock);
        var lookup = MethodHandles.lookup();
        var process = lua.process();
        var names = new Names();
        var uris = new UriApi(result);
        lua.add(lookup, new VarApi(result, names, lua.variables()));
        lua.add(lookup, new RequestApi(result, names, uris, lua.variables()));
        lua.add(lookup, new ResponseApi(result, names));
        lua.add(lookup, new BodyApi(result, uris, lua.scheduler()));
        lua.add(lookup, new ControlApi(result, lua.scheduler(), lua.variables()));
        lua.add(lookup, new CaptureApi(result, lua.scheduler()));
        lua.add(lookup, new SleepApi(lua.scheduler(), worker.worker, process));
        lua.add(lookup, new SemaphoreApi(lua.scheduler(), worker.worker, process));
        Sockets.add(lua, worker);
        PipeApi.add(lua, worker.worker);
        lua.add(lookup, new CtxApi());
        lua.add(lookup, new NdkApi(result, names));
        lua.add(lookup, new ParamApi(result));
        lua.add(lookup, new LogApi(process));
        lua.add(lookup, new ProcessApi(result, process, lua.scheduler()));
        lua.add(lookup, new UpstreamApi(result, lua.scheduler(), worker.worker));
    }

    /// What needs neither a request nor a configuration.
    /// @param result the worker's only one
    static void addWithoutRequest(LuaWorker worker, LuaResult result, Clock clock) {
        var lookup = MethodHandles.lookup();
        worker.add(lookup, new HashApi());
        worker.add(lookup, new Base64Api());
        worker.add(lookup, new UriApi(result));
        worker.add(lookup, new TimeApi(clock));
        worker.add(lookup, new StringApi(result));
        worker.add(lookup, new RegexApi(result, worker.process()));
        worker.add(lookup, new SharedDictApi(result, worker.dicts(), clock));
    }
}
