package nightjar;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import nightjar.conf.ConfException;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule.OnWorker;
import nightjar.http.HttpWorker;
import org.jspecify.annotations.Nullable;

/// The modules of one cycle on the workers that serve it: started on each, and stopped once on each.
final class WorkerModules {
    private final HttpConf http;
    private final List<HttpWorker> workers;
    private final List<OnWorker> hooks;
    /// How many of `hooks` have started on each worker; for its thread.
    private final int[] started;
    /// The one on each worker that has been told to stop and has not.
    private final @Nullable OnWorker[] stopping;

    WorkerModules(HttpConf http, List<HttpWorker> workers) {
        this.http = http;
        this.workers = List.copyOf(workers);
        this.hooks = hooks(http);
        this.started = new int[workers.size()];
        this.stopping = new OnWorker[workers.size()];
    }

    private static List<OnWorker> hooks(HttpConf http) { return http.modules.stream().flatMap(m -> m.onWorkers().stream()).toList(); }

    /// Tells the modules, before there are workers, that the process will start with `http`.
    static void foresee(HttpConf http) { hooks(http).forEach(hook -> hook.foresee(http)); }

    List<HttpWorker> workers() { return workers; }

    /// Starts them on all workers and waits for that.
    /// @param bugs hears of what is no [ConfException]
    /// @throws ConfException if a module refuses; then those that did start have been told to stop
    void start(Consumer<Throwable> bugs) {
        var failures = new ArrayList<AtomicReference<@Nullable Throwable>>();
        var latch = new CountDownLatch(workers.size());
        for (int i = 0; i < workers.size(); i++) {
            var failure = new AtomicReference<@Nullable Throwable>();
            failures.add(failure);
            int at = i;
            workers.get(i).worker.execute(() -> {
                start(at, e -> {
                    failure.set(e);
                    latch.countDown();
                });
            });
        }
        ServerProcess.await(latch);
        for (var failure : failures) {
            var e = failure.get();
            if (e == null) continue;
            for (var w : workers) w.worker.execute(() -> stop(w, () -> { }));
            if (e instanceof ConfException told) throw told;
            bugs.accept(e);
            throw new ConfException("internal error: " + e);
        }
    }

    /// Starts those that have not started; then `ended` hears of it, `null` if all went well.
    private void start(int at, Consumer<@Nullable Throwable> ended) {
        int next = started[at];
        if (next == hooks.size()) {
            ended.accept(null);
            return;
        }
        try {
            hooks.get(next).start(workers.get(at), http, failure -> {
                if (failure != null) {
                    ended.accept(failure);
                    return;
                }
                started[at]++;
                start(at, ended);
            });
        } catch (RuntimeException | Error e) {
            ended.accept(e);
        }
    }

    /// Tells what has started on `w` that its configuration is on its way out. On the worker's thread.
    void closing(HttpWorker w) {
        for (var hook : startedOn(w)) hook.closing(w, http);
    }

    /// Has what has started on `w` end at once, also what is stopping. On the worker's thread.
    void giveUp(HttpWorker w) {
        for (var hook : startedOn(w)) hook.giveUp(w, http);
        var hook = stopping[workers.indexOf(w)];
        if (hook != null) hook.giveUp(w, http);
    }

    private List<OnWorker> startedOn(HttpWorker w) { return hooks.subList(0, started[workers.indexOf(w)]); }

    /// Stops what has started on `w`, last one first. On the worker's thread; a second time there is nothing to stop.
    void stop(HttpWorker w, Runnable done) {
        int at = workers.indexOf(w);
        if (started[at] == 0) {
            done.run();
            return;
        }
        var hook = hooks.get(--started[at]);
        stopping[at] = hook;
        hook.stop(w, http, () -> {
            stopping[at] = null;
            stop(w, done);
        });
    }
}
