package nightjar.lua.api;

import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.HeadersOut;
import nightjar.http.UriParser;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import nightjar.http.Subrequest;
import nightjar.lua.Capture;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.Scheduler;
import nightjar.luajit.Ffi;
import nightjar.luajit.LuaException;
import org.jspecify.annotations.Nullable;

/// `ngx.location.capture` and `ngx.location.capture_multi`: the subrequests are described one after the other, run while the
/// light thread waits, and looked at when it goes on. Source: ngx_http_lua_subrequest.c.
final class CaptureApi {
    private static final int FORWARD_BODY = 1, SHARE_VARS = 2, COPY_VARS = 4;
    private static final int POST = 0x8, PUT = 0x10;

    /// By the number of the method's bit, from `ngx.HTTP_GET`.
    private static final String[] METHODS = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK",
        "PATCH", "TRACE",
    };

    private final LuaResult result;
    private final Scheduler scheduler;
    /// What the call that runs is making.
    private @Nullable Capture making;
    private Capture.@Nullable Response last;

    CaptureApi(LuaResult result, Scheduler scheduler) {
        this.result = result;
        this.scheduler = scheduler;
    }

    // ---- making

    @Ffi("nightjar_ffi_capture_begin")
    int begin(LuaCtx c) {
        var r = c.r;
        if (r == null) return result.error("API disabled in the current context");
        if (r.debug()) r.debug("lua location capture, uri:\"" + r.uri + "\" c:1");
        making = new Capture(c, scheduler.running());
        return Code.OK;
    }

    private Capture making() {
        if (making == null) throw new LuaException("no subrequest is being made");
        return making;
    }

    private int failed(String why) {
        making().drop();
        making = null;
        last = null;
        return result.error(why);
    }

    /// @param body 0: none of its own
    @Ffi("nightjar_ffi_capture_add")
    int add(Request r, long uri, int uriLen, long args, int argsLen, double method, int flags, long body, int bodyLen) {
        var target = UriParser.target(Mem.string(uri, uriLen));
        if (target == null) return failed("unsafe uri in argument #1: " + Mem.string(uri, uriLen));
        var query = target.args();
        if (argsLen > 0) query = query == null || query.isEmpty() ? Mem.string(args, argsLen) : query + "&" + Mem.string(args, argsLen);
        var refusal = Subrequest.refusal(r);
        if (refusal != null) {
            r.log(Level.ERROR, "lua " + refusal + " \"" + target.path() + "\"");
            return failed("failed to issue subrequest: -1");
        }
        if (r.debug()) r.debug("lua http subrequest \"" + target.path() + "?" + (query == null ? "" : query) + "\"");
        last = making().add(target.path(), query);
        var sub = last.request();
        int bit = method >= 2 && method <= 0x8000 && method == (int) method ? (int) method : 0;
        sub.ownHeaders();
        body(r, sub, bit, flags, body, bodyLen);
        if (Integer.bitCount(bit) != 1) {
            r.log(Level.ERROR, "unsupported HTTP method: " + (long) method);
            return failed("failed to adjust the subrequest: -1");
        }
        sub.method = METHODS[Integer.numberOfTrailingZeros(bit) - 1];
        if ((flags & SHARE_VARS) == 0) {
            if ((flags & COPY_VARS) != 0) sub.copyVariables();
            else sub.ownVariables();
        }
        return Code.OK;
    }

    /// Settles whose body the subrequest has, and the header that says how long it is.
    private static void body(Request r, Request sub, int method, int flags, long body, int len) {
        boolean chunked = r.in.chunked();
        if (body != 0) {
            var own = RequestBody.own(sub);
            if (len > 0) own.set(body, len);
        } else if ((flags & FORWARD_BODY) == 0 && method != PUT && method != POST && r.in.contentLength() > 0) {
            sub.body = null;
        } else if (!chunked) {
            return;
        }
        sub.in.remove("Content-Length");
        sub.in.chunked(false);
        if (sub.body != null) sub.in.set("Content-Length", Long.toString(sub.body.size()));
    }

    @Ffi("nightjar_ffi_capture_var")
    int variable(Request r, long name, int len, long value, int valueLen) {
        making();
        var sub = last.request();
        var lower = Bytes.lower(Mem.string(name, len));
        var variable = r.server.http().variables.named(lower);
        if (variable == null) {
            r.log(Level.ERROR, "variable \"" + lower + "\" cannot be assigned a value (maybe you forgot to define it first?) ");
            return failed("failed to adjust the subrequest: -1");
        }
        if (variable.set() == null) {
            r.log(Level.ERROR, "variable \"" + lower + "\" not changeable");
            return failed("failed to adjust the subrequest: 500");
        }
        var text = Mem.string(value, valueLen);
        variable.set().set(sub, text);
        if (r.debug()) r.debug("variable \"" + lower + "\" set to value \"" + text + "\"");
        return Code.OK;
    }

    @Ffi("nightjar_ffi_capture_header")
    int header(Request r, long name, int len, long value, int valueLen) {
        making();
        if (RequestApi.set(last.request(), Mem.string(name, len), Mem.string(value, valueLen), true)) return Code.OK;
        return failed("failed to adjust the subrequest: -1");
    }

    /// The subrequest's `ngx.ctx` is table number `ref`.
    @Ffi("nightjar_ffi_capture_ctx")
    int table(Request r, int ref) {
        making();
        CtxApi.own(last.ctx(), ref);
        return Code.OK;
    }

    /// The Lua half is to yield.
    @Ffi("nightjar_ffi_capture_run")
    int run(Request r) {
        var capture = making();
        making = null;
        last = null;
        capture.start(scheduler);
        return Code.AGAIN;
    }

    // ---- looking

    /// Response `i` from 0. The result's text is the body, truncated or not; its number is what Content-Length says, -1
    /// when nothing; its pairs are the other headers.
    /// @return the status
    @Ffi("nightjar_ffi_capture_response")
    int response(Request r, int i) {
        var response = response(i);
        var pairs = new Pairs(result);
        add(pairs, response.head());
        int n = response.length(), count = pairs.count();
        long room = result.room(n + pairs.size(count));
        Mem.put(room, response.body(), 0, n);
        result.string(room, n);
        result.truncated(response.truncated());
        pairs.put(room + n, count, true);
        result.count(count);
        result.number(response.head().contentLength);
        return response.status();
    }

    private static void add(Pairs pairs, HeadersOut out) {
        for (var h : out.list()) pairs.add(h.name, h.value);
        add(pairs, "Content-Type", out.contentType);
        add(pairs, "ETag", out.etag);
        add(pairs, "Server", out.server);
        add(pairs, "Date", out.date);
        if (out.get("Location") == null) add(pairs, "Location", out.location);
        if (out.lastModified == -1 && out.lastModifiedText == null) return;
        switch (out.status) {
            case 200, 204, 206, 304 -> add(pairs, "Last-Modified", out.lastModifiedText != null ? out.lastModifiedText : Clock.httpTime(out.lastModified));
            default -> { }
        }
    }

    private static void add(Pairs pairs, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) pairs.add(name, value);
    }

    private Capture.Response response(int i) {
        var capture = Capture.of(scheduler.running());
        if (capture == null) throw new LuaException("no subrequest has been made");
        return capture.response(i);
    }
}
