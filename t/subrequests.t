ngx.location.capture, ngx.location.capture_multi and ngx.sleep.

=== status, headers and body of another location
--- config
location = /t {
    content_by_lua_block {
        local res = ngx.location.capture("/other?a=1", { args = { b = "x y" } })
        ngx.say(res.status, " ", res.truncated, " ", res.header["Content-Type"])
        ngx.say(res.header["X-One"], " ", table.concat(res.header["X-Two"], ","))
        ngx.print(res.body)
    }
}
location = /other {
    content_by_lua_block {
        ngx.status = 202
        ngx.header["X-One"] = "1"
        ngx.header["X-Two"] = { "2", "3" }
        ngx.header.content_type = "text/x-it"
        ngx.say(ngx.req.get_method(), " ", ngx.var.uri, " ", ngx.var.args, " ", ngx.is_subrequest, " ", ngx.req.is_internal())
    }
}
--- request
GET /t
--- response_body
202 false text/x-it
1 2,3
GET /other a=1&b=x%20y true true

=== a file, and one that is not there
--- config
location = /t {
    content_by_lua_block {
        local res = ngx.location.capture("/a.txt")
        ngx.say(res.status, " ", res.body, " ", res.header["Content-Length"], " ", type(res.header["Last-Modified"]))
        res = ngx.location.capture("/b.txt")
        ngx.say(res.status, " [", res.body, "] ", res.truncated)
        res = ngx.location.capture("/a.txt", { method = ngx.HTTP_HEAD })
        ngx.say(res.status, " [", res.body, "]")
    }
}
--- user_files
>>> a.txt
text of a file
--- request
GET /t
--- response_body
200 text of a file
 15 string
404 [] true
200 []

=== what is added to responses on their way to the client is not added to a subrequest's
--- config
add_header X-Added yes;
location = /t {
    content_by_lua_block {
        local res = ngx.location.capture("/other")
        ngx.say(res.header["X-Added"], " ", res.header["X-Filter"], " ", res.body)
    }
}
location = /other {
    header_filter_by_lua_block { ngx.header["X-Filter"] = "filtered" }
    body_filter_by_lua_block { ngx.arg[1] = string.upper(ngx.arg[1]) }
    return 200 "body";
}
--- request
GET /t
--- response_body
nil filtered BODY
--- response_headers
X-Added: yes
!X-Filter

=== several at once
--- config
location = /t {
    content_by_lua_block {
        local a, b, c = ngx.location.capture_multi {
            { "/wait", { args = "ms=30" } }, { "/wait?ms=1" }, { "/wait", { method = ngx.HTTP_POST, args = "ms=10" } },
        }
        ngx.say(a.body, b.body, c.body)
        ngx.print(ngx.location.capture("/nested").body)
    }
}
location = /wait {
    content_by_lua_block {
        ngx.sleep(ngx.var.arg_ms / 1000)
        ngx.print(ngx.req.get_method(), " ", ngx.var.arg_ms, "\n")
    }
}
location = /nested {
    content_by_lua_block {
        local a, b = ngx.location.capture_multi { { "/wait?ms=2" }, { "/wait?ms=1" } }
        ngx.print("nested ", a.body, b.body)
    }
}
--- request
GET /t
--- response_body
GET 30
GET 1
POST 10

nested GET 2
GET 1

=== bodies
--- config
location = /t {
    content_by_lua_block {
        ngx.req.read_body()
        local function try(opts)
            local res = ngx.location.capture("/body", opts)
            ngx.print(res.body)
        end
        try()
        try { always_forward_body = true }
        try { method = ngx.HTTP_POST }
        try { method = ngx.HTTP_PUT, body = "put" }
        try { method = ngx.HTTP_DELETE, body = 12 }
        try { method = ngx.HTTP_POST, body = "" }
        ngx.say(ngx.req.get_method(), " ", ngx.req.get_body_data(), " ", ngx.var.http_content_length)
    }
}
location = /body {
    content_by_lua_block {
        ngx.req.read_body()
        ngx.say(ngx.req.get_method(), " ", ngx.req.get_body_data(), " ", ngx.var.http_content_length, " ", ngx.var.http_x_y)
        ngx.req.set_header("X-Y", "changed")
    }
}
--- request
POST /t
X-Y: z

hello
--- response_body
GET nil nil z
GET hello 5 z
POST hello 5 z
PUT put 3 z
DELETE 12 2 z
POST nil 0 z
POST hello 5

=== the parent reads its body after subrequests whose handlers want none
--- config
location = /t {
    content_by_lua_block {
        for _, target in ipairs { "/echo", "/return", "/static", "/none" } do
            ngx.location.capture(target)
        end
        ngx.req.read_body()
        ngx.say(ngx.req.get_body_data())
    }
}
location = /echo { echo hello; }
location = /return { return 200 "hello"; }
location = /none { return 404; }
--- user_files
>>> static
hello
--- request
POST /t
Content-Length: 12

hello, world
--- response_body
hello, world

=== headers of its own
--- nightjar_only: this option is younger than Debian's ngx_lua
--- config
location = /t {
    content_by_lua_block {
        local res = ngx.location.capture("/echo", { headers = { ["X-A"] = "a2", ["X-B"] = 3 } })
        ngx.print(res.body)
        ngx.say(ngx.var.http_x_a, " ", ngx.var.http_x_b)
    }
}
location = /echo {
    content_by_lua_block { ngx.say(ngx.var.http_x_a, " ", ngx.var.http_x_b, " ", ngx.var.http_x_c) }
}
--- request
GET /t
X-A: a1
X-C: c
--- response_body
a2 3 c
a1 nil

=== variables: none, copies, the same
--- config
location = /t {
    set $dog "dog";
    set $cat "";
    content_by_lua_block {
        local function try(opts)
            local res = ngx.location.capture("/sub", opts)
            ngx.print(res.body)
        end
        try {}
        try { vars = { dog = "given", cat = 32 } }
        try { copy_all_vars = true }
        try { copy_all_vars = true, vars = { cat = "kitten" } }
        ngx.say("here: ", ngx.var.dog)
        try { share_all_vars = true }
        ngx.say("here: ", ngx.var.dog)
    }
}
location = /sub {
    content_by_lua_block {
        ngx.say("[", ngx.var.dog, "] [", ngx.var.cat, "]")
        ngx.var.dog = "sub's"
    }
}
--- request
GET /t
--- response_body
[] []
[given] [32]
[dog] []
[dog] [kitten]
here: dog
[dog] []
here: sub's

=== ngx.ctx of its own, or one that is given
--- config
location = /t {
    content_by_lua_block {
        ngx.ctx.word = "parent's"
        ngx.print(ngx.location.capture("/sub").body)
        local ctx = { word = "given" }
        ngx.print(ngx.location.capture("/sub", { ctx = ctx }).body)
        ngx.say(ctx.word, " ", ngx.ctx.word)
        ngx.print(ngx.location.capture("/sub", { ctx = ngx.ctx }).body)
        ngx.say(ngx.ctx.word)
    }
}
location = /sub {
    rewrite_by_lua_block { ngx.ctx.again = ngx.ctx.word }
    content_by_lua_block {
        ngx.say(ngx.ctx.word, " ", ngx.ctx.again)
        ngx.ctx.word = "sub's"
    }
}
--- request
GET /t
--- response_body
nil nil
given given
sub's parent's
parent's parent's
sub's

=== exec, redirect, errors and statuses
--- config
error_page 404 /page;
location = /t {
    content_by_lua_block {
        for _, path in ipairs { "/exec", "/redirect", "/error", "/exit?404", "/exit?201", "/exit?204", "/late", "/none" } do
            local res = ngx.location.capture(path)
            ngx.say(path, " ", res.status, " [", res.body, "] ", res.header.Location)
        end
    }
}
location = /exec { rewrite_by_lua_block { ngx.exec("/target", "a=b") } }
location = /target { content_by_lua_block { ngx.print("target ", ngx.var.args) } }
location = /redirect { content_by_lua_block { ngx.redirect("/else", 301) } }
location = /error { content_by_lua_block { error("oh") } }
location = /exit { content_by_lua_block { ngx.exit(tonumber(ngx.var.args)) } }
location = /late { content_by_lua_block { ngx.print("late"); ngx.exit(200) } }
location = /page { return 200 "page"; }
--- request
GET /t
--- response_body
/exec 200 [target a=b] nil
/redirect 301 [] /else
/error 500 [] nil
/exit?404 404 [] nil
/exit?201 201 [] nil
/exit?204 204 [] nil
/late 200 [late] nil
/none 404 [] nil

=== 444 in a subrequest is about the client's connection
--- config
location = /t { content_by_lua_block { ngx.location.capture("/close"); ngx.say("not reached") } }
location = /close { content_by_lua_block { ngx.exit(444) } }
--- request
GET /t
--- no_response

=== in the rewrite and access phases, whose handlers do not run for what they ask
--- config
location = /t {
    rewrite_by_lua_block { ngx.ctx.a = ngx.location.capture("/sub?rewrite").body }
    access_by_lua_block { ngx.ctx.b = ngx.location.capture("/sub?access").body }
    content_by_lua_block { ngx.print(ngx.ctx.a, ngx.ctx.b) }
}
location = /sub {
    access_by_lua_block { ngx.exit(403) }
    deny all;
    content_by_lua_block { ngx.say(ngx.var.args) }
}
--- request
GET /t
--- response_body
rewrite
access

=== where there is no waiting
--- config
location = /t {
    set_by_lua_block $why {
        -- up to what Nightjar adds
        function why(...) return (select(2, pcall(...)):gsub(" %(.*", "")) end
        return why(ngx.location.capture, "/x")
    }
    header_filter_by_lua_block {
        ngx.header["X-Sleep"] = why(ngx.sleep, 0.001)
        ngx.header["X-Capture"] = why(ngx.location.capture_multi, { { "/x" } })
    }
    return 200 $why;
}
--- request
GET /t
--- response_body chop
API disabled in the context of set_by_lua*
--- response_headers
X-Sleep: API disabled in the context of header_filter_by_lua*
X-Capture: API disabled in the context of header_filter_by_lua*

=== wrong arguments
--- config
location = /t {
    content_by_lua_block {
        local function try(f, ...)
            ngx.say(select(2, pcall(f, ...)))
        end
        local one, multi = ngx.location.capture, ngx.location.capture_multi
        try(one)
        try(one, 1, 2, 3)
        try(one, "/x", "y")
        try(one, "/../x")
        try(one, "")
        try(one, "/x", { args = true })
        try(one, "/x", { args = { [1] = 2 } })
        try(one, "/x", { vars = 1 })
        try(one, "/x", { vars = { 1 } })
        try(one, "/x", { vars = { a = true } })
        try(one, "/x", { vars = { nothing = 1 } })
        try(one, "/x", { vars = { request_uri = 1 } })
        try(one, "/x", { share_all_vars = 1 })
        try(one, "/x", { copy_all_vars = "y" })
        try(one, "/x", { method = "GET" })
        try(one, "/x", { method = 10 })
        try(one, "/x", { ctx = 1 })
        try(one, "/x", { body = {} })
        try(multi)
        try(multi, {})
        try(multi, { 1 })
        try(multi, { {} })
        try(multi, { { "/x", {}, 1 } })
        try(ngx.sleep)
        try(ngx.sleep, -1)
        ngx.say(ngx.location.capture("/fine").body)
    }
}
location = /fine { return 200 "fine"; }
--- request
GET /t
--- response_body
expecting one or two arguments
expecting one or two arguments
expecting table as the 2nd argument for subrequest 0, but got string
unsafe uri in argument #1: /../x
unsafe uri in argument #1: 
Bad args option value
attempt to use a non-string key in the "args" option table
Bad vars option value
attempt to use a non-string key in the "vars" option table
attempt to use bad variable value type boolean
failed to adjust the subrequest: -1
failed to adjust the subrequest: 500
Bad share_all_vars option value
Bad copy_all_vars option value
Bad http request method
failed to adjust the subrequest: -1
Bad ctx option value type number, expected a Lua table
Bad http request body
only one argument is expected, but got 0
at least one subrequest should be specified
the query argument 0 is not a table, but a number
query argument 0 expecting one or two arguments
query argument 0 expecting one or two arguments
attempt to pass 0 arguments, but accepted 1
invalid sleep duration "-1000"
fine
--- error_log
unsupported HTTP method: 10
variable "nothing" cannot be assigned a value (maybe you forgot to define it first?)
variable "request_uri" not changeable

=== no deeper than fifty
--- config
location = /t {
    content_by_lua_block {
        local depth = tonumber(ngx.var.arg_depth or 0)
        local ok, res = pcall(ngx.location.capture, "/t?depth=" .. depth + 1)
        if ok then
            ngx.print(res.body)
        else
            ngx.say(depth, " ", res)
        end
    }
}
--- request
GET /t
--- response_body
51 failed to issue subrequest: -1
--- error_log
lua subrequests cycle while processing "/t"

=== many, one after the other
--- config
location = /t {
    content_by_lua_block {
        local n = 0
        for i = 1, 3000 do
            n = n + ngx.location.capture("/one", { method = ngx.HTTP_POST, body = "b" }).body
        end
        ngx.say(n)
    }
}
location = /one { return 200 1; }
--- request
GET /t
--- response_body
3000

=== log_subrequest
--- http_config
log_format sub "logged <$uri $status>";
--- config
access_log logs/error.log sub;
location = /t { content_by_lua_block { ngx.location.capture("/quiet"); ngx.location.capture("/logged"); ngx.say("done") } }
location = /quiet { return 200; }
location = /logged { log_subrequest on; return 200; }
--- request
GET /t
--- response_body
done
--- error_log
logged </logged 200>
logged </t 200>
--- no_error_log
logged </quiet

=== sleep
--- log_level: debug
--- config
location = /t {
    rewrite_by_lua_block { ngx.sleep(0.002) }
    access_by_lua_block { ngx.sleep(0) }
    content_by_lua_block {
        local began = ngx.now()
        local co = coroutine.wrap(function() ngx.sleep(0.03); return "in a coroutine" end)
        ngx.say(co())
        ngx.update_time()
        ngx.say(ngx.now() - began >= 0.029)
    }
}
--- request
GET /t?a=b
--- response_body
in a coroutine
true
--- error_log
lua ready to sleep for 2 ms
lua ready to sleep for 30 ms
lua sleep timer expired: "/t?a=b"

=== no waiting below a C function
--- config
location = /t {
    content_by_lua_block {
        local ok, why = pcall(string.gsub, "a", "a", function() ngx.sleep(0.001) end)
        ngx.say(why)
        ngx.sleep(0.001)
        ngx.say("fine")
    }
}
--- request
GET /t
--- response_body
attempt to yield across C-call boundary
fine

=== a subrequest that waits when the client's connection is closed is given up
--- log_level: debug
--- config
location = /t { content_by_lua_block { ngx.location.capture_multi { { "/wait" }, { "/close" } } } }
location = /wait { content_by_lua_block { ngx.sleep(30) } }
location = /close { content_by_lua_block { ngx.sleep(0.01); ngx.exit(444) } }
--- request
GET /t
--- no_response
--- error_log
lua clean up the timer for pending ngx.sleep
