resty.websocket. A block's request is a script, which the server runs with what html/ws.lua has. /echo says of each frame
that it gets what it was.

=== a client and a server
--- user_files
>>> ws.lua
local M = { client = require "resty.websocket.client", protocol = require "resty.websocket.protocol" }

-- A client that is connected with a location of this server.
function M.open(path, opts)
    local wb = M.client:new(opts or { timeout = 1000 })
    assert(wb:connect("ws://127.0.0.1:" .. ngx.var.server_port .. path))
    return wb
end

-- A connection on which a handshake has been made by hand.
function M.raw(path)
    local sock = ngx.socket.tcp()
    sock:settimeout(1000)
    assert(sock:connect("127.0.0.1", ngx.var.server_port))
    sock:send("GET " .. path .. " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        .. "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    return sock, assert(sock:receiveuntil("\r\n\r\n")())
end

-- Prints what comes on a socket or a client, frame by frame, up to the end.
function M.show(from)
    repeat
        local data, kind, err
        if from.recv_frame then
            data, kind, err = from:recv_frame()
        else
            data, kind, err = M.protocol.recv_frame(from, 70000, false)
        end
        ngx.say(kind, ": ", data and #data > 100 and #data .. " bytes" or data, " ", err)
    until not data or kind == "close"
end

return M
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
lua_socket_log_errors off;
--- config
location = /run {
    content_by_lua_block {
        ngx.req.read_body()
        assert(loadstring(ngx.req.get_body_data(), "=script"))(require "ws")
    }
}
location = /hand {
    content_by_lua_block {
        require("resty.websocket.server"):new()
    }
}
location = /echo {
    content_by_lua_block {
        local wb, err = require("resty.websocket.server"):new { timeout = tonumber(ngx.var.arg_timeout) or 1000,
            max_recv_len = tonumber(ngx.var.arg_max), send_masked = ngx.var.arg_masked ~= nil }
        if not wb then
            ngx.status = 400
            ngx.say(err)
            return
        end
        while true do
            local data, kind, err = wb:recv_frame()
            if not data then
                if not err:find(": timeout", 1, true) then
                    -- The object refuses to send now, so it is done by hand.
                    require("resty.websocket.protocol").send_frame(wb.sock, true, 1, err, 1000)
                    ngx.say(wb:send_text("no more"))
                    return
                end
                wb:send_text("timeout")
            elseif kind == "close" then
                wb:send_close(err or 1005, data)
                return
            else
                wb:send_text(kind .. " " .. (#data > 100 and #data .. " bytes" or data) .. " " .. tostring(err))
            end
        end
    }
}
--- request
POST /run

local ws = ...
local wb = ws.client:new { timeout = 1000 }
local ok, err, head = wb:connect("ws://127.0.0.1:" .. ngx.var.server_port .. "/echo")
ngx.say(ok, " ", err, " ", head:match("^[^\r]*"), " ", head:match("\r\n(Connection: [^\r]*)"))
ngx.say((wb:send_text("hello")))
ngx.say(wb:recv_frame())
ngx.say((wb:send_binary("a-b")))
ngx.say(wb:recv_frame())
ngx.say(wb:send_ping(), " ", (wb:send_pong("p")))
ngx.say(wb:recv_frame())
ngx.say(wb:recv_frame())
ngx.say(wb:send_frame(false, 1, "be"), " ", wb:send_frame(false, 0, "gi"), " ", (wb:send_frame(true, 0, "n")))
ws.protocol.recv_frame(wb.sock, 100, false)
ngx.say(wb:recv_frame())
ngx.say(wb:recv_frame())
ngx.say(wb:send_text(("x"):rep(126)), " ", (wb:send_text(("x"):rep(65535))))
ngx.say(wb:recv_frame())
ngx.say(wb:recv_frame())
ngx.say(wb:send_text(("x"):rep(65536)))
ngx.say(wb:send_text("any"))
wb = ws.open("/echo")
ngx.say((wb:send_close(1000, "bye")))
ngx.say(wb:recv_frame())
ngx.say(wb:send_text("more"))
ngx.say(wb:close())
--- response_body
1 nil HTTP/1.1 101 Switching Protocols Connection: upgrade
11
text hello niltextnil
9
binary a-b niltextnil
6 7
ping  niltextnil
pong p niltextnil
8 8 7
continuation gi againtextnil
continuation n niltextnil
134 65543
text 126 bytes niltextnil
text 65535 bytes niltextnil
nilpayload too big
nilfatal error already happened
11
byeclose1000
nilalready closed
1

=== the handshake of RFC 6455
--- raw_request
GET /hand HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat, superchat
--- error_code: 101
--- response_headers
Upgrade: websocket
Connection: upgrade
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
Sec-WebSocket-Protocol: chat
!Content-Type
!Transfer-Encoding
--- closes

=== handshakes that are none
--- request
GET /echo
--- error_code: 400
--- response_body
bad "upgrade" request header: nil
--- request
GET /echo
Upgrade: websocket
--- error_code: 400
--- response_body
bad "connection" request header
--- request
GET /echo
Upgrade: websocket
Connection: upgrade
Sec-WebSocket-Version: 13
--- error_code: 400
--- response_body
bad "sec-websocket-key" request header
--- request
GET /echo
Upgrade: websocket
Connection: upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 8
--- error_code: 400
--- response_body
bad "sec-websocket-version" request header
--- request
GET /echo HTTP/1.0
Upgrade: websocket
Connection: upgrade
--- error_code: 400
--- response_body
bad http version

=== keys that no client makes
--- request
GET /echo
Upgrade: websocket
Connection: upgrade
Sec-WebSocket-Key: c2hvcnQ=
Sec-WebSocket-Version: 13
--- error_code: 400
--- response_body
bad "sec-websocket-key" request header

=== frames that break the rules
--- request
POST /run

local ws = ...
local function send(bytes, path)
    local sock = ws.raw(path or "/echo")
    sock:send(bytes)
    ngx.say((ws.protocol.recv_frame(sock, 1000, false)))
    sock:close()
end
send("\193\128abcd")                        -- a reserved bit
send("\131\128abcd")                        -- opcode 3
send("\139\128abcd")                        -- opcode 11
send("\129\1a")                             -- not masked
send("\9\128abcd")                          -- a ping in fragments
send("\137\254\0\126abcd")                  -- a ping of 126 bytes
send("\136\129abcd\1")                      -- half a status code
send("\129\255\0\0\0\1\0\0\0\0abcd")        -- 2^32 bytes
send("\129\255\0\0\0\0\128\0\0\0abcd")      -- 2^31 bytes
send("\129\255\0\0\0\0\0\1\0\0abcd")        -- 65536 bytes
send("\129\133abcd", "/echo?max=4")
send("\129\132abcd\0\0\0\0", "/echo?max=4")
--- response_body
bad RSV1, RSV2, or RSV3 bits
reserved non-control frames
reserved control frames
frame unmasked
fragmented control frame
too long payload for control frame
close frame with a body must carry a 2-byte status code
payload len too large
payload len too large
exceeding max payload len
exceeding max payload len
text abcd nil

=== a frame that comes slowly is read to its end
--- request
POST /run

local ws = ...
local frame = ws.protocol.build_frame(true, 1, 300, ("n"):rep(300), true)
local sock = ws.raw("/echo?timeout=30")
local last = 0
for _, to in ipairs { 1, 3, 4, 6, 100, 308 } do
    sock:send(frame:sub(last + 1, to))
    last = to
    ngx.sleep(0.05)
end
local timeouts = 0
local data, kind, err
repeat
    data, kind, err = ws.protocol.recv_frame(sock, 1000, false)
    timeouts = timeouts + (data == "timeout" and 1 or 0)
until data ~= "timeout"
ngx.say(timeouts > 3)
ngx.say(data, " ", kind, " ", err)
--- response_body
true
text 300 bytes nil text nil

=== what cannot be sent
--- request
POST /run

local ws = ...
ngx.say(ws.open("/echo"):send_ping(("x"):rep(126)))
ngx.say(ws.open("/echo"):send_frame(false, 9, ""))
ngx.say(ws.open("/echo"):send_close(70000))
ngx.say(ws.open("/echo"):send_close("a"))
ngx.say(ws.open("/echo", { max_send_len = 2 }):send_text("abc"))
local wb = ws.open("/echo", { max_recv_len = 2 })
wb:send_text("a")
ngx.say(wb:recv_frame())
ngx.say(wb:recv_frame())
wb = ws.open("/echo", { send_unmasked = true, timeout = 1000 })
wb:send_text("a")
ngx.say(wb:recv_frame())
--- response_body
niltoo much payload for control frame
nilfragmented control frame
nilbad status code
nilbad status code
nilpayload too big
nilnilexceeding max payload len
nilnilfatal error already happened
frame unmaskedtextnil

=== masks change, and are undone
--- request
POST /run

local ws = ...
local keys, seen = 0, {}
for n = 0, 200 do
    local payload = ("\0"):rep(n)
    local frame = ws.protocol.build_frame(true, 2, n, payload, true)
    local key = frame:sub(-n - 4, -n - 1)
    if n >= 4 and not seen[key] then
        seen[key] = true
        keys = keys + 1
    end
    assert(frame:sub(-n - 4) == key:rep(n / 4 + 2):sub(1, n + 4), n)
end
ngx.say(keys > 190)
local wb = ws.open("/echo?masked=1")
wb:send_text("abcde")
ngx.say(wb:recv_frame())
--- response_body
true
text abcde niltextnil

=== a server that does not answer as it should
--- config
location = /run {
    content_by_lua_block {
        ngx.req.read_body()
        assert(loadstring(ngx.req.get_body_data(), "=script"))(require "ws")
    }
}
location = /raw {
    content_by_lua_block {
        local sock = ngx.req.socket(true)
        local args = ngx.req.get_uri_args()
        local bytes = args.bytes:gsub("ACCEPT", ngx.encode_base64(ngx.sha1_bin(ngx.var.http_sec_websocket_key
            .. "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")))
        sock:send { bytes, ("a"):rep(args.pad or 0) }
    }
}
location = /head {
    content_by_lua_block {
        local sock = ngx.req.socket(true)
        sock:send { "HTTP/1.1 200 OK\r\n", ngx.req.raw_header(), "\r\n\r\n" }
    }
}
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
lua_socket_log_errors off;
--- user_files
>>> ws.lua
local client = require "resty.websocket.client"
local M = {}
function M.connect(path, opts, authority)
    local wb = client:new { timeout = 1000 }
    return wb, wb:connect("ws://" .. (authority or "127.0.0.1:" .. ngx.var.server_port) .. path, opts)
end
return M
--- request
POST /run

local ws = ...
local function show(bytes, pad)
    local _, ok, err = ws.connect("/raw?bytes=" .. ngx.escape_uri(bytes) .. "&pad=" .. (pad or 0))
    ngx.say(ok, " ", err and err:match("^[^\r]*"))
end
local good = "HTTP/1.1 101 Ok\r\nupgrade: WebSocket\r\nCONNECTION: a, upgrade\r\nSec-WebSocket-Accept:  ACCEPT \r\n\r\n"
show(good)
show((good:gsub("101", "200")))
show((good:gsub("HTTP/1.1", "HTTP/1.0")))
show((good:gsub("upgrade: WebSocket", "upgrade: other")))
show((good:gsub("a, upgrade", "a")))
show((good:gsub("ACCEPT", "ACCEPTED")))
show("HTTP/1.1 101 Ok\r\n")
show("HTTP/1.1 101 Ok\r\nX: ", 70000)
local _, ok, err, head = ws.connect("/raw?bytes=" .. ngx.escape_uri("HTTP/1.1 403 No\r\nX: y\r\n\r\n"))
ngx.say(ok, " ", head:match("\n(.*)"))
--- response_body
1 nil
nil bad HTTP response status line: HTTP/1.1 200 Ok
nil bad HTTP response status line: HTTP/1.0 101 Ok
nil bad "upgrade" response header
nil bad "connection" response header
nil bad "sec-websocket-accept" response header
nil failed to receive response header: closed
nil failed to receive response header: too big
nil X: y

=== what a client asks for
--- request
POST /run

local ws = ...
local function show(path, opts, authority)
    local _, ok, err, head = ws.connect(path, opts, authority)
    ngx.say((head and head:gsub("^.-\r\n", ""):gsub("\r\n", "|"):gsub(ngx.var.server_port, "PORT") or err))
end
local key = "dGhlIHNhbXBsZSBub25jZQ=="
show("/head?a=b", { key = key, protocols = { "a", "b" }, origin = "http://o", host = "h", headers = { "X-A: 1", "X-B: 2" } })
show("/head", { key = key, protocols = "a" })
show("/head", { key = key .. "\r\nX: y" })
show("/head", { headers = { "X: y\r\n\r\nGET / HTTP/1.1" } })
show("/head HTTP/1.1\r\nX: y")
show("/head", { origin = "a\nb" })
show("/head", { host = 5 })
show("/head", { headers = "X: y" })
show("/head", { key = 5 })
show("/head", { server_name = 5 })
show("", nil, "user@127.0.0.1")
show("", nil, "")
show("", nil, "127.0.0.1:1")
show("", nil, "unix:/nothing/there:")
--- response_body
GET /head?a=b HTTP/1.1|Upgrade: websocket|Host: h|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Protocol: a,b|Sec-WebSocket-Version: 13|Origin: http://o|Connection: Upgrade|X-A: 1|X-B: 2
GET /head HTTP/1.1|Upgrade: websocket|Host: 127.0.0.1:PORT|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Protocol: a|Sec-WebSocket-Version: 13|Connection: Upgrade
bad line in the handshake request: it has a line end
bad line in the handshake request: it has a line end
bad line in the handshake request: it has a line end
bad line in the handshake request: it has a line end
custom host header must be a string
custom headers must be a table
custom Sec-WebSocket-Key must be a string
SSL server_name must be a string
bad websocket uri
bad websocket uri
failed to connect: connection refused
failed to connect: no such file or directory
--- error_log
connect() to unix:/nothing/there failed
