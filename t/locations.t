Which location, and which server, a request goes to.

=== exact, longest prefix, regex in order, ^~
--- config
location / {
    return 200 "root\n";
}
location = / {
    return 200 "exact root\n";
}
location /a {
    return 200 "a\n";
}
location /a/b {
    return 200 "a/b\n";
}
location ^~ /static/ {
    return 200 "static\n";
}
location ~ \.php$ {
    return 200 "php\n";
}
location ~* \.(png|gif)$ {
    return 200 "image $1\n";
}
location ~ ^/user/(?<name>\w+) {
    return 200 "user $name\n";
}
--- request
GET /
--- response_body
exact root
--- request
GET /x
--- response_body
root
--- request
GET /abc
--- response_body
a
--- request
GET /a/bc
--- response_body
a/b
--- request
GET /a/x.php
--- response_body
php
--- request
GET /static/x.php
--- response_body
static
--- request
GET /a/X.PNG
--- response_body
image PNG
--- request
GET /user/ada/x
--- response_body
user ada

=== nested
--- config
location /a/ {
    location /a/b/ {
        return 200 "prefix\n";
    }
    location ~ /c$ {
        return 200 "regex\n";
    }
    return 200 "outer\n";
}
location ~ /c$ {
    return 200 "outer regex\n";
}
--- request
GET /a/b/x
--- response_body
prefix
--- request
GET /a/c
--- response_body
regex
--- request
GET /a/x
--- response_body
outer
--- request
GET /x/c
--- response_body
outer regex

=== server_name
--- http_config
server {
    listen 127.0.0.1:%PORT%;
    server_name exact.example ~^re-(?<part>\d+)\.example$;
    return 200 "exact or regex $part\n";
}
server {
    listen 127.0.0.1:%PORT%;
    server_name *.wild.example tail.*;
    return 200 "wild $server_name\n";
}
server {
    listen 127.0.0.1:%PORT% default_server;
    server_name _;
    return 200 "default\n";
}
--- config
location / {
    return 200 "localhost\n";
}
--- request
GET /
Host: EXACT.example.
--- response_body
exact or regex 
--- request
GET /
Host: re-12.example
--- response_body
exact or regex 12
--- request
GET /
Host: a.b.wild.example:99
--- response_body
wild *.wild.example
--- request
GET /
Host: tail.org
--- response_body
wild *.wild.example
--- request
GET /
--- response_body
localhost
--- request
GET /
Host: unknown
--- response_body
default

=== two locations with one name
--- config
location /a {
}
location /a {
}
--- must_die
--- error_log
duplicate location "/a"

=== a regex that is none
--- config
location ~ ( {
}
--- must_die
--- error_log
[emerg]

=== of two servers with the same name the first has it
--- http_config
server {
    listen 127.0.0.1:%PORT%;
    server_name same .sub.example;
    return 200 "first\n";
}
server {
    listen 127.0.0.1:%PORT% default_server;
    server_name SAME *.sub.example tail.*;
    return 200 "second\n";
}
--- config
server_name same;
location / {
    return 200 "third\n";
}
--- request
GET /
Host: same
--- response_body
first
--- request
GET /
Host: a.sub.example
--- response_body
first
--- request
GET /
Host: tail.org
--- response_body
second
--- error_log
conflicting server name "same" on 127.0.0.1:%PORT%, ignored
conflicting server name "*.sub.example" on 127.0.0.1:%PORT%, ignored
