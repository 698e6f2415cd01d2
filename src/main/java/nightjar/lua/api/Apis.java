package nightjar.lua.api;

import java.lang.invoke.MethodHandles;
import nightjar.core.Clock;
import nightjar.lua.LuaWorker;

/// Everything that Lua can call, for one worker.
public final class Apis {
    private Apis() {}

    /// To be done before the worker's first VM.
    /// @param result the worker's only one
    public static void add(LuaWorker worker, LuaResult result, Clock clock) {
        var lookup = MethodHandles.lookup();
        worker.add(lookup, new HashApi());
        worker.add(lookup, new Base64Api());
        worker.add(lookup, new UriApi(result));
        worker.add(lookup, new TimeApi(clock));
        worker.add(lookup, new StringApi(result));
    }
}
