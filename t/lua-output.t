What a script sends: head, pieces, end.

=== HTTP/1.0: the response is gathered and gets its length
--- config
location = /gathered {
    content_by_lua_block {
        ngx.say("one")
        ngx.say(ngx.flush())
        ngx.say("two")
    }
}
location = /at-once {
    lua_http10_buffering off;
    content_by_lua_block {
        ngx.print("one")
    }
}
--- request
GET /gathered HTTP/1.0
--- response_body
one
nilbuffering
two
--- response_headers
Content-Length: 21
--- request
GET /at-once HTTP/1.0
--- response_body chop
one
--- response_headers
!Content-Length

=== HEAD
--- config
location / {
    content_by_lua_block {
        ngx.header["X-Sent"] = tostring(ngx.headers_sent)
        ngx.say("body")
        local ok, why = ngx.say("more")
        ngx.log(ngx.NOTICE, "say: ", ok, " ", why)
    }
}
--- request
HEAD /
--- response_headers
X-Sent: false
--- error_log
say: nil header only

=== ngx.eof ends the response, not the handler
--- config
location / {
    content_by_lua_block {
        ngx.say("sent")
        ngx.say(ngx.eof())
        local ok, why = ngx.say("not sent")
        ngx.log(ngx.NOTICE, "after eof: ", ok, " ", why)
        ok, why = ngx.eof()
        ngx.log(ngx.NOTICE, "eof again: ", ok, " ", why)
    }
}
--- request
GET /
--- response_body
sent
--- error_log
after eof: nil seen eof
eof again: nil seen eof

=== the head goes with the first output
--- config
location / {
    content_by_lua_block {
        ngx.header["X-Early"] = "yes"
        ngx.send_headers()
        ngx.header["X-Late"] = "yes"
        ngx.say(tostring(ngx.headers_sent))
    }
}
--- request
GET /
--- response_body
true
--- response_headers
X-Early: yes
!X-Late
--- error_log
attempt to set ngx.header.HEADER after sending out response headers

=== output in rewrite and access ends the request
--- config
location = /rewrite {
    rewrite_by_lua_block {
        ngx.say("rewrite")
    }
    content_by_lua_block {
        ngx.say("unreached")
    }
}
location = /access {
    access_by_lua_block {
        ngx.say("access")
    }
    content_by_lua_block {
        ngx.say("unreached")
    }
}
--- request
GET /rewrite
--- response_body
rewrite
--- request
GET /access
--- response_body
access

=== ngx.exit in a header filter replaces the response
--- config
location / {
    content_by_lua_block {
        ngx.say("replaced")
    }
    header_filter_by_lua_block {
        return ngx.exit(403)
    }
}
--- request
GET /
--- error_code: 403
--- response_body_like: 403 Forbidden

=== the default type
--- config
location = /default {
    default_type text/css;
    content_by_lua_block {
        ngx.say("x")
    }
}
location = /none {
    lua_use_default_type off;
    content_by_lua_block {
        ngx.say("x")
    }
}
--- request
GET /default
--- response_headers
Content-Type: text/css
--- request
GET /none
--- response_headers
!Content-Type

=== a body that is larger than any buffer
--- config
location / {
    content_by_lua_block {
        for i = 1, 5000 do
            ngx.print(("%07d"):format(i), ("x"):rep(92), "\n")
        end
        ngx.print(("y"):rep(1000000))
        ngx.flush(true)
        ngx.print("z")
    }
}
--- request
GET /
--- response_body_like: ^0000001x{92}\n[\s\S]*\n0005000x{92}\ny{1000000}z$

=== lua_need_request_body
--- config
location / {
    lua_need_request_body on;
    content_by_lua_block {
        ngx.say(ngx.req.get_body_data())
    }
}
--- request
POST /

hello there
--- response_body
hello there

=== a VM a request without the code cache
--- http_config
init_by_lua_block {
    counter = 0
}
--- config
lua_code_cache off;
location / {
    content_by_lua_block {
        counter = counter + 1
        ngx.say(counter)
    }
}
--- request
GET /
--- response_body
1
--- request
GET /
--- response_body
1
--- error_log
lua_code_cache is off; this will hurt performance in

=== server_rewrite, precontent, and Lua at the beginning of a phase
--- http_config
rewrite_by_lua_no_postpone on;
--- config
server_rewrite_by_lua_block {
    ngx.ctx.trail = ngx.get_phase()
}
location / {
    set $early no;
    rewrite_by_lua_block {
        ngx.ctx.trail = ngx.ctx.trail .. " " .. ngx.get_phase() .. " " .. tostring(ngx.var.early)
    }
    precontent_by_lua_block {
        ngx.ctx.trail = ngx.ctx.trail .. " " .. ngx.get_phase()
    }
    content_by_lua_block {
        ngx.say(ngx.ctx.trail)
    }
}
--- request
GET /
--- response_body
server_rewrite rewrite  precontent

=== an error in init_worker is logged, the worker serves
--- http_config
init_worker_by_lua_block {
    error("in init_worker")
}
--- config
location / {
    return 200 "serves\n";
}
--- request
GET /
--- response_body
serves
--- error_log
init_worker_by_lua error: init_worker_by_lua(nginx.conf:
:2: in init_worker

=== a header filter's error page takes the place of the script's response
--- config
error_page 412 /precondition;
location = /rewrite {
    rewrite_by_lua_block {
        local ok, why = ngx.send_headers()
        ngx.log(ngx.NOTICE, "send_headers: ", ok, " ", why)
        ngx.say("dropped")
    }
}
location = /content {
    content_by_lua_block {
        ngx.say("dropped")
    }
}
location = /precondition {
    return 412 "no such tag\n";
}
--- request
GET /rewrite
If-Match: "1"
--- error_code: 412
--- response_body
no such tag
--- error_log
send_headers: nil nginx output filter error
--- request
GET /content
If-Match: "1"
--- error_code: 412
--- response_body
no such tag

=== lines of level ngx.STDERR are always written, without a level's name
--- config
location / {
    error_log logs/error.log emerg;
    content_by_lua_block {
        ngx.log(ngx.STDERR, "told")
        ngx.log(ngx.ERR, "untold")
    }
}
--- request
GET /
--- error_log
/ \[\] .*: told/
--- no_error_log
untold
