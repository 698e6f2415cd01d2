lua_yield_everywhere: calls that wait, in the phases in which nginx cannot.

=== without it, the error names the directive
--- http_config
init_by_lua_block {
    local function error_of(f, ...)
        return select(2, pcall(f, ...)) .. "\n"
    end
    init_errors = error_of(ngx.sleep, 0) .. error_of(ngx.socket.tcp) .. error_of(ngx.socket.udp)
        .. error_of(function() require("ngx.semaphore").new():wait(0) end):gsub("^.*: ", "")
}
--- config
location = /header {
    header_filter_by_lua_block {
        local ok, err = pcall(ngx.sleep, 0.001)
        ngx.header["X-Error"] = err
    }
    return 200 "ok";
}
location = /body {
    header_filter_by_lua_block { ngx.header.content_length = nil }
    body_filter_by_lua_block {
        local ok, err = pcall(ngx.location.capture, "/header")
        ngx.arg[1] = err .. "\n"
        ngx.arg[2] = true
    }
    return 200 "ok";
}
location = /set {
    set_by_lua_block $error { return select(2, pcall(ngx.req.read_body)) }
    return 200 "$error\n";
}
location = /flush {
    set_by_lua_block $error { return select(2, pcall(ngx.flush, true)) }
    return 200 "$error\n";
}
location = /init {
    content_by_lua_block { ngx.print(init_errors) }
}
location = /log {
    log_by_lua_block { ngx.sleep(0.001) }
    return 200 "ok\n";
}
--- request
GET /header
--- response_headers
X-Error: API disabled in the context of header_filter_by_lua* (lua_yield_everywhere)
--- request
GET /body
--- response_body
API disabled in the context of body_filter_by_lua* (lua_yield_everywhere)
--- request
GET /set
--- response_body
API disabled in the context of set_by_lua* (lua_yield_everywhere)
--- request
GET /flush
--- response_body
API disabled in the context of set_by_lua* (lua_yield_everywhere)
--- request
GET /init
--- response_body
no request found (lua_yield_everywhere)
no request found (lua_yield_everywhere)
no request found (lua_yield_everywhere)
no request found (lua_yield_everywhere)
--- request
GET /log
--- response_body
ok
--- error_log
API disabled in the context of log_by_lua* (lua_yield_everywhere)
--- nightjar_only: the directive's name

=== a call that is no wait stays disabled
--- config
lua_yield_everywhere on;
location = /t {
    header_filter_by_lua_block {
        local ok, err = pcall(ngx.say, "x")
        ngx.header["X-Error"] = err
    }
    return 200 "ok";
}
--- request
GET /t
--- response_headers
X-Error: API disabled in the context of header_filter_by_lua*
--- nightjar_only: the directive

=== the head waits for its filter, and the body behind it
--- config
lua_yield_everywhere on;
header_filter_by_lua_block {
    ngx.sleep(0.02)
    ngx.header["X-Late"] = tostring(ngx.headers_sent) .. " " .. ngx.get_phase()
}
location = /text {
    return 200 "text\n";
}
location = /file {
    alias html/file.txt;
}
location = /echo {
    echo one;
    echo two;
    echo_flush;
    echo three;
}
location = /lua {
    content_by_lua_block {
        ngx.say("one")
        ngx.say(ngx.headers_sent, " ", ngx.get_phase())
        ngx.flush(true)
        ngx.say("three")
    }
}
location = /proxied {
    proxy_pass http://127.0.0.1:%PORT%/plain/lua;
}
location = /around {
    default_type text/html;
    add_before_body /echo;
    add_after_body /text;
    echo main;
}
location /plain/ {
    header_filter_by_lua_block { ngx.header["X-Plain"] = "yes" }
    content_by_lua_block {
        for i = 1, 3 do
            ngx.say("plain ", i)
            ngx.flush(true)
            ngx.sleep(0.001)
        end
    }
}
location = /none {
    return 204;
}
location = /missing {
    alias html/missing.txt;
}
--- user_files
>>> file.txt
text of a file
--- request
GET /text
--- response_headers
X-Late: false header_filter
Content-Length: 5
--- response_body
text
--- request
GET /file
--- response_headers
X-Late: false header_filter
Content-Length: 15
--- response_body
text of a file
--- request
GET /echo
--- response_headers
X-Late: false header_filter
--- response_body
one
two
three
--- request
GET /lua
--- response_headers
X-Late: false header_filter
--- response_body
one
true content
three
--- request
GET /proxied
--- response_headers
X-Late: false header_filter
X-Plain: yes
--- response_body
plain 1
plain 2
plain 3
--- request
GET /around
--- response_headers
X-Late: false header_filter
--- response_body
one
two
three
main
text
--- request
GET /none
--- error_code: 204
--- response_headers
X-Late: false header_filter
--- request
GET /missing
--- error_code: 404
--- response_headers
X-Late: false header_filter
--- response_body_like
404 Not Found
--- request
HEAD /file
--- response_headers
X-Late: false header_filter
Content-Length: 15
--- request
HEAD /lua
--- response_headers
X-Late: false header_filter
--- request
HEAD /proxied
--- response_headers
X-Late: false header_filter
--- raw_request
GET /text HTTP/1.1
Host: localhost

GET /lua HTTP/1.1
Host: localhost

GET /file HTTP/1.1
Host: localhost
Connection: close

--- response_body
text
--- next
--- response_body
one
true content
three
--- next
--- response_body
text of a file
--- closes
--- nightjar_only: the directive

=== a subrequest's header filter waits
--- config
lua_yield_everywhere on;
location = /t {
    content_by_lua_block {
        local a, b, c = ngx.location.capture_multi { { "/sub?s=0.02" }, { "/sub?s=0.001" }, { "/missing?s=0.001" } }
        ngx.say(a.status, " ", a.header["X-Slept"], " ", a.body)
        ngx.say(b.status, " ", b.header["X-Slept"], " ", b.body)
        ngx.say(c.status, " ", c.header["X-Slept"])
    }
}
location = /echo {
    echo begin;
    echo_location /sub s=0.01;
    echo;
    echo_location_async /sub s=0.02;
    echo_location_async /sub s=0.001;
    echo end;
}
location / {
    header_filter_by_lua_block {
        ngx.sleep(tonumber(ngx.var.arg_s))
        ngx.header["X-Slept"] = ngx.var.arg_s
    }
    return 404;
}
location = /sub {
    header_filter_by_lua_block {
        ngx.sleep(tonumber(ngx.var.arg_s))
        ngx.header["X-Slept"] = ngx.var.arg_s
    }
    body_filter_by_lua_block {
        ngx.sleep(0.001)
        ngx.arg[1] = "[" .. ngx.arg[1] .. "]"
    }
    return 200 "$arg_s";
}
--- request
GET /t
--- response_body
200 0.02 [0.02]
200 0.001 [0.001]
404 0.001
--- request
GET /echo
--- response_body
begin
[0.01]
[0.02][0.001]end
--- nightjar_only: the directive

=== what a header filter can do after it has waited
--- config
lua_yield_everywhere on;
location = /capture {
    header_filter_by_lua_block {
        local res = ngx.location.capture("/name?n=" .. ngx.var.arg_n)
        ngx.header["X-Name"] = res.body
        ngx.status = 202
    }
    echo body;
}
location = /name {
    content_by_lua_block {
        ngx.sleep(0.005)
        ngx.print("name ", ngx.var.arg_n)
    }
}
location = /exit {
    header_filter_by_lua_block {
        ngx.sleep(0.005)
        ngx.exit(403)
    }
    content_by_lua_block {
        ngx.say("not to be seen")
        ngx.exit(200)
    }
}
location = /late {
    header_filter_by_lua_block {
        ngx.sleep(0.005)
        ngx.exit(410)
    }
    content_by_lua_block {
        ngx.say("not to be seen")
        ngx.sleep(0.02)
        local ok, err = ngx.say("neither")
        ngx.log(ngx.WARN, "say: ", ok, " ", err)
    }
}
location = /page {
    error_page 403 = /forbidden;
    header_filter_by_lua_block {
        ngx.sleep(0.005)
        ngx.exit(403)
    }
    echo "not to be seen";
}
location = /forbidden {
    return 403 "another page\n";
}
location = /error {
    header_filter_by_lua_block {
        ngx.sleep(0.005)
        error("it is over")
    }
    return 200 "not to be seen";
}
location = /threads {
    header_filter_by_lua_block {
        local function nap(n)
            ngx.sleep(0.01 / n)
            return n
        end
        local a, b = ngx.thread.spawn(nap, 1), ngx.thread.spawn(nap, 2)
        local _, first = ngx.thread.wait(a, b)
        local _, second = ngx.thread.wait(a)
        ngx.header["X-Naps"] = first .. second
    }
    echo ok;
}
location = /user {
    header_filter_by_lua_block {
        local nap = coroutine.wrap(function() ngx.sleep(0.001) coroutine.yield(1) ngx.sleep(0.001) return 2 end)
        ngx.header["X-Naps"] = nap() + nap()
    }
    echo ok;
}
location = /handler-exit {
    header_filter_by_lua_block {
        ngx.sleep(0.01)
        ngx.header["X-Late"] = "yes"
    }
    content_by_lua_block {
        ngx.say("said")
        ngx.exit(404)
    }
}
location = /handler-error {
    header_filter_by_lua_block {
        ngx.sleep(0.01)
        ngx.header["X-Late"] = "yes"
    }
    content_by_lua_block {
        ngx.header["Content-Length"] = 5
        ngx.say("said")
        ngx.flush()
        error("too late")
    }
}
location = /handler-headers {
    header_filter_by_lua_block { ngx.sleep(0.01) }
    content_by_lua_block {
        ngx.send_headers()
        ngx.header["X-Too-Late"] = "1"
        ngx.say(pcall(ngx.redirect, "/elsewhere"))
    }
}
--- request
GET /capture?n=7
--- error_code: 202
--- response_headers
X-Name: name 7
--- response_body
body
--- request
GET /exit
--- error_code: 403
--- response_body_like
403 Forbidden
--- response_body_unlike
seen
--- request
GET /late
--- error_code: 410
--- response_body_like
410 Gone
--- request
GET /page
--- error_code: 403
--- response_body
another page
--- request
GET /error
--- no_response
--- request
GET /threads
--- response_headers
X-Naps: 21
--- request
GET /user
--- response_headers
X-Naps: 3
--- request
GET /handler-exit
--- response_headers
X-Late: yes
--- response_body
said
--- request
GET /handler-error
--- response_headers
X-Late: yes
--- response_body
said
--- closes
--- request
GET /handler-headers
--- response_headers
!X-Too-Late
--- response_body
falseattempt to call ngx.redirect after sending out the headers
--- error_log
failed to run header_filter_by_lua*: header_filter_by_lua(nginx.conf:
it is over
say: nil nginx output filter error
attempt to set ngx.header.HEADER after sending out response headers
--- nightjar_only: the directive

=== pieces of body wait behind one another in a filter
--- config
lua_yield_everywhere on;
body_filter_by_lua_block {
    local piece, last = ngx.arg[1], ngx.arg[2]
    local n = (ngx.ctx.n or 0) + 1
    ngx.ctx.n = n
    ngx.sleep(0.03 / (n * n))
    if piece ~= "" then
        ngx.arg[1] = n .. " " .. piece
    end
    ngx.arg[2] = last
}
location = /lua {
    content_by_lua_block {
        ngx.say("one")
        ngx.say("two")
        ngx.flush(true)
        ngx.say(ngx.get_phase(), " ", pcall(function() return ngx.arg[1] end) and "" or "no arg")
        ngx.eof()
    }
}
location = /echo {
    echo one;
    echo_flush;
    echo two;
    echo_location /other;
    echo three;
}
location = /other {
    echo other;
}
location = /text {
    header_filter_by_lua_block { ngx.header.content_length = nil }
    return 200 "text\n";
}
location = /capture {
    body_filter_by_lua_block { }
    content_by_lua_block { ngx.print(ngx.location.capture("/lua").body) }
}
--- request
GET /lua
--- response_body_like
1 one
2 two
4 content no arg
--- request
GET /echo
--- response_body
1 one
3 two
1 other
4 three
--- request
GET /text
--- response_body
1 text
--- request
GET /capture
--- response_body_like
^1 one
2 two
--- nightjar_only: the directive

=== what a body filter can do after it has waited
--- config
lua_yield_everywhere on;
location = /end {
    body_filter_by_lua_block {
        ngx.sleep(0.005)
        if not ngx.ctx.seen then
            ngx.ctx.seen = true
            ngx.arg[1] = "only this\n"
            ngx.arg[2] = true
        end
    }
    content_by_lua_block {
        ngx.say("one")
        ngx.say("two")
    }
}
location = /error {
    body_filter_by_lua_block {
        ngx.sleep(0.005)
        error("it is over")
    }
    lua_http10_buffering off;
    content_by_lua_block {
        ngx.say("not to be seen")
        ngx.sleep(0.02)
        ngx.log(ngx.WARN, "say: ", ngx.say("neither"))
    }
}
location = /flush {
    body_filter_by_lua_block {
        ngx.flush(true)
        ngx.arg[1] = ngx.arg[1]:upper()
    }
    content_by_lua_block {
        ngx.say("one")
        ngx.say("two")
    }
}
location = /capture {
    body_filter_by_lua_block {
        if ngx.arg[1] ~= "" then
            ngx.arg[1] = ngx.location.capture("/upper", { args = { text = ngx.arg[1] } }).body
        end
    }
    echo -n one;
    echo -n two;
}
location = /upper {
    content_by_lua_block {
        ngx.sleep(0.001)
        ngx.print(ngx.req.get_uri_args().text:upper())
    }
}
--- request
GET /end
--- response_body
only this
--- request
GET /error HTTP/1.0
--- response_body
--- closes
--- request
GET /flush
--- response_body
ONE
TWO
--- request
GET /capture
--- response_body chop
ONETWO
--- error_log
failed to run body_filter_by_lua*: body_filter_by_lua(nginx.conf:
--- nightjar_only: the directive

=== the log phase waits, and has all of the request's data
--- http_config
log_format mine '$uri $noted $status';
--- config
lua_yield_everywhere on;
access_log logs/mine.log mine;
set $noted "";
location / {
    log_by_lua_block {
        local agent, uri = ngx.var.http_user_agent, ngx.var.uri
        ngx.sleep(0.02)
        ngx.var.noted = "noted"
        ngx.log(ngx.WARN, "log: ", uri == ngx.var.uri, " ", agent == ngx.var.http_user_agent, " ", ngx.req.get_headers()["X-One"],
            " ", ngx.ctx.kept, " ", ngx.status, " ", ngx.get_phase(), " ", ngx.location.capture("/sub").body)
    }
    content_by_lua_block {
        ngx.ctx.kept = "kept"
        ngx.say("ok")
    }
}
location = /sub {
    content_by_lua_block {
        ngx.sleep(0.001)
        ngx.print("captured")
    }
}
location = /closed {
    log_by_lua_block {
        local before = ngx.req.get_headers()["X-One"]
        ngx.sleep(0.01)
        ngx.log(ngx.WARN, "closed: ", before, " ", ngx.req.get_headers()["X-One"], " ", ngx.var.request, " ", ngx.location.capture("/sub").body)
    }
    return 444;
}
location = /mine.log {
    content_by_lua_block {
        local lines
        for _ = 1, 200 do
            lines = {}
            for line in io.lines(ngx.config.prefix() .. "logs/mine.log") do lines[#lines + 1] = line end
            if #lines == 3 then break end
            ngx.sleep(0.01)
        end
        table.sort(lines)
        ngx.say(table.concat(lines, "\n"))
    }
}
--- raw_request
GET /a HTTP/1.1
Host: localhost
User-Agent: me
X-One: 1

GET /b HTTP/1.1
Host: localhost
User-Agent: you
X-One: 2
Connection: close

--- response_body
ok
--- next
--- response_body
ok
--- closes
--- request
GET /closed
X-One: 3
--- no_response
--- raw_request
\w\w
GET /mine.log HTTP/1.0

--- response_body_like
^/a noted 200
/b noted 200
/closed  444$
--- error_log
log: true true 1 kept 200 log captured
log: true true 2 kept 200 log captured
closed: 3 3 GET /closed HTTP/1.1 captured
--- nightjar_only: the directive

=== a script that sets a variable waits where it stands
--- config
lua_yield_everywhere on;
location = /set {
    set $a 1;
    set_by_lua_block $b {
        ngx.sleep(0.005)
        return ngx.var.a + 1
    }
    set $a 10;
    set_by_lua $c "ngx.sleep(0.001) return ngx.arg[1] .. ngx.arg[2] .. ngx.get_phase()" $b $a;
    if ($b = 2) {
        set_by_lua_block $d {
            ngx.sleep(0.001)
            return "in if"
        }
        set $e behind;
    }
    set_by_lua_block $f { return ngx.location.capture("/other").body }
    return 200 "$a $b $c $d $e $f\n";
}
location = /other {
    return 200 "other";
}
location = /error {
    set_by_lua_block $a {
        ngx.sleep(0.001)
        error("it is over")
    }
    return 200 "not to be seen";
}
location = /body {
    set_by_lua_block $body {
        ngx.req.read_body()
        return ngx.req.get_body_data()
    }
    return 200 "$body\n";
}
--- request
GET /set
--- response_body
10 2 210set in if behind other
--- request
GET /error
--- error_code: 500
--- raw_request
POST /body HTTP/1.1
Host: localhost
Content-Length: 8
Connection: close

\w12345678\
--- response_body
12345678
--- error_log
failed to run set_by_lua*: set_by_lua(nginx.conf:
--- nightjar_only: the directive

=== the server serves when init and init_worker have ended
--- http_config
lua_yield_everywhere on;
init_by_lua_block {
    local before = ngx.now()
    ngx.thread.wait(ngx.thread.spawn(ngx.sleep, 0.05))
    ngx.update_time()
    slept = ngx.now() - before
    after_sleep = ngx.get_phase()
}
init_worker_by_lua_block {
    local phase = ngx.get_phase()
    ngx.sleep(0.02)
    worker = after_sleep .. " " .. phase .. " " .. ngx.get_phase()
}
--- config
location = /t {
    content_by_lua_block { ngx.say(slept >= 0.045, " ", worker) }
}
--- request
GET /t
--- response_body
true init init_worker init_worker
--- no_error_log
writing a global
--- nightjar_only: the directive

=== semaphores and sockets in init
--- http_config
lua_yield_everywhere on;
init_by_lua_block {
    local posted = require("ngx.semaphore").new()
    ngx.thread.spawn(function()
        ngx.sleep(0.01)
        posted:post()
    end)
    said = { tostring(posted:wait(5)), select(2, posted:wait(0.005)) }
    -- The address is bound, but nobody answers yet.
    local tcp = ngx.socket.tcp()
    tcp:settimeout(10)
    said[3] = tcp:connect("127.0.0.1", %PORT%)
    said[4] = select(2, tcp:receive())
    said[5] = tcp:close()
    local left = ngx.socket.tcp()
    said[6] = left:connect("127.0.0.1", %PORT%)
    local udp = ngx.socket.udp()
    said[7] = udp:setpeername("127.0.0.1", %PORT%)
    said[8] = ngx.get_phase()
}
--- config
location = /t {
    content_by_lua_block { ngx.say(table.concat(said, " ")) }
}
--- request
GET /t
--- response_body
true timeout 1 timeout 1 1 1 init
--- error_log
/lua tcp socket read timed out, .*, context: init_by_lua\*/
--- nightjar_only: the directive

=== what goes wrong in init after a wait keeps the server from starting
--- http_config
lua_yield_everywhere on;
init_by_lua_block {
    ngx.sleep(0.01)
    error("it is over")
}
--- config
location = /t {
    return 200;
}
--- must_die
--- error_log
init_by_lua error: init_by_lua(nginx.conf:
--- nightjar_only: the directive

=== what goes wrong in init_worker after a wait is logged
--- http_config
lua_yield_everywhere on;
init_worker_by_lua_block {
    ngx.sleep(0.01)
    error("it is over")
}
--- config
location = /t {
    return 200 "ok\n";
}
--- request
GET /t
--- response_body
ok
--- error_log
init_worker_by_lua error: init_worker_by_lua(nginx.conf:
--- nightjar_only: the directive

=== what makes a response is held back while a filter sleeps
--- http_config
lua_yield_everywhere on;
--- config
location = /lua {
    header_filter_by_lua_block {
        ngx.sleep(0.03)
        ngx.header["X-Made"] = ngx.ctx.made < 16 and "some" or "all"
    }
    content_by_lua_block {
        local piece = string.rep("x", 16384)
        for i = 1, 64 do
            ngx.print(piece)
            ngx.ctx.made = i
        end
        ngx.print("end")
    }
}
location = /proxied {
    header_filter_by_lua_block {
        ngx.sleep(0.1)
        ngx.header["X-Made"] = package.loaded.made < 1536 and "some" or "all"
    }
    proxy_pass http://127.0.0.1:%PORT%/many;
}
location = /many {
    content_by_lua_block {
        local piece = string.rep("x", 16384)
        for i = 1, 1536 do
            ngx.print(piece)
            ngx.flush(true)
            package.loaded.made = i
        end
        ngx.print("end")
    }
}
--- request
GET /lua
--- response_headers
X-Made: some
--- response_body_like
^x{1000,}
--- request
GET /proxied
--- response_headers
X-Made: some
--- nightjar_only: the directive

=== a file larger than the heap goes through a filter
--- http_config
init_by_lua_block {
    local file = io.open(ngx.config.prefix() .. "html/large", "w")
    file:seek("set", 400 * 1024 * 1024 - 1)
    file:write("x")
    file:close()
}
--- config
location = /large {
    header_filter_by_lua_block { ngx.header.content_length = nil }
    body_filter_by_lua_block {
        ngx.ctx.n = (ngx.ctx.n or 0) + #ngx.arg[1]
        ngx.arg[1] = ngx.arg[2] and ngx.ctx.n .. "\n" or ""
    }
}
--- request
GET /large
--- response_body
419430400

=== a slow client holds back what passes gzip and filters that sleep
--- http_config
lua_yield_everywhere on;
server {
    # A socket with little room in the kernel.
    listen unix:%PREFIX%/slow.sock;
    gzip on;
    gzip_types *;
    header_filter_by_lua_block {
        ngx.sleep(0.01)
    }
    body_filter_by_lua_block {
        ngx.sleep(0)
    }
    location = /made {
        content_by_lua_block {
            local file = io.open(ngx.config.prefix() .. "html/file.bin")
            local piece = file:read(65536)
            file:close()
            for i = 1, 64 do
                package.loaded.made = i
                ngx.print(piece)
                ngx.flush(true)
            end
        }
    }
    location = /file {
        body_filter_by_lua_block {
            ngx.sleep(0)
            package.loaded.passed = (package.loaded.passed or 0) + #ngx.arg[1]
        }
        alias html/file.bin;
    }
}
init_by_lua_block {
    local bytes = {}
    for i = 1, 65536 do
        bytes[i] = string.char(math.random(0, 255))
    end
    local file = io.open(ngx.config.prefix() .. "html/file.bin", "w")
    -- Farther apart than gzip looks back.
    file:write((table.concat(bytes):rep(64)))
    file:close()
}
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("unix:%PREFIX%/slow.sock"))
        sock:send("GET /" .. ngx.var.arg_path .. " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n")
        ngx.say(sock:receiveuntil("\r\n\r\n")():match("Content%-Encoding: %S+"))
        -- Until nothing moves any more.
        local name, before = ngx.var.arg_count
        repeat
            before = package.loaded[name]
            ngx.sleep(0.1)
        until package.loaded[name] == before
        ngx.say(before <= tonumber(ngx.var.arg_most) and "held back" or "not held back: " .. before)
        local n = 0
        repeat
            local data, err, rest = sock:receive(65536)
            n = n + #(data or rest)
        until not data
        ngx.say(package.loaded[name], " ", n > tonumber(ngx.var.arg_least))
    }
}
--- request
GET /t?path=made&count=made&most=16&least=4000000
--- response_body
Content-Encoding: gzip
held back
64 true
--- request
GET /t?path=file&count=passed&most=1048576&least=4000000
--- response_body
Content-Encoding: gzip
held back
4194304 true
--- nightjar_only: the directive

=== a client goes away while a phase waits
--- config
lua_yield_everywhere on;
lua_check_client_abort on;
log_by_lua_block {
    package.loaded["ended " .. ngx.var.uri] = ngx.status
}
location = /set {
    set_by_lua_block $a {
        ngx.sleep(0.2)
        ngx.log(ngx.WARN, "set goes on")
        return ""
    }
    content_by_lua_block { ngx.log(ngx.WARN, "content after set") }
}
location = /header {
    header_filter_by_lua_block {
        ngx.sleep(0.2)
        ngx.log(ngx.WARN, "header filter goes on")
    }
    content_by_lua_block {
        ngx.say("text")
        ngx.sleep(0.2)
    }
}
location = /body {
    body_filter_by_lua_block {
        ngx.sleep(0.2)
        ngx.log(ngx.WARN, "body filter goes on")
    }
    content_by_lua_block {
        ngx.say("text")
        ngx.sleep(0.2)
    }
}
location = /log {
    log_by_lua_block {
        ngx.sleep(0.2)
        ngx.log(ngx.WARN, "log goes on")
        package.loaded["ended " .. ngx.var.uri] = ngx.status
    }
    return 200 "text\n";
}
location = /after {
    content_by_lua_block {
        ngx.sleep(0.3)
        for _, uri in ipairs { "/set", "/header", "/body", "/log" } do
            ngx.say(uri, " ", package.loaded["ended " .. uri])
        end
    }
}
--- request
GET /set
--- abort
--- request
GET /header
--- abort
--- request
GET /body
--- abort
--- request
GET /log
--- abort
--- request
GET /after
--- response_body
/set 200
/header 499
/body 200
/log 200
--- error_log
set goes on
content after set
log goes on
--- no_error_log
filter goes on
--- nightjar_only: the directive
