The rewrite module: set, if, rewrite, break, return.

=== set and return
--- config
set $name world;
location /hello {
    set $greeting "hello, ${name}";
    return 200 "$greeting\n";
}
location /moved {
    return 301 /there?$args;
}
location /found {
    return http://example.com/x;
}
location /gone {
    return 410;
}
location /close {
    return 444;
}
location /empty {
    return 204;
}
--- request
GET /hello
--- response_body
hello, world
--- request
GET /moved?a=b
--- error_code: 301
--- response_headers
Location: http://localhost:%PORT%/there?a=b
--- response_body_like: <title>301 Moved Permanently</title>
--- request
GET /found
--- error_code: 302
--- response_headers
Location: http://example.com/x
--- request
GET /gone
--- error_code: 410
--- response_body_like: ^<html>\r\n<head><title>410 Gone</title></head>\r\n<body>\r\n<center><h1>410 Gone</h1></center>
--- request
GET /close
--- no_response
--- request
GET /empty
--- error_code: 204
--- response_headers
!Content-Length
!Content-Type

=== the Location is relative when told
--- config
absolute_redirect off;
location / {
    return 302 /there;
}
--- request
GET /
--- error_code: 302
--- response_headers
Location: /there

=== rewrite starts over with the new location
--- config
location /old/ {
    rewrite ^/old/(\w+)/(\w+)$ /new?first=$1&second=$2 last;
    return 200 "old $uri\n";
}
location /new {
    return 200 "new $uri $args\n";
}
location /here {
    rewrite ^/here(.*)$ /other$1 break;
    return 200 "unreached\n";
    content_by_lua_block {
        ngx.say("here ", ngx.var.uri, " ", ngx.var.request_uri)
    }
}
location /noargs {
    rewrite ^ /new?only=this? last;
}
location /perm {
    rewrite ^ /there permanent;
}
location /temp {
    rewrite ^ https://example.com$request_uri? redirect;
}
--- request
GET /old/a/b?c=d
--- response_body
new /new first=a&second=b&c=d
--- request
GET /old/a
--- response_body
old /old/a
--- request
GET /here/x
--- response_body
here /other/x /here/x
--- request
GET /noargs?a=b
--- response_body
new /new only=this
--- request
GET /perm?a=b
--- error_code: 301
--- response_headers
Location: http://localhost:%PORT%/there?a=b
--- request
GET /temp?a=b
--- error_code: 302
--- response_headers
Location: https://example.com/temp?a=b

=== a rewrite in circles
--- config
location / {
    rewrite ^ /x last;
}
--- request
GET /
--- error_code: 500
--- error_log
rewrite or internal redirection cycle while processing "/x"

=== rewrite escapes what it matched
--- config
location /r {
    rewrite ^/r/(.*)$ /t?q=$1 redirect;
}
location /p {
    rewrite ^/p/(.*)$ /t/$1 redirect;
}
--- request
GET /r/a%20b%26c
--- error_code: 302
--- response_headers
Location: http://localhost:%PORT%/t?q=a%20b%26c
--- request
GET /p/a%20b%3Fc
--- error_code: 302
--- response_headers
Location: http://localhost:%PORT%/t/a%20b?c

=== if and its operators
--- config
location / {
    set $found "";
    if ($arg_a) {
        set $found "${found}set ";
    }
    if ($arg_a = x) {
        set $found "${found}equal ";
    }
    if ($arg_a != x) {
        set $found "${found}different ";
    }
    if ($arg_a ~ ^X) {
        set $found "${found}match ";
    }
    if ($arg_a ~* ^X(.*)) {
        set $found "${found}match-any-case($1) ";
    }
    if ($arg_a !~ y) {
        set $found "${found}no-y ";
    }
    if (-f $document_root/file) {
        set $found "${found}file ";
    }
    if (!-e $document_root/nothing) {
        set $found "${found}nothing ";
    }
    if (-d $document_root) {
        set $found "${found}folder ";
    }
    return 200 "$found\n";
}
root html;
--- user_files
>>> file
text
--- request
GET /?a=x
--- response_body
set equal match-any-case() no-y file nothing folder 
--- request
GET /?a=0
--- response_body
different no-y file nothing folder 
--- request
GET /?a=Xyz
--- response_body
set different match match-any-case(yz) file nothing folder 

=== if has a location's directives
--- config
location / {
    add_header X-Always yes;
    if ($arg_lua) {
        add_header X-If yes;
        content_by_lua_block {
            ngx.say("if")
        }
    }
    content_by_lua_block {
        ngx.say("plain")
    }
}
--- request
GET /
--- response_body
plain
--- response_headers
X-Always: yes
!X-If
--- request
GET /?lua=1
--- response_body
if
--- response_headers
X-If: yes
!X-Always

=== break ends the rewrite directives
--- config
location / {
    set $a one;
    if ($arg_stop) {
        break;
    }
    set $a two;
    content_by_lua_block {
        ngx.say(ngx.var.a)
    }
}
--- request
GET /?stop=1
--- response_body
one
--- request
GET /
--- response_body
two

=== a variable that nobody sets
--- config
location / {
    return 200 $nobody;
}
--- must_die
--- error_log
[emerg]
unknown "nobody" variable

=== if without an operand
--- config
location / {
    if () {
        return 200;
    }
}
--- must_die
--- error_log
invalid condition
