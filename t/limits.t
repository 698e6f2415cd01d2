limit_req, limit_conn, realip, autoindex, empty_gif, stub_status.

=== limit_req
--- http_config
limit_req_zone $arg_key zone=one:1m rate=1r/m;
log_format status "<$limit_req_status>";
--- config
location / {
    limit_req zone=one;
    access_log logs/error.log status;
    try_files /nothing =204;
}
location /429 {
    limit_req zone=one;
    limit_req_status 429;
    limit_req_log_level warn;
    try_files /nothing =204;
}
location /dry {
    limit_req zone=one burst=1 nodelay;
    limit_req_dry_run on;
    access_log logs/error.log status;
    try_files /nothing =204;
}
--- request
GET /?key=a
--- error_code: 204
--- request
GET /?key=a
--- error_code: 503
--- request
GET /429?key=a
--- error_code: 429
--- request
GET /?key=b
--- error_code: 204
--- request
GET /
--- error_code: 204
--- request
GET /dry?key=a
--- error_code: 204
--- request
GET /dry?key=a
--- error_code: 204
--- error_log
/\[error\] .*limiting requests, excess: (0\.9\d\d|1\.000) by zone "one", client: 127\.0\.0\.1/
/\[warn\] .*limiting requests, excess: (0\.9\d\d|1\.000) by zone "one"/
/limiting requests, dry run, excess: (1\.99\d|2\.000) by zone "one"/
<PASSED>
<REJECTED>
<REJECTED_DRY_RUN>
<->

=== limit_req delays what is in the burst
--- http_config
limit_req_zone $binary_remote_addr zone=one:1m rate=20r/s;
log_format status "<$limit_req_status $request_time>";
--- config
location / {
    limit_req zone=one burst=5;
    access_log logs/error.log status;
    try_files /nothing =204;
}
--- raw_request
GET / HTTP/1.1
Host: localhost

GET / HTTP/1.1
Host: localhost

GET / HTTP/1.1
Host: localhost
Connection: close
--- error_code: 204
--- next
--- error_code: 204
--- next
--- error_code: 204
--- error_log
/\[warn\] .*delaying request, excess: (0\.9\d\d|1\.000), by zone "one"/
<PASSED 0.000>
/^<DELAYED 0\.\d\d\d>$/

=== two limits
--- http_config
limit_req_zone $arg_a zone=a:1m rate=1r/m;
limit_req_zone $arg_b zone=b:1m rate=1r/m;
--- config
location / {
    limit_req zone=a burst=1 nodelay;
    limit_req zone=b;
    try_files /nothing =204;
}
--- request
GET /?a=1&b=1
--- error_code: 204
--- request
GET /?a=1&b=1
--- error_code: 503
--- request
GET /?a=1&b=2
--- error_code: 204
--- request
GET /?a=1&b=3
--- error_code: 503

=== limit_req needs a zone that is declared
--- config
limit_req zone=nosuch;
--- must_die
--- error_log
zero size shared memory zone "nosuch"

=== a zone of one page
--- http_config
limit_req_zone $uri zone=one:4k rate=1r/s;
--- must_die
--- error_log
zone "zone=one:4k" is too small in

=== a zone for two uses
--- http_config
limit_req_zone $uri zone=one:1m rate=1r/s;
limit_conn_zone $uri zone=one:1m;
--- must_die
--- error_log
the shared memory zone "one" is already declared for a different use in

=== a rate that is none
--- http_config
limit_req_zone $uri zone=one:1m rate=0r/s;
--- must_die
--- error_log
invalid rate "rate=0r/s" in

=== one limit a zone
--- http_config
limit_req_zone $uri zone=one:1m rate=1r/s;
limit_req zone=one;
limit_req zone=one burst=2;
--- must_die
--- error_log
"limit_req" directive is duplicate in

=== limit_conn
--- http_config
limit_conn_zone $arg_key zone=one:1m;
limit_req_zone $arg_slow zone=slow:1m rate=5r/s;
log_format status "<$limit_conn_status>";
--- config
location / {
    limit_conn one 1;
    access_log logs/error.log status;
    try_files /nothing =204;
}
--- request
GET /?key=a
--- error_code: 204
--- request
GET /?key=a
--- error_code: 204
--- request
GET /
--- error_code: 204
--- error_log
<PASSED>
<->

=== limit_conn's number
--- http_config
limit_conn_zone $uri zone=one:1m;
limit_conn one 65536;
--- must_die
--- error_log
connection limit must be less 65536 in

=== realip
--- http_config
log_format real "<$remote_addr $realip_remote_addr>";
--- config
access_log logs/error.log real;
set_real_ip_from 127.0.0.1;
set_real_ip_from 10.0.0.0/8;
location / {
    try_files /nothing =204;
}
location /xff {
    real_ip_header X-Forwarded-For;
    allow 192.0.2.1;
    deny all;
    try_files /nothing =204;
}
location /recursive {
    real_ip_header X-Forwarded-For;
    real_ip_recursive on;
    try_files /nothing =204;
}
--- request
GET /
X-Real-IP: 2001:db8::1
--- error_code: 204
--- request
GET /xff
X-Forwarded-For: 192.0.2.9, 192.0.2.1:90
--- error_code: 204
--- request
GET /xff
X-Forwarded-For: 192.0.2.1, 192.0.2.9
--- error_code: 403
--- request
GET /recursive
X-Forwarded-For: 192.0.2.7, 192.0.2.8
X-Forwarded-For: 10.1.1.1
--- error_code: 204
--- request
GET /
X-Real-IP: nonsense
--- error_code: 204
--- error_log
<2001:db8::1 127.0.0.1>
<192.0.2.1 127.0.0.1>
access forbidden by rule, client: 192.0.2.9, server: localhost
<192.0.2.8 127.0.0.1>
<127.0.0.1 127.0.0.1>

=== autoindex
--- config
location / {
    autoindex on;
}
location /json/ {
    alias html/;
    autoindex on;
    autoindex_format json;
}
location /jsonp/ {
    alias html/;
    autoindex on;
    autoindex_format jsonp;
}
location /xml/ {
    alias html/;
    autoindex on;
    autoindex_format xml;
}
location /round/ {
    alias html/;
    autoindex on;
    autoindex_exact_size off;
}
--- user_files
>>> a<b.txt
12345
>>> sub/x
>>> a-name-that-is-longer-than-fifty-characters-and-is-cut.txt
>>> .hidden
--- request
GET /sub/
--- response_body escaped
<html>\r
<head><title>Index of /sub/</title></head>\r
<body>\r
<h1>Index of /sub/</h1><hr><pre><a href="../">../</a>\r
<a href="x">x</a>                                                  02-Jan-2026 03:04                   0\r
</pre><hr></body>\r
</html>\r
--- response_headers
Content-Type: text/html
--- request
GET /
--- response_body_like
<a href="sub/">sub/</a> {47}\d\d-\w\w\w-\d{4} \d\d:\d\d                   -\r
<a href="a-name-that-is-longer-than-fifty-characters-and-is-cut.txt">a-name-that-is-longer-than-fifty-characters-and..&gt;</a> 02-Jan-2026 03:04                   0\r
<a href="a%3Cb.txt">a&lt;b.txt</a> {44}02-Jan-2026 03:04                   6\r
--- request
GET /round/
--- response_body_like
02-Jan-2026 03:04       6\r
--- request
GET /json/
--- response_headers
Content-Type: application/json
--- response_body_like
^\[\r
\{ "name":"sub", "type":"directory", "mtime":"[^"]*" \},\r
\{ "name":"a-name-[^ ]*", "type":"file", "mtime":"Fri, 02 Jan 2026 03:04:05 GMT", "size":0 \},\r
\{ "name":"a<b.txt", "type":"file", "mtime":"Fri, 02 Jan 2026 03:04:05 GMT", "size":6 \}\r
\]$
--- request
GET /jsonp/?callback=f.g
--- response_body_like
^/\* callback \*/\r
f.g\(\[\r
--- request
GET /jsonp/?callback=f()
--- error_code: 400
--- request
GET /xml/
--- response_headers
Content-Type: text/xml; charset=utf-8
--- response_body_like
<directory mtime="[^"]*">sub</directory>\r
<file mtime="2026-01-02T03:04:05Z" size="0">a-name[^<]*</file>\r
<file mtime="2026-01-02T03:04:05Z" size="6">a&lt;b.txt</file>\r

=== empty_gif
--- config
location / {
    empty_gif;
}
--- request
GET /
--- response_headers
Content-Type: image/gif
Content-Length: 43
Last-Modified: Mon, 28 Sep 1970 06:00:00 GMT
--- request
POST /
--- error_code: 405

=== stub_status
--- config
location / {
    stub_status;
}
--- request
GET /
--- response_body_like
^Active connections: \d+ 
server accepts handled requests
 \d+ \d+ \d+ 
Reading: 0 Writing: 1 Waiting: \d+ 
$

=== limit_rate
--- http_config
log_format took "<$uri $bytes_sent $request_time>";
--- config
keepalive_timeout 0;
access_log logs/error.log took;
location / {
    limit_rate 1k;
    limit_rate_after 500;
}
location /free/ {
    alias html/;
}
location /variable/ {
    alias html/;
    set $limit_rate 1k;
}
--- user_files
>>> f
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012345678901234567890123456789
--- request
GET /f
--- response_body_like
^(\d{80}\n){25}$
--- request
GET /variable/f
--- response_body_like
^(\d{80}\n){25}$
--- request
GET /free/f
--- response_body_like
^(\d{80}\n){25}$
--- error_log
/^</f 2\d\d\d (0\.[5-9]|[1-9]\d*\.)\d*>/
/^</variable/f 2\d\d\d [12]\.\d\d\d>/
/^</free/f 2\d\d\d 0\.\d\d\d>/

=== a rate that is none
--- config
limit_rate fast;
--- must_die
--- error_log
"limit_rate" directive invalid value in

=== the directory of body files is made
--- config
client_body_temp_path html/made;
location / {
    client_body_in_file_only clean;
    content_by_lua_block {
        ngx.req.read_body()
        ngx.say(#ngx.req.get_body_file() > 0)
    }
}
--- request
POST / HTTP/1.1
Content-Length: 3

abc
--- response_body
true
