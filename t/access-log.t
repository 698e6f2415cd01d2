Lines that access_log writes; the blocks have them written to the error log, where a block can look for them.

=== the combined format, as default and by name
--- config
location = /a {
    access_log logs/error.log;
    return 200 "hi\n";
}
location = /b {
    access_log logs/error.log combined;
    return 204;
}
--- request
GET /a?b=%22c HTTP/1.0
User-Agent: x "y" \z
Referer: http://r/
--- response_body
hi
--- request
GET /b
--- error_code: 204
--- error_log
/^127\.0\.0\.1 - - \[\d\d/\w\w\w/\d{4}:\d\d:\d\d:\d\d [-+]\d{4}\] "GET /a\?b=%22c HTTP/1\.0" 200 3 "http://r/" "x \\x22y\\x22 \\x5Cz"$/
/"GET /b HTTP/1\.1" 204 0 "-" "-"$/

=== counts and times
--- http_config
log_format counts "<$status $request_length $body_bytes_sent $bytes_sent ${request_time} $msec $pipe $time_iso8601>";
--- config
location / {
    access_log logs/error.log counts;
    return 404;
}
--- request
POST / HTTP/1.1
Content-Length: 3

abc
--- error_code: 404
--- error_log
/^<404 \d+ \d+ \d+ \d\.\d\d\d \d{10}\.\d\d\d \. \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d>$/

=== escape=json and escape=none
--- http_config
log_format j escape=json '{"uri":"$arg_a","none":"$http_x_none","agent":"$http_user_agent"}';
log_format n escape=none "raw $http_x_none|$http_user_agent|";
--- config
location / {
    access_log logs/error.log j;
    access_log logs/error.log n;
    return 200;
}
--- request
GET /?a=1
User-Agent: "q" \s
--- error_log
{"uri":"1","none":"","agent":"\"q\" \\s"}
raw |"q" \s|

=== off, and if=
--- http_config
log_format u "line of $uri";
--- config
access_log logs/error.log u;
location = /off {
    access_log off;
    return 200;
}
location = /if {
    access_log logs/error.log u if=$arg_log;
    return 200;
}
location = /inherited {
    return 200;
}
--- request
GET /off
--- request
GET /if?log=0
--- request
GET /if
--- request
GET /inherited
--- error_log
line of /inherited
--- no_error_log
line of /off
line of /if

=== if= with a value
--- request
GET /if?log=1
--- error_log
line of /if

=== variables in the path
--- config
location / {
    access_log logs/$arg_name;
    return 200;
}
--- request
GET /?name=error.log
--- error_log
"GET /?name=error.log HTTP/1.1" 200 0

=== a path whose root is not there is not made
--- config
location / {
    root /nowhere/at/all;
    access_log logs/$arg_name;
    return 200;
}
--- request
GET /?name=new.log
--- error_log
testing "/nowhere/at/all" existence failed (2: No such file or directory) while logging request

=== buffered lines are written after flush=
--- http_config
log_format b "buffered $uri";
--- config
location / {
    access_log logs/error.log b buffer=1k flush=10ms;
    return 200;
}
--- request
GET /x
--- error_log
buffered /x

=== what is no request is logged as it came
--- config
access_log logs/error.log;
--- raw_request
\x16\x03bad\x5C
--- error_code: 400
--- error_log
"\x16\x03bad\x5C" 400
client sent invalid method while reading client request line, client: 127.0.0.1

=== an unknown format
--- config
access_log logs/error.log nosuch;
--- must_die
--- error_log
unknown log format "nosuch" in

=== a format may be defined once
--- http_config
log_format a "1";
log_format a "2";
--- must_die
--- error_log
duplicate "log_format" name "a" in

=== a format's bracket must be closed
--- http_config
log_format a "${uri";
--- must_die
--- error_log
the closing bracket in "uri" variable is missing in

=== an unknown escaping
--- http_config
log_format a escape=html "x";
--- must_die
--- error_log
unknown log format escaping "html" in

=== an unknown variable
--- http_config
log_format a "$no_such_one";
--- must_die
--- error_log
unknown "no_such_one" variable

=== off takes nothing else
--- config
access_log off combined;
--- must_die
--- error_log
invalid parameter "combined" in

=== flush= needs a buffer
--- config
access_log logs/error.log combined flush=1s;
--- must_die
--- error_log
no buffer is defined for access_log "logs/error.log" in

=== one buffer a file
--- config
access_log logs/a.log combined buffer=1k;
access_log logs/a.log combined buffer=2k;
--- must_die
--- error_log
logs/a.log" already defined with conflicting parameters in

=== a buffered log has one name
--- config
access_log logs/$uri combined buffer=1k;
--- must_die
--- error_log
buffered logs cannot have variables in name in

=== a log that cannot be opened
--- config
access_log nowhere/a.log;
--- must_die
--- error_log
nowhere/a.log" failed (2: No such file or directory)
