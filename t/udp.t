ngx.socket.udp.

=== nobody answers
--- config
location = /t {
    content_by_lua_block {
        local udp = ngx.socket.udp()
        ngx.say(udp:receive())
        ngx.say(udp:setpeername("127.0.0.1", 9))
        udp:settimeout(30)
        ngx.say(udp:send { "a", 1, { "b" } })
        local data, err = udp:receive()
        ngx.say(data, " ", err == "connection refused" or err == "timeout")
        ngx.say(udp:close())
        ngx.say(udp:close())
        ngx.say(udp:send("x"))
    }
}
--- request
GET /t
--- response_body
nilclosed
1
1
nil true
1
nilclosed
nilclosed
--- error_log
/attempt to receive data on a closed socket: u:[0-9A-F]{16}, c:0000000000000000/

=== a datagram socket that is not there, wrong arguments
--- config
location = /t {
    content_by_lua_block {
        local udp = ngx.socket.udp()
        ngx.say(udp:setpeername("unix:%PREFIX%/none.sock"))
        ngx.say(udp:setpeername("127.0.0.1", 70000))
        ngx.say(udp:bind("here"))
        ngx.say(udp:bind("127.0.0.1"))
        ngx.say(pcall(udp.send, udp))
        ngx.say(pcall(udp.setpeername, udp))
        ngx.say(udp:setpeername("127.0.0.1", 9))
        ngx.say(pcall(udp.send, udp, { print }))
    }
}
--- request
GET /t
--- response_body
nilno such file or directory
nilbad port number: 70000
nilbad address
1
falseexpecting 2 arguments (including the object), but got 1
falsengx.socket.udp setpeername: expecting 2 or 3 arguments (including the object), but seen 1
1
falsebad argument #2 to '?' (bad data type function found)
--- error_log
connect() failed (2: No such file or directory)
