resty.upload: forms with files, read piece by piece. The location says of each piece what it is.

=== parts, their headers and their bodies
--- http_config
lua_socket_log_errors off;
--- config
location = /form {
    content_by_lua_block {
        local form, err = require("resty.upload"):new(tonumber(ngx.var.arg_size), tonumber(ngx.var.arg_line), ngx.var.arg_keep)
        if not form then
            ngx.say(err)
            return
        end
        form:set_timeout(1000)
        repeat
            local kind, value, err = form:read()
            if type(value) == "table" then
                value = value[1] .. " = " .. value[2] .. " (" .. #value[3] .. ")"
            end
            ngx.say(kind, " [", value and value:gsub("[\r\n]", "."), "] ", err)
        until not kind or kind == "eof"
        local kind, _, again = form:read()
        ngx.say(kind, " ", again)
        if ngx.var.arg_keep then
            ngx.say(#(ngx.req.get_body_data() or ""), " of ", ngx.var.http_content_length)
        end
    }
}
--- raw_request
POST /form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 176\r\nContent-Type: multipart/form-data; boundary=xyz\r\n
--xyz\r\nContent-Disposition: form-data; name="one"\r\n\r\nfirst\r\n--xyz\r\nContent-Disposition: form-data; name="two"; filename="f"\r\nno field\r\nX :y\r\n\r\n\r\nsecond\r\n--xy\r\n\r\n--xyz--\r\nepilogue\r\n\
--- response_body
header [Content-Disposition = form-data; name="one" (42)] nil
body [first] nil
part_end [nil] nil
header [Content-Disposition = form-data; name="two"; filename="f" (56)] nil
header [no field] nil
header [X = y (4)] nil
body [..second..--xy..] nil
part_end [nil] nil
eof [nil] nil
eof nil

=== pieces of a size, and the body for who comes after
--- raw_request
POST /form?size=4&keep=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 54\r\nContent-Type: multipart/form-data;x=y; Boundary="a b"\r\n
preamble --a b\r\n--a b \t\r\nX: y\r\n\r\n0123456789\r\n--a b--..\
--- response_body
header [X = y (4)] nil
body [0123] nil
body [4567] nil
body [89] nil
part_end [nil] nil
eof [nil] nil
eof nil
54 of 54

=== what is too long, ends too early, or is no boundary
--- raw_request
POST /form?line=8 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 32\r\nContent-Type: multipart/form-data; boundary=xyz\r\n
--xyz\r\nX: 0123456789\r\n\r\n\r\n--xyz--\
--- response_body
nil [nil] line too long: X: 012345...
nil line too long: X: 012345...
--- raw_request
POST /form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 20\r\nContent-Type: multipart/form-data; boundary=xyz\r\n
--xyz\r\nX: y\r\n\r\nabcde\
--- response_body
header [X = y (4)] nil
nil [nil] closed
nil closed
--- raw_request
POST /form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 6\r\nContent-Type: multipart/form-data; boundary=xyz\r\n
abcdef\
--- response_body
nil [nil] closed
nil closed
--- raw_request
POST /form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 36\r\nContent-Type: multipart/form-data; boundary=xyz\r\n
--xyz\r\nX: y\r\n\r\nabc\r\n--xyzabc\r\ndef\r\n--\
--- response_body
header [X = y (4)] nil
body [abc] nil
nil [nil] bad end of a boundary
nil bad end of a boundary
--- request
POST /form
Content-Type: multipart/form-data

abc
--- response_body
no boundary defined in Content-Type
--- request
POST /form
Content-Type: multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789

abc
--- response_body
boundary too long
--- request
GET /form
Content-Type: multipart/form-data; boundary=xyz
--- response_body
no body

=== a client that sends nothing more
--- config
location = /form {
    content_by_lua_block {
        local form = require("resty.upload"):new()
        form:set_timeout(50)
        ngx.say(form:read())
        ngx.say(form:read())
    }
}
--- raw_request
POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\nContent-Type: multipart/form-data; boundary=xyz\r\n\r\n--xyz\r\nX: \
--- response_body
nilniltimeout
nilniltimeout
