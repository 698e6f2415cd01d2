try_files, error_page and named locations.

=== the first file that is there
--- config
root html;
location / {
    try_files $uri $uri.txt $uri/ /fallback?from=$uri;
}
location = /fallback {
    return 200 "fallback $args\n";
}
location /code/ {
    try_files $uri =418;
}
location /named/ {
    try_files $uri @named;
}
location @named {
    return 200 "named $uri\n";
}
index index.txt;
--- user_files
>>> a
file a
>>> b.txt
file b.txt
>>> c/index.txt
index of c
--- request
GET /a
--- response_body
file a
--- request
GET /b
--- response_body
file b.txt
--- request
GET /c/
--- response_body
index of c
--- request
GET /nothing?x=y
--- response_body
fallback from=/nothing
--- request
GET /code/x
--- error_code: 418
--- request
GET /named/x
--- response_body
named /named/x

=== error_page with a page
--- config
root html;
error_page 404 /404.html;
error_page 403 =200 /ok.html;
error_page 410 = /made;
error_page 402 https://example.com/pay;
error_page 500 501 @broken;
location = /forbidden {
    return 403;
}
location = /gone {
    return 410;
}
location = /made {
    content_by_lua_block {
        ngx.status = 202
        ngx.say(ngx.req.get_method(), " ", ngx.var.uri, " ", ngx.var.request_uri)
    }
}
location = /pay {
    return 402;
}
location = /broken {
    content_by_lua_block {
        error("broken on purpose")
    }
}
location = /unfinished {
    return 501;
}
location @broken {
    return 200 "sorry: $status $uri\n";
}
location = /404.html {
    internal;
}
--- user_files
>>> 404.html
not here
>>> ok.html
fine
--- request
GET /nothing
--- error_code: 404
--- response_body
not here
--- request
GET /forbidden
--- response_body
fine
--- request
POST /gone

a=b
--- error_code: 202
--- response_body
GET /made /gone
--- request
GET /pay
--- error_code: 302
--- response_headers
Location: https://example.com/pay
--- request
GET /broken
--- error_code: 500
--- response_body
sorry: 500 /broken
--- error_log
broken on purpose
--- request
GET /unfinished
--- error_code: 501
--- response_body
sorry: 501 /unfinished

=== an internal location is not for clients
--- request
GET /404.html
--- error_code: 404
--- response_body
not here

=== an error in an error page
--- config
error_page 404 /nothing-either;
root html;
--- request
GET /nothing
--- error_code: 404
--- response_body_like: <center><h1>404 Not Found</h1></center>

=== the pages that are built in
--- config
server_tokens off;
location / {
    return 503;
}
--- request
GET /
--- error_code: 503
--- response_headers
Server ~ ^\w+$
Content-Type: text/html
--- response_body_like: ^<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>\w+</center>\r\n</body>\r\n</html>\r\n$
