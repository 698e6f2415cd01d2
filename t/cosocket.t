ngx.socket.tcp: connect, send, receive, receiveuntil, pools.

=== a request to the server itself
--- config
location = /t {
    content_by_lua_block {
        local sock = ngx.socket.tcp()
        ngx.say(sock:connect("127.0.0.1", %PORT%))
        ngx.say(sock:send("GET /hello HTTP/1.0\r\nHost: a\r\n\r\n"))
        ngx.say(sock:receive())
        local reader = sock:receiveuntil("\r\n\r\n")
        ngx.say(#reader() > 0)
        ngx.say(sock:receive("*a"))
        ngx.say(sock:receive())
        ngx.say(sock:close())
        ngx.say(sock:close())
    }
}
location = /hello {
    return 200 "hello\n";
}
--- request
GET /t
--- response_body
1
32
HTTP/1.1 200 OK
true
hello

nilclosed
1
nilclosed

=== sizes, lines without their ends, and what is left when the other end closes
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        sock:send { "GET /lines HTTP/1.0\r\n", { "Host", ": ", 1 }, "\r\n\r\n" }
        sock:receiveuntil("\r\n\r\n")()
        ngx.say(sock:receive(3))
        ngx.say(sock:receive("*l"))
        ngx.say(sock:receive(0), ".")
        ngx.say(sock:receiveany(2))
        local data, err, partial = sock:receive(100)
        ngx.say(data, " ", err, " ", partial)
        data, err, partial = sock:receive()
        ngx.say(data, " ", err, " ", partial)
    }
}
location = /lines {
    content_by_lua_block {
        ngx.print("abcde\r\n12345\r\nrest")
    }
}
--- request
GET /t
--- response_body escaped chop
abc\nde\n.\n12\nnil closed 345\r\nrest\nnil closed nil\n

=== a pattern in pieces, found in mid-word, and one that is not there
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        sock:send("GET /text HTTP/1.0\r\n\r\n")
        sock:receiveuntil("\r\n\r\n")()
        local reader = sock:receiveuntil("abcabd")
        ngx.say(reader())
        reader = sock:receiveuntil("--", { inclusive = true })
        ngx.say(reader())
        reader = sock:receiveuntil("==")
        local piece, err = reader(4)
        while piece do
            ngx.say("[", piece, "]")
            piece, err = reader(4)
        end
        ngx.say(piece, " ", err)
        local data, err, partial = sock:receiveuntil("never")()
        ngx.say(data, " ", err, " ", partial)
    }
}
location = /text {
    return 200 "1abcabcabd2-3--456=7890==end";
}
--- request
GET /t
--- response_body
1abc
2-3--
[456=]
[7890]
[]
nil nil
nil closed end

=== an iterator's pattern lasts as long as its wait
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        sock:send("GET /late HTTP/1.0\r\nHost: a\r\n\r\n")
        -- Nothing but the wait itself keeps the iterator, its pattern and what was made of that.
        local reader = ngx.thread.spawn(function() return sock:receiveuntil(("end of it, "):rep(4))() end)
        for _ = 1, 5 do
            collectgarbage()
            local junk = {}
            for i = 1, 400 do
                junk[i] = string.rep("x", i) .. i
            end
        end
        local _, text = ngx.thread.wait(reader)
        ngx.say(text:match("\r\n\r\n(.*) $"))
    }
}
location = /late {
    content_by_lua_block {
        ngx.sleep(0.02)
        ngx.print("text: end of it, end of it, end of", " it, end of it, end of it, more")
    }
}
--- request
GET /t
--- response_body
text:
--- nightjar_only: nginx answers nothing

=== a connection is kept and used again
--- config
location = /t {
    content_by_lua_block {
        for i = 1, 3 do
            local sock = ngx.socket.tcp()
            assert(sock:connect("127.0.0.1", %PORT%, { pool = "mine" }))
            ngx.print(sock:getreusedtimes(), " ")
            sock:send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            sock:receiveuntil("\r\n\r\n")()
            ngx.print(sock:receive(5), " ")
            ngx.say(sock:setkeepalive())
            ngx.say(sock:send("x"))
        end
    }
}
location = /hello {
    return 200 "hello";
}
--- request
GET /t
--- response_body
0 hello 1
nilclosed
1 hello 1
nilclosed
2 hello 1
nilclosed

=== a connection with unread data is not kept
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        sock:send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        sock:receive()
        ngx.say(sock:setkeepalive())
    }
}
location = /hello {
    return 200 "hello";
}
--- request
GET /t
--- response_body
nilunread data in buffer

=== connects wait for their turn
--- config
location = /t {
    content_by_lua_block {
        local opts = { pool_size = 1, backlog = 1 }
        local one = ngx.socket.tcp()
        ngx.say(one:connect("127.0.0.1", %PORT%, opts))
        local two = ngx.socket.tcp()
        two:settimeouts(20, 20, 20)
        ngx.say(two:connect("127.0.0.1", %PORT%, opts))
        local thread = ngx.thread.spawn(function()
            local three = ngx.socket.tcp()
            ngx.say("three ", three:connect("127.0.0.1", %PORT%, opts))
            ngx.say("three ", three:getreusedtimes())
        end)
        local four = ngx.socket.tcp()
        ngx.say(four:connect("127.0.0.1", %PORT%, opts))
        ngx.say("one ", one:setkeepalive())
        ngx.thread.wait(thread)
    }
}
--- request
GET /t
--- response_body
1
niltimeout
niltoo many waiting connect operations
one 1
three 1
three 1
--- error_log
/lua tcp socket queued connect timed out, when trying to connect to 127.0.0.1:\d+/

=== one light thread reads while another writes
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        local reads = ngx.thread.spawn(function()
            ngx.say(sock:receive())
        end)
        ngx.say(sock:receive())
        ngx.say(sock:close())
        ngx.say(sock:send("GET /hello HTTP/1.0\r\n\r\n"))
        ngx.thread.wait(reads)
    }
}
location = /hello {
    return 200 "hello";
}
--- request
GET /t
--- response_body
nilsocket busy reading
nilsocket busy reading
23
HTTP/1.1 200 OK

=== a thread that waits for a socket is killed, and the socket is closed
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        local reads = ngx.thread.spawn(function()
            sock:receive()
        end)
        ngx.say(ngx.thread.kill(reads))
        ngx.say(sock:send("x"))
    }
}
--- request
GET /t
--- response_body
1
nilclosed

=== nobody listens
--- config
location = /t {
    content_by_lua_block {
        local sock = ngx.socket.tcp()
        ngx.say(sock:connect("127.0.0.1", 1))
        ngx.say(sock:connect("unix:%PREFIX%/none.sock"))
        ngx.say(sock:connect("127.0.0.1"))
        ngx.say(sock:connect("127.0.0.1", 70000))
        ngx.say(sock:connect("a:b:c", 80))
        ngx.say(sock:send("x"))
        ngx.say(sock:receive())
    }
}
--- request
GET /t
--- response_body
nilconnection refused
nilno such file or directory
nilmissing the port number
nilbad port number: 70000
nilfailed to parse host name "a:b:c": invalid port
nilclosed
nilclosed
--- error_log
connect() failed (111: Connection refused)
/connect\(\) to unix:.*none.sock failed \(2: No such file or directory\)/
/attempt to send data on a closed socket: u:[0-9A-F]{16}, c:0000000000000000, ft:0 eof:0/

=== lua_socket_log_errors off
--- config
lua_socket_log_errors off;
location = /t {
    content_by_lua_block {
        local sock = ngx.socket.tcp()
        ngx.say(sock:connect("127.0.0.1", 1))
        ngx.say(sock:send("x"))
        sock:settimeout(400)
        assert(sock:connect("127.0.0.1", %PORT%))
        ngx.say(sock:receive())
    }
}
--- request
GET /t
--- response_body
nilconnection refused
nilclosed
niltimeout
--- no_error_log
[error]

=== a time-out keeps what has come, and the connection
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        sock:settimeout(400)
        sock:send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        sock:receiveuntil("\r\n\r\n")()
        local data, err, partial = sock:receive(10)
        ngx.say(data, " ", err, " ", partial)
        sock:send("GET /hello HTTP/1.0\r\nHost: a\r\n\r\n")
        ngx.say(sock:receive())
    }
}
location = /hello {
    return 200 "hello";
}
--- request
GET /t
--- response_body
nil timeout hello
HTTP/1.1 200 OK
--- error_log
lua tcp socket read timed out

=== a name of /etc/hosts
--- nightjar_only: nginx asks only the servers that resolver names
--- config
location = /t {
    content_by_lua_block {
        local sock = ngx.socket.tcp()
        ngx.say(sock:connect("localhost", %PORT%))
    }
}
--- request
GET /t
--- response_body
1

=== wrong arguments
--- config
location = /t {
    content_by_lua_block {
        local sock = ngx.socket.tcp()
        local function try(f, ...)
            local _, err = pcall(f, ...)
            ngx.say((err:gsub("^.-:%d+: ", "")))
        end
        try(sock.connect, sock)
        try(sock.connect, sock, "a", 1, { pool = true })
        try(sock.connect, sock, "a", 1, { pool_size = 0 })
        try(function() sock.receive("l") end)
        try(function() sock:receive(1, 2) end)
        try(sock.settimeout, sock, -1)
        assert(sock:connect("127.0.0.1", %PORT%))
        try(function() sock:receive("*k") end)
        try(function() sock:receive("line") end)
        try(function() sock:receiveany(0) end)
        try(function() sock:send(print) end)
        try(function() sock:send({ true }) end)
        try(function() sock:receiveuntil("a", { inclusive = 1 }) end)
        ngx.say(sock:receiveuntil(""))
    }
}
--- request
GET /t
--- response_body
ngx.socket connect: expecting 2, 3, or 4 arguments (including the object), but seen 1
bad argument #4 to '?' (bad "pool" option type: boolean)
bad argument #4 to '?' (bad "pool_size" option value: 0)
bad argument #1 to 'receive' (table expected, got string)
expecting 1 or 2 arguments (including the object), but got 3
bad timeout value
bad argument #1 to 'receive' (bad pattern argument)
bad argument #1 to 'receive' (bad pattern argument: line)
bad argument #1 to 'receiveany' (bad max argument)
bad argument #1 to 'send' (string, number, boolean, nil, or array table expected, got function)
bad argument #1 to 'send' (bad data type boolean found)
bad "inclusive" option value type: number
nilpattern is empty

=== options
--- nightjar_only: lua-resty-core before 0.1.31 has fewer of them
--- config
location = /t {
    content_by_lua_block {
        local sock = ngx.socket.tcp()
        ngx.say(pcall(sock.getoption, sock, "keepalive"))
        assert(sock:connect("127.0.0.1", %PORT%))
        ngx.say(sock:setoption("keepalive", 1), " ", sock:getoption("keepalive"))
        ngx.say(sock:setoption("tcp-nodelay", 1), " ", sock:getoption("tcp-nodelay"))
        ngx.say(sock:setoption("other", 1))
        ngx.say(sock:getoption())
        ngx.say(sock:getfd() > 2)
        sock:close()
        ngx.say(sock:getoption("sndbuf"))
    }
}
--- request
GET /t
--- response_body_like
^false.*socket is never created nor connected
true 1
true 1
nilunsupported option other
nilmissing the "option" argument
true
nilclosed

=== wrong numbers, and who the other end was
--- nightjar_only: ngx_lua before 0.10.28 says less
--- config
location = /t {
    content_by_lua_block {
        local sock = assert(ngx.socket.connect("127.0.0.1", %PORT%))
        ngx.say(pcall(sock.receive, sock, -1))
        ngx.say(pcall(sock.receive, sock, true))
        sock:settimeouts(0, 0, 1)
        ngx.say(sock:receive())
    }
}
--- request
GET /t
--- response_body
falsebad argument #2 to '?' (bad number argument)
falsebad argument #2 to '?' (bad argument)
niltimeout
--- error_log
/lua tcp socket read timed out, upstream: 127.0.0.1:\d+\(127.0.0.1\), client: 127.0.0.1/

=== a name that the servers of resolver do not answer for
--- config
location = /t {
    resolver 127.0.0.1:1 valid=10s ipv6=off;
    resolver_timeout 100ms;
    content_by_lua_block {
        ngx.say(ngx.socket.tcp():connect("nobody.example", 80))
    }
}
--- request
GET /t
--- response_body
nilnobody.example could not be resolved (110: Operation timed out)

=== a resolver without servers
--- http_config
resolver valid=10s;
--- must_die
--- error_log
no name servers defined
