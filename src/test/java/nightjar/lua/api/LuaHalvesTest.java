package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What scripts see of the API, over canned answers.
final class LuaHalvesTest {
    private static final LuaRun LUA = new LuaRun();

    @BeforeEach void contentPhase() {
        LUA.request.struct(CannedRequest.CONTENT, 0, 8);
        LUA.request.log.clear();
        LUA.request.calls.clear();
        LUA.run("with_request(true)");
    }

    @AfterAll static void close() {
        assertThat(LUA.alerts()).isEmpty();
        LUA.close();
    }

    @Test void tablesHaveAsManyEntriesAsUpstreams() {
        assertThat(LUA.run("""
                local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
                for _, name in ipairs { "location", "socket", "timer", "config", "re", "thread", "worker", "req" } do
                    out(name .. " " .. count(ngx[name]))
                end
                out("ndk " .. count(ndk), "base " .. count(require "resty.core.base"))
                """)).containsExactly("location 2", "socket 4", "timer 4", "config 6", "re 5", "thread 3", "worker 5",
                "req 23", "ndk 1", "base 20");
    }

    @Test void requestHeadersAreFoundInAnySpelling() {
        assertThat(LUA.run("""
                local h = ngx.req.get_headers()
                out(h.host, h.HOST, h["x-many"][1], h.X_Many[2], h.nothing, getmetatable(h) ~= nil)
                local raw, err = ngx.req.get_headers(1, true)
                out(raw.Host, raw.host, err, getmetatable(raw))
                """)).containsExactly("a", "a", "1", "2", "nil", "true", "a", "nil", "truncated", "nil");
    }

    @Test void queryArgumentsAreAFlatTable() {
        LUA.request.args = "a=1&b&a=2&c=&a";
        assertThat(LUA.run("""
                local t = ngx.req.get_uri_args()
                out(t.a[1], t.a[2], t.a[3], t.b, t.c == "")
                local mine = { old = 1 }
                local t, err = ngx.req.get_uri_args(2, mine)
                out(t == mine, t.old, t.a, t.b, err)
                """)).containsExactly("1", "2", "true", "true", "true", "true", "nil", "1", "true", "truncated");
    }

    @Test void argumentsAreEncodedAndDecoded() {
        assertThat(LUA.run("""
                out(ngx.encode_args { ["a b"] = "c&d" }, ngx.encode_args { a = true }, ngx.encode_args { a = false },
                    ngx.encode_args { a = { 1, "x y", true, false } }, ngx.encode_args {})
                local t, err = ngx.decode_args("a=%20+&b&b=1&c=3", 3)
                out(t.a, t.b[1], t.b[2], t.c, err)
                """)).containsExactly("a%20b=c%26d", "a", "", "a=1&a=x%20y&a", "", "  ", "true", "1", "nil", "truncated");
    }

    @Test void wrongArgumentsAreWordedAsByTheCApi() {
        assertThat(errors("ngx.req.set_uri()", "ngx.req.set_uri(nil)", "ngx.req.set_uri('/', 1)", "ngx.encode_args(true)",
                "ngx.encode_args { [1] = 'x' }", "ngx.encode_args { a = function() end }", "ngx.decode_args()",
                "ngx.req.set_uri_args(nil)", "ngx.req.set_uri_args()", "ngx.quote_sql_str()", "ngx.quote_sql_str({})",
                "ngx.hmac_sha1('a')", "ngx.redirect('/', 404)", "ngx.redirect(nil)", "ngx.exec('')", "ngx.exec()",
                "ngx.log(100, 'x')", "ngx.log(ngx.ERR, {})", "ngx.log(ngx.ERR, print)", "ngx.decode_base64(1)",
                "ngx.http_time('x')", "ngx.req.read_body(1)", "ngx.req.init_body(-1)"))
                .containsExactly(
                "expecting 1, 2 or 3 arguments but seen 0",
                "bad argument #1 to 'set_uri' (string expected, got nil)",
                "bad argument #2 to 'set_uri' (boolean expected, got number)",
                "bad argument #1 to 'encode_args' (table expected, got boolean)",
                "attempt to use a non-string key in the \"args\" option table",
                "attempt to use function as query arg value",
                "expecting 1 or 2 arguments but seen 0",
                "bad argument #1 to 'set_uri_args' (string, number, or table expected, but got nil)",
                "expecting 1 argument but seen 0",
                "expecting one argument",
                "bad argument #1 to 'quote_sql_str' (string expected, got table)",
                "expecting 2 arguments, but got 1",
                "only ngx.HTTP_MOVED_TEMPORARILY, ngx.HTTP_MOVED_PERMANENTLY, ngx.HTTP_PERMANENT_REDIRECT, "
                        + "ngx.HTTP_SEE_OTHER, and ngx.HTTP_TEMPORARY_REDIRECT are allowed",
                "bad argument #1 to 'redirect' (string expected, got nil)",
                "The uri argument is empty",
                "expecting one or two arguments, but got 0",
                "bad argument #1 to 'log' (bad log level: 100)",
                "bad argument #1 to 'log' (expected table to have __tostring metamethod)",
                "bad argument #1 to 'log' (string, number, boolean, or nil expected, got function)",
                "string argument only",
                "number argument only",
                "expecting 0 arguments but seen 1",
                "bad size argument: -1");
    }

    /// Each call on line 2 of its own chunk; the error must name that line.
    private List<String> errors(String... calls) {
        return List.of(calls).stream().map(call -> {
            var error = LUA.run("local ok, err = pcall(function()\n" + call + "\nend) out(err)").getFirst();
            assertThat(error).as(call).contains(".lua:2: ");
            return error.replaceFirst("^.*?: ", "");
        }).toList();
    }

    @Test void aFunctionCalledByPcallHasNoName() {
        assertThat(LUA.run("out(select(2, pcall(ngx.encode_args, true)))"))
                .containsExactly("bad argument #1 to '?' (table expected, got boolean)");
    }

    @Test void phasesAreChecked() {
        LUA.request.struct(0x40, 0, 8);
        assertThat(errors("ngx.redirect('/')", "ngx.exec('/')", "ngx.req.set_uri('/', true)"))
                .containsOnly("API disabled in the context of body_filter_by_lua*");
    }

    @Test void callsThatWaitNameTheDirectiveThatWouldLetThem() {
        LUA.request.struct(0x40, 0, 8);
        assertThat(errors("ngx.req.read_body()", "ngx.sleep(0)", "ngx.location.capture('/')"))
                .containsOnly("API disabled in the context of body_filter_by_lua* (lua_yield_everywhere)");
        LUA.request.struct(0x100, 1, 8);
        assertThat(errors("ngx.sleep(0)")).containsOnly("API disabled in the context of init_worker_by_lua* (lua_yield_everywhere)");
        assertThat(errors("ngx.req.read_body()", "ngx.location.capture('/')"))
                .containsOnly("API disabled in the context of init_worker_by_lua*");
    }

    @Test void withoutAClientTheRequestIsOutOfReach() {
        LUA.request.struct(0x100, 1, 8);
        assertThat(errors("ngx.req.get_headers()", "ngx.req.get_post_args()", "ngx.req.set_body_data('')", "ngx.req.http_version()"))
                .containsOnly("API disabled in the current context");
    }

    @Test void withoutARequestThereIsNone() {
        LUA.run("with_request(false)");
        assertThat(errors("ngx.req.get_headers()", "local _ = ngx.var.x", "local _ = ngx.header.x", "ngx.exit(200)",
                "local _ = ngx.status", "ngx.ctx.x = 1")).containsOnly("no request found");
        assertThat(LUA.run("out(ngx.get_phase())")).containsExactly("init");
    }

    @Test void failuresThatJavaWordsAreErrorsOfTheScriptsLine() {
        assertThat(errors("ngx.req.get_post_args()", "ngx.redirect('/\\n')", "ngx.var.uri = 1")).containsExactly(
                "no request body found; maybe you should turn on lua_need_request_body?",
                "unsafe byte \"0x0a\" in redirect uri \"/\\x0A\"",
                "variable \"uri\" not changeable");
    }

    @Test void variablesAreLookedUpByNumberFromTheSecondTimeOn() {
        assertThat(LUA.run("out(ngx.var.uri, ngx.var.server_name, ngx.var.server_name, ngx.var.args, ngx.var.empty, ngx.var.arg_x, ngx.var.arg_x, ngx.var[1], ngx.var[2])"))
                .containsExactly("/x", "here", "here", "nil", "", "nil", "nil", "first", "nil");
        assertThat(LUA.request.calls).containsSubsequence("ready 6", "var server_name", "var #2", "ready 0", "var empty", "var arg_x", "var arg_x");
        assertThat(LUA.run("ngx.var.new = 12 out(ngx.var.new)")).containsExactly("12");
        assertThat(errors("local _ = ngx.var[{}]", "ngx.var[1] = 1")).containsOnly("bad variable name");
    }

    @Test void responseHeadersAreSetAndRead() {
        assertThat(LUA.run("""
                ngx.header["X-A"] = "b"
                ngx.header.X_B = 12
                ngx.header.c = { "d", 5 }
                ngx.header.d = nil
                ngx.header.e = {}
                require("ngx.resp").add_header("f", "g")
                out(ngx.header.none, ngx.header.one, #ngx.header.two, ngx.header.two[2])
                """)).containsExactly("nil", "one0", "2", "two1");
        assertThat(LUA.request.calls).containsExactly("set X-A=b", "abi X_B nil=0 override=1 12",
                "abi c nil=0 override=1 d 5", "abi d nil=1 override=1", "abi e nil=0 override=1", "abi f nil=0 override=0 g");
    }

    @Test void statusAndCtxAreFieldsOfNgx() {
        assertThat(LUA.run("""
                ngx.status = "404" out(ngx.status)
                ngx.ctx.a = 1 out(ngx.ctx.a)
                ngx.ctx = { a = 2 } out(ngx.ctx.a)
                ngx.mine = 1 out(ngx.mine) ngx.mine = nil
                """)).containsExactly("404", "1", "2", "1");
        assertThat(errors("ngx.ctx = 1")).containsExactly("ctx should be a table while getting a number");
    }

    @Test void logLinesBeginWithTheirPlace() {
        LUA.run("local function f()\nngx.log(ngx.ERR, 'a', 1, nil, true, ngx.null, setmetatable({}, { __tostring = function() return 't' end }))\nlocal _ end f()\nprint('x')");
        assertThat(LUA.request.log).hasSize(2);
        assertThat(LUA.request.log.get(0)).matches("4 chunk\\d+\\.lua:2: f\\(\\): a1niltruenullt");
        assertThat(LUA.request.log.get(1)).matches("6 chunk\\d+\\.lua:4: x");
    }

    @Test void whatTheLogDoesNotLetThroughIsNotFormatted() {
        LUA.request.struct(CannedRequest.CONTENT, 0, 4);
        LUA.run("ngx.log(ngx.WARN, {}) print('x')");
        assertThat(LUA.request.log).isEmpty();
    }

    @Test void hashesAndCodecs() {
        assertThat(LUA.run("""
                out(ngx.md5("abc"), ngx.crc32_long("123456789"), ngx.crc32_short(nil), #ngx.sha1_bin(12), #ngx.md5_bin(nil),
                    ngx.encode_base64("f"), ngx.encode_base64("f", true), ngx.decode_base64("Zg"), ngx.decode_base64("!"),
                    ngx.decode_base64mime("Z\\ng"), ngx.escape_uri("a b"), ngx.escape_uri(nil), ngx.unescape_uri("a+%62"),
                    ngx.quote_sql_str("'"), #ngx.hmac_sha1("", 1), require("ngx.base64").encode_base64url("\\251\\255"),
                    require("ngx.base64").decode_base64url("-_8") == "\\251\\255", require("ngx.base64").decode_base64url("+"))
                """)).containsExactly("900150983cd24fb0d6963f7d28e17f72", "3421780262", "0", "20", "16", "Zg==", "Zg", "f",
                "nil", "f", "a%20b", "", "a b", "'\\''", "20", "-_8", "true", "nil", "invalid input");
    }

    @Test void times() {
        assertThat(LUA.run("""
                out(ngx.http_time(1290079655), ngx.cookie_time(1290079655), ngx.parse_http_time("Thu, 18 Nov 2010 11:27:35 GMT"),
                    ngx.parse_http_time("x"), #ngx.today(), #ngx.localtime(), ngx.now() >= ngx.time(), type(ngx.time()))
                """)).containsExactly("Thu, 18 Nov 2010 11:27:35 GMT", "Thu, 18-Nov-10 11:27:35 GMT", "1290079655", "nil",
                "10", "19", "true", "number");
    }

    @Test void constants() {
        assertThat(LUA.run("out(ngx.OK, ngx.ERROR, ngx.AGAIN, ngx.DONE, ngx.DECLINED, ngx.HTTP_NOT_FOUND, ngx.HTTP_TRACE, ngx.DEBUG, tostring(ngx.null), ngx.config.ngx_lua_version)"))
                .containsExactly("0", "-1", "-2", "-4", "-5", "404", "32768", "8", "userdata: NULL", "10030");
    }

    @Test void hotCallsAreCompiled() {
        assertThat(LUA.run("""
                local util = require "jit.util"
                local traces = 0
                jit.attach(function(what) if what == "stop" then traces = traces + 1 end end, "trace")
                for i = 1, 300 do
                    local h = ngx.req.get_headers() local a = ngx.req.get_uri_args()
                    ngx.header.x = "y" local u = ngx.var.uri
                end
                jit.attach(function() end)
                out(traces > 0)
                """)).containsExactly("true");
    }
}
