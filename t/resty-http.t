resty.http. A block's request is a script, which the server runs with what html/peer.lua has: `raw` asks this server for a
response of the given bytes.

=== one call for all of it
--- user_files
>>> peer.lua
local http = require "resty.http"
local M = { http = http }

-- A client that has a connection with this server.
function M.open()
    local httpc = http.new()
    httpc:set_timeouts(1000, 1000, 1000)
    assert(httpc:connect { scheme = "http", host = "127.0.0.1", port = ngx.var.server_port })
    return httpc
end

-- Sends a request that is answered with these bytes, and `pad` times "a" behind them. Answers the response, an error, the client.
function M.raw(bytes, params, pad)
    params = params or {}
    params.path = "/raw"
    params.query = { pad = pad }
    if params.body then
        params.query.bytes = bytes
    else
        params.body = bytes
    end
    local httpc = M.open()
    local res, err = httpc:request(params)
    return res, err, httpc
end

-- The body in pieces of at most `max` bytes, with "|" between them, and the error it ends with.
function M.pieces(res, max)
    local all = {}
    while true do
        local data, err = res.body_reader(max)
        all[#all + 1] = data
        if not data then
            return table.concat(all, "|"), err
        end
    end
end

-- Whether a client would not put its connection into a pool.
function M.last(httpc)
    return select(2, httpc:set_keepalive()) == "connection must be closed" and "last" or "open"
end

function M.url(path)
    return "http://127.0.0.1:" .. ngx.var.server_port .. path
end

return M
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
lua_socket_log_errors off;
client_body_buffer_size 256k;
--- config
location = /run {
    content_by_lua_block {
        ngx.req.read_body()
        assert(loadstring(ngx.req.get_body_data(), "=script"))(require "peer")
    }
}
location = /raw {
    content_by_lua_block {
        if not ngx.var.http_expect then
            ngx.req.read_body()
        end
        local sock = assert(ngx.req.socket(true))
        local args = ngx.req.get_uri_args()
        sock:send { args.bytes or ngx.req.get_body_data() or "", ("a"):rep(args.pad or 0) }
    }
}
location = /hello {
    content_by_lua_block {
        ngx.header["X-Thing"] = { "one", "two" }
        ngx.header["Content-Length"] = 6
        ngx.say("hello")
    }
}
location = /head {
    content_by_lua_block {
        ngx.print(ngx.req.raw_header())
    }
}
location = /echo {
    content_by_lua_block {
        ngx.req.read_body()
        ngx.print(ngx.var.request_method, " ", ngx.var.http_content_length or ngx.var.http_transfer_encoding, ": ",
            ngx.req.get_body_data())
    }
}
location = /silent {
    content_by_lua_block {
        ngx.sleep(1)
    }
}
--- request
POST /run

local peer = ...
local res, err = peer.http.new():request_uri(peer.url("/hello"))
ngx.say(res.status, " ", res.reason, " ", tostring(res.has_body), " ", res.body)
ngx.say(res.headers["content-TYPE"], " ", res.headers["X-THING"][1], " ", res.headers.x_thing, " ", table.concat(res.headers["x-thing"], ","))
-- The connection has gone to its pool.
local httpc = peer.open()
ngx.say(httpc:get_reused_times())
ngx.say(httpc:close())
res = peer.http.new():request_uri(peer.url("/hello"), { keepalive = false })
ngx.say(res.body, peer.open():get_reused_times())
ngx.say(peer.http.new():request_uri("http://127.0.0.1:1/"))
ngx.say(peer.http.new():request_uri("nonsense"))
--- response_body
200 OK true hello

text/plain one nil one,two
1
1
hello
0
nilconnection refused
nilbad uri: nonsense

=== connections, and what has none
--- request
POST /run

local peer = ...
local httpc = peer.http.new()
ngx.say(httpc:connect { host = "127.0.0.1", port = 80 })
ngx.say(httpc:connect { scheme = "http" })
ngx.say(httpc:connect("127.0.0.1", ngx.var.server_port))
ngx.say(httpc:request({ path = "/hello" }):read_body())
ngx.say(httpc:set_keepalive())
ngx.say(httpc:connect("127.0.0.1", ngx.var.server_port, { pool = "mine" }), httpc:get_reused_times())
ngx.say(peer.http:connect { scheme = "http", host = "127.0.0.1" })
ngx.say(peer.http:set_timeout(1))
ngx.say(peer.http:set_keepalive())
ngx.say(peer.http:get_reused_times())
ngx.say(peer.http:close())
ngx.say(peer.http.new():request { path = "/" })
ngx.say(httpc:connect { host = "unix:/nothing/there" })
--- response_body
nil'scheme' is required when providing a port
nil'host' is required
1
hello

1
10
nilnot initialized
nilnot initialized
nilnot initialized
nilnot initialized
nilnot initialized
nilnot connected
nilno such file or directory
--- error_log
connect() to unix:/nothing/there failed

=== what is sent
--- request
POST /run

local peer = ...
local function head(params)
    params.path = params.path or "/head"
    local text = peer.open():request(params):read_body()
    local lines = {}
    for line in text:gmatch("([^\r\n]+)\r\n") do
        lines[#lines + 1] = (line:gsub(ngx.var.server_port, "PORT"):gsub("lua%-resty%-http/.*", "x"))
    end
    table.sort(lines, function(a, b) return a:find("HTTP/1") and true or not b:find("HTTP/1") and a < b end)
    ngx.say(table.concat(lines, "|"))
end
head {}
head { method = "get", query = "a=1", version = 1.0 }
head { query = { a = "x y" }, headers = { ["user-agent"] = "me", HOST = "there", ["X-List"] = { 1, 2 } } }
ngx.say(select(2, peer.open():request { path = "/head", version = 2 }))
--- response_body
GET /head HTTP/1.1|Host: 127.0.0.1:PORT|User-Agent: x
GET /head?a=1 HTTP/1.0|Connection: Keep-Alive|Host: 127.0.0.1:PORT|User-Agent: x
GET /head?a=x%20y HTTP/1.1|HOST: there|X-List: 1|X-List: 2|user-agent: me
unsupported HTTP version: 2

=== nothing becomes a line, or a request, of its own
--- request
POST /run

local peer = ...
for _, params in ipairs {
    { headers = { ["X-Evil"] = "a\r\nX-More: b" } },
    { headers = { ["X-Evil"] = { "a", "b\n" } } },
    { headers = { ["X-Evil"] = "a\0b" } },
    { headers = { ["X-Evil: a\r\nX-More"] = "b" } },
    { headers = { ["X Evil"] = "b" } },
    { headers = { [""] = "b" } },
    { path = "/head HTTP/1.1\r\nX-More: b" },
    { path = "/head", query = "a=\r\nb" },
    { method = "GET /other HTTP/1.1\r\n" },
    { method = "POST", body = "abc", headers = { ["Content-Length"] = 2 } },
    { method = "POST", body = "abc", headers = { ["Content-Length"] = { 3, 2 } } },
    { method = "POST", body = "abc", headers = { ["content-length"] = "3, 2" } },
    { method = "POST", body = "abc", headers = { ["Content-Length"] = "+3" } },
} do
    local res, err = peer.open():request(params)
    ngx.say(res, " ", err)
end
--- response_body
nil bad request header "X-Evil": it has a line end
nil bad request header "X-Evil": it has a line end
nil bad request header "X-Evil": it has a line end
nil bad request header name
nil bad request header name
nil bad request header name
nil bad request path: it has a line end
nil bad request path: it has a line end
nil bad request method
nil the request body has 3 bytes, its Content-Length is 2
nil bad Content-Length: 2
nil bad Content-Length: 3, 2
nil bad Content-Length: +3

=== bodies that are sent
--- request
POST /run

local peer = ...
local function echo(params)
    params.path = "/echo"
    local httpc = peer.open()
    local res, err = httpc:request(params)
    ngx.say(res and res:read_body() or err, " ", peer.last(httpc))
end
local function each(...)
    local list, i = { ... }, 0
    return function()
        i = i + 1
        return list[i]
    end
end
echo { body = "text" }
echo { method = "PUT", body = { "a", 1, "b" } }
echo { body = 12.5 }
echo { body = false }
echo { method = "POST", body = "" }
echo { method = "POST" }
echo { body = each("ab", "cd"), headers = { ["Content-Length"] = 4 } }
echo { body = each("3\r\nabc\r\n", "0\r\n\r\n"), headers = { ["Transfer-Encoding"] = "chunked", ["Content-Length"] = 9 } }
echo { body = each("ab") }
echo { body = each("ab", "cd"), headers = { ["Content-Length"] = 3 } }
echo { body = each("ab"), headers = { ["Content-Length"] = 3 } }
echo { body = function() return nil, "no more" end, headers = { ["Content-Length"] = 3 } }
--- response_body
GET 4: text open
PUT 3: a1b open
GET 4: 12.5 open
GET 5: false open
POST 0: nil open
Request body is nil but POST method expects a body. Use an empty string "" if you want to send an empty body. open
GET 4: abcd open
GET chunked: abc open
Request body is a function but a length or chunked encoding is not specified open
request body longer than its Content-Length last
request body shorter than its Content-Length last
no more last

=== bodies that are received
--- request
POST /run

local peer = ...
local function show(bytes, max, params)
    local res, err, httpc = peer.raw(bytes, params)
    if not res then
        ngx.say(err)
        return
    end
    local body, why = peer.pieces(res, max)
    ngx.say(tostring(res.has_body), " ", body, " ", why, " ", peer.last(httpc))
end
show("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde")
show("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", 2)
show("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
show("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc")
show("HTTP/1.1 200 OK\r\n\r\nabcde")
show("HTTP/1.1 200 OK\r\n\r\nabcde", 2)
show("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
show("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 2)
show("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n00A ; x=\"y\"\r\nabcdefghij\r\n0;z\r\n\r\n")
show("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc")
show("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", nil, { method = "HEAD" })
show("HTTP/1.1 204 No Content\r\n\r\n")
show("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")
show("HTTP/1.1 101 Other\r\n\r\n")
show("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc")
show("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\nabc")
show("HTTP/1.1 200 OK\r\nConnection: TE, Close\r\nContent-Length: 3\r\n\r\nabc")
--- response_body
true abcde nil open
true ab|cd|e nil open
true  nil open
true  closed last
true abcde nil last
true ab|cd|e nil last
true abc|de nil open
true ab|c|de nil open
true abcdefghij nil open
true abc nil last
false  nil open
false  nil open
false  nil open
false  nil last
true abc nil last
true abc nil open
true abc nil last

=== what can be understood in two ways is refused, or is the connection's last
--- request
POST /run

local peer = ...
local function show(head, body)
    local res, err, httpc = peer.raw("HTTP/1.1 200 OK\r\n" .. head .. "\r\n\r\n" .. body)
    if not res then
        ngx.say(err)
        return
    end
    body, err = res:read_body()
    ngx.say(body, " ", err, " ", peer.last(httpc))
end
show("Content-Length: 3\r\nContent-Length: 3", "abc")
show("Content-Length: 3, 3", "abc")
show("Content-Length: 3\r\nContent-Length: 4", "abcd")
show("Content-Length: -3", "abc")
show("Content-Length: 0x3", "abc")
show("Content-Length: 99999999999999999999", "abc")
show("Content-Length: ", "abc")
show("Content-Length: 3\r\nTransfer-Encoding: chunked", "1\r\na\r\n0\r\n\r\n")
local chunked = "Transfer-Encoding: chunked"
show(chunked, "-1\r\na\r\n0\r\n\r\n")
show(chunked, "0x1\r\na\r\n0\r\n\r\n")
show(chunked, " 1\r\na\r\n0\r\n\r\n")
show(chunked, "1 2\r\na\r\n0\r\n\r\n")
show(chunked, "\r\na\r\n0\r\n\r\n")
show(chunked, "ffffffffffffffff\r\na\r\n0\r\n\r\n")
show(chunked, "00000000000000001\r\na\r\n0\r\n\r\n")
show(chunked, "1\r\nab\r\n0\r\n\r\n")
show(chunked, "3\r\nab")
show(chunked, "1\r\na\r\n")
--- response_body
abc nil open
abc nil open
bad Content-Length: 4
bad Content-Length: -3
bad Content-Length: 0x3
bad Content-Length: 99999999999999999999
abc nil last
a nil last
nil unable to read chunksize last
nil unable to read chunksize last
nil unable to read chunksize last
nil unable to read chunksize last
nil unable to read chunksize last
nil unable to read chunksize last
nil unable to read chunksize last
nil bad end of a chunk last
nil closed last
nil closed last

=== heads
--- request
POST /run

local peer = ...
local function show(bytes, pad)
    local res, err = peer.raw(bytes, nil, pad)
    if not res then
        ngx.say(err)
        return
    end
    ngx.say(res.status, " [", res.reason, "] ", #(res.headers.x or ""), " ", tostring(res.headers.y))
end
show("HTTP/1.1 200\r\nX: \t a b \t \r\nY:c\r\n\r\n")
show("HTTP/1.0 404 Not  here\nX:\nY: \n\n")
show("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
show(("HTTP/1.1 100 Continue\r\n\r\n"):rep(20))
show("HTTP/2 200 OK\r\n\r\n")
show("HTTP/1.1 20 OK\r\n\r\n")
show("HTTP/1.1 2000 OK\r\n\r\n")
show("hello\r\n\r\n")
show("")
show("HTTP/1.1 200 OK\r\nX: a\r\n")
show("HTTP/1.1 200 OK\r\nX : a\r\n\r\n")
show("HTTP/1.1 200 OK\r\nX\r\n\r\n")
show("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n")
show("HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n")
show("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n")
show("HTTP/1.1 200 OK\r\nX: ", 65000)
show("HTTP/1.1 200 OK\r\nX: ", 66000)
show("HTTP/1.1 200 OK\r\n" .. ("A:\r\n"):rep(8000))
show("HTTP/1.1 200 OK\r\nX: " .. (" "):rep(30000) .. "a" .. (" "):rep(30000) .. "\r\n\r\n")
--- response_body_like
^200 \[\] 3 c
404 \[Not  here\] 0\x20
200 \[OK\] 0 nil
too many interim responses
couldn't parse HTTP version from response status line: HTTP/2 200 OK
couldn't parse status code from response status line: HTTP/1.1 20 OK
couldn't parse status code from response status line: HTTP/1.1 2000 OK
couldn't parse HTTP version from response status line: hello
closed
closed
bad header field: X : a
bad header field: X
bad header field:  b
bad header field: X: a\rb
bad header field: X: a.b
closed
line too long
too many header fields
200 \[OK\] 1 nil
$

=== trailers
--- request
POST /run

local peer = ...
local res = peer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nX-Kept: a\r\n\r\n"
    .. "3\r\nabc\r\n0\r\nX-Sum: 3\r\nX-Kept: b\r\n\r\n")
ngx.say(res:read_trailers())
ngx.say(res:read_body())
ngx.say(res.headers["x-sum"])
res:read_trailers()
ngx.say(res.headers["x-sum"], " ", res.headers["x-kept"])
res = peer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbroken\r\n\r\n")
ngx.say(res:read_body())
--- response_body
nilno trailers
abc
nil
3 a
nilbad header field: broken

=== a connection with something left on it does not go to the pool
--- request
POST /run

local peer = ...
local httpc = peer.open()
local res = httpc:request { path = "/hello" }
ngx.say(httpc:set_keepalive())
httpc = peer.open()
res = httpc:request { path = "/hello" }
ngx.say(res.body_reader(2))
ngx.say(httpc:set_keepalive())
httpc = peer.open()
res = httpc:request { path = "/hello" }
res:read_body()
ngx.say(httpc:set_keepalive())
httpc = peer.open()
ngx.say(httpc:get_reused_times())
ngx.say(httpc:request({ path = "/hello", headers = { Connection = "close" } }):read_body())
ngx.say(httpc:set_keepalive())
--- response_body
2connection must be closed
he
2connection must be closed
1
1
hello

2connection must be closed

=== a body that waits for consent
--- request
POST /run

local peer = ...
local expects = { method = "POST", body = "abc", headers = { Expect = "100-Continue" } }
local httpc = peer.open()
expects.path = "/echo"
ngx.say(httpc:request(expects):read_body())
ngx.say(httpc:set_keepalive())
-- None is given: the body is not sent, and the connection is of no more use.
local res, err
res, err, httpc = peer.raw("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno", { headers = expects.headers, body = "abc" })
ngx.say(res.status, " ", res:read_body())
ngx.say(httpc:set_keepalive())
--- response_body
POST 3: abc
1
417 no
2connection must be closed

=== several requests at once
--- request
POST /run

local peer = ...
local httpc = peer.open()
local responses = httpc:request_pipeline { { path = "/hello" }, { path = "/head", method = "HEAD" }, { path = "/echo", body = "x" } }
for _, res in ipairs(responses) do
    ngx.say(res.status, " ", res:read_body())
end
ngx.say(httpc:set_keepalive())
responses = peer.open():request_pipeline { { path = "/hello" }, { path = "/hello" } }
ngx.say(responses[1].status)
ngx.say(responses[2].status)
ngx.say(peer.open():request_pipeline { { headers = { expect = "100-continue" } } })
--- response_body
200 hello

200 
200 GET 1: x
1
200
nil
nilCannot pipeline request specifying Expect: 100-continue
--- error_log
the response before it has not been read to its end

=== nobody waits for ever
--- request
POST /run

local peer = ...
local httpc = peer.open()
httpc:set_timeout(50)
ngx.say(httpc:request { path = "/silent" })
ngx.say(httpc:set_keepalive())
httpc = peer.open()
httpc:set_timeouts(50, 50, 50)
ngx.say(httpc:request { path = "/silent" })
--- response_body
niltimeout
2connection must be closed
niltimeout

=== URIs
--- request
POST /run

local peer = ...
for _, uri in ipairs {
    "http://a", "HTTPS://b.c/", "http://a:8080/x?y=1?z#w", "http://[::1]:81?q", "//here/x", "http://a#frag",
    "http:///x", "ftp://a/", "http//a", "http://user@a/", "http://user:word@a/", "http://a:x/", "http://a:65536/", "http://[::1/",
    "http://a/\r\nb", "/path", "",
} do
    local parsed, err = peer.http:parse_uri(uri, false)
    ngx.say(parsed and table.concat(parsed, " ") or err:gsub("[\r\n]", "?"))
end
ngx.say(peer.http:parse_uri("http://a/b?c=d")[4], " ", peer.http:parse_uri("http://a?")[4])
ngx.timer.at(0, function()
    local _, err = peer.http:parse_uri("//a")
    ngx.log(ngx.WARN, "in a timer: ", err)
end)
--- response_body
http a 80 / 
https b.c 443 / 
http a 8080 /x y=1?z
http [::1] 81 / q
http here 80 /x 
http a 80 / 
bad uri: http:///x
bad uri: ftp://a/
bad uri: http//a
bad uri: http://user@a/
bad uri: http://user:word@a/
bad uri: http://a:x/
bad uri: http://a:65536/
bad uri: http://[::1/
bad uri: http://a/??b
bad uri: /path
bad uri: 
/b?c=d /
--- error_log
in a timer: schemaless URIs require a request context: //a

=== through a proxy
--- request
POST /run

local peer = ...
local proxy = { http_proxy = peer.url(""), http_proxy_authorization = "Basic x", no_proxy = "local.test, .inner.test",
    https_proxy = "https://127.0.0.1" }
local httpc = peer.http.new()
httpc:set_proxy_options(proxy)
local res = httpc:request_uri("http://elsewhere.test:81/head?a=b", { headers = { Host = "h" } })
ngx.say(res.body:match("^[^\r]*"), " ", res.body:match("Proxy%-Authorization: ([^\r]*)"))
res = httpc:request_uri("http://elsewhere.test/head", { headers = { Host = "h", ["proxy-Authorization"] = "mine" } })
ngx.say(res.body:match("^[^\r]*"), " ", res.body:match("roxy%-Authorization: ([^\r]*)"))
for _, host in ipairs { "local.test", "a.LOCAL.test", "notlocal.test", "inner.test", "test" } do
    ngx.print(host, " ", httpc:get_proxy_uri("http", host) and "proxy" or "direct", ", ")
end
ngx.say(httpc:get_proxy_uri("https", "a"))
ngx.say(httpc:request_uri("https://elsewhere.test/"))
httpc:set_proxy_options { https_proxy = peer.url("") }
ngx.say((select(2, httpc:request_uri("https://elsewhere.test/")):gsub("%d+", "4xx")))
httpc:set_proxy_options { http_proxy = "http://127.0.0.1:1", no_proxy = "*" }
ngx.print(httpc:request_uri(peer.url("/hello")).body)
--- response_body
GET http://elsewhere.test:81/head?a=b HTTP/1.1 Basic x
GET http://elsewhere.test/head HTTP/1.1 mine
local.test direct, a.LOCAL.test direct, notlocal.test proxy, inner.test direct, test proxy, https://127.0.0.1
nilprotocol https not supported for proxy connections
failed to establish a tunnel through a proxy: 4xx
hello

=== a request and its response are passed on
--- user_files
>>> onward.lua
return function()
    local httpc = require("resty.http").new()
    httpc:set_timeouts(1000, 1000, 1000)
    assert(httpc:connect { scheme = "http", host = "127.0.0.1", port = ngx.var.server_port })
    ngx.req.set_uri("/origin" .. ngx.var.uri)
    local res, err = httpc:proxy_request(4)
    if not res then
        ngx.status = 502
        ngx.say(err)
        return
    end
    httpc:proxy_response(res, 3)
    httpc:set_keepalive()
end
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- config
location /front/ {
    content_by_lua_block {
        require("onward")()
    }
}
location /origin/ {
    content_by_lua_block {
        ngx.req.read_body()
        ngx.status = 201
        ngx.header["X-Answer"] = "yes"
        ngx.header["X-Hop"] = "no"
        ngx.header["Connection"] = "X-Hop"
        ngx.say(ngx.var.request_uri, " ", tostring(ngx.var.http_upgrade), " ", ngx.var.http_x_mine, " ", ngx.req.get_body_data())
    }
}
--- request
POST /front/a%20b%3fc?d=e
Upgrade: other
X-Mine: m

0123456789
--- error_code: 201
--- response_headers
X-Answer: yes
--- response_body
/origin/front/a%20b%3Fc?d=e nil m 0123456789
--- request
GET /front/x
--- error_code: 201
--- response_body
/origin/front/x nil nil nil
--- raw_request
POST /front/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n\
--- error_code: 502
--- response_body
chunked request bodies not supported yet

=== a header table
--- config
location = / {
    content_by_lua_block {
        local h = require("resty.http_headers").new()
        h["Content-Type"] = "a"
        h["content-type"] = "b"
        h.X = "c"
        ngx.say(h["CONTENT-TYPE"], " ", tostring(h.y), " ", tostring(h[1]))
        for name, value in pairs(h) do
            ngx.print(name, "=", value, " ")
        end
        h["X"] = nil
        h["x"] = "d"
        ngx.say(h.X, " ", tostring(rawget(h, "x")))
    }
}
--- request
GET /
--- response_body_like
^b nil nil
(Content-Type=b X=c|X=c Content-Type=b) d nil
$
