package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.run;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.CONTENT;

import java.util.List;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.Finalizer;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Paths;
import nightjar.http.Request;

/// `index`: the file that stands for a directory. Source: ngx_http_index_module.c.
public final class Index {
    private static final Slot<List<ComplexValue>> FILES = Slot.list();
    static final Directive<?> INDEX = run("index", HTTP_SRV_LOC, Arity.ONE_OR_MORE, a -> {
        for (int i = 1; i <= a.count(); i++) {
            if (a.word(i).isEmpty()) throw a.fail("index \"" + a.word(i) + "\" in \"index\" directive is invalid");
            a.scope().add(FILES, ComplexValue.of(a, i));
        }
    });

    record Conf(List<ComplexValue> files) {
        Conf(Scope s) { this(s.get(FILES).isEmpty() ? List.of(ComplexValue.literal("index.html")) : List.copyOf(s.get(FILES))); }
    }
    static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("index").directives(INDEX).conf(CONF).on(CONTENT, Index::handle);

    private Index() {}

    static Outcome handle(Request r) {
        if (!r.uri.endsWith("/")) return DECLINED;
        if (!r.method.equals("GET") && !r.method.equals("HEAD") && !r.method.equals("POST")) return DECLINED;
        var stat = new Stat();
        var dir = Paths.map(r, 0);
        boolean dirSeen = false;
        for (var file : r.conf(CONF).files) {
            var name = file.eval(r);
            if (name.isEmpty()) continue;
            if (name.charAt(0) == '/') {
                Finalizer.internalRedirect(r, name, null);
                return DONE;
            }
            var path = dir + name;
            int rc = Posix.stat(path, stat);
            if (rc == 0) {
                Finalizer.internalRedirect(r, r.uri + name, r.args);
                return DONE;
            }
            if (-rc == Errno.ENOTDIR || -rc == Errno.ENAMETOOLONG || -rc == Errno.EACCES) return missing(r, path, -rc);
            if (-rc != Errno.ENOENT) {
                r.log(Level.CRIT, "stat() \"" + path + "\" failed " + Errno.quoted(-rc));
                return status(500);
            }
            if (!dirSeen && Posix.stat(dir, stat) == -Errno.ENOENT) return missing(r, path, Errno.ENOENT);
            dirSeen = true;
        }
        return DECLINED;
    }

    private static Outcome missing(Request r, String path, int errno) {
        if (errno == Errno.EACCES) {
            r.log(Level.ERROR, "\"" + path + "\" is forbidden " + Errno.quoted(errno));
            return status(403);
        }
        if (r.core().logNotFound()) r.log(Level.ERROR, "\"" + path + "\" is not found " + Errno.quoted(errno));
        return status(404);
    }
}
