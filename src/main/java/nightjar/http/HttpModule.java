package nightjar.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import nightjar.conf.Directive;
import org.jspecify.annotations.Nullable;

/// A feature as data: its directives, configuration records, variables, and where in a request it runs.
///
/// @param confs the records it builds for each location
/// @param onPhases its handlers; `active` says for which locations they are worth calling
/// @param ready runs when all of nginx.conf is read, before anything is served; may still fail the configuration
public record HttpModule(String name, List<Directive<?>> directives, List<ConfKey<?>> confs, List<Variable> variables,
        List<OnPhase> onPhases, @Nullable HeaderFilter headerFilter, @Nullable BodyFilter bodyFilter, Predicate<Location> filters,
        List<Consumer<HttpConf>> ready, List<OnWorker> onWorkers) {

    /// What a module does when a worker takes a configuration into use, and when it has served the last request of it.
    /// Called on the worker's thread, save where said.
    public interface OnWorker {
        /// The process will start with `conf`, which has been read: what takes long may begin in the background. On the thread
        /// that starts the process.
        default void foresee(HttpConf conf) {}

        /// Runs before the worker accepts; calls `ended` when it may, with `null`, or with what went wrong. That, or what is
        /// thrown, fails the start or the reload.
        void start(HttpWorker worker, HttpConf conf, Consumer<@Nullable Throwable> ended);

        /// `conf` is on its way out: no new requests come, those that are there end. Told on a reload and a graceful stop.
        default void closing(HttpWorker worker, HttpConf conf) {}

        /// Ends at once what has not come to its end: `worker_shutdown_timeout` is over, or the process stops fast.
        default void giveUp(HttpWorker worker, HttpConf conf) {}

        /// The last request has been served. Calls `done` when nothing of `conf` is in use any more.
        void stop(HttpWorker worker, HttpConf conf, Runnable done);
    }

    public record OnPhase(Phase phase, Handler handler, Predicate<Location> active) {}

    public static HttpModule module(String name) {
        return new HttpModule(name, List.of(), List.of(), List.of(), List.of(), null, null, _ -> true, List.of(), List.of());
    }
    public HttpModule directives(Directive<?>... d) {
        return new HttpModule(name, plus(directives, d), confs, variables, onPhases, headerFilter, bodyFilter, filters, ready, onWorkers);
    }
    public HttpModule conf(ConfKey<?>... c) {
        return new HttpModule(name, directives, plus(confs, c), variables, onPhases, headerFilter, bodyFilter, filters, ready, onWorkers);
    }
    public HttpModule variables(Variable... v) {
        return new HttpModule(name, directives, confs, plus(variables, v), onPhases, headerFilter, bodyFilter, filters, ready, onWorkers);
    }
    /// Runs `h` in phase `p` of every request.
    public HttpModule on(Phase p, Handler h) { return on(p, h, _ -> true); }
    /// Runs `h` in phase `p` of requests whose location `active` picks. It is asked once a location, at start.
    public HttpModule on(Phase p, Handler h, Predicate<Location> active) {
        return new HttpModule(name, directives, confs, variables, plus(onPhases, new OnPhase(p, h, active)), headerFilter, bodyFilter, filters, ready, onWorkers);
    }
    public HttpModule headerFilter(HeaderFilter f) {
        return new HttpModule(name, directives, confs, variables, onPhases, f, bodyFilter, filters, ready, onWorkers);
    }
    public HttpModule bodyFilter(BodyFilter f) {
        return new HttpModule(name, directives, confs, variables, onPhases, headerFilter, f, filters, ready, onWorkers);
    }
    /// The locations for which this module's filters are worth calling; asked once a location, at start.
    public HttpModule filterWhen(Predicate<Location> active) {
        return new HttpModule(name, directives, confs, variables, onPhases, headerFilter, bodyFilter, active, ready, onWorkers);
    }
    public HttpModule ready(Consumer<HttpConf> c) {
        return new HttpModule(name, directives, confs, variables, onPhases, headerFilter, bodyFilter, filters, plus(ready, c), onWorkers);
    }

    public HttpModule onWorker(OnWorker w) {
        return new HttpModule(name, directives, confs, variables, onPhases, headerFilter, bodyFilter, filters, ready, plus(onWorkers, w));
    }

    @SafeVarargs
    private static <T> List<T> plus(List<T> list, T... more) {
        var all = new ArrayList<>(list);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }
}
