package nightjar.lua.api;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.http.HeadersIn;
import nightjar.http.KnownHeader;
import nightjar.http.Method;
import nightjar.http.Request;
import nightjar.lua.CString;
import nightjar.lua.Code;
import nightjar.lua.LuaCtx;
import nightjar.lua.ReadyVariables;
import nightjar.luajit.Ffi;

/// The request's head: `ngx.req.get_headers`, `set_header`, `get_method`, `set_uri_args`, `raw_header` …
/// Source: ngx_http_lua_headers.c, ngx_http_lua_headers_in.c, ngx_http_lua_args.c, ngx_http_lua_req_method.c.
final class RequestApi {
    private static final int DEFAULT_MAX = 100;
    private static final int PAIR = 32;

    private final LuaResult result;
    private final Names names;
    private final UriApi uris;
    private final ReadyVariables variables;

    RequestApi(LuaResult result, Names names, UriApi uris, ReadyVariables variables) {
        this.result = result;
        this.names = names;
        this.uris = uris;
        this.variables = variables;
    }

    // ---- the head as it came

    @Ffi("nightjar_ffi_req_http_version")
    int httpVersion(Request r) {
        return switch (r.version) {
            case Request.HTTP_09 -> 9;
            case Request.HTTP_10 -> 10;
            case Request.HTTP_11 -> 11;
            case Request.HTTP_20 -> 20;
            default -> r.version >= 3000 ? 30 : 0;
        };
    }

    @Ffi("nightjar_ffi_req_raw_header")
    int rawHeader(Request r, int noRequestLine) {
        if (r.version >= Request.HTTP_20) return result.error("http2 requests not supported yet");
        var in = r.main.in;
        int from = in.rawStart(noRequestLine == 0);
        result.string(in.rawAddress() + from, Math.max(0, in.rawLength() - from));
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_req_start_time")
    double startTime(Request r) {
        return r.startMsec / 1000.0;
    }

    // ---- headers

    @Ffi("nightjar_ffi_req_get_headers")
    int headers(LuaCtx c, int max, int raw) {
        var r = c.r;
        if (r == null) return Code.BAD_CONTEXT;
        int n = limited(r, max);
        result.truncated(n < r.in.count());
        result.pairs(n);
        long to = result.room(room(r.in, n, raw != 0));
        for (int i = 0; i < n; i++) {
            var in = r.in;
            long name = in.nameAddress(i);
            int nameLen = in.nameLength(i);
            if (name == 0 || raw == 0) {
                long copy = to;
                to = name == 0 ? Mem.put(to, in.name(i)) : lower(name, nameLen, to);
                if (name == 0 && raw == 0) lower(copy, nameLen, copy);
                name = copy;
            }
            long value = in.valueAddress(i);
            if (value == 0) {
                value = to;
                to = Mem.put(to, in.value(i));
            }
            result.pair(i, name, nameLen, value, in.valueLength(i));
        }
        return n;
    }

    /// How many headers of the request to give, for a limit of Lua's: below 0 is the default, 0 none.
    private static int limited(Request r, int max) {
        int count = r.in.count();
        if (max < 0) max = DEFAULT_MAX;
        if (max == 0 || count <= max) return count;
        if (r.debug()) r.debug("lua exceeding request header limit " + count + " > " + max);
        return max;
    }

    /// What must be copied: names in lower case, and what is not the client's.
    private static int room(HeadersIn in, int n, boolean raw) {
        int room = 0;
        for (int i = 0; i < n; i++) {
            if (!raw || in.nameAddress(i) == 0) room += in.nameLength(i);
            if (in.valueAddress(i) == 0) room += in.valueLength(i);
        }
        return room;
    }

    private static long lower(long from, int n, long to) {
        for (int k = 0; k < n; k++) Mem.b(to + k, Bytes.lower(Mem.b(from + k)));
        return to + n;
    }

    @Ffi("ngx_http_lua_ffi_req_get_headers_count")
    int headersCount(LuaCtx c, int max, long truncated) {
        var r = c.r;
        if (r == null) return Code.BAD_CONTEXT;
        int n = limited(r, max);
        Mem.i(truncated, n < r.in.count() ? 1 : 0);
        return n;
    }

    /// Strings at `out` stay until the next call.
    @Ffi("ngx_http_lua_ffi_req_get_headers")
    int headers(LuaCtx c, long out, int count, int raw) {
        if (c.r == null) return Code.BAD_CONTEXT;
        int n = Math.min(count, headers(c, 0, raw));
        if (n > 0) Mem.copy(result.pairsAddress(), out, (long) n * PAIR);
        return Code.OK;
    }

    /// @param values an array of `ngx_http_lua_ffi_str_t`; 0: `value` alone counts
    /// @param override 0 adds to the headers of this name
    @Ffi("ngx_http_lua_ffi_req_set_header")
    int setHeader(LuaCtx c, long key, int keyLen, long value, int valueLen, long values, int count, int override, long errmsg) {
        var r = c.r;
        if (r == null) return Code.BAD_CONTEXT;
        if (r.version < Request.HTTP_10) return Code.DECLINED;
        var name = Escape.HEADER_NAME.escape(names.of(key, keyLen).text());
        variables.forget();
        boolean done = true;
        if (values != 0 && count > 0) {
            for (int i = 0; i < count && done; i++) {
                done = set(r, name, Strings.at(values, i), override != 0 && i == 0);
            }
        } else {
            done = set(r, name, value == 0 || values != 0 ? "" : Mem.string(value, valueLen), override != 0 || value == 0);
        }
        if (done) return Code.OK;
        Mem.l(errmsg, CString.of("failed to set header"));
        return Code.ERROR;
    }

    static boolean set(Request r, String name, String value, boolean override) {
        if (r.out.status == 400) return true;
        value = Escape.HEADER_VALUE.escape(value);
        var in = r.in;
        if (!(override ? in.set(name, value) : in.add(name, value))) return false;
        if (KnownHeader.of(Bytes.lower(name)) == KnownHeader.HOST) r.host = in.server().isEmpty() ? null : in.server();
        return true;
    }

    // ---- method

    @Ffi("ngx_http_lua_ffi_req_get_method")
    int method(LuaCtx c) {
        return c.r == null ? Code.BAD_CONTEXT : Method.of(c.r.method);
    }

    @Ffi("ngx_http_lua_ffi_req_get_method_name")
    int methodName(LuaCtx c, long name, long len) {
        if (c.r == null) return Code.BAD_CONTEXT;
        result.string(c.r.method);
        Mem.l(name, result.address());
        Mem.l(len, result.length());
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_req_set_method")
    int setMethod(LuaCtx c, int method) {
        if (c.r == null) return Code.BAD_CONTEXT;
        var name = method > Method.TRACE || Integer.bitCount(method) != 1 ? "" : Method.name(method);
        if (name.isEmpty()) return Code.DECLINED;
        c.r.method = name;
        variables.forget();
        return Code.OK;
    }

    // ---- arguments

    @Ffi("nightjar_ffi_req_get_uri_args")
    int uriArgs(LuaCtx c, int max) {
        var r = c.r;
        if (r == null) return Code.BAD_CONTEXT;
        result.truncated(false);
        var args = r.args;
        if (args == null || args.isEmpty()) return 0;
        long raw = r.argsAddress();
        int n = max < 0 ? DEFAULT_MAX : max;
        if (raw != 0) n = uris.parseQuery(raw, args.length(), n);
        else n = uris.parseQuery(args, n);
        if (result.truncated() && r.debug()) r.debug("lua hit query args limit " + (max < 0 ? DEFAULT_MAX : max));
        return n;
    }

    @Ffi("ngx_http_lua_ffi_req_get_uri_args_count")
    int uriArgsCount(LuaCtx c, int max, long truncated) {
        int n = uriArgs(c, max);
        if (n >= 0) Mem.i(truncated, result.truncated() ? 1 : 0);
        return n;
    }

    @Ffi("ngx_http_lua_ffi_req_get_querystring_len")
    int querystringLength(LuaCtx c) {
        return c.r == null || c.r.args == null ? 0 : c.r.args.length();
    }

    @Ffi("ngx_http_lua_ffi_req_get_uri_args")
    int uriArgs(LuaCtx c, long buf, long out, int count) {
        int n = Math.min(count, uriArgs(c, 0));
        if (n > 0) Mem.copy(result.pairsAddress(), out, (long) n * PAIR);
        return Math.max(n, 0);
    }

    @Ffi("nightjar_ffi_req_set_uri_args")
    int setUriArgs(Request r, long s, int len) {
        r.args = len == 0 ? null : Escape.QUERY.escape(Mem.string(s, len));
        variables.forget();
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_req_is_internal")
    int isInternal(LuaCtx c) {
        return c.r == null ? Code.BAD_CONTEXT : c.r.internal ? 1 : 0;
    }

    @Ffi("ngx_http_lua_ffi_is_subrequest")
    int isSubrequest(LuaCtx c) {
        return c.r == null ? Code.BAD_CONTEXT : c.r.isSubrequest() ? 1 : 0;
    }
}
