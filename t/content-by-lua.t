content_by_lua and the API that answers at once.

=== output
--- config
location = /say {
    content_by_lua_block {
        ngx.say("a", 1, " ", 2.5, " ", true, " ", nil, " ", { "b", { 3, "c" } })
        ngx.print("no newline")
    }
}
location = /inline {
    content_by_lua 'ngx.say("it\'s $uri")';
}
location = /file {
    content_by_lua_file html/file.lua;
}
location = /file-of {
    content_by_lua_file html/$arg_name.lua;
}
location = /nothing {
    content_by_lua_block {
    }
}
location = /null {
    content_by_lua_block {
        ngx.say(ngx.null)
    }
}
--- user_files
>>> file.lua
ngx.say("from a file: ", ...)
--- request
GET /say
--- response_body chop
a1 2.5 true nil b3c
no newline
--- response_headers
Content-Type: text/plain
Transfer-Encoding: chunked
!Content-Length
--- request
GET /inline
--- response_body
it's $uri
--- request
GET /file
--- response_body_like: ^from a file: 
--- request
GET /file-of?name=file
--- response_body_like: ^from a file: 
--- request
GET /nothing
--- response_body
--- request
GET /null
--- response_body
null

=== a file that is not there
--- request
GET /file-of?name=none
--- error_code: 404
--- error_log
[error]
html/none.lua

=== headers and status
--- config
location = /set {
    content_by_lua_block {
        ngx.status = 201
        ngx.header.content_type = "application/json"
        ngx.header["X-Two"] = { "a", "b" }
        ngx.header.x_underscore = 1
        ngx.header.x_gone = "x"
        ngx.header.x_gone = nil
        ngx.header.content_length = 3
        ngx.print("{}\n")
    }
}
location = /get {
    content_by_lua_block {
        ngx.header.foo = { "a", "b" }
        local foo = ngx.header.foo
        ngx.say(type(foo), " ", foo[2], " ", tostring(ngx.header.bar))
        ngx.say(ngx.headers_sent)
    }
}
location = /late {
    content_by_lua_block {
        ngx.say("sent")
        ngx.header.x_late = "x"
        ngx.status = 500
    }
}
--- request
GET /set
--- error_code: 201
--- response_body
{}
--- response_headers
Content-Type: application/json
X-Two: a, b
X-Underscore: 1
!X-Gone
Content-Length: 3
--- request
GET /get
--- response_body
table b nil
true

=== what comes after the head
--- request
GET /late
--- response_body
sent
--- response_headers
!X-Late
--- error_log
attempt to set ngx.header.HEADER after sending out response headers
attempt to set ngx.status after sending out response headers

=== request headers and arguments
--- config
location / {
    content_by_lua_block {
        local headers = ngx.req.get_headers()
        ngx.say(headers["X-A"], " ", headers.x_a, " ", type(headers.many), " ", table.concat(headers.many, "|"))
        local args = ngx.req.get_uri_args()
        ngx.say(args.a, " ", tostring(args.flag), " [", args.empty, "] ", table.concat(args.two, "|"))
        ngx.say(ngx.var.arg_a, " ", ngx.var.args, " ", tostring(ngx.var.arg_none))
        ngx.say(ngx.req.get_method(), " ", ngx.req.http_version())
    }
}
--- request
GET /?a=%20x&flag&empty=&two=1&two=2
X-A: one
Many: 1
Many: 2
--- response_body
one one table 1|2
 x true [] 1|2
%20x a=%20x&flag&empty=&two=1&two=2 nil
GET 1.1

=== the form of a POST
--- config
location / {
    content_by_lua_block {
        ngx.req.read_body()
        local args = ngx.req.get_post_args()
        ngx.say(args.name, " ", args.text)
        ngx.say(ngx.req.get_body_data())
    }
}
--- request
POST /
Content-Type: application/x-www-form-urlencoded

name=Ada+L&text=%C3%A9%26
--- response_body escaped
Ada L \xc3\xa9&
name=Ada+L&text=%C3%A9%26

=== leaving early
--- config
location = /exit {
    content_by_lua_block {
        ngx.exit(ngx.HTTP_FORBIDDEN)
        ngx.say("unreached")
    }
}
location = /said {
    content_by_lua_block {
        ngx.status = 404
        ngx.say("my own page")
        ngx.exit(ngx.HTTP_OK)
    }
}
location = /redirect {
    content_by_lua_block {
        return ngx.redirect("/there?a=b", 301)
    }
}
location = /exec {
    content_by_lua_block {
        ngx.exec("/target", { a = "b c" })
    }
}
location = /target {
    content_by_lua_block {
        ngx.say(ngx.var.uri, " ", ngx.var.args, " ", ngx.var.request_uri)
    }
}
location = /exec-named {
    content_by_lua_block {
        ngx.exec("@named")
    }
}
location @named {
    return 200 "named\n";
}
--- request
GET /exit
--- error_code: 403
--- response_body_like: 403 Forbidden
--- request
GET /said
--- error_code: 404
--- response_body
my own page
--- request
GET /redirect
--- error_code: 301
--- response_headers
Location: /there?a=b
--- request
GET /exec
--- response_body
/target a=b%20c /exec
--- request
GET /exec-named
--- response_body
named

=== errors
--- config
location = /error {
    content_by_lua_block {
        local function deep()
            error("oh no")
        end
        deep()
    }
}
location = /nil {
    content_by_lua_block {
        local t
        t.x = 1
    }
}
location = /table {
    content_by_lua_block {
        error({ code = 3 })
    }
}
location = /started {
    content_by_lua_block {
        ngx.say("begun")
        ngx.flush()
        error("too late for a page")
    }
}
location = /syntax {
    content_by_lua 'ngx.say(';
}
--- request
GET /error
--- error_code: 500
--- error_log
[error]
lua entry thread aborted: runtime error: content_by_lua(nginx.conf:
:3: oh no
stack traceback:
in function 'deep'

=== indexing nil
--- request
GET /nil
--- error_code: 500
--- error_log
attempt to index local 't' (a nil value)

=== an error that is a table
--- request
GET /table
--- error_code: 500
--- error_log
lua entry thread aborted

=== Lua that does not compile
--- request
GET /syntax
--- error_code: 500
--- error_log
failed to load inlined Lua code: content_by_lua(nginx.conf:

=== a worker lives on after errors
--- request
GET /nil
--- error_code: 500
--- request
GET /error
--- error_code: 500
--- error_log
oh no

=== each request has its own globals
--- config
location / {
    content_by_lua_block {
        ngx.say(tostring(counter), " ", tostring(ngx.ctx.counter))
        ngx.ctx.counter = 1
        _G.other = (_G.other or 0) + 1
    }
}
--- request
GET /
--- response_body
nil nil
--- request
GET /
--- response_body
nil nil

=== modules are kept
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- config
location / {
    content_by_lua_block {
        local counter = require("counter")
        counter.n = counter.n + 1
        ngx.say(counter.n)
    }
}
--- user_files
>>> counter.lua
return { n = 0 }
--- request
GET /
--- response_body
1
--- request
GET /
--- response_body
2

=== blocks with braces, strings and comments
--- config
location / {
    content_by_lua_block {
        -- a brace in a comment: }
        local s = "}" .. '{' .. [[ } ]] .. [==[ ]] } ]==]
        --[[ and in a
             long one } ]]
        local t = { a = { b = "\"}" } }
        ngx.say(s, t.a.b)
    }
}
--- request
GET /
--- response_body
}{ }  ]] } "}

=== a block that does not end
--- config
location / {
    content_by_lua_block {
        ngx.say("}")
--- must_die
--- error_log
[emerg]

=== log levels
--- config
location / {
    content_by_lua_block {
        ngx.log(ngx.ERR, "an error: ", 1, " ", nil, " ", true)
        ngx.log(ngx.WARN, "a warning")
        ngx.log(ngx.INFO, "not so important")
        ngx.say("ok")
    }
}
--- log_level: warn
--- request
GET /
--- response_body
ok
--- error_log
/\[error\] \d+#\d+: \*\d+ \[lua\] content_by_lua\(nginx\.conf:\d+\):2: an error: 1 nil true, client: 127\.0\.0\.1, server: localhost, request: "GET / HTTP/1\.1", host: "localhost"$/
[warn]
--- no_error_log
not so important

=== the program's name and arguments
--- config
location = /t {
    content_by_lua_block {
        local ffi = require "ffi"
        ffi.cdef "char **ngx_argv;"
        local words = {}
        while ffi.C.ngx_argv[#words] ~= nil do words[#words + 1] = ffi.string(ffi.C.ngx_argv[#words]) end
        ngx.say(io.open(words[1]) ~= nil)
        ngx.say(table.concat(words, " ", 2))
    }
}
--- request
GET /t
--- response_body_like
^true
-.*nginx\.conf
