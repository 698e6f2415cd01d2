package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC_LMT;
import static nightjar.conf.Directive.add;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.ACCESS;

import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Log.Level;
import nightjar.http.ConfKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.net.Cidr;
import org.jspecify.annotations.Nullable;

/// `allow` and `deny` by the client's address; the first rule that fits decides. Source: ngx_http_access_module.c.
public final class Access {
    private enum Whom { ALL, UNIX, NETWORK }

    private record Rule(boolean deny, Whom whom, @Nullable Cidr network) {
        boolean fits(byte[] address) {
            return switch (whom) {
                case ALL -> true;
                case UNIX -> address.length == UNIX_LENGTH;
                case NETWORK -> address.length != UNIX_LENGTH && network.contains(address);
            };
        }
    }

    /// The length of `unix:`, which stands for the address of a Unix socket's client.
    private static final int UNIX_LENGTH = 5;
    private static final Slot<List<Rule>> RULES = Slot.list();

    static final Directive<?> ALLOW = add("allow", HTTP_SRV_LOC_LMT, Arity.take(1), RULES, a -> rule(a, false));
    static final Directive<?> DENY = add("deny", HTTP_SRV_LOC_LMT, Arity.take(1), RULES, a -> rule(a, true));

    private record Conf(List<Rule> rules) {
        Conf(Scope s) { this(List.copyOf(s.get(RULES))); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("access")
            .directives(ALLOW, DENY)
            .conf(CONF)
            .on(ACCESS, Access::handle, l -> !l.conf(CONF).rules.isEmpty());

    private Access() {}

    private static Outcome handle(Request r) {
        var rules = r.conf(CONF).rules;
        var address = r.clientIp();
        for (int i = 0; i < rules.size(); i++) {
            var rule = rules.get(i);
            if (!rule.fits(address)) continue;
            if (!rule.deny) return OK;
            if (r.core().satisfyAll()) r.log(Level.ERROR, "access forbidden by rule");
            return status(403);
        }
        return DECLINED;
    }

    private static Rule rule(Args a, boolean deny) {
        var word = a.word(1);
        if (word.equals("all")) return new Rule(deny, Whom.ALL, null);
        if (word.equals("unix:")) return new Rule(deny, Whom.UNIX, null);
        var network = Cidr.parse(word);
        if (network == null) throw a.fail("invalid parameter \"" + word + "\"");
        if (network.cut()) a.warn("low address bits of " + word + " are meaningless");
        return new Rule(deny, Whom.NETWORK, network);
    }
}
