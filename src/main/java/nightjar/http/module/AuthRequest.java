package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.ACCESS;

import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.Subrequest;
import nightjar.http.Variable;

/// `auth_request`: a subrequest says who may come in. Source: ngx_http_auth_request_module.c.
public final class AuthRequest {
    private record Assignment(Variable variable, ComplexValue value) {}

    static final Directive<String> URI = one("auth_request", HTTP_SRV_LOC, 1, a -> a.word(1).equals("off") ? "" : a.word(1), "");
    private static final Directive<List<Assignment>> SET = many("auth_request_set", HTTP_SRV_LOC, Arity.take(2), AuthRequest::assignment);

    private record Conf(String uri, List<Assignment> assignments) {
        Conf(Scope s) { this(URI.get(s), List.copyOf(SET.get(s))); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("auth_request")
            .directives(URI, SET)
            .conf(CONF)
            .on(ACCESS, AuthRequest::handle, l -> !l.conf(CONF).uri.isEmpty());

    private AuthRequest() {}

    /// The subrequest may end before its start returns.
    private static final class Waiting {
        boolean started;
        Outcome outcome = AGAIN;
    }

    private static Outcome handle(Request r) {
        if (r.debug()) r.debug("auth request handler");
        var conf = r.conf(CONF);
        var refused = Subrequest.refusal(r);
        if (refused != null) {
            r.log(Level.ERROR, refused + " \"" + conf.uri + "\"");
            return status(500);
        }
        var waiting = new Waiting();
        var sub = Subrequest.create(r, conf.uri, null, new Subrequest.Ended() {
            @Override public void ended(Request s, Outcome outcome) {
                if (r.debug()) r.debug("auth request done s:" + s.out.status);
                var judged = judge(r, conf, s);
                if (waiting.started) r.resume(judged);
                else waiting.outcome = judged;
            }

            @Override public Outcome answered(Request s, Outcome answer) {
                if (s.headerSent || !(answer instanceof Outcome.Status(int code))) return answer;
                s.out.status = code;
                return OK;
            }
        });
        sub.headerOnly = true;
        Subrequest.start(sub);
        waiting.started = true;
        return waiting.outcome;
    }

    private static Outcome judge(Request r, Conf conf, Request sub) {
        // now, since an internal redirect of `r` forgets what it knew of `sub`
        for (var a : conf.assignments) a.variable.set().set(r, a.value.eval(sub));
        int code = sub.out.status;
        if (code == 403) return status(code);
        if (code == 401) {
            for (var h : sub.out.list()) if (Bytes.equalsIgnoreCase(h.name, "WWW-Authenticate")) r.out.add(h.name, h.value);
            return status(code);
        }
        if (code >= 200 && code < 300) return OK;
        r.log(Level.ERROR, "auth request unexpected status: " + code);
        return status(500);
    }

    private static Assignment assignment(Args a) {
        var name = a.word(1);
        if (!name.startsWith("$") || name.length() < 2) throw a.fail("invalid variable name \"" + name + "\"");
        try {
            var variable = a.scope().get(HttpConf.VARIABLES).define(name.substring(1));
            return new Assignment(variable, ComplexValue.of(a, 2));
        } catch (IllegalArgumentException e) {
            throw a.fail(e.getMessage());
        }
    }
}
