ngx.req.socket: the client's body as it comes, and its connection.

=== a body in pieces
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.req.socket())
        ngx.say(sock:receive(3))
        ngx.say(sock:receive())
        ngx.say(sock:receive("*a"))
        ngx.say(sock:receive(1))
        ngx.say(ngx.req.socket())
        ngx.say(pcall(sock.close, sock))
    }
}
--- raw_request
POST /t HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 14\r\n\r\nabcdef\n\w\
12345\r\n\
--- response_body_like
^abc
def
12345\s+nilclosed
nilrequest body already exists
false

=== none, and one that comes in chunks
--- config
location = /t {
    content_by_lua_block {
        ngx.say(ngx.req.socket())
    }
}
--- request
GET /t
--- response_body
nilno body
--- raw_request
POST /t HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\
--- response_body
nilchunked request bodies not supported yet

=== what is left of a body does not become the next request
--- config
location = /t {
    content_by_lua_block {
        local sock = ngx.req.socket()
        if sock then
            ngx.say(sock:receive(2))
        else
            ngx.say("no body")
        end
    }
}
--- raw_request
POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabcdefGET /t HTTP/1.1\r\nHost: a\r\n\r\n\
--- response_body
ab
--- next
--- response_body
no body

=== the client goes away in the middle of its body
--- config
location = /t {
    content_by_lua_block {
        local sock = ngx.req.socket()
        sock:settimeout(100)
        local data, err, partial = sock:receive(10)
        ngx.say(data, " ", err, " ", partial)
        ngx.say(sock:receive(3))
    }
}
--- raw_request
POST /t HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 100\r\n\r\nabc\
--- response_body
nil timeout abc
niltimeout
--- error_log
lua tcp socket read timed out

=== the connection as it is, both ways
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.req.socket(true))
        ngx.log(ngx.WARN, "again: ", select(2, ngx.req.socket(true)))
        ngx.log(ngx.WARN, "say: ", select(2, ngx.say("x")))
        sock:send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
        sock:send { sock:receive(), "-", sock:receive(3) }
    }
}
--- raw_request
GET /t HTTP/1.1\r\nHost: a\r\n\r\none\n\w\
two\
--- response_body chop
one-two
--- closes
--- error_log
again: duplicate call
say: raw request socket acquired

=== bytes from the client go to another server as they come
--- config
client_max_body_size 10m;
location = /t {
    content_by_lua_block {
        local from = assert(ngx.req.socket())
        local to = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        to:send("POST /count HTTP/1.0\r\nHost: a\r\nContent-Length: " .. ngx.var.http_content_length .. "\r\n\r\n")
        while true do
            local data = from:receiveany(4096)
            if not data then
                break
            end
            assert(to:send(data))
        end
        to:receiveuntil("\r\n\r\n")()
        ngx.print(to:receive("*a"))
    }
}
location = /count {
    content_by_lua_block {
        local sock, n = assert(ngx.req.socket()), 0
        while true do
            local data, err, partial = sock:receive(1000)
            n = n + #(data or partial)
            if not data then
                break
            end
        end
        ngx.say(n)
    }
}
location = /start {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        sock:send("POST /t HTTP/1.0\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
        local writes = ngx.thread.spawn(function()
            for i = 1, 30 do
                assert(sock:send(("x"):rep(100000)))
            end
        end)
        sock:receiveuntil("\r\n\r\n")()
        ngx.print(sock:receive("*a"))
    }
}
--- request
GET /start
--- response_body
3000000
