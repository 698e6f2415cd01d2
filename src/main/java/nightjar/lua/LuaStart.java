package nightjar.lua;

import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import nightjar.conf.ConfException;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.http.Connection;
import nightjar.http.Core;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.HttpWorker;
import nightjar.http.Version;
import nightjar.luajit.Exports;
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
    /// Runs of `exit_worker_by_lua` that wait.
    private final Map<LuaVm, PlainRun> exiting = new ConcurrentHashMap<>();

    LuaStart(LuaModule.Apis apis, LuaModule.Process process) {
        this.apis = apis;
        this.process = process;
    }

    @Override public void foresee(HttpConf conf) {
        if (LuaMain.ifAny(conf.scope) != null) Thread.ofPlatform().daemon().name("lua-ahead").start(Exports::prepare);
    }

    @Override public void start(HttpWorker w, HttpConf conf, Consumer<@Nullable Throwable> ended) {
        var main = LuaMain.ifAny(conf.scope);
        if (main == null) { ended.accept(null); return; }
        var lua = workers.computeIfAbsent(w.worker, _ -> worker(w));
        tell(lua.process(), w, conf, main);
        lua.dicts().open(main);
        Consumer<@Nullable Throwable> answer = failure -> {
            if (failure != null) lua.dicts().close(main);
            ended.accept(failure);
        };
        try {
            boot(w, conf, lua, main, answer);
        } catch (RuntimeException e) {
            answer.accept(e);
        }
    }

    private void boot(HttpWorker w, HttpConf conf, LuaWorker lua, LuaMain main, Consumer<@Nullable Throwable> ended) {
        var vm = bareVm(lua, main, main.timers(w.worker, lua));
        var init = main.init();
        if (init == null) {
            ready(w, conf, main, vm, ended);
            return;
        }
        PlainRun.run(vm, main, null, init, failure -> {
            if (failure == null) ready(w, conf, main, vm, ended);
            else ended.accept(refused(vm, init, failure));
        });
    }

    private void ready(HttpWorker w, HttpConf conf, LuaMain main, LuaVm vm, Consumer<@Nullable Throwable> ended) {
        vm.guardGlobals();
        main.vm(w.worker.id, vm);
        stalls.watch(vm.worker, main, LuaDirectives.STALL_LOG.get(conf.scope));
        var code = main.initWorker();
        if (code == null) ended.accept(null);
        else fake(vm, main, code, LuaCtx.INIT_WORKER, "init_worker_by_lua", () -> ended.accept(null));
    }

    private void tell(LuaProcess p, HttpWorker w, HttpConf conf, LuaMain main) {
        p.prefix = Core.prefix(conf.scope);
        p.configureArguments = Version.CONFIGURE;
        p.workerId = w.worker.id;
        p.log = main.log();
        workers.get(w.worker).border.logLevel(main.log().level().ordinal());
        p.regexCacheMaxEntries = LuaDirectives.REGEX_CACHE_MAX_ENTRIES.get(conf.scope);
        p.regexMatchLimit = LuaDirectives.REGEX_MATCH_LIMIT.get(conf.scope);
        process.describe(conf.scope, p);
    }

    private LuaWorker worker(HttpWorker w) {
        var requests = new LuaRequests();
        var lua = new LuaWorker(requests.handles(), w.worker::defer, requests);
        lua.add(MethodHandles.lookup(), new LuaOutputApi(lua));
        apis.add(lua, w);
        return lua;
    }

    /// A VM in which `init_by_lua` has run, which cannot wait here.
    /// @throws ConfException when it failed
    static LuaVm vm(LuaWorker lua, LuaMain main, LuaTimers timers) {
        var vm = bareVm(lua, main, timers);
        var init = main.init();
        var failure = init == null ? null : PlainRun.runAtOnce(vm, main, init);
        if (failure != null) throw refused(vm, init, failure);
        vm.guardGlobals();
        return vm;
    }

    /// A VM with the API and nothing else.
    private static LuaVm bareVm(LuaWorker lua, LuaMain main, LuaTimers timers) {
        LuaVm vm;
        lua.dicts().load(main);
        try {
            vm = new LuaVm(lua, main.options(), timers);
        } catch (LuaLoadException e) {
            throw new ConfException("failed to initialize Lua VM: " + e.getMessage());
        }
        vm.http = main.http;
        try {
            vm.require("nightjar.ngx");
            vm.require("resty.core");
        } catch (LuaLoadException e) {
            vm.close();
            throw new ConfException("failed to load the 'resty.core' module (https://github.com/openresty/lua-resty-core); ensure you are "
                    + "using an OpenResty release from https://openresty.org/en/download.html (reason: " + e.getMessage() + ")");
        }
        return vm;
    }

    private static ConfException refused(LuaVm vm, LuaCode init, String failure) {
        vm.close();
        return new ConfException(Level.ERROR, name("init_by_lua", init) + " error: " + failure);
    }

    /// Runs code that has a request of its own, but no client; then `then`.
    /// @return the run, if it waits
    private static @Nullable PlainRun fake(LuaVm vm, LuaMain main, LuaCode code, int phase, String directive, Runnable then) {
        var client = new LuaClient(main.log(), Connection.nextNumber(), phase == LuaCtx.INIT_WORKER ? LuaCtx.phaseName(phase) : null, null, null);
        var requests = vm.worker.requests;
        var ctx = requests.take(client, vm, phase);
        return PlainRun.run(vm, main, ctx, code, failure -> {
            if (failure != null) {
                client.write(Level.ERROR, name(directive, code) + " error: " + failure);
            }
            requests.giveBack(ctx);
            then.run();
        });
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
        if (main == null || !workers.containsKey(w.worker)) return;
        var vm = main.vm(w.worker.id);
        vm.timers().kill();
        var run = exiting.get(vm);
        if (run != null) run.kill();
    }

    @Override public void stop(HttpWorker w, HttpConf conf, Runnable done) {
        var main = LuaMain.ifAny(conf.scope);
        var lua = workers.get(w.worker);
        if (main == null || lua == null) { done.run(); return; }
        var vm = main.vm(w.worker.id);
        Runnable end = () -> {
            exiting.remove(vm);
            stalls.forget(lua, main);
            vm.leave(main.log());
            lua.dicts().close(main);
            done.run();
        };
        vm.timers().whenNoneRuns(() -> {
            var code = main.exitWorker();
            if (code == null) {
                end.run();
                return;
            }
            var run = fake(vm, main, code, LuaCtx.EXIT_WORKER, "exit_worker_by_lua", end);
            if (run != null) exiting.put(vm, run);
        });
    }
}
