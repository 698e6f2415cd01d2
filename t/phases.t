The phases: their order, and what each may do.

=== the order
--- http_config
init_by_lua_block {
    started = "init"
}
init_worker_by_lua_block {
    package.loaded.started = started .. " init_worker"
}
--- config
location / {
    set_by_lua_block $set {
        return "set"
    }
    rewrite_by_lua_block {
        ngx.ctx.trail = { package.loaded.started, ngx.var.set, ngx.get_phase() }
    }
    access_by_lua_block {
        table.insert(ngx.ctx.trail, ngx.get_phase())
    }
    content_by_lua_block {
        table.insert(ngx.ctx.trail, ngx.get_phase())
        ngx.say(table.concat(ngx.ctx.trail, " "))
    }
    header_filter_by_lua_block {
        ngx.header["X-Phase"] = ngx.get_phase()
    }
    body_filter_by_lua_block {
        if ngx.arg[2] then
            ngx.arg[1] = (ngx.arg[1] or "") .. ngx.get_phase() .. "\n"
        end
    }
    log_by_lua_block {
        ngx.log(ngx.NOTICE, "phase ", ngx.get_phase(), " status ", ngx.status)
    }
}
--- request
GET /
--- response_body
init init_worker set rewrite access content
body_filter
--- response_headers
X-Phase: header_filter
--- error_log
phase log status 200 while logging request

=== rewrite_by_lua runs after the rewrite directives
--- config
location / {
    set $a 1;
    rewrite_by_lua_block {
        ngx.var.b = ngx.var.a + 1
    }
    set $b 0;
    content_by_lua_block {
        ngx.say(ngx.var.a, " ", ngx.var.b)
    }
}
--- request
GET /
--- response_body
1 2

=== access_by_lua answers
--- config
location = /deny {
    access_by_lua_block {
        ngx.exit(401)
    }
    content_by_lua_block {
        ngx.say("unreached")
    }
}
location = /answer {
    access_by_lua_block {
        ngx.say("from access")
        ngx.exit(200)
    }
    content_by_lua_block {
        ngx.say("unreached")
    }
}
location = /pass {
    access_by_lua_block {
        if ngx.var.arg_key ~= "right" then
            return ngx.exit(403)
        end
    }
    content_by_lua_block {
        ngx.say("in")
    }
}
--- request
GET /deny
--- error_code: 401
--- request
GET /answer
--- response_body
from access
--- request
GET /pass?key=wrong
--- error_code: 403
--- request
GET /pass?key=right
--- response_body
in

=== access before and after allow and deny
--- config
location = /any {
    satisfy any;
    deny all;
    access_by_lua_block {
        return
    }
    return 200;
}
location = /all {
    deny all;
    access_by_lua_block {
        ngx.log(ngx.ERR, "not reached")
    }
    content_by_lua_block {
        ngx.say("unreached")
    }
}
--- request
GET /all
--- error_code: 403
--- error_log
access forbidden by rule

=== rewrite_by_lua sends elsewhere
--- config
location = /uri {
    rewrite_by_lua_block {
        ngx.req.set_uri("/target", true)
    }
}
location = /stay {
    rewrite_by_lua_block {
        ngx.req.set_uri("/target")
        ngx.req.set_uri_args({ a = 1 })
    }
    content_by_lua_block {
        ngx.say("stay ", ngx.var.uri, " ", ngx.var.args)
    }
}
location = /exec {
    rewrite_by_lua_block {
        ngx.exec("/target", "x=y")
    }
}
location = /target {
    content_by_lua_block {
        ngx.say("target ", ngx.var.args)
    }
}
--- request
GET /uri?a=b
--- response_body
target a=b
--- request
GET /stay?b=2
--- response_body
stay /target a=1
--- request
GET /exec?a=b
--- response_body
target x=y

=== header_filter and body_filter over files and errors
--- config
root html;
location = /file {
    header_filter_by_lua_block {
        ngx.header.content_length = nil
        ngx.header["X-Old-Type"] = ngx.header.content_type
    }
    body_filter_by_lua_block {
        ngx.arg[1] = ngx.arg[1]:upper()
    }
}
location = /short {
    header_filter_by_lua_block {
        ngx.header.content_length = nil
    }
    content_by_lua_block {
        ngx.say("one")
        ngx.flush()
        ngx.say("two")
        ngx.flush()
        ngx.say("three")
    }
    body_filter_by_lua_block {
        if ngx.arg[1]:find("two") then
            ngx.arg[1] = "end\n"
            ngx.arg[2] = true
        end
    }
}
location = /missing {
    header_filter_by_lua_block {
        ngx.header["X-Status"] = ngx.status
        ngx.status = 410
    }
}
--- user_files
>>> file
some text
--- request
GET /file
--- response_body
SOME TEXT
--- response_headers
X-Old-Type: text/plain
--- request
GET /short
--- response_body
one
end
--- request
GET /missing
--- error_code: 410
--- response_headers
X-Status: 404

=== Lua in the server block is for every location
--- config
rewrite_by_lua_block {
    ngx.ctx.from = "server"
}
location = /own {
    rewrite_by_lua_block {
        ngx.ctx.from = "location"
    }
    content_by_lua_block {
        ngx.say(ngx.ctx.from)
    }
}
location = /outer {
    content_by_lua_block {
        ngx.say(ngx.ctx.from)
    }
}
--- request
GET /own
--- response_body
location
--- request
GET /outer
--- response_body
server

=== what a phase may not do
--- config
location = /filter {
    content_by_lua_block {
        ngx.print("x")
    }
    header_filter_by_lua_block {
        ngx.say("no")
    }
}
location = /log {
    content_by_lua_block {
        ngx.say("x")
    }
    log_by_lua_block {
        ngx.exec("/")
    }
}
--- request
GET /filter
--- error_log
API disabled in the context of header_filter_by_lua*
--- no_response

=== and in the log phase
--- request
GET /log
--- response_body
x
--- error_log
API disabled in the context of log_by_lua*

=== an error in init_by_lua
--- http_config
init_by_lua_block {
    error("cannot begin")
}
--- config
location / {
    return 200;
}
--- must_die
--- error_log
init_by_lua error: init_by_lua(nginx.conf:
:2: cannot begin

=== errors of coroutine.wrap have the caller's position where the library is LuaJIT's own
--- config
location = /t {
    return 200 "x";
    header_filter_by_lua_block {
        local f = coroutine.wrap(function() error("no") end)
        local function call() local never = f() return never end
        ngx.header["X-Wrong"] = select(2, pcall(call)):gsub("conf:%d+", "conf:N")
        ngx.header["X-Dead"] = select(2, pcall(call)):gsub("conf:%d+", "conf:N")
        ngx.header["X-Table"] = type(select(2, pcall(coroutine.wrap(function() error({}) end))))
    }
}
--- request
GET /t
--- response_body: x
--- response_headers
X-Wrong: header_filter_by_lua(nginx.conf:N):3: header_filter_by_lua(nginx.conf:N):2: no
X-Dead: header_filter_by_lua(nginx.conf:N):3: cannot resume dead coroutine
X-Table: table
