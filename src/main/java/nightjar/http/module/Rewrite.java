package nightjar.http.module;

import static nightjar.conf.Context.HTTP;
import static nightjar.conf.Context.LOCATION;
import static nightjar.conf.Context.LOCATION_IF;
import static nightjar.conf.Context.SERVER;
import static nightjar.conf.Context.SERVER_IF;
import static nightjar.conf.Context.SRV_LOC;
import static nightjar.conf.Context.SRV_SIF_LOC_LIF;
import static nightjar.conf.Directive.add;
import static nightjar.conf.Directive.flag;
import static nightjar.conf.Directive.rawBlock;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.DECLINED;
import static nightjar.http.Phase.REWRITE;
import static nightjar.http.Phase.SERVER_REWRITE;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.Location;
import nightjar.http.Outcome;
import nightjar.http.PhaseEngine;
import nightjar.http.Request;
import nightjar.http.TextResponse;
import nightjar.http.Variable;

/// `set`, `if`, `rewrite`, `return`, `break`: a small program for each server and location.
///
/// The program is a list of operations in the order of the text. Those of an `if` block stand in it behind the condition,
/// which skips them when it does not hold: the block has no program of its own, and a `break` in it ends the whole.
/// Other modules' directives of the rewrite phase (`set_by_lua`, set-misc's) add operations of their own to [#OPS].
/// Source: ngx_http_rewrite_module.c and ngx_http_script.c.
public final class Rewrite {
    /// An operation of the program.
    public interface Op {
        /// Does it. `DECLINED`: the next operation's turn; `AGAIN`: waiting, [Run#resume] will be called;
        /// all else ends the phase as from a handler of it.
        Outcome run(Request r, Run run);
    }

    /// A program at work on a request.
    public static final class Run {
        private final Request r;
        private final Op[] ops;
        /// `rewrite_log on`, or the log says everything anyway.
        final boolean log;
        private int at;
        /// Captures are escaped in values, until the first `rewrite` has matched. An oddity of nginx.
        boolean escapeCaptures;

        Run(Request r, Conf conf) {
            this.r = r;
            ops = conf.ops;
            log = conf.log || r.debug();
            escapeCaptures = r.escapesCaptures();
        }

        Outcome go() {
            while (at < ops.length) {
                var outcome = ops[at++].run(r, this);
                if (outcome != DECLINED) return outcome;
            }
            return DECLINED;
        }

        void skip(int n) { at += n; }

        /// Leaves out the rest of the program.
        void end() { at = ops.length; }

        /// Goes on after an operation that answered AGAIN, which now has its outcome.
        public void resume(Outcome outcome) {
            if (outcome == DECLINED) {
                try {
                    outcome = go();
                } catch (RuntimeException | StackOverflowError e) {
                    outcome = PhaseEngine.bug(r, e);
                }
                if (outcome == Outcome.AGAIN) return;
            }
            r.server.http().engine().resume(r, outcome);
        }

        /// The value as operations see it.
        public String eval(ComplexValue value) { return escapeCaptures ? value.evalEscaped(r) : value.eval(r); }
    }

    private static final Set<Context> ANYWHERE = Context.of(HTTP, SERVER, SERVER_IF, LOCATION, LOCATION_IF);

    /// The operations of a block, in the order of the text.
    public static final Slot<List<Op>> OPS = Slot.ownList();

    static final Directive<List<Op>> REWRITE_RULE = add("rewrite", SRV_SIF_LOC_LIF, Arity.take(2, 3), OPS, RewriteRule::of);
    static final Directive<List<Op>> RETURN = add("return", SRV_SIF_LOC_LIF, Arity.take(1, 2), OPS, Rewrite::answer);
    static final Directive<List<Op>> BREAK = add("break", SRV_SIF_LOC_LIF, Arity.NONE, OPS, _ -> Rewrite::leave);
    static final Directive<List<Op>> IF = rawBlock("if", SRV_LOC, Arity.ONE_OR_MORE, OPS, RewriteIf::of);
    static final Directive<List<Op>> SET = add("set", SRV_SIF_LOC_LIF, Arity.take(2), OPS, Rewrite::set);
    static final Directive<Boolean> REWRITE_LOG = flag("rewrite_log", ANYWHERE, false);
    static final Directive<Boolean> UNINITIALIZED_VARIABLE_WARN = flag("uninitialized_variable_warn", ANYWHERE, true);

    record Conf(Op[] ops, boolean log, boolean warn) {
        Conf(Scope s) { this(program(s), REWRITE_LOG.get(s), UNINITIALIZED_VARIABLE_WARN.get(s)); }
    }
    static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("rewrite")
            .directives(REWRITE_RULE, RETURN, BREAK, IF, SET, REWRITE_LOG, UNINITIALIZED_VARIABLE_WARN)
            .conf(CONF)
            .on(SERVER_REWRITE, Rewrite::handle, l -> isIn(l, SERVER))
            .on(REWRITE, Rewrite::handle, l -> isIn(l, LOCATION));

    private Rewrite() {}

    private static Op[] program(Scope s) {
        if (s.context() != SERVER && s.context() != LOCATION) return new Op[0];
        var all = new ArrayList<Op>();
        for (var op : s.get(OPS)) {
            all.add(op);
            if (op instanceof RewriteIf block) all.addAll(block.inner());
        }
        return all.toArray(Op[]::new);
    }

    /// A server's program does not run again in the rewrite phase of a request that has found no location.
    private static boolean isIn(Location l, Context context) {
        return l.scope.context() == context && l.conf(CONF).ops.length > 0;
    }

    static Outcome handle(Request r) { return new Run(r, r.conf(CONF)).go(); }

    // --- set

    /// The variable that the statement's word `n`, with its `$`, names: defined here if nothing else defines it.
    /// Without a value it is empty, which is warned of. For `set` and all directives that set variables as it does.
    public static Variable variable(Args a, int n) {
        var word = a.word(n);
        if (!word.startsWith("$") || word.length() == 1) throw a.fail("invalid variable name \"" + word + "\"");
        try {
            return a.scope().get(HttpConf.VARIABLES).define(word.substring(1), Rewrite::uninitialized);
        } catch (IllegalArgumentException e) {
            throw a.fail(e.getMessage());
        }
    }

    private static String uninitialized(Request r, String name) {
        if (r.conf(CONF).warn) r.log(Level.WARN, "using uninitialized \"" + Bytes.lower(name) + "\" variable");
        return "";
    }

    private static Op set(Args a) {
        var variable = variable(a, 1);
        var value = ComplexValue.of(a, 2);
        return (r, run) -> {
            variable.set().set(r, run.eval(value));
            if (r.debug()) r.debug("http script set $" + variable.name());
            return DECLINED;
        };
    }

    // --- return, break

    private static Op answer(Args a) {
        var word = a.word(1);
        long status = Bytes.parseLong(word);
        boolean url = a.count() == 1 && (word.startsWith("http://") || word.startsWith("https://") || word.startsWith("$scheme"));
        if (status > 999 || status < 0 && !url) throw a.fail("invalid return code \"" + word + "\"");
        int code = status < 0 ? 302 : (int) status;
        var text = status < 0 ? ComplexValue.of(a, 1) : a.count() == 2 ? ComplexValue.of(a, 2) : ComplexValue.literal("");
        if (code >= 400 && text.text().isEmpty()) {
            var outcome = Outcome.status(code);
            return (_, _) -> outcome;
        }
        return (r, _) -> TextResponse.send(r, code, null, text.eval(r));
    }

    private static Outcome leave(Request r, Run run) {
        r.uriChanged = false;
        run.end();
        return DECLINED;
    }
}
