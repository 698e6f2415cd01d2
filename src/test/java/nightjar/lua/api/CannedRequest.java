package nightjar.lua.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.lua.Code;
import nightjar.luajit.Ffi;
import org.jspecify.annotations.Nullable;

/// Answers of a request without a server, to see what the Lua halves make of them.
final class CannedRequest {
    static final int CONTENT = 8;

    final long struct = Mem.alloc(16);
    final Map<String, String> variables = new LinkedHashMap<>();
    final List<String> log = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    String headers = "Host: a\nX-Many: 1\nx-many: 2";
    String args = "";
    String status = "0";
    private final LuaResult result;
    private final UriApi uri;

    CannedRequest(LuaResult result) {
        this.result = result;
        uri = new UriApi(result);
        struct(CONTENT, 0, 8);
        variables.put("uri", "/x");
        variables.put("empty", "");
        variables.put("server_name", "here");
    }

    void struct(int context, int fake, int logLevel) {
        Mem.i(struct, context);
        Mem.i(struct + 4, -2);
        Mem.i(struct + 8, fake);
        Mem.i(struct + 12, logLevel);
    }

    @Ffi("nightjar_ffi_nginx_version")
    int version() {
        return 1031002;
    }

    @Ffi("nightjar_ffi_log")
    int log(long r, int level, long s, int n) {
        log.add(level + " " + Mem.string(s, n));
        return 0;
    }

    @Ffi("ngx_http_lua_ffi_raw_log")
    int rawLog(long r, int level, long s, int n) {
        return log(r, level, s, n);
    }

    @Ffi("nightjar_ffi_req_get_headers")
    int headers(long r, int max, int raw) {
        if (Mem.i(r + 8) != 0) return Code.BAD_CONTEXT;
        var lines = headers.split("\n");
        int n = max > 0 ? Math.min(max, lines.length) : lines.length;
        result.truncated(n < lines.length);
        for (int i = 0; i < n; i++) {
            int colon = lines[i].indexOf(':');
            var name = lines[i].substring(0, colon);
            if (raw == 0) name = Bytes.lower(name);
            var value = lines[i].substring(colon + 2);
            result.pair(i, Native.of(name), name.length(), Native.of(value), value.length());
        }
        return n;
    }

    @Ffi("nightjar_ffi_req_get_uri_args")
    int uriArgs(long r, int max) {
        return uri.parseQuery(Native.of(args), args.length(), max < 0 ? 100 : max);
    }

    @Ffi("nightjar_ffi_req_set_uri_args")
    int setUriArgs(long r, long s, int n) {
        args = Mem.string(s, n);
        return 0;
    }

    @Ffi("nightjar_ffi_set_resp_header")
    int setHeader(long r, long key, int keyLen, long value, int len) {
        calls.add("set " + Mem.string(key, keyLen) + "=" + Mem.string(value, len));
        return 0;
    }

    @Ffi("ngx_http_lua_ffi_set_resp_header")
    int setHeader(long r, long key, int keyLen, int nil, long value, int len, long values, int n, int override, long err) {
        var text = new StringBuilder("abi " + Mem.string(key, keyLen) + " nil=" + nil + " override=" + override);
        if (value != 0) text.append(' ').append(Mem.string(value, len));
        for (int i = 0; i < n; i++) text.append(' ').append(Mem.string(Mem.l(values + 16L * i + 8), Mem.i(values + 16L * i)));
        calls.add(text.toString());
        return 0;
    }

    @Ffi("nightjar_ffi_get_resp_header")
    int getHeader(long r, long key, int keyLen) {
        var name = Mem.string(key, keyLen);
        if (name.equals("none")) return 0;
        int n = name.equals("two") ? 2 : 1;
        for (int i = 0; i < n; i++) result.pair(i, 0, 0, Native.of(name + i), name.length() + 1);
        return n;
    }

    @Ffi("nightjar_ffi_var_get")
    int variable(long r, long name, int n) {
        var key = Mem.string(name, n);
        var names = new ArrayList<>(variables.keySet());
        calls.add("var " + key);
        result.index(names.indexOf(key));
        return value(variables.get(key));
    }

    @Ffi("nightjar_ffi_var_get_indexed")
    int variable(long r, int index) {
        calls.add("var #" + index);
        return value(new ArrayList<>(variables.values()).get(index));
    }

    @Ffi("nightjar_ffi_var_get_ready")
    int readyVariable(long r, int i) {
        calls.add("ready " + i);
        return value(i == 6 ? variables.get("uri") : null);
    }

    @Ffi("nightjar_ffi_var_get_capture")
    int capture(long r, int n) {
        return value(n == 1 ? "first" : null);
    }

    @Ffi("nightjar_ffi_var_set")
    int setVariable(long r, long name, int n, long value, int len) {
        var key = Mem.string(name, n);
        if (key.equals("uri")) return result.error("variable \"uri\" not changeable");
        variables.put(key, value == 0 ? null : Mem.string(value, len));
        return 0;
    }

    private int value(@Nullable String s) {
        if (s == null) return Code.DECLINED;
        result.string(s);
        return Code.OK;
    }

    @Ffi("ngx_http_lua_ffi_get_resp_status")
    int status(long r) {
        return Integer.parseInt(status);
    }

    @Ffi("ngx_http_lua_ffi_set_resp_status")
    int status(long r, int n) {
        status = Integer.toString(n);
        return 0;
    }

    @Ffi("ngx_http_lua_ffi_set_ctx_ref")
    int ctxRef(long r, int ref) {
        Mem.i(struct + 4, ref);
        return 0;
    }

    @Ffi("nightjar_ffi_req_get_post_args")
    int postArgs(long r, int max) {
        return result.error("no request body found; maybe you should turn on lua_need_request_body?");
    }

    @Ffi("nightjar_ffi_redirect")
    int redirect(long r, long target, int n, int code) {
        return result.error("unsafe byte \"0x0a\" in redirect uri \"" + Escape.escapeLog(Mem.string(target, n)) + "\"");
    }
}
