Who may come in, continued: networks, password hashes, auth_request, auth_delay.

=== networks
--- config
location = /a {
    deny 127.0.0.2;
    deny ::1;
    allow 127.0.0.0/30;
    deny all;
    return 204;
}
location = /b {
    allow unix:;
    deny 0.0.0.0/0;
    return 204;
}
location = /c {
    deny unix:;
    allow ::/0;
    try_files /nothing =204;
}
--- request
GET /a
--- error_code: 204
--- request
GET /b
--- error_code: 204
--- request
GET /c
--- error_code: 204

=== a rule is a network
--- config
deny 127.0.0.256;
--- must_die
--- error_log
invalid parameter "127.0.0.256" in

=== bits behind the prefix
--- config
location / {
    allow 127.0.0.1/8;
    deny all;
}
--- user_files
>>> x
x
--- request
GET /x
--- response_body
x

=== hashes
--- config
location / {
    auth_basic "$arg_realm";
    auth_basic_user_file ../html/users;
    try_files /nothing =204;
}
--- user_files
>>> users
plain:{PLAIN}secret
#plain:{PLAIN}wrong

apr1:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/
md5:$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1
sha256:$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.
sha512:$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.
sha:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
ssha:{SSHA}+RFhsab2AfzZ0VfEdyknXtUT06RhYmNk
more:{PLAIN}secret:Some Body
--- request
GET /?realm=x%22
--- error_code: 401
--- response_headers
WWW-Authenticate: Basic realm="x%22"
--- request
GET /?realm=off
--- error_code: 204
--- request
GET /
Authorization: Basic cGxhaW46c2VjcmV0
--- error_code: 204
--- request
GET /
Authorization: Basic YXByMTpzZWNyZXQ=
--- error_code: 204
--- request
GET /
Authorization: Basic bWQ1OnNlY3JldA==
--- error_code: 204
--- request
GET /
Authorization: Basic c2hhMjU2OnNlY3JldA==
--- error_code: 204
--- request
GET /
Authorization: Basic c2hhNTEyOnNlY3JldA==
--- error_code: 204
--- request
GET /
Authorization: Basic c2hhOnNlY3JldA==
--- error_code: 204
--- request
GET /
Authorization: Basic c3NoYTpzZWNyZXQ=
--- error_code: 204
--- request
GET /
Authorization: Basic bW9yZTpzZWNyZXQ=
--- error_code: 204

=== a wrong password, a user that is not there
--- request
GET /
Authorization: Basic c2hhNTEyOndyb25n
--- error_code: 401
--- request
GET /
Authorization: Basic bm9ib2R5OnNlY3JldA==
--- error_code: 401
--- error_log
user "sha512": password mismatch, client: 127.0.0.1
/user "nobody" was not found in ".*/users"/

=== a password file that is not there
--- config
location / {
    auth_basic "x";
    auth_basic_user_file nosuch;
}
--- request
GET /
Authorization: Basic cGxhaW46c2VjcmV0
--- error_code: 403
--- error_log
/open\(\) ".*/conf/nosuch" failed \(2: No such file or directory\)/

=== satisfy any: a password instead of an address
--- config
location / {
    satisfy any;
    deny all;
    auth_basic "x";
    auth_basic_user_file ../html/users;
    try_files /nothing =204;
}
location /free {
    satisfy any;
    auth_basic "x";
    auth_basic_user_file ../html/users;
    auth_request /allowed;
    try_files /nothing =204;
}
location = /allowed {
    return 200;
}
--- user_files
>>> users
plain:{PLAIN}secret
--- request
GET /
--- error_code: 401
--- response_headers
WWW-Authenticate: Basic realm="x"
--- request
GET /
Authorization: Basic cGxhaW46c2VjcmV0
--- error_code: 204
--- request
GET /free
--- error_code: 204
--- response_headers
!WWW-Authenticate

=== auth_delay
--- config
location / {
    auth_delay 20ms;
    auth_basic "x";
    auth_basic_user_file nosuch;
}
--- request
GET /
--- error_code: 401
--- error_log
delaying unauthorized request, client: 127.0.0.1

=== auth_request
--- http_config
log_format who "who: $who";
--- config
location / {
    auth_request /check;
    auth_request_set $who $uri;
    access_log logs/error.log who;
    try_files /nothing =204;
}
location = /check {
    internal;
    if ($http_x_answer = 401) {
        return 401;
    }
    if ($http_x_answer = 403) {
        return 403;
    }
    if ($http_x_answer = 404) {
        return 404;
    }
    return 200;
}
location /off {
    auth_request off;
    try_files /nothing =204;
}
--- request
GET /
--- error_code: 204
--- request
GET /
X-Answer: 401
--- error_code: 401
--- request
GET /
X-Answer: 403
--- error_code: 403
--- request
GET /off
X-Answer: 403
--- error_code: 204
--- error_log
who: /check

=== an answer that auth_request does not know
--- request
GET /
X-Answer: 404
--- error_code: 500
--- error_log
auth request unexpected status: 404, client: 127.0.0.1

=== auth_request_set takes a variable
--- config
auth_request_set who $uri;
--- must_die
--- error_log
invalid variable name "who" in
