package nightjar;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nightjar.conf.ConfException;
import nightjar.core.Errno;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.LogFile;
import nightjar.core.Posix;
import nightjar.core.Signals;
import nightjar.dict.DictZone;
import nightjar.http.HttpWorker;
import nightjar.http.Version;
import nightjar.http.Zones;
import nightjar.net.Timer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// The running server: workers, listening sockets, signals. One thread, [#run], decides; workers and sockets outlive
/// configurations. Where nginx has a master and workers as processes of their own, their log lines come here too.
/// Source: ngx_process_cycle.c.
final class ServerProcess {
    /// How long a fast stop waits for workers, in milliseconds: one may be in a loop of Lua's.
    private static final long STOP_MSEC = 700;
    /// How long the end waits for workers to stand still.
    private static final long HALT_MSEC = 50;

    /// A signal and what it is called in the log.
    private enum Order {
        TERM(15, ", exiting"), INT(2, ", exiting"), QUIT(3, ", shutting down"), HUP(1, ", reconfiguring"),
        USR1(10, ", reopening logs"), WINCH(28, "");

        final int number;
        final String action;

        Order(int number, String action) {
            this.number = number;
            this.action = action;
        }
    }

    /// A cycle that serves, and its modules where it has `http`.
    private record Serving(Cycle cycle, @Nullable WorkerModules modules) {}

    private final Launcher launcher = new Launcher();
    private final LinkedBlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();
    private final List<HttpWorker> workers = new ArrayList<>();
    private final ListenSockets sockets = new ListenSockets();
    private final Environment environment = new Environment();
    /// The one in use, after it those that finish their requests.
    private final List<Serving> served = new ArrayList<>();
    /// The configuration in use, at last the one that was.
    private volatile @Nullable Cycle cycle;
    /// A graceful stop has begun.
    private boolean quitting;
    private boolean ended;

    private ServerProcess() {}

    /// Starts the server and serves until told to stop.
    /// @param initial the log until the configuration's own is open
    /// @return the exit code
    /// @throws ConfException if the server does not start and its log could not be opened
    static int run(CommandLine commandLine, Log initial) {
        var process = new ServerProcess();
        var cycle = Cycle.load(commandLine, initial);
        if (cycle.http != null) WorkerModules.foresee(cycle.http);
        cycle.open();
        try {
            process.start(cycle);
            process.serve();
            return 0;
        } catch (ConfException e) {
            cycle.log.write(e.level, e.getMessage());
            return 1;
        } finally {
            process.leave();
        }
    }

    // --- start

    private void start(Cycle c) {
        var http = c.http;
        var opened = http == null ? null : sockets.open(http, c.workers(), c.log);
        tellSystem(c);
        var pidPath = c.pidPath();
        PidFile.write(pidPath);
        try {
            becomeUser(c);
            environment.apply(ProcessConf.ENV.get(c.main));
            if (c.hasMaster()) c.log.write(Level.NOTICE, "start worker processes");
            // Lua may send it to itself before all have started (signal_graceful_exit); the others end a start that hangs.
            take(Order.QUIT);
            var modules = startModules(c);
            use(new Serving(c, modules));
            if (http != null) Zones.keep(http);
            if (opened != null) sockets.accept(http, opened, modules.workers(), multiAccept(c));
        } catch (ConfException e) {
            Posix.unlink(pidPath);
            throw e;
        }
        for (var order : Order.values()) if (order != Order.QUIT) take(order);
        boolean foreground = !ProcessConf.DAEMON.get(c.main);
        if (!foreground) detach();
        Log.console(false);
        redirectStderr(c);
        LogFile.closeBefore(c.turn);
        launcher.ready(foreground, greeting(c));
    }

    private void take(Order order) {
        Signals.on(order.name(), () -> orders.add(() -> obey(order)));
    }

    private void use(Serving s) {
        served.addFirst(s);
        cycle = s.cycle;
    }

    private void tellSystem(Cycle c) {
        c.log.write(Level.NOTICE, "using the \"" + (Worker.EPOLL ? "epoll" : "nio") + "\" event method");
        long limit = Posix.softLimit(Posix.RLIMIT_NOFILE);
        int wanted = ProcessConf.RLIMIT_NOFILE.get(c.main);
        if (c.connections() > limit && c.connections() > wanted) {
            c.log.write(Level.WARN, c.connections() + " worker_connections exceed open file resource limit: " + (wanted > 0 ? wanted : limit));
        }
        c.log.write(Level.NOTICE, "nginx/" + Version.NGINX + " (nightjar " + Version.NIGHTJAR + ")");
        c.log.write(Level.NOTICE, "OS: " + System.getProperty("os.name") + " " + System.getProperty("os.version")
                + ", Java " + System.getProperty("java.vm.version"));
        c.log.write(Level.NOTICE, "getrlimit(RLIMIT_NOFILE): " + limit);
    }

    private static String greeting(Cycle c) {
        var text = new StringBuilder();
        if (c.http != null) for (var e : c.http.endpoints().values()) {
            var a = e.address();
            text.append("nightjar: serving ").append(a.isUnix() ? a.toString()
                    : "http://" + (a.isWildcard() ? "localhost" : a.isInet6() ? "[" + a.host() + "]" : a.host()) + ":" + a.port() + "/").append('\n');
        }
        return text.append("nightjar: process ").append(Posix.getpid())
                .append(", configuration ").append(c.commandLine.confPath(Cycle.HOME)).append('\n').toString();
    }

    /// Has every module start on every worker of `c`, of which there may be more than before.
    private @Nullable WorkerModules startModules(Cycle c) {
        for (int i = workers.size(); i < c.workers(); i++) workers.add(new HttpWorker(new Worker(i, this::bug)));
        if (c.http == null) return null;
        var modules = new WorkerModules(c.http, workers.subList(0, c.workers()));
        modules.start(this::bug);
        for (var w : modules.workers()) {
            w.worker.execute(() -> w.maxConnections = c.connections());
            if (c.hasMaster()) c.log.write(Level.NOTICE, "start worker process " + Posix.getpid());
        }
        return modules;
    }

    /// What a worker's thread stumbled over.
    private void bug(Throwable e) {
        var text = new StringBuilder("internal error: ").append(e);
        for (var at : e.getStackTrace()) text.append("\n    at ").append(at);
        (cycle == null ? new Log(List.of(Log.Target.stderr(Level.ALERT))) : cycle.log).write(Level.ALERT, text.toString());
    }

    private static boolean multiAccept(Cycle c) { return ProcessConf.MULTI_ACCEPT.get(c.events()); }

    /// What nginx's worker processes do first.
    ///
    /// Unlike nginx, all of the process loses its rights: a reload cannot open privileged ports any more.
    private static void becomeUser(Cycle c) {
        int limit = ProcessConf.RLIMIT_NOFILE.get(c.main);
        if (limit > 0 && Posix.setrlimit(Posix.RLIMIT_NOFILE, limit, limit) < 0) {
            c.log.write(Level.ALERT, "setrlimit(RLIMIT_NOFILE, " + limit + ") failed");
        }
        var owner = ProcessConf.USER.get(c.main);
        if (owner != null && c.hasMaster() && owner.uid() != 0) {
            for (var file : LogFile.all()) {
                var failure = file.own(owner.uid());
                if (failure != null) throw new ConfException(failure);
            }
            check(Posix.chown(c.pidPath(), owner.uid(), -1), "chown(\"" + c.pidPath() + "\", " + owner.uid() + ")");
            check(Posix.setgid(owner.gid()), "setgid(" + owner.gid() + ")");
            check(Posix.initgroups(owner.name(), owner.gid()), "initgroups(" + owner.name() + ", " + owner.gid() + ")");
            check(Posix.setuid(owner.uid()), "setuid(" + owner.uid() + ")");
        }
        var dir = ProcessConf.WORKING_DIRECTORY.get(c.main);
        if (dir != null) check(Posix.chdir(dir), "chdir(\"" + dir + "\")");
    }

    private static void check(int result, String call) {
        if (result < 0) throw new ConfException(call + " failed " + Errno.quoted(-result));
    }

    /// Lets go of the terminal, save for standard error.
    private static void detach() {
        Posix.umask(0);
        int fd = Posix.open("/dev/null", Posix.O_RDWR, 0);
        if (fd < 0) return;
        Posix.dup2(fd, 0);
        Posix.dup2(fd, 1);
        if (fd > 2) Posix.close(fd);
    }

    /// What the JVM, C code and `print` of Lua modules say goes to the error log, unless that is standard error itself.
    private static void redirectStderr(Cycle c) {
        var targets = c.log.targets();
        if (targets.stream().anyMatch(t -> t.file() == LogFile.STDERR)) return;
        for (var t : targets) {
            if (t.file() == null) continue;
            Posix.dup2(t.file().fd(), 2);
            return;
        }
    }

    // --- signals

    private void serve() {
        while (!ended) {
            try {
                orders.take().run();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void obey(Order order) {
        boolean last = order == Order.HUP && !cycle.hasMaster();
        cycle.log.write(Level.NOTICE, "signal " + order.number + " (SIG" + order + ") received" + (last ? Order.TERM.action : order.action));
        switch (order) {
            case TERM, INT -> stopFast();
            case QUIT -> stopGracefully();
            // a single process has nobody who would start a new one
            case HUP -> { if (last) stopFast(); else reload(); }
            case USR1 -> reopen();
            case WINCH -> { }
        }
    }

    private void reopen() {
        var c = cycle;
        c.log.write(Level.NOTICE, "reopening logs");
        var owner = ProcessConf.USER.get(c.main);
        boolean own = owner != null && c.hasMaster() && Posix.geteuid() == 0;
        for (var failure : LogFile.reopenAll(own ? owner.uid() : -1)) c.log.write(Level.EMERG, failure);
        redirectStderr(c);
    }

    private void reload() {
        if (quitting) return;
        var old = served.getFirst();
        old.cycle.log.write(Level.NOTICE, "reconfiguring");
        try {
            take(Cycle.load(old.cycle.commandLine, old.cycle.log));
        } catch (ConfException e) {
            old.cycle.log.write(e.level, e.getMessage());
            return;
        }
        retire(old);
    }

    /// Serves `next` from here on.
    private void take(Cycle next) {
        var pidPath = cycle.pidPath();
        if (!next.pidPath().equals(pidPath)) PidFile.write(next.pidPath());
        next.open();
        var http = next.http;
        var opened = http == null ? null : sockets.open(http, next.workers(), next.log);
        WorkerModules modules;
        try {
            environment.apply(ProcessConf.ENV.get(next.main));
            next.log.write(Level.NOTICE, "start worker processes");
            modules = startModules(next);
        } catch (ConfException e) {
            if (opened != null) sockets.drop(opened);
            environment.apply(ProcessConf.ENV.get(cycle.main));
            throw e;
        }
        if (!next.pidPath().equals(pidPath)) Posix.unlink(pidPath);
        use(new Serving(next, modules));
        if (http != null) Zones.keep(http);
        if (opened != null) sockets.accept(http, opened, modules.workers(), multiAccept(next));
        else sockets.close();
        redirectStderr(next);
    }

    /// Lets the requests of `old` end, for `worker_shutdown_timeout` at most, then its modules.
    private void retire(Serving old) {
        var log = old.cycle.log;
        var http = old.cycle.http;
        if (http == null) {
            orders.add(() -> retired(old));
            return;
        }
        http.closing = true;
        long limit = ProcessConf.SHUTDOWN_TIMEOUT.get(old.cycle.main);
        var left = new AtomicInteger(old.modules.workers().size());
        for (var w : old.modules.workers()) w.worker.execute(() -> {
            log.write(Level.NOTICE, "gracefully shutting down");
            var timeout = Timer.of(() -> {
                w.closeAll(http);
                old.modules.giveUp(w);
            });
            if (limit > 0) w.worker.timers.add(timeout, limit);
            old.modules.closing(w);
            w.drain(http, () -> {
                log.write(Level.NOTICE, "exiting");
                boolean late = limit > 0 && !timeout.armed();
                old.modules.stop(w, () -> {
                    w.worker.timers.cancel(timeout);
                    if (old.cycle.hasMaster()) log.write(Level.NOTICE, "exit");
                    if (left.decrementAndGet() == 0) orders.add(() -> retired(old));
                });
                if (late) old.modules.giveUp(w);
            });
        });
    }

    private void retired(Serving old) {
        served.remove(old);
        if (served.isEmpty()) end();
        else LogFile.closeBefore(served.stream().mapToInt(s -> s.cycle.turn).min().orElse(0));
    }

    /// Those that a reload has sent on their way out end by themselves.
    private void stopGracefully() {
        if (quitting) return;
        quitting = true;
        sockets.close();
        retire(served.getFirst());
    }

    private void stopFast() {
        sockets.close();
        for (var s : served.reversed()) stopModules(s, s == served.getFirst());
        end();
    }

    /// Has the modules stop at once, whatever requests there are.
    /// @param last nothing runs on the workers after that, since it could call a module; else others still serve there, and
    ///     the connections of `s` are closed
    private static void stopModules(Serving s, boolean last) {
        if (s.modules == null) return;
        var latch = new CountDownLatch(s.modules.workers().size());
        for (var w : s.modules.workers()) w.worker.execute(() -> {
            if (s.cycle.hasMaster()) s.cycle.log.write(Level.NOTICE, "exiting");
            if (!last && s.cycle.http != null) w.closeAll(s.cycle.http);
            s.modules.giveUp(w);
            s.modules.stop(w, () -> {
                if (s.cycle.hasMaster()) s.cycle.log.write(Level.NOTICE, "exit");
                if (last) w.worker.ignoreEvents();
                latch.countDown();
            });
        });
        await(latch, STOP_MSEC);
    }

    /// The pid file goes last: who waits for it finds everything in the log.
    private void end() {
        if (ended) return;
        ended = true;
        DictZone.sealAll(text -> cycle.log.write(Level.ALERT, text));
        cycle.log.write(Level.NOTICE, "exit");
        Posix.unlink(cycle.pidPath());
    }

    /// Takes all threads out of native code: as long as one waits for events there, `System.exit` waits, too, for 300
    /// milliseconds.
    private void leave() {
        Signals.end();
        var latch = new CountDownLatch(workers.size());
        for (var w : workers) w.worker.halt(latch::countDown);
        await(latch, HALT_MSEC);
    }

    private static void await(CountDownLatch latch, long msec) {
        try {
            latch.await(msec, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
