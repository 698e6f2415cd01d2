gzip, gunzip, gzip_static and what other locations put around a response.

=== only what a client takes and is worth it is gzipped
--- config
gzip_vary on;
default_type text/html;
location = /long {
    gzip on;
    return 200 "a text of more than twenty bytes";
}
location = /short {
    gzip on;
    return 200 "short";
}
location = /other {
    gzip on;
    default_type image/png;
    return 200 "a text of more than twenty bytes";
}
--- request
GET /long
Accept-Encoding: deflate, gzip

--- response_headers
Content-Encoding: gzip
Vary: Accept-Encoding
!Content-Length
--- request
GET /long
Accept-Encoding: gzip;q=0

--- response_headers
!Content-Encoding
Vary: Accept-Encoding
Content-Length: 32
--- request
GET /long
Accept-Encoding: gzip
Via: 1.1 proxy

--- response_headers
!Content-Encoding
--- request
GET /long HTTP/1.0
Accept-Encoding: gzip

--- response_headers
!Content-Encoding
--- request
GET /short
Accept-Encoding: gzip

--- response_headers
!Content-Encoding
!Vary
--- request
GET /other
Accept-Encoding: gzip

--- response_headers
!Content-Encoding

=== other locations' output stands around the body
--- config
default_type text/html;
location = /main {
    add_before_body /before;
    add_after_body /after;
    echo main;
}
location = /before {
    echo before;
}
location = /after {
    echo_sleep 0.02;
    echo after;
}
location = /plain {
    default_type text/plain;
    add_before_body /before;
    echo plain;
}
--- request
GET /main
--- response_body
before
main
after
--- request
GET /plain
--- response_body
plain

=== bounds are checked
--- config
gzip_comp_level 10;
--- must_die
--- error_log
value must be between 1 and 9 in
