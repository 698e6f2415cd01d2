The modules that OpenResty bundles: echo, headers-more, set-misc.

=== echo
--- config
location = /echo {
    echo hello "$arg_name";
    echo -n no;
    echo " newline";
    echo;
    echo_duplicate 3 ab;
    echo "";
}
location = /method {
    echo $echo_request_method;
    echo_duplicate 1 $echo_client_request_method;
    echo;
}
location = /body {
    echo_read_request_body;
    echo_request_body;
}
location = /status {
    echo_status 404;
    echo "not here";
}
location = /exec {
    echo_exec /echo name=exec;
}
--- request
GET /echo?name=ada
--- response_body
hello ada
no newline

ababab
--- request
GET /method
--- response_body
GET
GET
--- request
POST /body

some text
--- response_body chop
some text
--- request
GET /status
--- error_code: 404
--- response_body
not here
--- request
GET /exec
--- response_body
hello exec
no newline

ababab

=== headers-more
--- config
more_set_headers "Server: night" "X-All: $uri";
location = /set {
    more_set_headers -s 404 "X-Missing: yes";
    more_set_headers -t text/html "X-Html: yes";
    return 200 "x";
}
location = /missing {
    more_set_headers -s 404 "X-Missing: yes";
    return 404;
}
location = /clear {
    more_clear_headers Content-Type "X-A*";
    return 200 "x";
}
location = /in {
    more_set_input_headers "X-In: given" "User-Agent: other";
    more_clear_input_headers X-Out;
    content_by_lua_block {
        ngx.say(ngx.var.http_x_in, " ", ngx.var.http_user_agent, " ", tostring(ngx.var.http_x_out))
    }
}
--- request
GET /set
--- response_headers
Server: night
X-All: /set
!X-Missing
!X-Html
--- request
GET /missing
--- error_code: 404
--- response_headers
Server: night
X-Missing: yes
--- request
GET /clear
--- response_headers
!Content-Type
!X-All
--- request
GET /in
X-Out: x
User-Agent: mine
--- response_body
given other nil

=== set-misc
--- config
location / {
    set_escape_uri $escaped "a b/c&d";
    set_unescape_uri $unescaped "a%20b+c";
    set_quote_sql_str $sql "it's";
    set_quote_json_str $json 'a"b';
    set_if_empty $empty $arg_none;
    set $other x;
    set_if_empty $other y;
    set_encode_base64 $base64 "hello";
    set_decode_base64 $plain "aGVsbG8=";
    set_encode_hex $hex "az";
    set_decode_hex $unhex "617a";
    set_md5 $md5 "a";
    set_sha1 $sha1 "a";
    set_hmac_sha1 $hmac "key" "text";
    set_encode_base64 $hmac;
    set_hashed_upstream $bucket buckets "abc";
    echo "$escaped|$unescaped|$sql|$json|$other";
    echo "$base64|$plain|$hex|$unhex";
    echo "$md5|$sha1";
    echo "$hmac";
}
--- http_config
upstream_list buckets one;
upstream one {
    server 127.0.0.1:1;
}
--- request
GET /
--- response_body
a%20b%2Fc%26d|a b c|'it\'s'|"a\"b"|x
aGVsbG8=|hello|617a|az
0cc175b9c0f1b6a831c399e269772661|86f7e437faa5a7fce15d1ddcb9eaeaea377667b8
Np4pWetJRQM4shJ0j3fY3tdIR7s=
