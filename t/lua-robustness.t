A handler that goes wrong costs its own request a 500 and one entry in the error log; the worker goes on.

=== stack overflow
--- config
location = /lua {
    content_by_lua_block {
        local function deep()
            return 1 + deep()
        end
        deep()
    }
}
location = /ok {
    content_by_lua_block {
        ngx.say("alive")
    }
}
--- request
GET /lua
--- error_code: 500
--- request
GET /ok
--- response_body
alive
--- error_log
stack overflow

=== memory is bounded, and there is some again after the error
--- nightjar_only: lua_memory_limit
--- http_config
lua_memory_limit 64m;
--- config
location = /string {
    content_by_lua_block {
        ngx.say(#string.rep("x", 200 * 1024 * 1024))
    }
}
location = /table {
    content_by_lua_block {
        local t = {}
        for i = 1, 1e9 do
            t[i] = { i }
        end
    }
}
location = /ok {
    content_by_lua_block {
        ngx.say(#string.rep("x", 1024 * 1024))
    }
}
--- request
GET /string
--- error_code: 500
--- request
GET /ok
--- response_body
1048576
--- request
GET /table
--- error_code: 500
--- request
GET /ok
--- response_body
1048576
--- error_log
not enough memory

=== an error in set_by_lua
--- config
location / {
    set_by_lua_block $x {
        error("in set")
    }
    return 204;
}
--- request
GET /
--- error_code: 500
--- error_log
failed to run set_by_lua*: set_by_lua(nginx.conf:
:2: in set

=== an error in access
--- config
location / {
    access_by_lua_block {
        error("in access")
    }
    content_by_lua_block {
        ngx.say("unreached")
    }
}
--- request
GET /
--- error_code: 500
--- error_log
lua entry thread aborted: runtime error: access_by_lua(nginx.conf:
:2: in access

=== an error in rewrite
--- config
location = /rewrite {
    rewrite_by_lua_block {
        error("in rewrite")
    }
    content_by_lua_block {
        ngx.say("unreached")
    }
}
--- request
GET /rewrite
--- error_code: 500
--- error_log
lua entry thread aborted: runtime error: rewrite_by_lua(nginx.conf:
:2: in rewrite

=== an error in the log phase is of no consequence
--- config
location / {
    content_by_lua_block {
        ngx.say("fine")
    }
    log_by_lua_block {
        error("in log")
    }
}
--- request
GET /
--- response_body
fine
--- error_log
failed to run log_by_lua*: log_by_lua(nginx.conf:
:2: in log

=== an error in a header filter ends the connection
--- config
location / {
    content_by_lua_block {
        ngx.say("x")
    }
    header_filter_by_lua_block {
        error("in header filter")
    }
}
--- request
GET /
--- no_response
--- error_log
failed to run header_filter_by_lua*: header_filter_by_lua(nginx.conf:
:2: in header filter

=== a script may catch what goes wrong
--- config
location / {
    content_by_lua_block {
        local ok, err = pcall(error, "caught")
        ngx.say(ok, " ", err)
        ok, err = pcall(ngx.req.set_method, 12345)
        ngx.say(ok)
    }
}
--- request
GET /
--- response_body
false caught
false
