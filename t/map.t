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
