package nightjar.http.module;

import static nightjar.conf.Context.LOC_ONLY;
import static nightjar.conf.Directive.run;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.status;

import java.util.Base64;
import nightjar.conf.Arity;
import nightjar.core.Bytes;
import nightjar.http.Core;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.TextResponse;

/// `empty_gif`: one transparent pixel. Source: ngx_http_empty_gif_module.c.
public final class EmptyGif {
    private static final String PIXEL = Bytes.string(Base64.getDecoder().decode("R0lGODlhAQABAIABAAAAAP///yH5BAEAAAEALAAAAAABAAEAAAICTAEAOw=="));
    /// 28 September 1970, nginx's own choice.
    private static final long MODIFIED = 23349600;

    public static final HttpModule MODULE = module("empty_gif").directives(
            run("empty_gif", LOC_ONLY, Arity.NONE, a -> a.scope().set(Core.CONTENT, EmptyGif::handle)));

    private EmptyGif() {}

    private static Outcome handle(Request r) {
        if (!r.method.equals("GET") && !r.method.equals("HEAD")) return status(405);
        r.out.lastModified = MODIFIED;
        return TextResponse.send(r, 200, "image/gif", PIXEL);
    }
}
