set-misc: directives that make a variable's value, in the order of the text with set and if.

=== quoting
--- config
location / {
    set_unescape_uri $v $arg_v;
    set_quote_sql_str $sql $v;
    set_quote_pgsql_str $pgsql $v;
    set_quote_json_str $json $v;
    return 200 "$sql $pgsql $json\n";
}
location /self {
    set $a "it's";
    set_quote_sql_str $a;
    return 200 "$a\n";
}
--- request
GET /?v=a%27%0A%22
--- response_body
'a\'\n\"' E'a\'\n\"' "a'\n\""
--- request
GET /?v=
--- response_body
'' '' null
--- request
GET /?v=%E4%BD%A0
--- response_body
'你' E'你' "你"
--- request
GET /self
--- response_body
'it\'s'

=== encoding and decoding
--- config
location / {
    set $v "Hello, world";
    set_encode_base32 $a $v;
    set_decode_base32 $b $a;
    set_encode_base64 $c $v;
    set_decode_base64 $d $c;
    set_encode_base64url $e "$v?>";
    set_decode_base64url $f $e;
    set_encode_hex $g $v;
    set_decode_hex $h $g;
    set_escape_uri $i "a b&c/d";
    set_unescape_uri $j "a+b%26c%2";
    return 200 "$a $b\n$c $d\n$e $f\n$g $h\n$i $j\n";
}
location /alphabet {
    set_base32_padding off;
    set_base32_alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZ234567;
    set_encode_base32 $a hello1;
    return 200 "$a\n";
}
location /bad64 {
    set_decode_base64 $a "!";
    return 200;
}
--- request
GET /
--- response_body
91imor3f5gg7erridhi0==== Hello, world
SGVsbG8sIHdvcmxk Hello, world
SGVsbG8sIHdvcmxkPz4 Hello, world?>
48656c6c6f2c20776f726c64 Hello, world
a%20b%26c%2Fd a b&c
--- request
GET /alphabet
--- response_body
NBSWY3DPGE
--- request
GET /bad64
--- error_code: 500
--- error_log
set_decode_base64: invalid value

=== digests
--- config
location / {
    set_md5 $a "";
    set_sha1 $b hello;
    set_hmac_sha1 $c key text;
    set_encode_base64 $c;
    set_hmac_sha256 $d "" text;
    set_encode_hex $d;
    return 200 "$a\n$b\n$c\n$d\n";
}
--- request
GET /
--- response_body
d41d8cd98f00b204e9800998ecf8427e
aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d
Np4pWetJRQM4shJ0j3fY3tdIR7s=
0611b704abab473f956257a09cc2fc2c867211d077bdffc5a91bd8a5047826ff

=== chance, turns and defaults
--- config
location /random {
    set_random $a 7 5;
    if ($a !~ "^[567]$") {
        return 500;
    }
    set_secure_random_alphanum $b 20;
    set_secure_random_lcalpha $c 64;
    if ($b !~ "^[a-zA-Z0-9]{20}$") {
        return 501;
    }
    if ($c ~ "^[a-z]{64}$") {
        return 200 "good\n";
    }
    return 502;
}
location /rotate {
    set $a $arg_a;
    set_rotate $a 1 3;
    return 200 "$a\n";
}
location /default {
    set $a $arg_a;
    set_if_empty $a other;
    return 200 "$a\n";
}
--- request
GET /random
--- response_body
good
--- request
GET /rotate
--- response_body
1
--- request
GET /rotate
--- response_body
2
--- request
GET /rotate?a=3
--- response_body
1
--- request
GET /default
--- response_body
other
--- request
GET /default?a=x
--- response_body
x

=== an alphabet has 32 letters
--- config
set_base32_alphabet abc;
--- must_die
--- error_log
"set_base32_alphabet" directive takes an alphabet of 3 bytes but 32 expected
