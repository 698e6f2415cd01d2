package nightjar;

import static nightjar.conf.Context.*;
import static nightjar.conf.Directive.*;

import java.util.List;
import java.util.stream.Stream;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.conf.Units;
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
    /// `error_log memory:…` has room for a line and its own head.
    private static final int MIN_MEMORY_LOG = 2100;
    static final Slot<@Nullable HttpConf> HTTP = Slot.of(null);
    /// The words of the command line.
    static final Slot<List<String>> ARGUMENTS = Slot.of(List.of());

    static final Directive<Boolean> DAEMON = flag("daemon", MAIN_ONLY, true);
    static final Directive<Boolean> MASTER_PROCESS = flag("master_process", MAIN_ONLY, true);
    static final Directive<Integer> WORKER_PROCESSES = one("worker_processes", MAIN_ONLY, 1,
            ProcessConf::workers, 1);
    static final Directive<String> PID = one("pid", MAIN_ONLY, 1, a -> a.prefixed(a.word(1)), "");
    static final Directive<@Nullable Owner> USER = one("user", MAIN_ONLY, Arity.take(1, 2), ProcessConf::owner, null);
    static final Directive<List<String>> ENV = many("env", MAIN_ONLY, 1, a -> a.word(1));
    static final Directive<Long> SHUTDOWN_TIMEOUT = msec("worker_shutdown_timeout", MAIN_ONLY, 0);
    static final Directive<Integer> RLIMIT_NOFILE = number("worker_rlimit_nofile", MAIN_ONLY, 0);
    static final Directive<@Nullable String> WORKING_DIRECTORY = string("working_directory", MAIN_ONLY, null);
    static final Directive<?> ERROR_LOG = run("error_log", MAIN_HTTP_SRV_LOC, Arity.ONE_OR_MORE, ProcessConf::errorLog);

    static final Directive<Integer> WORKER_CONNECTIONS = one("worker_connections", EVENTS_ONLY, 1, ProcessConf::connections, 512);
    static final Directive<Boolean> MULTI_ACCEPT = flag("multi_accept", EVENTS_ONLY, false);
    private static final List<String> DEBUG_LEVELS = List.of("debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http",
            "debug_mail", "debug_stream");
    private static final List<String> EVENT_METHODS = List.of("epoll", "poll", "select");
    static final Slot<@Nullable Scope> EVENTS_SCOPE = Slot.of(null);

    static final List<Directive<?>> ALL = List.of(DAEMON, MASTER_PROCESS, WORKER_PROCESSES, PID, USER, ENV, SHUTDOWN_TIMEOUT,
            RLIMIT_NOFILE, WORKING_DIRECTORY, ERROR_LOG, WORKER_CONNECTIONS, MULTI_ACCEPT,
            block("events", MAIN_ONLY, Arity.NONE, (a, scope) -> {
                if (scope.get(EVENTS_SCOPE) != null) throw a.wrong("is duplicate");
                scope.set(EVENTS_SCOPE, a.readBlock(EVENTS));
            }),
            one("use", EVENTS_ONLY, 1, ProcessConf::eventMethod, ""),
            // one event loop a worker, whose sockets all workers share: nothing to tune
            run("accept_mutex", EVENTS_ONLY, Arity.take(1), a -> a.flag(1)), run("accept_mutex_delay", EVENTS_ONLY, Arity.take(1), a -> a.msec(1)),
            run("worker_aio_requests", EVENTS_ONLY, Arity.take(1), a -> a.number(1)), run("epoll_events", EVENTS_ONLY, Arity.take(1), a -> a.number(1)),
            run("debug_connection", EVENTS_ONLY, Arity.take(1), _ -> {}),
            run("lock_file", MAIN_ONLY, Arity.take(1), _ -> {}), run("worker_priority", MAIN_ONLY, Arity.take(1), _ -> {}),
            run("worker_cpu_affinity", MAIN_ONLY, Arity.ONE_OR_MORE, _ -> {}), run("worker_rlimit_core", MAIN_ONLY, Arity.take(1), a -> a.offset(1)),
            run("timer_resolution", MAIN_ONLY, Arity.take(1), a -> a.msec(1)), run("debug_points", MAIN_ONLY, Arity.take(1), ProcessConf::debugPoints),
            run("pcre_jit", MAIN_ONLY, Arity.take(1), a -> a.flag(1)), run("thread_pool", MAIN_ONLY, Arity.take(1, 2, 3), _ -> {}),
            run("ssl_engine", MAIN_ONLY, Arity.take(1), _ -> {}), run("load_module", MAIN_ONLY, Arity.take(1), ProcessConf::loadModule));

    /// nginx's modules whose features are built in: a configuration that loads them is served as it is.
    private static final List<String> BUILT_IN = List.of("ndk_http_module", "ngx_http_lua_module", "ngx_http_echo_module",
            "ngx_http_headers_more_filter_module", "ngx_http_set_misc_module");

    private ProcessConf() {}

    /// Unlike nginx, 0 is 1.
    private static int workers(Args a) {
        if (a.word(1).equals("auto")) return Runtime.getRuntime().availableProcessors();
        int n = Bytes.parseInt(a.word(1));
        if (n < 0) throw a.wrong("invalid value");
        return Math.max(n, 1);
    }

    private static int connections(Args a) {
        int n = Bytes.parseInt(a.word(1));
        if (n < 0) throw a.fail("invalid number \"" + a.word(1) + "\"");
        return n;
    }

    private static void debugPoints(Args a) {
        if (!List.of("stop", "abort").contains(a.word(1))) throw a.fail("invalid value \"" + a.word(1) + "\"");
    }

    private static String eventMethod(Args a) {
        if (!EVENT_METHODS.contains(a.word(1))) throw a.fail("invalid event type \"" + a.word(1) + "\"");
        return a.word(1);
    }

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

    /// The main context's log is one object from the start, since what is read before `error_log` refers to it already.
    private static void errorLog(Args a) {
        var target = target(a, a.word(1), level(a));
        if (a.scope().context() == Context.MAIN) {
            a.scope().get(Core.LOG).add(target);
            return;
        }
        a.scope().add(LOG_TARGETS, target);
        var log = new Log(List.of());
        for (var t : a.scope().get(LOG_TARGETS)) log.add(t);
        a.scope().set(Core.LOG, log);
    }

    private static Log.Level level(Args a) {
        Log.Level level = null;
        for (int i = 2; i <= a.count(); i++) {
            var word = a.word(i);
            // debug_http and its like: here `debug` is one thing
            var named = DEBUG_LEVELS.contains(word) ? Log.Level.DEBUG : Log.Level.named(word);
            if (named == null || named != level && level != null && DEBUG_LEVELS.contains(word)) throw a.fail("invalid log level \"" + word + "\"");
            if (level != null && !DEBUG_LEVELS.contains(word)) throw a.fail("duplicate log level \"" + word + "\"");
            level = named;
        }
        return level == null ? Log.Level.ERROR : level;
    }

    private static Log.Target target(Args a, String where, Log.Level level) {
        if (where.equals("stderr")) return Log.Target.stderr(level);
        if (where.startsWith("memory:")) return memory(a, where.substring("memory:".length()), level);
        if (!where.startsWith("syslog:")) return Log.Target.file(LogFile.named(a.prefixed(where)), level);
        try {
            return Log.Target.syslog(Syslog.parse(where.substring("syslog:".length())), level);
        } catch (IllegalArgumentException e) {
            throw a.fail(e.getMessage());
        }
    }

    /// What Lua is told of the process.
    static void describe(Scope scope, LuaProcess p) {
        p.workerCount = WORKER_PROCESSES.get(scope);
        p.type = MASTER_PROCESS.get(scope) ? LuaProcess.WORKER : LuaProcess.SINGLE;
        p.argv = Stream.concat(Stream.of(Cycle.PROGRAM), scope.get(ARGUMENTS).stream()).toList();
        p.env = ENV.get(scope).stream().filter(word -> word.indexOf('=') > 0).toList();
    }

    /// Unlike nginx's, whose ring buffer is for a debugger, these lines are dropped.
    private static Log.Target memory(Args a, String size, Log.Level level) {
        long bytes = Units.size(size);
        if (bytes < MIN_MEMORY_LOG) throw a.fail("invalid buffer size \"" + size + "\"");
        return new Log.Target(level, null, null);
    }
}
