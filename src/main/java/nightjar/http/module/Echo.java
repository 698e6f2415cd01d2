package nightjar.http.module;

import static nightjar.conf.Context.LOC_LIF;
import static nightjar.conf.Directive.number;
import static nightjar.conf.Directive.run;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Variable.variable;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Mem;
import nightjar.http.Buf;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.Core;
import nightjar.http.CtxKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// Responses written in nginx.conf: `echo` and its kin, which run as commands in the order of the text.
/// Source: echo-nginx-module.
public final class Echo {
    /// What a command does; in the order of the module's own list, since the error log numbers them.
    enum Code {
        SYNC, ECHO, REQUEST_BODY, SLEEP, FLUSH, BLOCKING_SLEEP, RESET_TIMER, BEFORE_BODY, AFTER_BODY, LOCATION_ASYNC, LOCATION,
        SUBREQUEST_ASYNC, SUBREQUEST, DUPLICATE, READ_REQUEST_BODY, FOREACH_SPLIT, END, ABORT_PARENT, EXEC;

        /// Writes by itself, so that the head goes out with it.
        boolean writes() { return this == SYNC || this == ECHO || this == REQUEST_BODY || this == FLUSH || this == DUPLICATE; }
        boolean startsSubrequest() {
            return this == LOCATION_ASYNC || this == LOCATION || this == SUBREQUEST_ASYNC || this == SUBREQUEST;
        }
    }

    /// A statement: options are the leading words with `-`, unless a `$` stands in them; `--` ends them.
    record Command(Code code, List<String> options, List<ComplexValue> words) {
        static Command of(Code code, Args a) {
            var options = new ArrayList<String>();
            var words = new ArrayList<ComplexValue>();
            boolean leading = true;
            for (var w : a.words()) {
                if (leading && w.length() > 1 && w.charAt(0) == '-' && w.indexOf('$') < 0) {
                    if (w.charAt(1) == '-') leading = false; else options.add(w.substring(1));
                    continue;
                }
                leading = false;
                words.add(ComplexValue.of(a, w));
            }
            return new Command(code, List.copyOf(options), List.copyOf(words));
        }

        List<String> eval(Request r) {
            if (words.isEmpty()) return List.of();
            var values = new ArrayList<String>(words.size());
            for (var w : words) values.add(w.eval(r));
            return values;
        }

        /// The line that `echo` makes of its words.
        String line(Request r) { return line(eval(r)); }

        String line(List<String> values) {
            var line = String.join(" ", values);
            return !options.isEmpty() && options.getFirst().equals("n") ? line : line + "\n";
        }
    }

    private static final Slot<List<Command>> COMMANDS = Slot.list(), BEFORE = Slot.list(), AFTER = Slot.list();
    private static final Directive<Integer> STATUS = number("echo_status", LOC_LIF, 200);

    private static final Directive<?>[] DIRECTIVES = {
        command("echo", Arity.ANY, Code.ECHO),
        command("echo_request_body", Arity.NONE, Code.REQUEST_BODY),
        command("echo_sleep", Arity.take(1), Code.SLEEP),
        command("echo_flush", Arity.NONE, Code.FLUSH),
        command("echo_blocking_sleep", Arity.take(1), Code.BLOCKING_SLEEP),
        command("echo_reset_timer", Arity.NONE, Code.RESET_TIMER),
        around("echo_before_body", BEFORE, Code.BEFORE_BODY),
        around("echo_after_body", AFTER, Code.AFTER_BODY),
        command("echo_location_async", Arity.take(1, 2), Code.LOCATION_ASYNC),
        command("echo_location", Arity.take(1, 2), Code.LOCATION),
        command("echo_subrequest_async", Arity.TWO_OR_MORE, Code.SUBREQUEST_ASYNC),
        command("echo_subrequest", Arity.TWO_OR_MORE, Code.SUBREQUEST),
        command("echo_duplicate", Arity.TWO_OR_MORE, Code.DUPLICATE),
        command("echo_read_request_body", Arity.NONE, Code.READ_REQUEST_BODY),
        command("echo_foreach_split", Arity.TWO_OR_MORE, Code.FOREACH_SPLIT),
        command("echo_end", Arity.NONE, Code.END),
        command("echo_abort_parent", Arity.NONE, Code.ABORT_PARENT),
        command("echo_exec", Arity.take(1, 2), Code.EXEC),
        STATUS,
    };

    record Conf(List<Command> commands, List<Command> before, List<Command> after, int status) {
        Conf(Scope s) { this(s.get(COMMANDS), s.get(BEFORE), s.get(AFTER), STATUS.get(s)); }
    }
    static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);
    static final CtxKey<EchoRun> RUN = new CtxKey<>();
    private static final CtxKey<String> FIRST_URI = CtxKey.lasting();

    public static final HttpModule MODULE = module("echo")
            .directives(DIRECTIVES)
            .conf(CONF)
            .variables(
                    variable("echo_timer_elapsed", r -> EchoRun.of(r).elapsed()),
                    variable("echo_request_method", r -> r.method),
                    variable("echo_client_request_method", r -> r.main.method),
                    variable("echo_cacheable_request_uri", Echo::firstUri),
                    variable("echo_request_uri", r -> r.uri.isEmpty() ? null : r.uri),
                    variable("echo_request_body", Echo::requestBody),
                    variable("echo_client_request_headers", r -> r.main.in.rawHead(true)),
                    variable("echo_it", r -> r.get(RUN) == null ? null : r.get(RUN).it()),
                    variable("echo_incr", Echo::incr),
                    variable("echo_response_status", r -> r.out.status == 0 ? null : Integer.toString(r.out.status)))
            .headerFilter(Echo::head)
            .bodyFilter(Echo::body)
            .filterWhen(l -> !l.conf(CONF).before.isEmpty() || !l.conf(CONF).after.isEmpty());

    private Echo() {}

    private static Directive<?> command(String name, Arity arity, Code code) {
        return run(name, LOC_LIF, arity, a -> {
            var scope = a.scope();
            scope.set(Core.CONTENT, Echo::handle);
            if (code.startsSubrequest() && !writesYet(scope)) scope.add(COMMANDS, new Command(Code.SYNC, List.of(), List.of()));
            scope.add(COMMANDS, Command.of(code, a));
        });
    }

    private static boolean writesYet(Scope scope) {
        var own = scope.own(COMMANDS);
        return own != null && own.stream().anyMatch(c -> c.code.writes());
    }

    private static Directive<?> around(String name, Slot<List<Command>> slot, Code code) {
        return run(name, LOC_LIF, Arity.ANY, a -> a.scope().add(slot, Command.of(code, a)));
    }

    // --- the handler

    static Outcome handle(Request r) {
        return r.conf(CONF).commands.isEmpty() ? DECLINED : EchoRun.of(r).run();
    }

    // --- text before and behind the body

    static Outcome head(Request r) {
        if (r.debug()) r.debug("echo header filter, uri \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
        EchoRun.of(r).filters = true;
        r.out.clearContentLength();
        r.allowRanges = false;
        return OK;
    }

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        if (r.debug()) r.debug("echo body filter, uri \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
        var state = r.get(RUN);
        if (in == null || r.headerOnly || state == null || !state.filters) return in;
        var conf = r.conf(CONF);
        Buf first = in;
        if (!state.beforeSent) {
            state.beforeSent = true;
            first = text(r, conf.before, in);
        }
        if (conf.after.isEmpty()) {
            state.filters = false;
            return first;
        }
        boolean ends = false;
        Buf end = in;
        for (var b = in; b != null; b = b.next) {
            ends |= b.last || b.lastInChain;
            b.last = false;
            b.lastInChain = false;
            end = b;
        }
        if (ends) {
            state.filters = false;
            end.next = text(r, conf.after, r.lastBuf());
        }
        return first;
    }

    private static Buf text(Request r, List<Command> commands, Buf then) {
        var b = new StringBuilder();
        for (var c : commands) b.append(c.line(r));
        return b.isEmpty() ? then : Buf.of(b.toString()).then(then);
    }

    // --- variables

    /// The path as it was when it was first asked for.
    private static @Nullable String firstUri(Request r) {
        var uri = r.get(FIRST_URI);
        if (uri == null && !r.uri.isEmpty()) r.set(FIRST_URI, uri = r.uri);
        return uri;
    }

    private static @Nullable String requestBody(Request r) {
        var b = r.body;
        return b == null || !b.complete() || b.path() != null || b.length() == 0 ? null : Mem.string(b.address(), b.length());
    }

    private static @Nullable String incr(Request r) {
        var state = r.main.get(RUN);
        return state == null ? null : Integer.toString(++state.counter);
    }
}
