How a request's headers and body are read.

=== values are trimmed, names are not case sensitive
--- config
location / {
    return 200 "[$http_x_a][$http_user_agent][$host]\n";
}
--- raw_request
GET / HTTP/1.1
HOST:   Example.COM  
x-A:  one two   
User-agent:nightjar
--- response_body
[one two][nightjar][example.com]

=== the port is no part of $host
--- raw_request
GET / HTTP/1.1
Host: a.example:8080
--- response_body
[][][a.example]

=== two Host headers
--- raw_request
GET / HTTP/1.1
Host: a
Host: b
--- error_code: 400
--- error_log
client sent duplicate host header

=== a Host with a slash
--- raw_request
GET / HTTP/1.1
Host: a/b
--- error_code: 400
--- error_log
client sent invalid host header

=== names with odd bytes are dropped
--- raw_request
GET / HTTP/1.1
Host: a
X_A: underscore
X A: space
--- nightjar_only: nginx drops the line with the space
--- error_code: 400
--- closes

=== underscores are dropped unless allowed
--- raw_request
GET / HTTP/1.1
Host: a
X_A: underscore
--- response_body
[][][a]
--- error_log
client sent invalid header line: "X_A: underscore" while reading client request headers

=== underscores, allowed
--- config
underscores_in_headers on;
location / {
    return 200 "[$http_x_a]\n";
}
--- raw_request
GET / HTTP/1.1
Host: a
X_A: underscore
--- response_body
[underscore]

=== a NUL in a header
--- raw_request
GET / HTTP/1.1
Host: a
X-A: b\x00c
--- error_code: 400
--- closes

=== two lengths
--- raw_request
POST / HTTP/1.1
Host: a
Content-Length: 1
Content-Length: 1

a\
--- error_code: 400
--- closes

=== a length and chunks
--- raw_request
POST / HTTP/1.1
Host: a
Content-Length: 5
Transfer-Encoding: chunked

0

\
--- error_code: 400
--- closes
--- error_log
client sent "Content-Length" and "Transfer-Encoding" headers at the same time

=== a length that is none
--- raw_request
POST / HTTP/1.1
Host: a
Content-Length: 1x
--- error_code: 400
--- error_log
client sent invalid "Content-Length" header
--- raw_request
POST / HTTP/1.1
Host: a
Content-Length: -1
--- error_code: 400

=== codings other than chunked
--- raw_request
POST / HTTP/1.1
Host: a
Transfer-Encoding: gzip, chunked
--- error_code: 501
--- closes
--- error_log
client sent unknown "Transfer-Encoding": "gzip, chunked"

=== chunks in HTTP/1.0
--- raw_request
POST / HTTP/1.0
Host: a
Transfer-Encoding: chunked

0

\
--- error_code: 400
--- closes

=== a body with a length
--- config
location /read {
    content_by_lua_block {
        ngx.req.read_body()
        ngx.say("[", ngx.req.get_body_data() or "nil", "]")
    }
}
location /ignore {
    return 200 "ignored\n";
}
client_max_body_size 20;
--- request
POST /read

hello
--- response_body
[hello]

=== a body in chunks
--- raw_request
POST /read HTTP/1.1
Host: a
Transfer-Encoding: chunked

5;name=value
hello
00006
 world
0
X-Trailer: yes
--- response_body
[hello world]
--- stays_open

=== chunks in pieces
--- raw_request
POST /read HTTP/1.1
Host: a
Transfer-Encoding: Chunked

5\r\w\nhe\wllo\r\w\n\w1\r\n!\r\n0\w\r\n\w\r\n\
--- response_body
[hello!]

=== a chunk size that is none
--- raw_request
POST /read HTTP/1.1
Host: a
Transfer-Encoding: chunked

xyz
--- error_code: 400
--- closes
--- error_log
client sent invalid chunked body

=== a chunk that is longer than it says
--- raw_request
POST /read HTTP/1.1
Host: a
Transfer-Encoding: chunked

2
abc
0
--- error_code: 400
--- closes

=== a body that is too large
--- raw_request
POST /read HTTP/1.1
Host: a
Content-Length: 21
--- error_code: 413
--- error_log
client intended to send too large body: 21 bytes

=== chunks that are too large together
--- raw_request
POST /read HTTP/1.1
Host: a
Transfer-Encoding: chunked

f
123456789012345
f
123456789012345
0
--- error_code: 413
--- error_log
client intended to send too large chunked body: 15+15 bytes

=== a body that nobody reads is skipped
--- raw_request
POST /ignore HTTP/1.1
Host: a
Content-Length: 5

helloGET /ignore HTTP/1.1
Host: a
--- response_body
ignored
--- next
--- response_body
ignored
--- stays_open

=== a client that waits for 100
--- raw_request
POST /read HTTP/1.1
Host: a
Content-Length: 2
Expect: 100-continue

\whi\
--- error_code: 100
--- next
--- response_body
[hi]

=== no body
--- request
POST /read
Content-Length: 0
--- response_body
[nil]
