package nightjar.http.module;

import static nightjar.conf.Context.SRV_LOC;
import static nightjar.conf.Directive.run;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.status;
import static nightjar.http.Variable.variable;

import nightjar.conf.Arity;
import nightjar.http.Core;
import nightjar.http.HttpModule;
import nightjar.http.HttpWorker;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.TextResponse;

/// `stub_status`: how many connections and requests there are and were, over all workers.
/// Source: ngx_http_stub_status_module.c.
public final class StubStatus {
    public static final HttpModule MODULE = module("stub_status")
            .directives(run("stub_status", SRV_LOC, Arity.take(0, 1), a -> a.scope().set(Core.CONTENT, StubStatus::handle)))
            .variables(variable("connections_active", _ -> Long.toString(HttpWorker.counts().active())),
                    variable("connections_reading", _ -> Long.toString(HttpWorker.counts().reading())),
                    variable("connections_writing", _ -> Long.toString(HttpWorker.counts().writing())),
                    variable("connections_waiting", _ -> Long.toString(HttpWorker.counts().waiting())));

    private StubStatus() {}

    private static Outcome handle(Request r) {
        if (!r.method.equals("GET") && !r.method.equals("HEAD")) return status(405);
        var n = HttpWorker.counts();
        return TextResponse.send(r, 200, "text/plain", "Active connections: " + n.active() + " \n"
                + "server accepts handled requests\n"
                + " " + n.accepted() + " " + n.accepted() + " " + n.requests() + " \n"
                + "Reading: " + n.reading() + " Writing: " + n.writing() + " Waiting: " + n.waiting() + " \n");
    }
}
