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

=== it is not for timers
--- config
location = /t {
    content_by_lua_block {
        ngx.timer.at(0, function()
            ngx.on_abort(function() end)
        end)
    }
}
--- request
GET /t
--- response_body:
--- error_log
/content_by_lua\(nginx.conf:\d+\):3: API disabled in the context of ngx.timer/

=== with postpone_output, a script is told that its client has gone
--- config
location = /say {
    postpone_output 1;
    content_by_lua_block {
        ngx.sleep(0.2)
        for i = 1, 1000 do
            local ok, err = ngx.say("hello")
            if not ok then
                ngx.log(ngx.WARN, "said: ", err, " again: ", select(2, ngx.print("hello")))
                return
            end
        end
    }
}
location = /eof {
    postpone_output 1;
    content_by_lua_block {
        ngx.sleep(0.2)
        ngx.send_headers()
        local begun = ngx.now()
        repeat ngx.update_time() until ngx.now() - begun > 0.02
        ngx.log(ngx.WARN, "ended: ", ngx.eof())
    }
}
--- request
GET /say
--- abort
--- request
GET /eof
--- abort
--- error_log
said: nginx output filter error again: nginx output filter error
ended: nilnginx output filter error
/writev\(\) failed \((32: Broken pipe|104: Connection reset by peer)\), client/
