package nightjar.http.module;

import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Phase.CONTENT;

import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.HeaderFilters;
import nightjar.http.HttpModule;
import nightjar.http.OpenFile;
import nightjar.http.Outcome;
import nightjar.http.Paths;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import nightjar.http.UriCodec;

/// Serves files. Like nginx, it opens and looks at a file on the worker itself, since what is asked for often is in the
/// page cache; the bytes go by sendfile. Source: ngx_http_static_module.c.
public final class StaticFiles {
    public static final HttpModule MODULE = module("static").on(CONTENT, StaticFiles::handle);

    private StaticFiles() {}

    static Outcome handle(Request r) {
        boolean post = r.method.equals("POST");
        if (!post && !r.method.equals("GET") && !r.method.equals("HEAD")) return status(405);
        if (r.uri.endsWith("/")) return DECLINED;
        var path = Paths.map(r, 0);
        if (r.debug()) r.debug("http filename: \"" + path + "\"");
        int fd = Posix.open(path, Posix.O_RDONLY | Posix.O_NONBLOCK | Posix.O_CLOEXEC, 0);
        if (fd < 0) return missing(r, path, -fd, "open()");
        var stat = new Stat();
        int rc = Posix.fstat(fd, stat);
        if (rc < 0 || !stat.regular() || post) {
            Posix.close(fd);
            if (rc < 0) return missing(r, path, -rc, "fstat()");
            if (stat.directory()) return toDirectory(r);
            if (stat.regular()) return status(405);
            r.log(Level.CRIT, "\"" + path + "\" is not a regular file");
            return status(404);
        }
        return send(r, new OpenFile(fd), stat);
    }

    /// Sends a whole file, of which the range filter may take parts.
    static Outcome send(Request r, OpenFile file, Stat stat) {
        RequestBody.discard(r);
        r.c.action("sending response to client");
        var out = r.out;
        out.status = 200;
        out.contentLength = stat.size;
        out.lastModified = stat.mtime;
        if (r.core().etag()) out.etag = etag(stat.mtime, stat.size);
        r.setContentType();
        r.allowRanges = true;
        var sent = HeaderFilters.send(r);
        if (sent != OK || r.headerOnly) {
            file.release();
            return sent;
        }
        if (stat.size == 0) {
            file.release();
            return BodyFilters.output(r, r.lastBuf());
        }
        var buf = Buf.file(file, 0, stat.size);
        if (r.isSubrequest()) buf.lastInChain = true; else buf.last = true;
        var rc = BodyFilters.output(r, buf);
        return rc == ERROR ? rc : OK;
    }

    static String etag(long mtime, long size) { return "\"" + Long.toHexString(mtime) + "-" + Long.toHexString(size) + "\""; }

    /// Sends a client that asked for a directory without its slash there.
    private static Outcome toDirectory(Request r) {
        var to = UriCodec.escape(r.uri, UriCodec.Escape.URI) + "/";
        r.out.location = r.args == null || r.args.isEmpty() ? to : to + "?" + r.args;
        return status(301);
    }

    /// The answer for a file that cannot be had, with nginx's line in the error log.
    static Outcome missing(Request r, String path, int errno, String call) {
        boolean notFound = errno == Errno.ENOENT || errno == Errno.ENOTDIR || errno == Errno.ENAMETOOLONG;
        boolean forbidden = errno == Errno.EACCES || errno == Errno.ELOOP;
        if (!notFound || r.core().logNotFound()) {
            r.log(notFound || forbidden ? Level.ERROR : Level.CRIT, call + " \"" + path + "\" failed " + Errno.quoted(errno));
        }
        return status(notFound ? 404 : forbidden ? 403 : 500);
    }
}
