package nightjar.lua.api;

import java.util.function.Consumer;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.LuaEvent;
import nightjar.lua.LuaThread;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;

/// The request's body: `ngx.req.read_body`, `get_body_data`, `set_body_file`, `init_body`, `get_post_args` …
/// Source: ngx_http_lua_req_body.c, ngx_http_lua_args.c.
final class BodyApi {
    private static final String DISCARDED = "request body already discarded asynchronously";
    private static final String UNREAD = "request body not read yet";
    private static final String NOT_BEGUN = "request_body not initialized";

    private final LuaResult result;
    private final UriApi uris;
    private final Scheduler scheduler;

    BodyApi(LuaResult result, UriApi uris, Scheduler scheduler) {
        this.result = result;
        this.uris = uris;
        this.scheduler = scheduler;
    }

    // ---- reading

    /// A light thread that waits for the body.
    private final class Wait implements Runnable, Consumer<Outcome> {
        private final LuaCtx c;
        private final Request r;
        private final LuaThread thread;
        private boolean over;

        Wait(LuaCtx c, Request r, LuaThread thread) {
            this.c = c;
            this.r = r;
            this.thread = thread;
        }

        /// The thread was killed: the rest of the body is nobody's.
        @Override public void run() {
            over = true;
            r.keepAlive = false;
        }

        @Override public void accept(Outcome outcome) {
            if (over) return;
            over = true;
            if (r.debug()) r.debug("lua req body post read, c:1");
            if (outcome instanceof Outcome.Status(int code)) {
                c.exitCode = code;
                c.exited = true;
                scheduler.end(thread, new LuaEvent.Exit(code));
                return;
            }
            thread.wake();
        }
    }

    /// [Code#AGAIN] when the running thread has to wait, or is not to go on.
    @Ffi("nightjar_ffi_req_read_body")
    int read(LuaCtx c) {
        var r = c.r;
        if (r.debug()) r.debug("lua start to read buffered request body");
        var wait = new Wait(c, r, scheduler.running());
        switch (RequestBody.read(r, wait)) {
            case Outcome.Status(int code) -> {
                c.exitCode = code;
                c.exited = true;
                if (r.debug()) r.debug("http read client request body returned error code " + code + ", exitting now");
                scheduler.end(new LuaEvent.Exit(code));
                return Code.AGAIN;
            }
            case Outcome.Signal.AGAIN -> {
                if (r.debug()) r.debug("lua read buffered request body requires I/O interruptions");
                scheduler.park(wait);
                return Code.AGAIN;
            }
            default -> {
                if (r.debug()) r.debug("lua has read buffered request body in a single run");
                return Code.OK;
            }
        }
    }

    @Ffi("nightjar_ffi_req_discard_body")
    int discard(Request r) {
        RequestBody.discardNow(r);
        return Code.OK;
    }

    @Ffi("nightjar_ffi_req_get_body_data")
    int data(Request r, double max) {
        var body = r.body;
        if (body == null || body.path() != null || body.address() == 0) return Code.DECLINED;
        int n = body.length();
        result.string(body.address(), max > 0 && max < n ? (long) max : n);
        return Code.OK;
    }

    @Ffi("nightjar_ffi_req_get_body_file")
    int file(Request r) {
        var path = r.body == null ? null : r.body.path();
        if (path == null) return Code.DECLINED;
        result.string(path);
        return Code.OK;
    }

    /// `max` 0: all of them.
    @Ffi("nightjar_ffi_req_get_post_args")
    int postArgs(Request r, int max) {
        result.truncated(false);
        if (r.discardBody) return 0;
        var body = r.body;
        if (body == null) return result.error("no request body found; maybe you should turn on lua_need_request_body?");
        if (body.path() != null) return Code.DECLINED;
        if (body.address() == 0) return 0;
        int n = uris.parse(body.address(), body.length(), max);
        if (result.truncated() && r.debug()) r.debug("lua hit query args limit " + max);
        return n;
    }

    // ---- replacing

    @Ffi("nightjar_ffi_req_set_body_data")
    int set(LuaCtx c, long data, int len) {
        var r = c.r;
        if (r.discardBody) return result.error(DISCARDED);
        if (r.body == null) return result.error(UNREAD);
        r.body.set(data, len);
        c.bodyBegun = len > 0;
        length(r, len);
        return Code.OK;
    }

    private static void length(Request r, long n) {
        r.in.set("Content-Length", Long.toString(n));
    }

    @Ffi("nightjar_ffi_req_set_body_file")
    int setFile(LuaCtx c, long name, int len, int clean) {
        var r = c.r;
        if (r.discardBody) return result.error(DISCARDED);
        if (r.body == null) return result.error(UNREAD);
        var path = Mem.string(name, len);
        var stat = new Stat();
        int errno = -Posix.stat(path, stat);
        if (errno != 0) return failed(r, "stat()", path, errno);
        errno = -r.body.setFile(path, clean != 0);
        if (errno != 0) return failed(r, "open()", path, errno);
        c.bodyBegun = false;
        if (stat.size == 0) r.body.dropEmptyFile();
        length(r, stat.size);
        return Code.OK;
    }

    private int failed(Request r, String call, String path, int errno) {
        r.log(Level.CRIT, call + " \"" + path + "\" failed " + Errno.quoted(errno));
        return result.error(call + " \"" + path + "\" failed");
    }

    // ---- writing a new one

    /// `size` -1: as much in memory as client_body_buffer_size says; 0: nothing.
    @Ffi("nightjar_ffi_req_init_body")
    int init(LuaCtx c, double size) {
        var r = c.r;
        if (r.discardBody) return result.error(DISCARDED);
        if (r.body == null) return result.error(UNREAD);
        RequestBody.fresh(r, size < 0 ? r.core().clientBodyBufferSize() : (long) size);
        c.bodyBegun = true;
        r.in.contentLength(0);
        return Code.OK;
    }

    @Ffi("nightjar_ffi_req_append_body")
    int append(LuaCtx c, long data, int len) {
        var r = c.r;
        if (!begun(c, r)) return result.error(NOT_BEGUN);
        if (!r.body.append(data, len)) return result.error("fail to write file");
        r.in.contentLength(Math.max(0, r.in.contentLength()) + len);
        return Code.OK;
    }

    @Ffi("nightjar_ffi_req_finish_body")
    int finish(LuaCtx c) {
        var r = c.r;
        if (!begun(c, r)) return result.error(NOT_BEGUN);
        length(r, Math.max(0, r.in.contentLength()));
        return Code.OK;
    }

    private static boolean begun(LuaCtx c, Request r) {
        return r.body != null && (c.bodyBegun || r.body.length() > 0);
    }
}
