Asking other servers: `proxy_pass`, upstream groups, what is changed on the way there and back.

=== to the server itself, with a path of its own
--- http_config
upstream again {
    server 127.0.0.1:%PORT%;
}
upstream spare {
    server 127.0.0.1:1;
    server 127.0.0.1:%PORT% backup;
}
upstream dead {
    server 127.0.0.1:1;
    server unix:%PREFIX%/none;
}
proxy_http_version 1.1;
proxy_set_header Connection "";
--- config
location = /path {
    return 200 "$request_uri\n";
}
location /told/ {
    return 200 "$request_method $request_uri $server_protocol host=$http_host a=$http_x_a b=$http_x_b length=$http_content_length\n";
}
location = /fixed {
    proxy_pass http://127.0.0.1:%PORT%/path;
}
location /dir/ {
    proxy_pass http://127.0.0.1:%PORT%/told/;
}
location /same/told {
    rewrite ^/same(.*) $1 break;
    proxy_pass http://127.0.0.1:%PORT%;
}
location /variable {
    proxy_pass http://127.0.0.1:$server_port/told/$arg_x;
}
location /group/ {
    proxy_pass http://again/told/;
}
location = /head {
    proxy_set_header Host "here";
    proxy_set_header X-A "$proxy_host:$proxy_port";
    proxy_set_header X-B "";
    proxy_pass http://127.0.0.1:%PORT%/told/;
}
location = /old {
    proxy_http_version 1.0;
    proxy_pass http://127.0.0.1:%PORT%/told/;
}
location = /method {
    proxy_method PUT;
    proxy_pass http://127.0.0.1:%PORT%/told/;
}
location = /spare {
    proxy_pass http://spare/path;
}
location = /dead {
    proxy_pass http://dead;
}
location = /gone {
    return 404 "not here\n";
}
location = /passed {
    proxy_pass http://127.0.0.1:%PORT%/gone;
}
location = /intercepted {
    proxy_intercept_errors on;
    error_page 404 = /path;
    proxy_pass http://127.0.0.1:%PORT%/gone;
}
location = /instead {
    error_page 502 = /asked;
    proxy_pass http://127.0.0.1:1;
}
location = /asked {
    return 200 "$upstream_addr $upstream_status\n";
}
location = /moved {
    return 302 http://127.0.0.1:%PORT%/told/x;
}
location /back/ {
    proxy_pass http://127.0.0.1:%PORT%/;
    proxy_redirect http://127.0.0.1:%PORT%/told/ http://there/;
}
--- request
GET /fixed?a=b HTTP/1.1
--- response_body
/path?a=b

=== the location's part of the path is replaced
--- request
GET /dir/x%20y?a=%20 HTTP/1.1
X-A: 1
X-B: 2
--- response_body_like
^GET /told/x%20y\?a=%20 HTTP/1\.1 host=127\.0\.0\.1:\d+ a=1 b=2 length=$

=== a path changed by rewrite is escaped again
--- request
GET /same/told/x%20y?a=b HTTP/1.1
--- response_body_like
^GET /told/x%20y\?a=b HTTP/1\.1 

=== with variables, the path is what they make it
--- request
GET /variable/x?x=y%20z HTTP/1.1
--- response_body_like
^GET /told/y%20z HTTP/1\.1 

=== a group is named in Host
--- request
GET /group/x HTTP/1.1
--- response_body_like
^GET /told/x HTTP/1\.1 host=again 

=== headers set, and headers taken away
--- request
GET /head HTTP/1.1
X-A: 1
X-B: 2
--- response_body_like
^GET /told/ HTTP/1\.1 host=here a=127\.0\.0\.1:(\d+):\1 b= 

=== HTTP/1.0 to the server
--- request
GET /old HTTP/1.1
--- response_body_like
^GET /told/ HTTP/1\.0 

=== another method, and the body's length
--- request
POST /method HTTP/1.1

hello
--- response_body_like
^PUT /told/ .* length=5$

=== HEAD has no body
--- request
HEAD /fixed HTTP/1.1
--- response_headers
Content-Length: 6

=== the next server answers for one that does not
--- request
GET /spare HTTP/1.1
--- response_body
/path
--- error_log
connect() failed (111: Connection refused) while connecting to upstream
/upstream: "http://127\.0\.0\.1:1/path"/

=== no server answers
--- request
GET /dead HTTP/1.1
--- error_code: 502
--- response_body_like
502 Bad Gateway
--- error_log
/connect\(\) to unix:\S+/none failed \(2: No such file or directory\) while connecting to upstream.*upstream: "http://unix:\S+/none:/dead"/

=== servers that failed rest
--- request
GET /dead HTTP/1.1
--- error_code: 502
--- error_log
no live upstreams while connecting to upstream
/upstream: "http://dead/dead"/

=== errors are passed on
--- request
GET /passed HTTP/1.1
--- error_code: 404
--- response_body
not here

=== or answered here
--- request
GET /intercepted HTTP/1.1
--- response_body
/intercepted

=== an error page knows what came of asking
--- request
GET /instead HTTP/1.1
--- response_body
127.0.0.1:1 502

=== redirects are turned back
--- request
GET /back/moved HTTP/1.1
--- error_code: 302
--- response_headers
Location: http://there/x

=== a URI part needs a location to replace
--- config
location ~ ^/a {
    proxy_pass http://127.0.0.1:1/b;
}
--- must_die
--- error_log
"proxy_pass" cannot have URI part in location given by regular expression

=== a group needs servers
--- http_config
upstream none {
}
--- config
--- must_die
--- error_log
no servers are inside upstream

=== a location's path without its slash
--- config
location /below/ {
    proxy_pass http://127.0.0.1:%PORT%/told/;
}
location = /exact/ {
    proxy_pass http://127.0.0.1:%PORT%/told/;
}
location /told/ {
    return 200 "$uri\n";
}
--- request
GET /below?x=1
--- error_code
301
--- response_headers
Location: http://localhost:%PORT%/below/?x=1
--- request
GET /exact
--- error_code
301
--- request
GET /belowx
--- error_code
404
--- request
GET /below/a
--- response_body
/told/a

=== what does not fill a buffer waits for more, and is lost if none comes
--- config
location = /stalls {
    content_by_lua_block {
        local sock = ngx.req.socket(true)
        sock:send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" .. ("x"):rep(tonumber(ngx.var.arg_n)))
        if not ngx.var.arg_close then ngx.sleep(10) end
    }
}
location = /buffered {
    proxy_read_timeout 1s;
    proxy_pass http://127.0.0.1:%PORT%/stalls$is_args$args;
}
location = /at-once {
    proxy_buffering off;
    proxy_read_timeout 1s;
    proxy_pass http://127.0.0.1:%PORT%/stalls$is_args$args;
}
location = /t {
    content_by_lua_block {
        local function ask(uri)
            local res = ngx.location.capture(uri)
            ngx.say(res.status, " ", #res.body, " ", tostring(res.truncated))
        end
        ask("/buffered?n=5")
        ask("/buffered?n=5&close=1")
        ask("/at-once?n=5")
        local res = ngx.location.capture("/buffered?n=30000")
        ngx.say(#res.body > 20000 and #res.body < 30000)
    }
}
--- request
GET /t
--- response_body
200 0 true
200 5 true
200 5 true
true
--- error_log
upstream timed out
upstream prematurely closed connection

=== a body that comes in pieces is passed on whole
--- config
location /pieces/ {
    content_by_lua_block {
        if ngx.var.uri == "/pieces/length" then ngx.header.content_length = 20 * 999 end
        for i = 1, 20 do
            ngx.print(string.char(64 + i):rep(999))
            ngx.flush(true)
            if i % 5 == 0 then ngx.sleep(0.01) end
        end
    }
}
location /proxy/ {
    proxy_http_version 1.1;
    proxy_pass http://127.0.0.1:%PORT%/pieces/;
}
location = /proxy/end {
    proxy_http_version 1.0;
    proxy_pass http://127.0.0.1:%PORT%/pieces/end;
}
location = /t {
    content_by_lua_block {
        local expected = ""
        for i = 1, 20 do expected = expected .. string.char(64 + i):rep(999) end
        for _, uri in ipairs { "/proxy/length", "/proxy/chunked", "/proxy/end" } do
            local res = ngx.location.capture(uri)
            ngx.say(res.status, " ", res.body == expected, " ", res.truncated)
        end
    }
}
--- request
GET /t
--- response_body
200 true false
200 true false
200 true false
