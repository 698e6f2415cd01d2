How a request line is read: what is taken, what gets a 400, and what $uri becomes of it.

=== a plain request
--- config
location / {
    return 200 "$request_method|$uri|$args|$server_protocol\n";
}
--- request
GET /a/b?c=d
--- response_body
GET|/a/b|c=d|HTTP/1.1
--- response_headers
Content-Type: text/plain
Content-Length: 22
Connection: close

=== HTTP/1.0 needs no Host and closes
--- raw_request
GET /a HTTP/1.0
--- response_body
GET|/a||HTTP/1.0
--- response_headers
Connection: close
--- closes

=== HTTP/0.9 gets the body alone
--- raw_request
GET /a\r\n\
--- error_code: 9
--- response_body
GET|/a||
--- closes

=== HTTP/1.1 without Host
--- raw_request
GET / HTTP/1.1
--- error_code: 400
--- closes
--- error_log
client sent HTTP/1.1 request without "Host" header while reading client request headers

=== empty lines before a request are skipped
--- raw_request
\r\n\r\nGET /a HTTP/1.1
Host: a
--- response_body
GET|/a||HTTP/1.1
--- stays_open

=== lines that end in LF alone are taken
--- raw_request
GET /a HTTP/1.1\nHost: a\n\n\
--- response_body
GET|/a||HTTP/1.1

=== a request that comes in pieces
--- raw_request
GE\wT /a\w/b?x=\wy HT\wTP/1.1\r\w\nHo\wst: a\r\n\w\r\w\n\
--- response_body
GET|/a/b|x=y|HTTP/1.1

=== the absolute form
--- raw_request
GET http://Example.com:81/a?b HTTP/1.1
Host: other
--- response_body
GET|/a|b|HTTP/1.1

=== the absolute form without a path
--- raw_request
GET http://example.com HTTP/1.1
Host: other
--- response_body
GET|/||HTTP/1.1

=== dots and slashes are resolved
--- request
GET //a/./b/../c//d/%2e%2e/e
--- response_body
GET|/a/c/e||HTTP/1.1

=== dots that end a path
--- request
GET /a/b/..
--- response_body
GET|/a/||HTTP/1.1

=== no way up from the root
--- request
GET /../a
--- error_code: 400
--- error_log
client sent invalid request while reading client request line

=== escapes are decoded once
--- request
GET /a%20b%2541%2Fc
--- response_body
GET|/a b%41/c||HTTP/1.1

=== a NUL in a path
--- request
GET /a%00b
--- error_code: 400

=== bad escapes
--- request
GET /a%zz
--- error_code: 400
--- request
GET /a%2
--- error_code: 400

=== a fragment is no part of the path
--- request
GET /a#b?c
--- response_body
GET|/a||HTTP/1.1

=== a question mark alone
--- request
GET /a?
--- response_body
GET|/a||HTTP/1.1

=== methods of one's own are taken, lower case is not
--- request
FROB /a
--- response_body
FROB|/a||HTTP/1.1
--- request
get /a
--- error_code: 400
--- error_log
client sent invalid method while reading client request line

=== versions that are not HTTP/1
--- raw_request
GET / HTTP/2.0
Host: a
--- error_code: 505
--- closes
--- raw_request
GET / HTTP/1.x
Host: a
--- error_code: 400
--- raw_request
GET / HTPT/1.1
Host: a
--- error_code: 400

=== HTTP/1.7 is taken as HTTP/1.1 would be
--- raw_request
GET / HTTP/1.7
Host: a
--- response_body
GET|/||HTTP/1.7
--- stays_open

=== spaces around the version
--- raw_request
GET  /a  HTTP/1.1 
Host: a
--- response_body
GET|/a||HTTP/1.1 

=== a line that is too long
--- config
connection_pool_size 256;
client_header_buffer_size 64;
large_client_header_buffers 2 256;
location / {
    return 200 "ok\n";
}
--- raw_request
GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.1
Host: a
--- error_code: 414
--- closes
--- error_log
client sent too long URI while reading client request line

=== a line that fits a large buffer only
--- raw_request
GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.1
Host: a
--- response_body
ok

=== a header that is too long
--- raw_request
GET / HTTP/1.1
Host: a
X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
--- error_code: 400
--- closes
--- response_body_like: Request Header Or Cookie Too Large
--- error_log
client sent too long header line: "X-Long: aaaa
