package nightjar;

import static nightjar.conf.Context.*;
import static nightjar.conf.Directive.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Log;
import nightjar.core.LogFile;
import nightjar.core.Posix;
import nightjar.core.Syslog;
import nightjar.http.Core;
import nightjar.http.HttpConf;
import nightjar.lua.LuaProcess;
import org.jspecify.annotations.Nullable;

/// What nginx.conf says about the process: the main context and `events { }`.
/// Source: nginx.c, ngx_event.c, ngx_log.c.
final class ProcessConf {
    /// `user name [group];`
    record Owner(String name, int uid, int gid) {}

    private static final Slot<List<Log.Target>> LOG_TARGETS = Slot.ownList();
    static final Slot<@Nullable HttpConf> HTTP = Slot.of(null);
    private static final Slot<Boolean> EVENTS_SEEN = Slot.own(false);

    static final Directive<Boolean> DAEMON = flag("daemon", MAIN_ONLY, true);
    static final Directive<Boolean> MASTER_PROCESS = flag("master_process", MAIN_ONLY, true);
    static final Directive<Integer> WORKER_PROCESSES = one("worker_processes", MAIN_ONLY, 1,
            a -> a.word(1).equals("auto") ? Runtime.getRuntime().availableProcessors() : a.number(1, 1), 1);
    static final Directive<String> PID = one("pid", MAIN_ONLY, 1, a -> a.prefixed(a.word(1)), "");
    static final Directive<@Nullable Owner> USER = one("user", MAIN_ONLY, Arity.take(1, 2), ProcessConf::owner, null);
    static final Directive<List<String>> ENV = many("env", MAIN_ONLY, 1, a -> a.word(1));
    static final Directive<Long> SHUTDOWN_TIMEOUT = msec("worker_shutdown_timeout", MAIN_ONLY, 0);
    static final Directive<Integer> RLIMIT_NOFILE = number("worker_rlimit_nofile", MAIN_ONLY, 0);
    static final Directive<@Nullable String> WORKING_DIRECTORY = string("working_directory", MAIN_ONLY, null);
    static final Directive<?> ERROR_LOG = run("error_log", MAIN_HTTP_SRV_LOC, Arity.ONE_OR_MORE, ProcessConf::errorLog);

    static final Directive<Integer> WORKER_CONNECTIONS = number("worker_connections", EVENTS_ONLY, 512);
    static final Directive<Boolean> MULTI_ACCEPT = flag("multi_accept", EVENTS_ONLY, false);
    private static final List<String> EVENT_METHODS = List.of("epoll", "poll", "select");
    static final Slot<@Nullable Scope> EVENTS_SCOPE = Slot.of(null);

    static final List<Directive<?>> ALL = List.of(DAEMON, MASTER_PROCESS, WORKER_PROCESSES, PID, USER, ENV, SHUTDOWN_TIMEOUT,
            RLIMIT_NOFILE, WORKING_DIRECTORY, ERROR_LOG, WORKER_CONNECTIONS, MULTI_ACCEPT,
            block("events", MAIN_ONLY, Arity.NONE, (a, scope) -> {
                if (scope.get(EVENTS_SCOPE) != null) throw a.wrong("is duplicate");
                scope.set(EVENTS_SCOPE, a.readBlock(EVENTS));
            }),
            run("use", EVENTS_ONLY, Arity.take(1), a -> {
                if (!EVENT_METHODS.contains(a.word(1))) throw a.fail("invalid event type \"" + a.word(1) + "\"");
            }),
            // one event loop a worker, whose sockets all workers share: nothing to tune
            run("accept_mutex", EVENTS_ONLY, Arity.take(1), a -> a.flag(1)), run("accept_mutex_delay", EVENTS_ONLY, Arity.take(1), a -> a.msec(1)),
            run("worker_aio_requests", EVENTS_ONLY, Arity.take(1), a -> a.number(1)), run("epoll_events", EVENTS_ONLY, Arity.take(1), a -> a.number(1)),
            run("debug_connection", EVENTS_ONLY, Arity.take(1), _ -> {}),
            run("lock_file", MAIN_ONLY, Arity.take(1), _ -> {}), run("worker_priority", MAIN_ONLY, Arity.take(1), _ -> {}),
            run("worker_cpu_affinity", MAIN_ONLY, Arity.ONE_OR_MORE, _ -> {}), run("worker_rlimit_core", MAIN_ONLY, Arity.take(1), a -> a.offset(1)),
            run("timer_resolution", MAIN_ONLY, Arity.take(1), a -> a.msec(1)), run("debug_points", MAIN_ONLY, Arity.take(1), _ -> {}),
            run("pcre_jit", MAIN_ONLY, Arity.take(1), a -> a.flag(1)), run("thread_pool", MAIN_ONLY, Arity.take(2, 3), _ -> {}),
            run("ssl_engine", MAIN_ONLY, Arity.take(1), _ -> {}), run("load_module", MAIN_ONLY, Arity.take(1), ProcessConf::loadModule));

    /// nginx's modules whose features are built in: a configuration that loads them is served as it is.
    private static final List<String> BUILT_IN = List.of("ndk_http_module", "ngx_http_lua_module", "ngx_http_echo_module",
            "ngx_http_headers_more_filter_module", "ngx_http_set_misc_module");

    private ProcessConf() {}

    private static void loadModule(Args a) {
        var name = a.word(1);
        var stem = name.substring(name.lastIndexOf('/') + 1);
        if (stem.endsWith(".so")) stem = stem.substring(0, stem.length() - 3);
        if (!BUILT_IN.contains(stem)) a.warn("module \"" + name + "\" is not loaded: its features are built in or not there");
    }

    private static @Nullable Owner owner(Args a) {
        if (Posix.geteuid() != 0) {
            a.warn("the \"user\" directive makes sense only if the master process runs with super-user privileges, ignored");
            return null;
        }
        var user = Posix.user(a.word(1));
        if (user == null) throw a.fail("getpwnam(\"" + a.word(1) + "\") failed");
        var group = a.count() == 2 ? a.word(2) : a.word(1);
        int gid = Posix.group(group);
        if (gid < 0) throw a.fail("getgrnam(\"" + group + "\") failed");
        return new Owner(a.word(1), user.uid(), gid);
    }

    private static void errorLog(Args a) {
        var level = Log.Level.ERROR;
        if (a.count() > 1) {
            var word = a.word(2);
            level = Log.Level.named(word);
            if (level == null) throw a.fail("invalid log level \"" + word + "\"");
            if (a.count() > 2) throw a.fail("invalid log level \"" + a.word(3) + "\"");
        }
        a.scope().add(LOG_TARGETS, target(a, a.word(1), level));
        a.scope().set(Core.LOG, new Log(a.scope().get(LOG_TARGETS)));
    }

    private static Log.Target target(Args a, String where, Log.Level level) {
        if (where.equals("stderr")) return Log.Target.stderr(level);
        if (where.startsWith("memory:")) throw a.fail("nginx was built without debug support");
        try {
            if (where.startsWith("syslog:")) return Log.Target.syslog(Syslog.parse(where.substring("syslog:".length())), level);
            return Log.Target.file(LogFile.open(a.prefixed(where)), level);
        } catch (IllegalArgumentException | IOException e) {
            throw a.fail(e.getMessage());
        }
    }

    /// The environment that Lua's `os.getenv` sees: what `env` names, and TZ.
    /// What Lua is told of the process.
    static void describe(Scope scope, LuaProcess p) {
        p.workerCount = WORKER_PROCESSES.get(scope);
        p.type = MASTER_PROCESS.get(scope) ? LuaProcess.WORKER : LuaProcess.SINGLE;
        p.env = ENV.get(scope).stream().filter(word -> word.indexOf('=') > 0).toList();
    }

    static void applyEnvironment(Scope main) {
        var keep = new ArrayList<>(ENV.get(main));
        if (keep.stream().noneMatch(w -> w.equals("TZ") || w.startsWith("TZ="))) keep.add("TZ");
        for (var name : System.getenv().keySet()) {
            var bytes = Bytes.utf8(name);
            if (keep.stream().noneMatch(w -> w.equals(bytes))) Posix.unsetenv(bytes);
        }
        for (var word : keep) {
            int eq = word.indexOf('=');
            if (eq > 0) Posix.setenv(word.substring(0, eq), word.substring(eq + 1));
        }
    }
}
