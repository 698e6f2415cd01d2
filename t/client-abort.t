ngx.on_abort and lua_check_client_abort: a client that closes its connection while Lua waits.

=== the request ends, with all that waits
--- config
lua_check_client_abort on;
location = /t {
    access_log logs/t.log;
    content_by_lua_block {
        ngx.thread.spawn(function() ngx.sleep(1) ngx.log(ngx.ERR, "a thread goes on") end)
        ngx.sleep(1)
        ngx.log(ngx.ERR, "the handler goes on")
    }
    log_by_lua_block { ngx.log(ngx.WARN, "ended with ", ngx.status) }
}
--- request
GET /t
--- abort
--- error_log
client prematurely closed connection
ended with 499
--- no_error_log
goes on

=== it goes on when nobody looks
--- config
location = /t {
    content_by_lua_block {
        ngx.say(ngx.on_abort(function() end))
        ngx.sleep(1)
        ngx.log(ngx.WARN, "the handler goes on")
    }
}
--- request
GET /t
--- abort
--- error_log
the handler goes on
--- no_error_log
client prematurely closed connection

=== a function is called
--- config
lua_check_client_abort on;
location = /t {
    content_by_lua_block {
        local name = "on_abort"
        ngx.log(ngx.WARN, "answer: ", ngx.on_abort(function()
            ngx.log(ngx.WARN, name, " is called")
            ngx.sleep(0.01)
            ngx.log(ngx.WARN, name, " has slept")
        end))
        ngx.log(ngx.WARN, "again: ", ngx.on_abort(function() end))
        ngx.sleep(1)
        ngx.log(ngx.WARN, "the handler goes on")
    }
}
--- request
GET /t
--- abort
--- error_log
answer: 1
again: nilduplicate call
client prematurely closed connection
on_abort is called
on_abort has slept
the handler goes on

=== it may end the request
--- config
lua_check_client_abort on;
location = /t {
    access_by_lua_block {
        ngx.on_abort(function() ngx.log(ngx.WARN, "leaving") ngx.exit(499) end)
    }
    content_by_lua_block {
        ngx.sleep(1)
        ngx.log(ngx.ERR, "the handler goes on")
    }
    log_by_lua_block { ngx.log(ngx.WARN, "ended with ", ngx.status) }
}
--- request
GET /t
--- abort
--- error_log
leaving
ended with 499
--- no_error_log
the handler goes on

=== it is not called when the client stays
--- config
location = /off {
    content_by_lua_block {
        ngx.say(ngx.on_abort(function() end))
        ngx.say(pcall(ngx.on_abort, 1))
    }
}
location = /t {
    lua_check_client_abort on;
    content_by_lua_block {
        ngx.say(ngx.on_abort(function() ngx.log(ngx.ERR, "called") end))
        ngx.sleep(0.01)
        ngx.say("end")
    }
}
--- request
GET /off
--- response_body
nillua_check_client_abort is off
falsebad argument #1 to '?' (Lua function expected)
--- request
GET /t
--- response_body
1
end
--- no_error_log
called
