package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.choice;
import static nightjar.conf.Directive.flag;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.CONTENT;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.ConfKey;
import nightjar.http.HeaderFilters;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Paths;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import org.jspecify.annotations.Nullable;

/// `autoindex`: what is in a directory. Source: ngx_http_autoindex_module.c.
public final class AutoIndex {
    enum Format { HTML, JSON, JSONP, XML }

    /// What a directory has, a link by what it leads to.
    record Entry(String name, boolean directory, boolean file, long mtime, long size) {}

    private static final int MAX_CALLBACK = 128;

    static final Directive<Boolean> AUTOINDEX = flag("autoindex", HTTP_SRV_LOC, false);
    static final Directive<Format> FORMAT = choice("autoindex_format", HTTP_SRV_LOC, Format.HTML);
    static final Directive<Boolean> LOCALTIME = flag("autoindex_localtime", HTTP_SRV_LOC, false);
    static final Directive<Boolean> EXACT_SIZE = flag("autoindex_exact_size", HTTP_SRV_LOC, true);

    private record Conf(boolean on, Format format, boolean localtime, boolean exactSize) {
        Conf(Scope s) { this(AUTOINDEX.get(s), FORMAT.get(s), LOCALTIME.get(s), EXACT_SIZE.get(s)); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("autoindex")
            .directives(AUTOINDEX, FORMAT, LOCALTIME, EXACT_SIZE)
            .conf(CONF)
            .on(CONTENT, AutoIndex::handle, l -> l.conf(CONF).on);

    private AutoIndex() {}

    private static Outcome handle(Request r) {
        if (!r.uri.endsWith("/") || !r.method.equals("GET") && !r.method.equals("HEAD")) return DECLINED;
        var conf = r.conf(CONF);
        RequestBody.discard(r);
        var path = Paths.map(r, 0);
        if (path.length() > 1 && path.endsWith("/")) path = path.substring(0, path.length() - 1);
        if (r.debug()) r.debug("http autoindex: \"" + path + "\"");
        var format = conf.format;
        String callback = null;
        if (format == Format.JSONP) {
            callback = r.arg("callback");
            if (callback == null || callback.isEmpty()) format = Format.JSON;
            else if (!isCallback(r, callback)) return status(400);
        }
        var names = new ArrayList<String>();
        int rc = Posix.list(path, names);
        if (rc < 0) return StaticFiles.missing(r, path, -rc, "opendir()");
        r.out.status = 200;
        r.out.contentType = switch (format) {
            case HTML -> "text/html";
            case JSON -> "application/json";
            case JSONP -> "application/javascript";
            case XML -> "text/xml";
        };
        if (format == Format.XML) r.out.charset = "utf-8";
        var sent = HeaderFilters.send(r);
        if (sent != OK || r.headerOnly) return sent;
        var entries = entries(r, path, names);
        if (entries == null) return ERROR;
        var text = switch (format) {
            case HTML -> AutoIndexPage.html(r.uri, entries, "utf-8".equalsIgnoreCase(r.out.charset), conf.exactSize, conf.localtime);
            case JSON, JSONP -> AutoIndexPage.json(entries, callback);
            case XML -> AutoIndexPage.xml(entries);
        };
        var buf = Buf.of(text);
        if (r.isSubrequest()) buf.lastInChain = true; else buf.last = true;
        return BodyFilters.output(r, buf) == ERROR ? ERROR : OK;
    }

    private static boolean isCallback(Request r, String name) {
        if (name.length() > MAX_CALLBACK) {
            r.log(Level.INFO, "client sent too long callback name: \"" + name + "\"");
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i), lower = (char) (c | 0x20);
            if (lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.') continue;
            r.log(Level.INFO, "client sent invalid callback name: \"" + name + "\"");
            return false;
        }
        return true;
    }

    /// Directories first; `null` when one cannot be looked at.
    private static @Nullable List<Entry> entries(Request r, String path, List<String> names) {
        var entries = new ArrayList<Entry>();
        var stat = new Stat();
        for (var name : names) {
            if (name.startsWith(".")) continue;
            var file = path + "/" + name;
            int rc = Posix.stat(file, stat);
            if (rc == -Errno.ENOENT || rc == -Errno.ELOOP) rc = Posix.lstat(file, stat);
            if (rc < 0) {
                r.log(Level.CRIT, "stat() \"" + file + "\" failed " + Errno.quoted(-rc));
                if (rc == -Errno.EACCES) continue;
                return null;
            }
            entries.add(new Entry(name, stat.directory(), stat.regular(), stat.mtime, stat.size));
        }
        entries.sort(Comparator.comparing((Entry e) -> !e.directory).thenComparing(Entry::name));
        return entries;
    }
}
