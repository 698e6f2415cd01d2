Variables made from variables: map, geo, split_clients, and those of the core.

=== map
--- http_config
map $arg_k $mapped {
    default     none;
    one         1;
    TWO         2;
    ~^r(\d+)$   "regex $1";
    ~*^CASE     "$arg_k in any case";
    \default    "the word";
}
map $host$uri $hosted {
    hostnames;
    default       other;
    *.example/a   wild;
}
map $arg_k $undefined {
    a 1;
}
--- config
location / {
    return 200 "[$mapped][$undefined]\n";
}
--- request
GET /?k=one
--- response_body
[1][]
--- request
GET /?k=two
--- response_body
[2][]
--- request
GET /?k=r42
--- response_body
[regex 42][]
--- request
GET /?k=cAsEs
--- response_body
[cAsEs in any case][]
--- request
GET /?k=default
--- response_body
[the word][]
--- request
GET /
--- response_body
[none][]

=== geo
--- http_config
geo $arg_ip $place {
    default        nowhere;
    10.0.0.0/8     ten;
    10.1.0.0/16    ten-one;
    192.168.1.7    host;
    ::1            six;
}
--- config
location / {
    return 200 "$place\n";
}
--- request
GET /?ip=10.2.3.4
--- response_body
ten
--- request
GET /?ip=10.1.3.4
--- response_body
ten-one
--- request
GET /?ip=192.168.1.7
--- response_body
host
--- request
GET /?ip=::1
--- response_body
six
--- request
GET /?ip=8.8.8.8
--- response_body
nowhere

=== split_clients
--- http_config
split_clients $arg_a $half {
    50%  first;
    *    second;
}
--- config
location / {
    return 200 "$half\n";
}
--- request
GET /?a=a
--- response_body
second
--- request
GET /?a=c
--- response_body
first

=== the core's variables
--- config
root html;
location / {
    content_by_lua_block {
        for _, name in ipairs { "remote_addr", "server_addr", "server_port", "server_name", "scheme", "request", "request_uri",
                "document_uri", "query_string", "is_args", "arg_b", "cookie_c", "http_host", "content_length", "content_type",
                "request_completion", "https", "hostname_is_not_one" } do
            ngx.say(name, "=", tostring(ngx.var[name]))
        end
        ngx.say(ngx.var.document_root == ngx.var.realpath_root, " ", ngx.var.request_filename == ngx.var.document_root .. ngx.var.uri)
        ngx.say(#ngx.var.binary_remote_addr, " ", ngx.var.msec:match("^%d+%.%d%d%d$") ~= nil, " ", ngx.var.request_time:match("^0%.%d%d%d$") ~= nil)
        ngx.say(ngx.var.request_id:match("^%x+$") and #ngx.var.request_id, " ", tonumber(ngx.var.pid) == ngx.worker.pid())
    }
}
--- request
GET /a%20b?b=1
Cookie: a=b; c=d
--- response_body
remote_addr=127.0.0.1
server_addr=127.0.0.1
server_port=%PORT%
server_name=localhost
scheme=http
request=GET /a%20b?b=1 HTTP/1.1
request_uri=/a%20b?b=1
document_uri=/a b
query_string=b=1
is_args=?
arg_b=1
cookie_c=d
http_host=localhost
content_length=nil
content_type=nil
request_completion=
https=
hostname_is_not_one=nil
true true
4 true true
32 true

=== map of host names
--- http_config
map $arg_h $kind {
    hostnames;
    default   none;
    *.a.com   below-a;
    *.x.a.com below-x;
    .b.com    b;
    www.c.*   c;
    www.c.org exactly;
}
--- config
location / {
    return 200 "$kind\n";
}
--- request
GET /?h=a.com
--- response_body
none
--- request
GET /?h=q.a.com
--- response_body
below-a
--- request
GET /?h=q.X.A.com.
--- response_body
below-x
--- request
GET /?h=b.com
--- response_body
b
--- request
GET /?h=www.c.net
--- response_body
c
--- request
GET /?h=www.c.org
--- response_body
exactly

=== a map's value is made once a request, unless volatile
--- http_config
map $arg_k$n $once {
    ~(.*)  "<$1>";
}
map $arg_k$n $again {
    volatile;
    ~(.*)  "<$1>";
}
--- config
location / {
    set $n 1;
    set $before "$once$again";
    set $n 2;
    return 200 "$before $once$again\n";
}
location /set {
    set $once other;
    return 200 "$once\n";
    set $n 0;
}
--- request
GET /?k=k
--- response_body
<k1><k1> <k1><k2>
--- request
GET /set
--- response_body
other

=== geo by ranges
--- http_config
geo $arg_ip $place {
    ranges;
    default                  nowhere;
    10.0.0.0-10.3.0.5        a;
    10.2.0.0-10.2.0.10       b;
    10.2.0.5-10.2.0.6        c;
    delete 10.2.0.7-10.2.0.10;
}
--- config
location / {
    return 200 "$place\n";
}
--- request
GET /?ip=10.1.2.3
--- response_body
a
--- request
GET /?ip=10.3.0.6
--- response_body
nowhere
--- request
GET /?ip=10.2.0.4
--- response_body
b
--- request
GET /?ip=10.2.0.6
--- response_body
c
--- request
GET /?ip=10.2.0.8
--- response_body
nowhere
--- request
GET /?ip=10.2.0.11
--- response_body
a

=== geo behind proxies
--- http_config
geo $place {
    127.0.0.0/8  local;
    9.9.9.9      far;
    8.8.8.8      near;
    proxy        127.0.0.1;
}
geo $deep {
    default      nowhere;
    127.0.0.0/8  local;
    9.9.9.9      far;
    proxy        127.0.0.1;
    proxy        8.8.8.0/24;
    proxy_recursive;
}
--- config
location / {
    return 200 "$place $deep\n";
}
--- request
GET /
--- response_body
local local
--- request
GET /
X-Forwarded-For: 9.9.9.9, 8.8.8.8
--- response_body
near far
--- request
GET /
X-Forwarded-For: nobody
--- response_body
local local

=== ranges of geo do not cross
--- http_config
geo $place {
    ranges;
    10.0.0.5-10.0.0.10  a;
    10.0.0.8-10.0.0.12  b;
}
--- config
--- must_die
--- error_log
range "10.0.0.8-10.0.0.12" overlaps "10.0.0.5-10.0.0.10"

=== split_clients gives no more than there is
--- http_config
split_clients $arg_a $part {
    50%    a;
    50.1%  b;
}
--- config
--- must_die
--- error_log
percent total is greater than 100%

=== valid_referers
--- config
location / {
    valid_referers none blocked server_names *.example.com example.org/galleries/ ~\.google\.;
    return 200 "[$invalid_referer]\n";
}
location /all {
    return 200 "[$invalid_referer]\n";
}
--- request
GET /
--- response_body
[]
--- request
GET /
Referer: hidden
--- response_body
[]
--- request
GET /
Referer: http://localhost:1234/x
--- response_body
[]
--- request
GET /
Referer: HTTP://www.Example.com/x
--- response_body
[]
--- request
GET /
Referer: http://example.com/x
--- response_body
[1]
--- request
GET /
Referer: http://example.org/galleries/1
--- response_body
[]
--- request
GET /
Referer: http://example.org/other
--- response_body
[1]
--- request
GET /
Referer: https://www.google.de/
--- response_body
[]
--- request
GET /all
Referer: http://evil/
--- response_body
[]
