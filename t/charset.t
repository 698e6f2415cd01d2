The charset of a response: its name, and text written in another one.

=== charset names it for types of text
--- config
charset utf-8;
location = /text {
    default_type text/plain;
    return 200 text;
}
location = /image {
    default_type image/png;
    return 200 image;
}
location = /off {
    charset off;
    default_type text/plain;
    return 200 text;
}
location = /redirect {
    return 302 /text;
}
--- request
GET /text
--- response_headers
Content-Type: text/plain; charset=utf-8
--- request
GET /image
--- response_headers
Content-Type: image/png
--- request
GET /off
--- response_headers
Content-Type: text/plain
--- request
GET /redirect
--- error_code: 302
--- response_headers
Content-Type: text/html

=== charset_map writes text in another charset
--- http_config
charset_map koi8-r utf-8 {
    C0 D18E;
    C1 D0B0;
}
charset_map koi8-r windows-1251 {
    C0 FE;
    C1 E0;
}
--- config
default_type text/plain;
source_charset koi8-r;
location = /utf8.txt {
    charset utf-8;
}
location = /win.txt {
    charset windows-1251;
}
location = /same.txt {
    charset koi8-r;
}
location = /back.txt {
    source_charset utf-8;
    charset koi8-r;
}
--- user_files
>>> back.txt
a€b
--- request
GET /back.txt
--- response_headers
Content-Type: text/plain; charset=koi8-r
--- response_body
a&#8364;b

=== there must be a map between the charsets
--- config
source_charset koi8-r;
charset utf-8;
--- must_die
--- error_log
no "charset_map" between the charsets "koi8-r" and "utf-8"
