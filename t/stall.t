A script that holds its worker.

=== lua_stall_log
--- http_config
lua_stall_log 100ms;
--- config
location = /busy {
    content_by_lua_block {
        local till = ngx.now() + 0.5
        repeat ngx.update_time() until ngx.now() >= till
        ngx.say("done")
    }
}
location = /filter {
    return 200 "x";
    header_filter_by_lua_block {
        local till = ngx.now() + 0.5
        repeat ngx.update_time() until ngx.now() >= till
    }
}
location = /parent {
    content_by_lua_block {
        ngx.print(ngx.location.capture("/busy?sub=1").body)
    }
}
--- request
GET /busy?a=1
--- response_body
done
--- error_log
/\[error\] .*: \*\d+ lua held the worker for \d+ ms in content_by_lua\(nginx.conf:\d+\), context: content_by_lua\*, client: 127\.0\.0\.1, server: localhost, request: "GET \/busy\?a=1 HTTP\/1\.1", host: "localhost"/
/\[error\] .*: \*\d+ lua held the worker for [3-9]\d\d ms in content_by_lua\(nginx.conf:\d+\) and let go of it, client: 127\.0\.0\.1, server: localhost, request: "GET \/busy\?a=1 HTTP\/1\.1", host: "localhost"/
--- nightjar_only: nginx has no watch over its workers

=== in a filter and in a subrequest
--- request
GET /filter
--- response_body chop
x
--- request
GET /parent
--- response_body
done
--- error_log
/ms in header_filter_by_lua\(nginx.conf:\d+\), context: header_filter_by_lua\*, client: .*, request: "GET \/filter HTTP/
/ms in content_by_lua\(nginx.conf:\d+\), context: content_by_lua\*, client: .*, request: "GET \/parent HTTP\/1\.1", subrequest: "\/busy\?sub=1", host: /
--- nightjar_only: nginx has no watch over its workers

=== one that waits holds nobody
--- http_config
lua_stall_log 100ms;
--- config
location = / {
    content_by_lua_block {
        ngx.sleep(0.4)
        ngx.say("done")
    }
}
--- request
GET /
--- response_body
done
--- no_error_log
held the worker
--- nightjar_only: nginx has no watch over its workers

=== off
--- http_config
lua_stall_log off;
--- config
location = / {
    content_by_lua_block {
        local till = ngx.now() + 1.3
        repeat ngx.update_time() until ngx.now() >= till
        ngx.say("done")
    }
}
--- request
GET /
--- response_body
done
--- no_error_log
held the worker
--- nightjar_only: nginx has no watch over its workers

=== a wrong value
--- http_config
lua_stall_log soon;
--- must_die
--- error_log
invalid value
--- nightjar_only: nginx has no watch over its workers
