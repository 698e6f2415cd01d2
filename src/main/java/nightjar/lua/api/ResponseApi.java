package nightjar.lua.api;

import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.Request;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// The response's head: `ngx.header`, `ngx.status`, `ngx.headers_sent`, `ngx.resp`.
/// Source: ngx_http_lua_headers.c, ngx_http_lua_headers_out.c, ngx_http_lua_misc.c.
final class ResponseApi {
    private static final int MAX_VALUES = 100;

    private final LuaResult result;
    private final Names names;

    ResponseApi(LuaResult result, Names names) {
        this.result = result;
        this.names = names;
    }

    // ---- headers

    @Ffi("nightjar_ffi_set_resp_header")
    int set(LuaCtx c, long key, int keyLen, long value, int valueLen) {
        return set(c, key, keyLen, 0, value, valueLen, 0, 0, 1, 0);
    }

    /// @param values an array of `ngx_http_lua_ffi_str_t`; 0: `value` alone counts
    /// @param override 0 adds to the headers of this name
    @Ffi("ngx_http_lua_ffi_set_resp_header")
    int set(LuaCtx c, long key, int keyLen, int isNil, long value, int valueLen, long values, int count, int override, long errmsg) {
        var r = c.r;
        if (c.context() == 0) return Code.NO_REQ_CTX;
        if (r == null) return Code.BAD_CONTEXT;
        if (c.headSent()) {
            r.log(Level.ERROR, "attempt to set ngx.header.HEADER after sending out response headers");
            return Code.DECLINED;
        }
        var name = name(c, key, keyLen);
        c.headersSet = true;
        if (name.lower().equals("content-type")) c.mimeSet = true;
        boolean done = true;
        if (isNil == 0 && values != 0 && count > 0) {
            for (int i = 0; i < count && done; i++) done = assign(r, name, Strings.at(values, i), override != 0 && i == 0);
        } else {
            done = assign(r, name, isNil != 0 || values != 0 ? "" : Mem.string(value, valueLen), override != 0);
        }
        if (done) return Code.OK;
        if (errmsg != 0) Mem.l(errmsg, CString.of("failed to set header"));
        return Code.ERROR;
    }

    private static boolean assign(Request r, Name name, String value, boolean override) {
        return r.out.assign(name.text(), name.lower(), Escape.HEADER_VALUE.escape(value), override);
    }

    /// The name as it is sent.
    private Name name(LuaCtx c, long key, int len) { return asked(c, key, len).escaped(); }

    /// The name that a script means.
    private Name asked(LuaCtx c, long key, int len) {
        var name = names.of(key, len);
        return c.transformUnderscores ? name.dashed() : name;
    }

    /// How many values there are, up to 100; they are the values of the result's pairs.
    @Ffi("nightjar_ffi_get_resp_header")
    int get(LuaCtx c, long key, int keyLen) {
        var r = c.r;
        if (r == null) return Code.BAD_CONTEXT;
        if (c.context() == 0) return result.error("no ctx found");
        var name = asked(c, key, keyLen).lower();
        return get(r, name, MAX_VALUES);
    }

    private int get(Request r, String name, int max) {
        var out = r.out;
        switch (name) {
            case "content-length" -> {
                return out.contentLength < 0 ? 0 : one(Long.toString(out.contentLength));
            }
            case "content-type" -> {
                if (out.contentType != null) return one(out.contentType);
            }
            case "last-modified" -> {
                return out.lastModified < 0 ? 0 : one(Clock.httpTime(out.lastModified));
            }
            case "etag" -> {
                if (out.etag != null) return one(out.etag);
            }
            case "location" -> {
                if (out.location != null) return one(out.location);
            }
            default -> { }
        }
        return listed(r, name, max);
    }

    private int one(String value) {
        result.pairs(1);
        long to = result.room(value.length());
        Mem.put(to, value);
        result.pair(0, 0, 0, to, value.length());
        return 1;
    }

    private int listed(Request r, String name, int max) {
        var list = r.out.list();
        int room = 0;
        int n = 0;
        for (int i = 0; i < list.size() && n < max; i++) {
            if (!Bytes.equalsIgnoreCase(list.get(i).name, name)) continue;
            room += list.get(i).value.length();
            n++;
        }
        if (n == 0) return 0;
        result.pairs(n);
        long to = result.room(room);
        for (int i = 0, k = 0; k < n; i++) {
            var h = list.get(i);
            if (!Bytes.equalsIgnoreCase(h.name, name)) continue;
            result.pair(k++, 0, 0, to, h.value.length());
            to = Mem.put(to, h.value);
        }
        return n;
    }

    /// @param values where up to `max` `ngx_http_lua_ffi_str_t` go; the strings stay until the next call
    @Ffi("ngx_http_lua_ffi_get_resp_header")
    int get(LuaCtx c, long key, int keyLen, long keyBuf, long values, int max, long errmsg) {
        int n = get(c, key, keyLen);
        if (n == Code.ERROR) Mem.l(errmsg, CString.of("no ctx found"));
        for (int i = 0; i < Math.min(n, max); i++) Strings.put(values, i, result.valueAddress(i), result.valueLength(i));
        return Math.min(n, max);
    }

    /// All headers as pairs. `max` 0: without a limit.
    @Ffi("nightjar_ffi_resp_get_headers")
    int all(LuaCtx c, int max, int raw) {
        var r = c.r;
        if (r == null) return Code.BAD_CONTEXT;
        var out = r.out;
        var pairs = new Pairs(result);
        if (out.contentType != null) pairs.add("content-type", out.contentType);
        if (out.contentLength >= 0) pairs.add("content-length", Long.toString(out.contentLength));
        pairs.add("connection", out.status == 101 ? "upgrade" : r.keepAlive ? "keep-alive" : "close");
        if (r.chunked) pairs.add("transfer-encoding", "chunked");
        int extra = pairs.count();
        if (out.lastModifiedText != null) pairs.add("Last-Modified", out.lastModifiedText);
        if (out.location != null) pairs.add("Location", out.location);
        if (out.etag != null) pairs.add("ETag", out.etag);
        for (var h : out.list()) pairs.add(h.name, h.value);
        int n = pairs.count();
        boolean truncated = max > 0 && n > max;
        if (truncated && r.debug()) r.debug("lua exceeding response header limit " + n + " > " + max);
        // as upstream, which shows one header of the list however many stand before it
        if (truncated) n = Math.min(n, Math.max(max, extra + 1));
        result.truncated(truncated);
        pairs.put(n, raw != 0);
        if (r.debug()) pairs.debug(r, extra, n);
        return n;
    }

    @Ffi("ngx_http_lua_ffi_headers_sent")
    int headersSent(LuaCtx c) {
        if (c.context() == 0) return Code.NO_REQ_CTX;
        return c.r == null ? Code.BAD_CONTEXT : c.headSent() ? 1 : 0;
    }

    @Ffi("ngx_http_lua_ffi_bypass_if_checks")
    int bypassIfChecks(LuaCtx c) {
        if (c.r != null) c.r.notModifiedDisabled = true;
        return Code.OK;
    }

    // ---- status

    @Ffi("ngx_http_lua_ffi_get_resp_status")
    int status(LuaCtx c) {
        return c.r == null ? Code.BAD_CONTEXT : c.r.status();
    }

    @Ffi("ngx_http_lua_ffi_set_resp_status")
    int status(LuaCtx c, int status) {
        return status(c, status, null);
    }

    @Ffi("ngx_http_lua_ffi_set_resp_status_and_reason")
    int status(LuaCtx c, int status, long reason, int len) {
        return status(c, status, reason == 0 || len == 0 ? null : Mem.string(reason, len));
    }

    private static int status(LuaCtx c, int status, @Nullable String reason) {
        var r = c.r;
        if (r == null) return Code.BAD_CONTEXT;
        if (c.headSent()) {
            r.log(Level.ERROR, "attempt to set ngx.status after sending out response headers");
            return Code.DECLINED;
        }
        if (status < 100 || status > 999) {
            r.log(Level.ERROR, "invalid HTTP status code " + status);
            return Code.DECLINED;
        }
        r.status(status, status == 101 ? "101 Switching Protocols" : reason == null ? null : status + " " + reason);
        return Code.OK;
    }
}
