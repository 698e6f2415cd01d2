package nightjar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import nightjar.conf.ConfException;
import nightjar.core.Bytes;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.LogFile;
import nightjar.core.Posix;
import nightjar.core.Signals;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.HttpWorker;
import nightjar.http.Version;
import nightjar.net.Address;
import nightjar.net.Listen;
import nightjar.net.ListenException;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// The running server: workers, listening sockets, signals. One thread, [#run], decides; workers and sockets outlive
/// configurations.
final class ServerProcess {
    private final Launcher launcher;
    private final LinkedBlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();
    private final List<HttpWorker> workers = new ArrayList<>();
    private final Map<Address, Listen> sockets = new LinkedHashMap<>();
    private final Map<Listen, List<Listen.Accepting>> accepting = new HashMap<>();
    private Cycle cycle;
    private boolean ended;

    ServerProcess(Cycle first, Launcher launcher) {
        this.cycle = first;
        this.launcher = launcher;
    }

    /// Serves until told to stop.
    /// @return the exit code
    /// @throws ConfException if an address cannot be had or a module refuses to start
    int run() {
        var log = cycle.log;
        ProcessConf.applyEnvironment(cycle.main);
        log.write(Level.NOTICE, "using the \"epoll\" event method");
        log.write(Level.NOTICE, "nginx/" + Version.NGINX + " (nightjar " + Version.NIGHTJAR + ")");
        makeWorkers(cycle.workers());
        startModules(cycle);
        openSockets(cycle);
        writePid(cycle.pidPath());
        becomeUser();
        listenToSignals();
        accept(cycle);
        boolean foreground = !ProcessConf.DAEMON.get(cycle.main);
        launcher.ready(foreground, greeting());
        if (!foreground) detach();
        while (!ended) {
            try {
                orders.take().run();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        cycle.log.write(Level.NOTICE, "exit");
        return 0;
    }

    private String greeting() {
        var text = new StringBuilder();
        if (cycle.http != null) for (var e : cycle.http.endpoints().values()) {
            var a = e.address();
            text.append("nightjar: serving ").append(a.isUnix() ? a.toString()
                    : "http://" + (a.isWildcard() ? "localhost" : a.isInet6() ? "[" + a.host() + "]" : a.host()) + ":" + a.port() + "/").append('\n');
        }
        return text.append("nightjar: process ").append(Posix.getpid()).append(", configuration ").append(cycle.commandLine.confPath(Cycle.HOME)).append('\n').toString();
    }

    // --- start

    private void makeWorkers(int n) {
        for (int i = workers.size(); i < n; i++) {
            var worker = new Worker(i, e -> bug(e));
            workers.add(new HttpWorker(worker));
        }
        int connections = ProcessConf.WORKER_CONNECTIONS.get(cycle.events());
        for (var w : workers) w.worker.execute(() -> w.maxConnections = connections);
    }

    private void bug(Throwable e) {
        var text = new StringBuilder("internal error: ").append(e);
        for (var at : e.getStackTrace()) text.append("\n    at ").append(at);
        cycle.log.write(Level.ALERT, text.toString());
    }

    /// Has every module start on every worker of `c`, and waits for that.
    private void startModules(Cycle c) {
        if (c.http == null) return;
        var failure = new AtomicReference<@Nullable Throwable>();
        int n = c.workers();
        var latch = new CountDownLatch(n);
        for (var w : workers.subList(0, n)) w.worker.execute(() -> {
            try {
                start(w, c.http, hooks(), 0, latch::countDown);
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
                latch.countDown();
            }
        });
        await(latch);
        switch (failure.get()) {
            case null -> { }
            case ConfException e -> throw e;
            case Throwable e -> { bug(e); throw new ConfException("internal error: " + e); }
        }
    }

    private static void start(HttpWorker w, HttpConf http, List<HttpModule.OnWorker> hooks, int i, Runnable done) {
        if (i == hooks.size()) { done.run(); return; }
        hooks.get(i).start(w, http, () -> start(w, http, hooks, i + 1, done));
    }

    private static void stop(HttpWorker w, HttpConf http, List<HttpModule.OnWorker> hooks, int i, Runnable done) {
        if (i < 0) { done.run(); return; }
        hooks.get(i).stop(w, http, () -> stop(w, http, hooks, i - 1, done));
    }

    private static List<HttpModule.OnWorker> hooks() {
        return Modules.ALL.stream().flatMap(m -> m.onWorkers().stream()).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Opens the addresses that `c` wants and that are not open yet.
    private void openSockets(Cycle c) {
        if (c.http == null) return;
        var opened = new ArrayList<Address>();
        try {
            for (var e : c.http.endpoints().values()) {
                if (sockets.containsKey(e.address())) continue;
                sockets.put(e.address(), open(e, c));
                opened.add(e.address());
            }
        } catch (ConfException e) {
            for (var a : opened) sockets.remove(a).close();
            throw e;
        }
    }

    /// Tries five times, half a second apart, while the address is in use, as nginx does.
    private static Listen open(HttpConf.Endpoint e, Cycle c) {
        for (int tries = 1; ; tries++) {
            try {
                return Listen.open(e.address(), e.options(), c.workers());
            } catch (ListenException x) {
                c.log.write(Level.EMERG, x.getMessage());
                if (!x.inUse()) throw new ConfException(x.getMessage());
                if (tries == 5) throw new ConfException("still could not bind()");
                c.log.write(Level.NOTICE, "try again to bind() after 500ms");
                pause(500);
            }
        }
    }

    private static void pause(long msec) {
        try {
            Thread.sleep(msec);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void writePid(String path) {
        try {
            Files.write(Path.of(Bytes.fromUtf8(path)), Bytes.of(Posix.getpid() + "\n"));
        } catch (IOException e) {
            throw new ConfException("open() \"" + path + "\" failed (2: No such file or directory)");
        }
    }

    private void becomeUser() {
        var limit = ProcessConf.RLIMIT_NOFILE.get(cycle.main);
        if (limit > 0) Posix.setrlimit(Posix.RLIMIT_NOFILE, limit, limit);
        var dir = ProcessConf.WORKING_DIRECTORY.get(cycle.main);
        if (dir != null && Posix.chdir(dir) < 0) throw new ConfException("chdir(\"" + dir + "\") failed");
        var owner = ProcessConf.USER.get(cycle.main);
        if (owner == null || owner.uid() == 0) return;
        for (var file : LogFile.all()) Posix.chown(file.path(), owner.uid(), -1);
        if (Posix.initgroups(owner.name(), owner.gid()) < 0 || Posix.setgid(owner.gid()) < 0 || Posix.setuid(owner.uid()) < 0) {
            throw new ConfException("setuid(" + owner.uid() + ") failed");
        }
    }

    /// Lets go of the terminal: what goes to standard output from here on is nobody's.
    private static void detach() {
        int fd = Posix.open("/dev/null", Posix.O_RDWR, 0);
        if (fd < 0) return;
        Posix.dup2(fd, 0);
        Posix.dup2(fd, 1);
        if (fd > 2) Posix.close(fd);
    }

    /// Has every worker of `c` take connections for it; sockets it does not want are closed.
    private void accept(Cycle c) {
        var http = c.http;
        if (http == null) return;
        int n = c.workers();
        boolean multi = ProcessConf.MULTI_ACCEPT.get(c.events());
        for (var e : http.endpoints().values()) {
            var socket = sockets.get(e.address());
            var running = accepting.computeIfAbsent(socket, _ -> new ArrayList<>());
            for (int i = 0; i < n; i++) {
                var w = workers.get(i);
                int at = i;
                onWorker(w, () -> {
                    if (at < running.size()) running.get(at).acceptor(conn -> http.accepted(conn, w, e));
                    else running.add(socket.accept(w.worker, conn -> http.accepted(conn, w, e), multi, (level, text) -> c.log.write(level, text)));
                });
            }
            while (running.size() > n) {
                int last = running.size() - 1;
                var extra = running.remove(last);
                onWorker(workers.get(last), extra::stop);
            }
        }
        var unwanted = sockets.keySet().stream().filter(a -> http.endpoints().values().stream().noneMatch(e -> e.address().equals(a))).toList();
        for (var a : unwanted) close(sockets.remove(a));
    }

    private void close(Listen socket) {
        var running = accepting.remove(socket);
        if (running != null) for (int i = 0; i < running.size(); i++) onWorker(workers.get(i), running.get(i)::stop);
        socket.close();
        var path = socket.address.path();
        if (path != null) Posix.unlink(path);
    }

    /// Runs `task` on the worker and waits for it.
    private static void onWorker(HttpWorker w, Runnable task) {
        var latch = new CountDownLatch(1);
        w.worker.execute(() -> {
            try {
                task.run();
            } finally {
                latch.countDown();
            }
        });
        await(latch);
    }

    // --- signals

    private void listenToSignals() {
        order("TERM", "SIGTERM", this::stopFast);
        order("INT", "SIGINT", this::stopFast);
        order("QUIT", "SIGQUIT", this::stopGracefully);
        order("HUP", "SIGHUP", this::reload);
        order("USR1", "SIGUSR1", this::reopen);
        Signals.on("WINCH", () -> { });
    }

    private void order(String name, String logged, Runnable action) {
        Signals.on(name, () -> orders.add(() -> {
            int n = switch (name) { case "TERM" -> 15; case "INT" -> 2; case "QUIT" -> 3; case "HUP" -> 1; default -> 10; };
            cycle.log.write(Level.NOTICE, "signal " + n + " (" + logged + ") received");
            action.run();
        }));
    }

    private void reopen() {
        cycle.log.write(Level.NOTICE, "reopening logs");
        for (var failure : Log.reopenAll()) cycle.log.write(Level.EMERG, failure);
    }

    private void reload() {
        if (!ProcessConf.MASTER_PROCESS.get(cycle.main)) {
            // as nginx's single process: it has nobody to start a new one
            stopFast();
            return;
        }
        cycle.log.write(Level.NOTICE, "reconfiguring");
        var old = cycle;
        Cycle next;
        try {
            next = Cycle.load(old.commandLine, old.log);
            makeWorkers(next.workers());
            startModules(next);
            openSockets(next);
        } catch (ConfException e) {
            old.log.write(e.level, e.getMessage());
            return;
        }
        cycle = next;
        accept(next);
        retire(old, () -> { });
    }

    /// Lets the requests of `old` end, then its modules.
    private void retire(Cycle old, Runnable then) {
        var http = old.http;
        if (http == null) { then.run(); return; }
        http.closing = true;
        int n = old.workers();
        var latch = new CountDownLatch(n);
        long limit = ProcessConf.SHUTDOWN_TIMEOUT.get(old.main);
        for (var w : List.copyOf(workers.subList(0, n))) w.worker.execute(() -> w.drain(http, () -> stop(w, http, hooks(), hooks().size() - 1, latch::countDown)));
        var waiter = new Thread(() -> {
            try {
                if (limit > 0) latch.await(limit, TimeUnit.MILLISECONDS); else latch.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            orders.add(then);
        }, "retire");
        waiter.setDaemon(true);
        waiter.start();
    }

    private void stopGracefully() {
        cycle.log.write(Level.NOTICE, "gracefully shutting down");
        for (var s : List.copyOf(sockets.values())) close(s);
        sockets.clear();
        retire(cycle, this::end);
    }

    private void stopFast() {
        for (var s : List.copyOf(sockets.values())) close(s);
        sockets.clear();
        var http = cycle.http;
        if (http != null) {
            http.closing = true;
            var latch = new CountDownLatch(cycle.workers());
            for (var w : workers.subList(0, cycle.workers())) w.worker.execute(() -> stop(w, http, hooks(), hooks().size() - 1, latch::countDown));
            try {
                latch.await(2, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        end();
    }

    private void end() {
        cycle.log.write(Level.NOTICE, "exiting");
        Posix.unlink(cycle.pidPath());
        ended = true;
    }
}
