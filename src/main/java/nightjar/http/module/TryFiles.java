package nightjar.http.module;

import static nightjar.conf.Context.SRV_LOC;
import static nightjar.conf.Directive.one;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.PRECONTENT;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.core.Bytes;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.Finalizer;
import nightjar.http.HttpModule;
import nightjar.http.Location;
import nightjar.http.Outcome;
import nightjar.http.Paths;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// `try_files`: the first of several files or directories that is there, else a last resort.
/// Source: ngx_http_try_files_module.c.
public final class TryFiles {
    /// @param directory the word ends with a slash: a directory is wanted
    record Try(ComplexValue name, boolean directory) {}

    /// @param code the status to answer at last, or 0 when `last` is where to go
    record Tries(List<Try> files, int code, @Nullable ComplexValue last) {}

    private static final Slot<@Nullable Tries> TRIES = Slot.own(null);
    static final Directive<?> TRY_FILES = one("try_files", SRV_LOC, Arity.TWO_OR_MORE, TRIES, TryFiles::read);

    record Conf(@Nullable Tries tries) {
        Conf(Scope s) { this(s.get(TRIES)); }
    }
    static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("try_files").directives(TRY_FILES).conf(CONF)
            .on(PRECONTENT, TryFiles::handle, l -> l.conf(CONF).tries != null);

    private TryFiles() {}

    private static Tries read(Args a) {
        var files = new ArrayList<Try>();
        for (int i = 1; i < a.count(); i++) {
            var word = a.word(i);
            boolean directory = word.endsWith("/");
            files.add(new Try(ComplexValue.of(a, directory ? word.substring(0, word.length() - 1) : word), directory));
        }
        var last = a.word(a.count());
        if (last.startsWith("=")) {
            int code = Bytes.parseInt(last.substring(1));
            if (code < 0 || code > 999) throw a.fail("invalid code \"" + last + "\"");
            return new Tries(List.copyOf(files), code, null);
        }
        return new Tries(List.copyOf(files), 0, ComplexValue.of(a, last));
    }

    static Outcome handle(Request r) {
        var tries = r.conf(CONF).tries;
        var stat = new Stat();
        for (var t : tries.files) {
            var name = t.name.eval(r);
            var path = path(r, name);
            if (r.debug()) r.debug("try to use " + (t.directory ? "dir" : "file") + ": \"" + name + "\" \"" + path + "\"");
            if (Posix.stat(path, stat) < 0 || stat.directory() != t.directory) continue;
            r.uri = uri(r, name) + (t.directory ? "/" : "");
            return DECLINED;
        }
        if (tries.last == null) return status(tries.code);
        var to = tries.last.eval(r);
        if (r.debug()) r.debug("trying to use file: \"" + to + "\"");
        if (to.startsWith("@")) {
            Finalizer.namedLocation(r, to);
            return DONE;
        }
        int q = to.indexOf('?');
        Finalizer.internalRedirect(r, q < 0 ? to : to.substring(0, q), q < 0 ? r.args : to.substring(q + 1));
        return DONE;
    }

    private static String path(Request r, String name) {
        var before = r.uri;
        r.uri = uri(r, name);
        try {
            return Paths.map(r, 0);
        } finally {
            r.uri = before;
        }
    }

    /// With `alias` the words are relative to the aliased directory, so the location's name comes first.
    private static String uri(Request r, String name) {
        var loc = r.namedLoc;
        if (!r.core().root().alias() || loc == null || loc.kind == Location.Kind.REGEX) return name;
        return name.startsWith(loc.name) ? name : loc.name + name;
    }
}
