package nightjar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import nightjar.conf.ConfException;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.http.HttpConf;
import nightjar.http.HttpConf.Endpoint;
import nightjar.http.HttpWorker;
import nightjar.net.Acceptor;
import nightjar.net.Address;
import nightjar.net.Listen;
import nightjar.net.ListenException;
import org.jspecify.annotations.Nullable;

/// The listening sockets of the process, which outlive configurations. For the thread of [ServerProcess#run].
///
/// Unlike nginx, a reload that changes `reuseport` alone keeps the sockets there are.
final class ListenSockets {
    private static final int TRIES = 5;
    private static final long PAUSE_MSEC = 500;

    private final Map<Address, Listen> open = new LinkedHashMap<>();
    private final Map<Listen, List<Running>> accepting = new HashMap<>();

    /// Sees whether the addresses can be had, for `-t`: one in use is no mistake, as the server may be running.
    /// @throws ConfException with nginx's text
    static void test(HttpConf http) {
        for (var e : http.endpoints().values()) {
            try {
                Listen.test(e.address(), e.options());
            } catch (ListenException x) {
                if (!x.inUse()) throw new ConfException(x.getMessage());
            }
        }
    }

    /// Opens the sockets that `http` wants and that are not open yet. Tries five times while an address is in use.
    /// @return what was opened, for [#accept] or [#drop]
    /// @throws ConfException if an address cannot be had; then nothing has been opened
    Map<Address, Listen> open(HttpConf http, int workers, Log log) {
        var opened = new LinkedHashMap<Address, Listen>();
        try {
            for (int left = TRIES; left > 0; left--) {
                if (openOnce(http, workers, log, opened)) return opened;
                log.write(Level.NOTICE, "try again to bind() after 500ms");
                pause();
            }
            throw new ConfException("still could not bind()");
        } catch (ConfException e) {
            drop(opened);
            throw e;
        }
    }

    private boolean openOnce(HttpConf http, int workers, Log log, Map<Address, Listen> opened) {
        boolean all = true;
        for (var e : http.endpoints().values()) {
            if (opened.containsKey(e.address()) || !needed(e, workers)) continue;
            try {
                opened.put(e.address(), Listen.open(e.address(), e.options(), workers));
            } catch (ListenException x) {
                if (!x.inUse()) throw new ConfException(x.getMessage());
                log.write(Level.EMERG, x.getMessage());
                all = false;
            }
        }
        return all;
    }

    /// Whether there is no socket for it, or one for each of a number of workers that is no more.
    private boolean needed(Endpoint e, int workers) {
        var there = open.get(e.address());
        if (there == null) return true;
        return there.options.reuseport() && e.options().reuseport() && !e.address().isUnix() && accepting.get(there).size() != workers;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MSEC);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void drop(Map<Address, Listen> opened) {
        opened.values().forEach(Listen::close);
    }

    /// Has the workers take connections for `http` on its addresses; sockets that it does not want are closed.
    /// @param opened what [#open] gave
    void accept(HttpConf http, Map<Address, Listen> opened, List<HttpWorker> workers, boolean multi) {
        var outdated = new ArrayList<Listen>();
        opened.forEach((address, socket) -> {
            var old = open.put(address, socket);
            if (old != null) outdated.add(old);
        });
        var log = http.log();
        for (var e : http.endpoints().values()) {
            var socket = open.get(e.address());
            // A record's equals() is made when it is first called, in 10 milliseconds; at a start both are one object.
            if (socket.options != e.options() && !socket.options.equals(e.options())) change(socket, e, log);
            accept(http, e, socket, workers, multi, log);
        }
        for (var at : List.copyOf(open.keySet())) {
            if (http.endpoints().values().stream().noneMatch(e -> e.address().equals(at))) outdated.add(open.remove(at));
        }
        outdated.forEach(this::close);
    }

    private static void change(Listen socket, Endpoint e, Log log) {
        try {
            socket.change(e.options());
        } catch (ListenException x) {
            log.write(Level.ALERT, x.getMessage() + ", ignored");
        }
    }

    private void accept(HttpConf http, Endpoint e, Listen socket, List<HttpWorker> workers, boolean multi, Log log) {
        var running = accepting.computeIfAbsent(socket, _ -> new ArrayList<>());
        for (int i = 0; i < workers.size(); i++) {
            var w = workers.get(i);
            if (i == running.size()) running.add(new Running(socket, w));
            running.get(i).accept(conn -> http.accepted(conn, w, e), multi, log);
        }
        while (running.size() > workers.size()) running.removeLast().stop(() -> { });
    }

    /// Closes all, each when its workers have come to it.
    void close() {
        List.copyOf(open.values()).forEach(this::close);
        open.clear();
    }

    private void close(Listen socket) {
        var running = accepting.remove(socket);
        if (running == null) {
            socket.close();
            return;
        }
        var left = new AtomicInteger(running.size());
        for (var r : running) r.stop(() -> { if (left.decrementAndGet() == 0) socket.close(); });
    }

    /// A worker that accepts on a socket. It is only told: waiting would make one that is busy hold up the others.
    private static final class Running {
        private final Listen socket;
        private final HttpWorker w;
        /// For the worker's thread.
        private Listen.@Nullable Accepting accepting;

        Running(Listen socket, HttpWorker w) {
            this.socket = socket;
            this.w = w;
        }

        void accept(Acceptor acceptor, boolean multi, Log log) {
            w.worker.execute(() -> {
                if (accepting != null) accepting.acceptor(acceptor);
                else accepting = socket.accept(w.worker, acceptor, multi, log::write);
            });
        }

        void stop(Runnable then) {
            w.worker.execute(() -> {
                if (accepting != null) accepting.stop();
                then.run();
            });
        }
    }
}
