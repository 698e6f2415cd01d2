package nightjar.http;

import static nightjar.conf.Context.LOC_ONLY;
import static nightjar.conf.Directive.block;

import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// `limit_except GET { deny all; }`: another configuration for all methods but those named.
/// Source: ngx_http_core_limit_except.
final class LimitExcept {
    /// @param allowed bits of [Method]
    record Rule(int allowed, Location otherwise) {}

    static final Slot<@Nullable Rule> RULE = Slot.own(null);
    static final Directive<?> DIRECTIVE = block("limit_except", LOC_ONLY, Arity.ONE_OR_MORE, LimitExcept::read);

    private LimitExcept() {}

    private static void read(Args a, Scope outer) {
        if (outer.has(RULE)) throw a.wrong("is duplicate");
        int allowed = 0;
        for (var word : a.words()) {
            var bits = CoreServer.METHODS.get(Bytes.upper(word));
            if (bits == null) throw a.fail("invalid method \"" + word + "\"");
            allowed |= bits;
        }
        var scope = outer.child(Context.LIMIT_EXCEPT);
        outer.set(RULE, new Rule(allowed, CoreServer.pseudo(outer, scope)));
        a.readBlock(scope);
    }

    /// Switches the request to the block's configuration if its method is not among those named.
    static void apply(Request r) {
        var rule = r.loc.limitExcept;
        if (rule != null && (Method.of(r.method) & rule.allowed) == 0) r.loc = rule.otherwise;
    }
}
