What Lua reads and changes of a request and of its response's head.

=== headers of the request
--- config
location /names {
    content_by_lua_block {
        local headers = ngx.req.get_headers()
        ngx.say(headers["x-one"], " ", headers.X_One, " ", type(headers["x-two"]))
        local raw = ngx.req.get_headers(0, true)
        ngx.say(raw["X-One"], " ", tostring(raw["x-one"]))
        local few, cut = ngx.req.get_headers(1)
        local n = 0
        for _ in pairs(few) do n = n + 1 end
        ngx.say(n, " ", cut)
        ngx.say(ngx.var.http_x_one, " ", ngx.var.http_x_two)
    }
}
location /set {
    rewrite_by_lua_block {
        ngx.req.set_header("X-One", "new")
        ngx.req.set_header("X-Three", { "a", "b" })
        ngx.req.set_header("Bad: name", "line\nbreak")
        ngx.req.clear_header("X-Two")
        ngx.req.set_header("Host", "Other.Example:81")
    }
    content_by_lua_block {
        ngx.say(ngx.var.http_x_one, " ", ngx.var.http_x_three, " ", tostring(ngx.var.http_x_two))
        ngx.say(ngx.req.get_headers()["bad%3A%20name"])
        ngx.say(ngx.var.host, " ", ngx.var.http_host)
    }
}
--- request
GET /names
X-One: 1
X-Two: 2
x-two: 3
--- response_body
1 1 table
1 nil
1 truncated
1 2, 3
--- request
GET /set
X-One: 1
X-Two: 2
--- response_body
new a, b nil
line%0Abreak
other.example Other.Example:81

=== arguments
--- config
location / {
    content_by_lua_block {
        local args, cut = ngx.req.get_uri_args(3)
        ngx.say(args.a, " ", tostring(args.b), " ", tostring(args["c d"]), " ", tostring(cut))
        ngx.say(tostring(ngx.var.arg_A), " ", tostring(ngx.var.arg_none))
        ngx.req.set_uri_args { x = { 1, 2 }, y = true }
        ngx.say(#ngx.var.args, " ", ngx.var.arg_x)
        ngx.req.set_uri_args("p=1 2")
        ngx.say(ngx.var.args, " ", ngx.req.get_uri_args().p)
    }
}
--- request
GET /?a=1&b&c+d=%41
--- response_body
1 true A nil
1 nil
9 1
p=1%202 1 2
--- request
GET /?a=%zz&b=1&c=2&d=3
--- response_body
%zz 1 nil truncated
%zz nil
9 1
p=1%202 1 2

=== variables
--- config
set $mine "";
location ~ ^/(\w+)-(\d*)$ {
    content_by_lua_block {
        ngx.say(ngx.var[1], " [", ngx.var[2], "] ", tostring(ngx.var[3]))
        ngx.var.mine = 32
        ngx.say(ngx.var.mine, " ", ngx.var.MINE)
        ngx.var.mine = nil
        ngx.var.args = "a=b"
        ngx.say(ngx.var.query_string, " ", tostring(ngx.var.nobody), " ", tostring(ngx.var.mine))
        ngx.say((select(2, pcall(function() ngx.var.uri = "x" end))))
        ngx.say((select(2, pcall(function() ngx.var.nobody = "x" end))))
    }
}
--- request
GET /word-
--- response_body_like
^word \[\] nil
32 32
a=b nil nil
content_by_lua\(nginx\.conf:\d+\):8: variable "uri" not changeable
content_by_lua\(nginx\.conf:\d+\):9: variable "nobody" not found for writing; maybe it is a built-in variable that is not changeable or you forgot to use "set \$nobody '';" in the config file to define it first

=== method, uri, version
--- config
location / {
    rewrite_by_lua_block {
        ngx.req.set_method(ngx.HTTP_PUT)
        if ngx.var.arg_jump then
            ngx.req.set_uri_args("from=" .. ngx.var.uri)
            ngx.req.set_uri("/landed", true)
        end
        ngx.req.set_uri("/shown")
    }
    content_by_lua_block {
        ngx.say(ngx.req.get_method(), " ", ngx.var.uri, " ", ngx.req.http_version(), " ", tostring(ngx.req.is_internal()))
    }
}
location = /landed {
    content_by_lua_block {
        ngx.say(ngx.var.uri, " ", ngx.var.args, " ", ngx.var.request_uri)
    }
}
location = /raw {
    content_by_lua_block {
        ngx.print(ngx.req.raw_header())
        ngx.print(ngx.req.raw_header(true))
    }
}
--- request
GET /x
--- response_body
PUT /shown 1.1 true
--- request
GET /x?jump=1
--- response_body
/landed from=/x /x?jump=1
--- raw_request
GET /raw HTTP/1.0
A: b
--- response_body escaped
GET /raw HTTP/1.0\r
A: b\r
\r
A: b\r
\r

=== the body, read and replaced
--- config
location /read {
    content_by_lua_block {
        ngx.say((select(2, pcall(ngx.req.get_post_args))))
        ngx.req.read_body()
        local args = ngx.req.get_post_args()
        ngx.say(ngx.req.get_body_data(), " ", args.a, " ", ngx.req.get_body_data(3), " ", tostring(ngx.req.get_body_file()))
        ngx.req.set_body_data("other")
        ngx.say(ngx.req.get_body_data(), " ", ngx.var.content_length)
        ngx.req.init_body()
        ngx.req.append_body("one ")
        ngx.req.append_body("two")
        ngx.req.finish_body()
        ngx.say(ngx.req.get_body_data(), " ", ngx.var.http_content_length)
    }
}
location /file {
    client_body_buffer_size 4;
    content_by_lua_block {
        ngx.req.read_body()
        local f = io.open(ngx.req.get_body_file())
        ngx.say(f:read("*a"), " ", tostring(ngx.req.get_body_data()))
        f:close()
    }
}
location /large {
    client_max_body_size 3;
    content_by_lua_block {
        ngx.say("never")
    }
}
location /discard {
    content_by_lua_block {
        ngx.req.discard_body()
        ngx.say("done")
    }
}
--- request
POST /read

a=1&b=2
--- response_body_like
^no request body found; maybe you should turn on lua_need_request_body\?
a=1&b=2 1 a=1 nil
other 5
one two 7
--- request
POST /file

longer than four
--- response_body
longer than four nil
--- request
POST /large

four
--- error_code: 413
--- raw_request
POST /discard HTTP/1.1
Host: a
Content-Length: 5

hello\
GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n\
--- response_body
done
--- next
--- error_code: 404
--- raw_request
POST /read HTTP/1.1
Host: a
Connection: close
Content-Length: 7

a=1\w\
&b=2\
--- response_body_like: a=1&b=2 1 a=1 nil

=== headers of the response
--- config
location /set {
    content_by_lua_block {
        ngx.header.x_one = "1"
        ngx.header["X-Many"] = { "a", "b" }
        ngx.header["X-Gone"] = "x"
        ngx.header["X-Gone"] = nil
        ngx.header.content_type = "text/x; charset=utf-8"
        ngx.header.server = "mine"
        ngx.header.location = "/as/it/is"
        ngx.header["X-Bad"] = "a\r\nSet-Cookie: no"
        ngx.status = 201
        local headers = ngx.resp.get_headers()
        ngx.say(ngx.header.x_one, " ", #ngx.header["x-many"], " ", tostring(ngx.header.none), " ", headers["content-type"])
    }
}
location /late {
    content_by_lua_block {
        ngx.say("out")
        ngx.header.x = "1"
        ngx.status = 500
        ngx.say(tostring(ngx.headers_sent), " ", ngx.status)
    }
}
location /reason {
    content_by_lua_block {
        require "ngx.resp".set_status(299, "So So")
        require "ngx.resp".add_header("X-A", "1")
        require "ngx.resp".add_header("X-A", "2")
        ngx.say(table.concat(ngx.header["X-A"], ","))
    }
}
--- request
GET /set
--- error_code: 201
--- response_headers
X-One: 1
Content-Type: text/x; charset=utf-8
Server: mine
Location: /as/it/is
X-Bad: a%0D%0ASet-Cookie: no
!X-Gone
!Set-Cookie
--- response_body
1 2 nil text/x; charset=utf-8
--- request
GET /late
--- response_headers
!X
--- response_body
out
true 200
--- error_log
attempt to set ngx.header.HEADER after sending out response headers
attempt to set ngx.status after sending out response headers
--- request
GET /reason
--- error_code: 299
--- response_body
1,2

=== exit, redirect, exec
--- config
location /exit {
    access_by_lua_block {
        ngx.exit(tonumber(ngx.var.arg_status))
    }
    content_by_lua_block {
        ngx.say("went on")
    }
}
location /redirect {
    rewrite_by_lua_block {
        ngx.redirect("/there?a=b", 307)
    }
}
location /exec {
    content_by_lua_block {
        ngx.ctx.lost = true
        ngx.exec("/target?a=1", { b = 2 })
    }
}
location /unsafe {
    content_by_lua_block {
        ngx.exec("/../etc")
    }
}
location /target {
    internal;
    content_by_lua_block {
        ngx.say(ngx.var.uri, " ", ngx.var.args, " ", tostring(ngx.ctx.lost))
    }
}
--- request
GET /exit?status=0
--- response_body
went on
--- request
GET /exit?status=403
--- error_code: 403
--- request
GET /redirect
--- error_code: 307
--- response_headers
Location: /there?a=b
--- request
GET /exec
--- response_body
/target a=1&b=2 nil
--- request
GET /unsafe
--- error_code: 500
--- error_log
unsafe URI "/../etc" was detected
unsafe uri

=== ngx.ctx over the phases, ndk.set_var
--- config
location / {
    set_by_lua_block $sum {
        return 1 + 2
    }
    rewrite_by_lua_block { ngx.ctx.seen = "rewrite" }
    access_by_lua_block { ngx.ctx.seen = ngx.ctx.seen .. " access" }
    content_by_lua_block {
        ngx.say(ngx.ctx.seen, " ", ngx.var.sum, " ", ndk.set_var.set_escape_uri(" /"))
    }
    log_by_lua_block { ngx.log(ngx.NOTICE, "log sees ", ngx.ctx.seen) }
}
--- request
GET /
--- response_body
rewrite access 3 %20%2F
--- error_log: log sees rewrite access

=== variables follow what changes the request
--- config
lua_yield_everywhere on;
location / {
    rewrite_by_lua_block {
        local function show()
            local v = ngx.var
            ngx.ctx.seen = (ngx.ctx.seen or "") .. table.concat({ v.request_method, v.uri, tostring(v.args), v.host, v.scheme,
                    v.remote_addr, v.request_uri }, " ") .. "\n"
        end
        show()
        ngx.req.set_method(ngx.HTTP_PUT)
        show()
        ngx.req.set_uri("/other")
        show()
        ngx.req.set_uri_args("b=2")
        show()
        ngx.var.args = nil
        show()
        ngx.req.set_header("Host", "other.example")
        show()
        local ok = ngx.thread.wait(ngx.thread.spawn(function()
            ngx.sleep(0.001)
            ngx.req.set_uri("/thread")
        end))
        show()
    }
    content_by_lua_block {
        ngx.header["X-Method"] = ngx.var.request_method
        ngx.print(ngx.ctx.seen)
        ngx.say(ngx.var.request_method, " ", ngx.var.uri)
    }
    header_filter_by_lua_block {
        local before = ngx.var.request_method
        ngx.req.set_method(ngx.HTTP_POST)
        ngx.header["X-Methods"] = before .. " " .. ngx.var.request_method
    }
}
--- request
GET /first?a=1
Host: one.example
--- response_headers
X-Method: PUT
X-Methods: PUT POST
--- response_body
GET /first a=1 one.example http 127.0.0.1 /first?a=1
PUT /first a=1 one.example http 127.0.0.1 /first?a=1
PUT /other a=1 one.example http 127.0.0.1 /first?a=1
PUT /other b=2 one.example http 127.0.0.1 /first?a=1
PUT /other nil one.example http 127.0.0.1 /first?a=1
PUT /other nil other.example http 127.0.0.1 /first?a=1
PUT /thread nil other.example http 127.0.0.1 /first?a=1
POST /thread
--- request
GET /second
Host: two.example
--- response_body
GET /second nil two.example http 127.0.0.1 /second
PUT /second nil two.example http 127.0.0.1 /second
PUT /other nil two.example http 127.0.0.1 /second
PUT /other b=2 two.example http 127.0.0.1 /second
PUT /other nil two.example http 127.0.0.1 /second
PUT /other nil other.example http 127.0.0.1 /second
PUT /thread nil other.example http 127.0.0.1 /second
POST /thread

=== a chunk goes by its name, whether it reads its arguments or not
--- config
location /plain {
    content_by_lua_block {
        local info = debug.getinfo(1, "Sl")
        ngx.say(info.what, " ", info.currentline, " ", (debug.traceback("here"):match("in main chunk")))
        ngx.say((select(2, pcall(error, "bad", 2)):match("%):(.*)")))
    }
}
location /arguments {
    content_by_lua_block {
        local a, b = ...
        ngx.say(select("#", ...), " ", tostring(a), " ", debug.getinfo(1, "S").what)
    }
}
location /set {
    set_by_lua_block $both { return ngx.arg[1] or "none" }
    set_by_lua $sum "return select('#', ...) .. ' ' .. ngx.arg[2]" a b;
    content_by_lua_block { ngx.say(ngx.var.both, " ", ngx.var.sum) }
}
--- request
GET /plain
--- response_body
main 2 in main chunk
4: bad
--- request
GET /arguments
--- response_body
0 nil main
--- request
GET /set
--- response_body
none 2 b
