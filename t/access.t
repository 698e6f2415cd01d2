Who may come in: allow and deny, auth_basic, satisfy, limit_except, valid_referers.

=== allow and deny
--- config
location = /in {
    allow 127.0.0.0/8;
    deny all;
    content_by_lua_block {
        ngx.say("in")
    }
}
location = /out {
    deny 127.0.0.1;
    allow all;
    content_by_lua_block {
        ngx.say("in")
    }
}
--- request
GET /in
--- response_body
in
--- request
GET /out
--- error_code: 403
--- error_log
access forbidden by rule

=== auth_basic
--- config
location / {
    auth_basic "the realm";
    auth_basic_user_file ../html/users;
    content_by_lua_block {
        ngx.say(ngx.var.remote_user)
    }
}
location = /open {
    auth_basic off;
    content_by_lua_block {
        ngx.say("open")
    }
}
--- user_files
>>> users
# name:password
ada:{PLAIN}secret
bob:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/
sha:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
--- request
GET /
--- error_code: 401
--- response_headers
WWW-Authenticate: Basic realm="the realm"
--- error_log
no user/password was provided for basic authentication

=== auth_basic with a name
--- request
GET /
Authorization: Basic YWRhOnNlY3JldA==
--- response_body
ada
--- request
GET /
Authorization: Basic c2hhOnNlY3JldA==
--- response_body
sha
--- request
GET /
Authorization: Basic Ym9iOnNlY3JldA==
--- response_body
bob
--- request
GET /open
--- response_body
open

=== auth_basic with a wrong password
--- request
GET /
Authorization: Basic YWRhOndyb25n
--- error_code: 401
--- error_log
user "ada": password mismatch

=== satisfy any
--- config
location / {
    satisfy any;
    deny all;
    access_by_lua_block {
        if ngx.var.arg_key ~= "right" then
            ngx.exit(ngx.HTTP_FORBIDDEN)
        end
    }
    content_by_lua_block {
        ngx.say("in")
    }
}
--- request
GET /?key=right
--- response_body
in
--- request
GET /?key=wrong
--- error_code: 403

=== limit_except
--- config
location / {
    limit_except GET {
        deny all;
    }
    content_by_lua_block {
        ngx.say(ngx.req.get_method())
    }
}
--- request
GET /
--- response_body
GET
--- request
HEAD /
--- error_code: 200
--- request
DELETE /
--- error_code: 403

=== valid_referers
--- config
location / {
    valid_referers none server_names *.example ~\.test/;
    if ($invalid_referer) {
        return 403;
    }
    return 200 "welcome\n";
}
--- request
GET /
--- response_body
welcome
--- request
GET /
Referer: http://a.example/b
--- response_body
welcome
--- request
GET /
Referer: https://x.test/b
--- response_body
welcome
--- request
GET /
Referer: http://localhost/
--- response_body
welcome
--- request
GET /
Referer: http://elsewhere/
--- error_code: 403
