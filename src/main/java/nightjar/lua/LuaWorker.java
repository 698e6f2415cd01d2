package nightjar.lua;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import nightjar.core.Bytes;
import nightjar.core.Log;
import nightjar.luajit.Exports;
import nightjar.luajit.LuaException;
import nightjar.luajit.LuaFunction;
import nightjar.luajit.LuaState;
import org.jspecify.annotations.Nullable;

/// What one worker's Lua VMs share: the border, the scheduler and the Java methods they can call. All on the worker's
/// thread, whose stack must be deep (128 MB): Lua's own limits on recursion assume it.
public final class LuaWorker {
    private static final int SHOWN_FRAMES = 12;

    final Border border = new Border();
    final Executor later;
    final Scheduler scheduler;
    final ReadyVariables variables;
    final ModuleLoads loads = new ModuleLoads(this);
    /// The requests that Lua sees; `null` in tests without any.
    final @Nullable LuaRequests requests;
    private final LuaDicts dicts = new LuaDicts();
    private final LuaProcess process = new LuaProcess();
    private final Exports exports;
    private final Consumer<String> alert;

    /// @param handles how `ngx_http_request_t *` becomes a Java argument; see [Exports]
    /// @param later runs a task in a later event of this worker
    /// @param alert told of exceptions that are bugs, as a line for the error log
    public LuaWorker(Map<Class<?>, LongFunction<?>> handles, Executor later, Consumer<String> alert) {
        this(handles, later, null, alert);
    }

    LuaWorker(Map<Class<?>, LongFunction<?>> handles, Executor later, LuaRequests requests) {
        this(handles, later, requests, null);
    }

    private LuaWorker(Map<Class<?>, LongFunction<?>> handles, Executor later, @Nullable LuaRequests requests, @Nullable Consumer<String> alert) {
        this.later = later;
        this.requests = requests;
        this.alert = alert != null ? alert : text -> process.log.write(Log.Level.ALERT, text);
        exports = new Exports(handles, this::thrown);
        scheduler = new Scheduler(this);
        variables = new ReadyVariables(border, scheduler);
        add(MethodHandles.lookup(), this);
        add(MethodHandles.lookup(), scheduler);
        add(MethodHandles.lookup(), loads);
        add(MethodHandles.lookup(), new LightThreads(scheduler));
        add(MethodHandles.lookup(), new LuaTimerApi(border));
    }

    /// Lets Lua call the annotated methods of `api`. To be done before the first VM is made.
    public void add(MethodHandles.Lookup lookup, Object api) {
        exports.add(lookup, api);
    }

    public Border border() {
        return border;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public ReadyVariables variables() {
        return variables;
    }

    /// Lua has come back: ends what it was doing to a dict.
    void recoverDict() {
        long changing = border().takeChanging();
        if (changing != 0) dicts.recover(changing);
    }

    public LuaDicts dicts() {
        return dicts;
    }

    public LuaProcess process() {
        return process;
    }

    List<String> functions() {
        return exports.functions().stream().filter(name -> !name.startsWith("nightjar.")).sorted().toList();
    }

    long function(String name) {
        return exports.function(name).address();
    }

    private void thrown(Throwable t) {
        scheduler.unpark();
        border.text(Exports.message(t));
        if (t instanceof LuaException) return;
        var line = new StringBuilder("lua: ").append(t);
        var frames = t.getStackTrace();
        for (int i = 0; i < Math.min(frames.length, SHOWN_FRAMES); i++) line.append("\n\tat ").append(frames[i]);
        alert.accept(Bytes.utf8(line.toString()));
    }

    /// An export by its name: C type and address of an FFI function or a variable, or a Lua C function; nothing when there is none.
    @LuaFunction("nightjar.resolve")
    int resolve(long L) {
        var name = LuaState.string(L, 1);
        if (name == null) return 0;
        var symbol = name.equals("ngx_argv") ? new Exports.Symbol("char **", process.argvAddress()) : exports.ffi(name);
        if (symbol != null) {
            LuaState.push(L, symbol.ctype());
            LuaState.pushPointer(L, symbol.address());
            return 2;
        }
        var function = exports.function(name);
        if (function == null) return 0;
        LuaState.pushFunction(L, function.address());
        return 1;
    }

    /// The source of a Lua module packed with Nightjar, nothing when there is none.
    @LuaFunction("nightjar.resource")
    int resource(long L) {
        var name = LuaState.string(L, 1);
        var source = name == null ? null : source(name);
        if (source == null) return 0;
        LuaState.push(L, Bytes.string(source));
        return 1;
    }

    static byte @Nullable [] source(String module) {
        try (InputStream in = LuaWorker.class.getResourceAsStream("/lualib/" + module.replace('.', '/') + ".lua")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every VM must have been closed.
    public void close() {
        border.free();
        variables.free();
        dicts.free();
    }
}
