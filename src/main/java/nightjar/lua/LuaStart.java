package nightjar.lua;

import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nightjar.conf.ConfException;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.http.Connection;
import nightjar.http.Core;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.HttpWorker;
import nightjar.http.Version;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// A configuration's Lua comes and goes on a worker: its VM, `init_by_lua`, `init_worker_by_lua`, `exit_worker_by_lua`.
///
/// Unlike nginx, which forks its workers, `init_by_lua` runs in each worker's own VM.
final class LuaStart implements HttpModule.OnWorker {
    private final LuaModule.Apis apis;
    private final LuaModule.Process process;
    private final StallWatch stalls = new StallWatch();
    private final Map<Worker, LuaWorker> workers = new ConcurrentHashMap<>();

    LuaStart(LuaModule.Apis apis, LuaModule.Process process) {
        this.apis = apis;
        this.process = process;
    }

    @Override public void start(HttpWorker w, HttpConf conf, Runnable ready) {
        var main = LuaMain.ifAny(conf.scope);
        if (main == null) { ready.run(); return; }
        var lua = workers.computeIfAbsent(w.worker, _ -> worker(w));
        tell(lua.process(), w, conf, main);
        lua.dicts().open(main);
        LuaVm vm;
        try {
            vm = vm(lua, main, main.timers(w.worker, lua));
        } catch (RuntimeException e) {
            lua.dicts().close(main);
            throw e;
        }
        main.vm(w.worker.id, vm);
        stalls.watch(lua, main, LuaDirectives.STALL_LOG.get(conf.scope));
        var code = main.initWorker();
        if (code != null) fake(lua, vm, main, code, LuaCtx.INIT_WORKER, "init_worker_by_lua");
        ready.run();
    }

    private void tell(LuaProcess p, HttpWorker w, HttpConf conf, LuaMain main) {
        p.prefix = Core.prefix(conf.scope);
        p.configureArguments = Version.CONFIGURE;
        p.workerId = w.worker.id;
        p.log = main.log();
        workers.get(w.worker).border.logLevel(main.log().level().ordinal());
        process.describe(conf.scope, p);
    }

    private LuaWorker worker(HttpWorker w) {
        var requests = new LuaRequests();
        var lua = new LuaWorker(requests.handles(), w.worker::defer, requests);
        lua.add(MethodHandles.lookup(), new LuaOutputApi(lua));
        apis.add(lua, w);
        return lua;
    }

    /// A VM in which `init_by_lua` has run.
    /// @throws ConfException when it failed
    static LuaVm vm(LuaWorker lua, LuaMain main, LuaTimers timers) {
        LuaVm vm;
        lua.dicts().load(main);
        try {
            vm = new LuaVm(lua, main.options(), timers);
        } catch (LuaLoadException e) {
            throw new ConfException("failed to initialize Lua VM: " + e.getMessage());
        }
        try {
            vm.require("nightjar.ngx");
            vm.require("resty.core");
        } catch (LuaLoadException e) {
            vm.close();
            throw new ConfException("failed to load the 'resty.core' module (https://github.com/openresty/lua-resty-core); ensure you are "
                    + "using an OpenResty release from https://openresty.org/en/download.html (reason: " + e.getMessage() + ")");
        }
        var init = main.init();
        if (init != null) {
            var failure = PlainRun.run(lua, vm, main.log(), null, init);
            if (failure != null) {
                vm.close();
                throw new ConfException(Level.ERROR, name("init_by_lua", init) + " error: " + failure);
            }
        }
        vm.guardGlobals();
        return vm;
    }

    private static void fake(LuaWorker lua, LuaVm vm, LuaMain main, LuaCode code, int phase, String directive) {
        var client = new LuaClient(main.log(), Connection.nextNumber(), phase == LuaCtx.INIT_WORKER ? LuaCtx.phaseName(phase) : null, null, null);
        var ctx = lua.requests.take(client, vm, phase);
        try {
            var failure = PlainRun.run(lua, vm, main.log(), ctx, code);
            if (failure != null) {
                client.write(Level.ERROR, name(directive, code) + " error: " + failure);
            }
        } finally {
            lua.requests.giveBack(ctx);
        }
    }

    private static String name(String directive, LuaCode code) { return code.file != null ? directive + "_file" : directive; }

    @Override public void closing(HttpWorker w, HttpConf conf) {
        var main = LuaMain.ifAny(conf.scope);
        var lua = workers.get(w.worker);
        if (main == null || lua == null) return;
        main.vm(w.worker.id).timers().exit();
    }

    @Override public void giveUp(HttpWorker w, HttpConf conf) {
        var main = LuaMain.ifAny(conf.scope);
        if (main != null && workers.containsKey(w.worker)) main.vm(w.worker.id).timers().kill();
    }

    @Override public void stop(HttpWorker w, HttpConf conf, Runnable done) {
        var main = LuaMain.ifAny(conf.scope);
        var lua = workers.get(w.worker);
        if (main == null || lua == null) { done.run(); return; }
        var vm = main.vm(w.worker.id);
        vm.timers().whenNoneRuns(() -> {
            var code = main.exitWorker();
            if (code != null) fake(lua, vm, main, code, LuaCtx.EXIT_WORKER, "exit_worker_by_lua");
            stalls.forget(lua, main);
            vm.leave(main.log());
            lua.dicts().close(main);
            done.run();
        });
    }

    /// A run of Lua without a request of a client, which must not wait.
    private static final class PlainRun extends LuaTask {
        private final Log log;
        private final @Nullable LuaCtx ctx;
        private @Nullable String failure;

        private PlainRun(Log log, @Nullable LuaCtx ctx) {
            this.log = log;
            this.ctx = ctx;
        }

        /// @return what went wrong, or `null`
        static @Nullable String run(LuaWorker lua, LuaVm vm, Log log, @Nullable LuaCtx ctx, LuaCode code) {
            var run = new PlainRun(log, ctx);
            LuaEvent event;
            try {
                event = lua.scheduler.start(run, vm, code);
            } catch (LuaLoadException e) {
                return e.detail;
            }
            if (event == LuaEvent.WAITING) {
                lua.scheduler.kill(run);
                return "attempt to yield across C-call boundary";
            }
            return run.failure;
        }

        @Override protected long handle() { return ctx == null ? 0 : ctx.handle; }
        @Override protected void log(Level level, String text) { log.write(level, text); }
        @Override protected boolean debug() { return log.debug(); }
        @Override protected void failed(String kind, String message, String traceback) { failure = LuaTask.withTraceback(message, traceback); }
        @Override protected String refusal() { return "API disabled in the context of " + LuaCtx.phaseName(ctx == null ? 0 : ctx.context()); }
        @Override protected int openOutput() { return ERROR; }
        @Override protected int output(long a, int n) { return ERROR; }
        @Override protected void ended(LuaEvent event) {}
    }
}
