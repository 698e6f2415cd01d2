Response headers from nginx.conf: add_header, add_trailer, expires.

=== add_header adds to successes and redirects, with always to all
--- config
location /add {
    add_header X-Always "a $uri" always;
    add_header X-Good good;
    add_header X-Empty "";
    return 200 ok;
    location /add/missing {
        return 404;
    }
    location /add/own {
        add_header X-Own own;
        return 200 ok;
    }
}
--- request
GET /add
--- response_headers
X-Always: a /add
X-Good: good
!X-Empty
--- request
GET /add/missing
--- error_code: 404
--- response_headers
X-Always: a /add/missing
!X-Good
--- request
GET /add/own
--- response_headers
X-Own: own
!X-Good

=== add_header sets what a response has once
--- config
location = /page.html {
    add_header Last-Modified "";
    add_header ETag '"mine"';
}
--- user_files
>>> page.html
page
--- request
GET /page.html
--- response_headers
!Last-Modified
ETag: "mine"

=== expires in all its forms
--- config
location = /hour { expires 1h; return 200; }
location = /past { expires -1; return 200; }
location = /epoch { expires epoch; return 200; }
location = /max { expires max; return 200; }
location = /off { expires off; return 200; }
location = /bad { expires 1h; return 400; }
location = /var { expires $arg_e; return 200; }
location = /over { expires 0; add_header Cache-Control private; return 200; }
--- request
GET /hour
--- response_headers
Cache-Control: max-age=3600
--- request
GET /past
--- response_headers
Cache-Control: no-cache
--- request
GET /epoch
--- response_headers
Expires: Thu, 01 Jan 1970 00:00:01 GMT
Cache-Control: no-cache
--- request
GET /max
--- response_headers
Expires: Thu, 31 Dec 2037 23:55:55 GMT
Cache-Control: max-age=315360000
--- request
GET /off
--- response_headers
!Expires
!Cache-Control
--- request
GET /bad
--- error_code: 400
--- response_headers
!Expires
--- request
GET /var?e=2m
--- response_headers
Cache-Control: max-age=120
--- request
GET /var?e=sometime
--- response_headers
!Expires
--- request
GET /over
--- response_headers
Cache-Control ~ max-age=0|private

=== a daily time must be within a day
--- config
location / { expires @25h; }
--- must_die
--- error_log
"expires" directive daily time value must be less than 24 hours in

=== trailers follow a body in chunks
--- config
location = /page.html {
    add_trailer X-Trailer "t $status";
}
--- user_files
>>> page.html
page
--- request
GET /page.html
--- response_headers
Transfer-Encoding: chunked
!Content-Length
--- response_body
page
--- request
GET /page.html HTTP/1.0
--- response_headers
Content-Length: 5

=== headers-more takes wildcards, statuses and types
--- http_config
more_set_headers "X-Outer: outer";
--- config
default_type text/plain;
more_set_headers "Server: mine";
location = /set {
    more_set_headers -s '404 410' -t 'text/html' 'X-Status: bad' 'Content-Type: text/foo; charset=utf-8';
    return 404;
}
location = /clear {
    add_header X-One 1;
    more_clear_headers 'X-O*' Content-Type Server Date;
    return 200 ok;
}
--- request
GET /set
--- error_code: 404
--- response_headers
Server: mine
X-Outer: outer
X-Status: bad
Content-Type: text/foo; charset=utf-8
--- request
GET /clear
--- response_headers
!X-Outer
!Content-Type
!Server
!Date

=== headers-more changes what the request says
--- config
location = /in {
    more_set_input_headers 'X-In: $arg_x' 'Host: Other.com:80';
    more_set_input_headers -r 'X-No: 1' 'X-Yes: new';
    more_clear_input_headers 'Acc*' User-Agent;
    echo "$http_x_in|$http_x_no|$http_x_yes|$http_accept|$http_accept_language|$http_user_agent|$host|$http_host";
}
--- request
GET /in?x=5
Accept: text/html
Accept-Language: en
User-Agent: test
X-Yes: old

--- response_body
5||new||||other.com|Other.com:80

=== headers-more adds another of a name
--- config
location = /add {
    more_set_headers 'X-Many: 1';
    more_set_headers -a 'X-Many: 2';
    echo_after_body $sent_http_x_many;
    return 200 "";
}
--- request
GET /add
--- response_body
1, 2
--- nightjar_only: a headers-more older than 0.38 has no -a
