When a connection stays open, and what pipelining does.

=== HTTP/1.1 stays open
--- config
location = /a {
    return 200 "a";
}
location = /lua {
    content_by_lua_block {
        ngx.say("uri: ", ngx.var.uri)
        ngx.say("requests: ", ngx.var.connection_requests)
    }
}
location = /bad {
    return 400;
}
--- raw_request
GET /a HTTP/1.1
Host: a
--- response_body chop
a
--- response_headers
Connection: keep-alive
!Keep-Alive
--- stays_open

=== Connection: close
--- raw_request
GET /a HTTP/1.1
Host: a
Connection: CLOSE
--- response_body chop
a
--- response_headers
Connection: close
--- closes

=== HTTP/1.0 closes unless asked
--- raw_request
GET /a HTTP/1.0
--- response_headers
Connection: close
--- closes
--- raw_request
GET /a HTTP/1.0
Connection: keep-alive
--- response_headers
Connection: keep-alive
--- stays_open

=== pipelined requests are answered in order
--- raw_request
GET /a HTTP/1.1
Host: a

GET /lua HTTP/1.1
Host: a

HEAD /a HTTP/1.1
Host: a
Connection: close
--- response_body chop
a
--- next
--- response_body
uri: /lua
requests: 2
--- response_headers
Transfer-Encoding: chunked

=== pipelined, in pieces that end anywhere
--- raw_request
GET /lua HTTP/1.1\r\nHost: a\r\n\r\nGET /l\wua HTTP/1.1\r\nHost: a\r\n\r\w\nG\wET /a HTTP/1.1
Host: a
--- response_body
uri: /lua
requests: 1
--- next
--- response_body
uri: /lua
requests: 2
--- next
--- response_body chop
a
--- stays_open

=== nothing after a bad request is read
--- raw_request
GET /bad HTTP/1.1
Host: a

GET /a HTTP/1.1
Host: a
--- error_code: 400
--- response_headers
Connection: close
--- closes

=== Lua output without a length, in HTTP/1.0
--- raw_request
GET /lua HTTP/1.0
Connection: keep-alive
--- response_headers
!Transfer-Encoding
Connection: keep-alive
Content-Length: 22
--- response_body
uri: /lua
requests: 1

=== keepalive_requests
--- config
keepalive_requests 2;
location / {
    return 200 "a";
}
--- raw_request
GET / HTTP/1.1
Host: a

GET / HTTP/1.1
Host: a

GET / HTTP/1.1
Host: a
--- response_headers
Connection: keep-alive
--- next
--- response_headers
Connection: close
--- closes

=== keepalive_timeout with its header
--- config
keepalive_timeout 10s 7s;
location / {
    return 200 "a";
}
--- raw_request
GET / HTTP/1.1
Host: a
--- response_headers
Connection: keep-alive
Keep-Alive: timeout=7

=== keepalive_timeout 0
--- config
keepalive_timeout 0;
location / {
    return 200 "a";
}
--- raw_request
GET / HTTP/1.1
Host: a
--- response_headers
Connection: close
--- closes

=== an idle connection is closed in time
--- config
keepalive_timeout 50ms;
location / {
    return 200 "a";
}
--- raw_request
GET / HTTP/1.1
Host: a
--- response_body chop
a
--- closes

=== a head that does not come in time
--- config
client_header_timeout 100ms;
location / {
    return 200 "a";
}
--- raw_request
GET / HTTP/1.1\r\nHost\
--- no_response
--- error_log
client timed out (110: Connection timed out) while reading client request headers
