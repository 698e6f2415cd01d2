package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.choice;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.CONTENT;

import nightjar.conf.Directive;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.ConfKey;
import nightjar.http.HttpModule;
import nightjar.http.OpenFile;
import nightjar.http.Outcome;
import nightjar.http.Paths;
import nightjar.http.Request;

/// Serves `FILE.gz` in the place of `FILE`. Source: ngx_http_gzip_static_module.c.
public final class GzipStatic {
    private enum When { OFF, ON, ALWAYS }

    private static final Directive<When> GZIP_STATIC = choice("gzip_static", HTTP_SRV_LOC, When.OFF);
    private static final ConfKey<When> CONF = new ConfKey<>(GZIP_STATIC::get);

    public static final HttpModule MODULE = module("gzip_static")
            .directives(GZIP_STATIC)
            .conf(CONF)
            .on(CONTENT, GzipStatic::handle, l -> l.conf(CONF) != When.OFF);

    private GzipStatic() {}

    static Outcome handle(Request r) {
        if (!r.method.equals("GET") && !r.method.equals("HEAD") || r.uri.endsWith("/")) return DECLINED;
        boolean choose = r.conf(CONF) == When.ON;
        boolean ok = !choose || GzipRules.ok(r);
        if (!ok && !GzipRules.vary(r)) return DECLINED;
        var path = Paths.map(r, 0) + ".gz";
        if (r.debug()) r.debug("http filename: \"" + path + "\"");
        int fd = Posix.open(path, Posix.O_RDONLY | Posix.O_NONBLOCK | Posix.O_CLOEXEC, 0);
        if (fd < 0) {
            boolean usual = fd == -Errno.ENOENT || fd == -Errno.ENOTDIR || fd == -Errno.ENAMETOOLONG;
            if (!usual) r.log(fd == -Errno.EACCES ? Level.ERROR : Level.CRIT, "open() \"" + path + "\" failed " + Errno.quoted(-fd));
            return DECLINED;
        }
        var stat = new Stat();
        if (Posix.fstat(fd, stat) < 0 || !stat.regular()) {
            Posix.close(fd);
            return DECLINED;
        }
        if (choose) GzipRules.varies(r);
        if (!ok) {
            Posix.close(fd);
            return DECLINED;
        }
        r.out.set("Content-Encoding", "gzip");
        return StaticFiles.send(r, new OpenFile(fd), stat);
    }
}
