ngx.upstream and resty.upstream.healthcheck. nginx as Debian has it comes without the module.

=== groups and their servers
--- http_config
upstream first {
    server 127.0.0.1:1 weight=3 max_fails=2 fail_timeout=7s;
    server 127.0.0.2 down;
    server 127.0.0.3:3 backup;
}
upstream second {
    server unix:/nowhere;
}
--- config
location /elsewhere {
    proxy_pass http://127.0.0.9:99/;
}
location / {
    content_by_lua_block {
        local upstream = require "ngx.upstream"
        local function show(list, err)
            if not list then
                ngx.say(err)
                return
            end
            for _, t in ipairs(list) do
                local keys = {}
                for key in pairs(t) do
                    keys[#keys + 1] = key
                end
                table.sort(keys)
                for i, key in ipairs(keys) do
                    keys[i] = key .. "=" .. tostring(t[key])
                end
                ngx.say(table.concat(keys, " "))
            end
        end
        ngx.say(table.concat(upstream.get_upstreams(), " "))
        show(upstream.get_servers("first"))
        show(upstream.get_servers("127.0.0.9:99"))
        show(upstream.get_servers("third"))
        show(upstream.get_primary_peers("first"))
        show(upstream.get_backup_peers("first"))
        show(upstream.get_primary_peers("second"))
        ngx.say(#upstream.get_backup_peers("second"))
        ngx.say(tostring(upstream.current_upstream_name()))
        for _, call in ipairs { "get_upstreams(1)", "get_servers()", "get_primary_peers({})", "get_backup_peers(1, 2)", "set_peer_down('first')" } do
            local _, err = pcall(loadstring("local result = require('ngx.upstream')." .. call))
            ngx.say((err:gsub("^.*:1: ", "")))
        end
    }
}
--- nightjar_only: nginx lacks the module
--- request
GET /
--- response_body
first second 127.0.0.9:99
addr=127.0.0.1:1 fail_timeout=7 max_fails=2 name=127.0.0.1:1 weight=3
addr=127.0.0.2:80 down=true fail_timeout=10 max_fails=1 name=127.0.0.2 weight=1
addr=127.0.0.3:3 backup=true fail_timeout=10 max_fails=1 name=127.0.0.3:3 weight=1
addr=127.0.0.9:99 fail_timeout=0 max_fails=0 weight=0
upstream not found
conns=0 current_weight=0 effective_weight=3 fail_timeout=7 fails=0 id=0 max_fails=2 name=127.0.0.1:1 weight=3
conns=0 current_weight=0 down=true effective_weight=1 fail_timeout=10 fails=0 id=1 max_fails=1 name=127.0.0.2:80 weight=1
conns=0 current_weight=0 effective_weight=1 fail_timeout=10 fails=0 id=0 max_fails=1 name=127.0.0.3:3 weight=1
conns=0 current_weight=0 effective_weight=1 fail_timeout=10 fails=0 id=0 max_fails=1 name=unix:/nowhere weight=1
0
nil
no argument expected
exactly one argument expected
bad argument #1 to 'get_primary_peers' (string expected, got table)
exactly one argument expected
exactly 4 arguments expected

=== a server is taken out of use and put back
--- http_config
upstream group {
    server unix:%PREFIX%/one;
    server unix:%PREFIX%/two;
    server unix:%PREFIX%/spare backup;
}
server { listen unix:%PREFIX%/one; return 200 one; }
server { listen unix:%PREFIX%/two; return 200 two; }
server { listen unix:%PREFIX%/spare; return 200 spare; }
--- config
location /ask {
    proxy_pass http://group/;
    header_filter_by_lua_block { ngx.header["X-Group"] = require("ngx.upstream").current_upstream_name() }
}
location / {
    content_by_lua_block {
        local upstream = require "ngx.upstream"
        local function ask()
            local bodies = {}
            for i = 1, 4 do
                local res = ngx.location.capture("/ask")
                bodies[i] = res.status == 200 and res.body or res.status
                assert(res.header["X-Group"] == "group")
            end
            table.sort(bodies)
            ngx.say(table.concat(bodies, " "))
        end
        ask()
        ngx.say(upstream.set_peer_down("group", false, 0, true))
        ask()
        ngx.say(tostring(upstream.get_primary_peers("group")[1].down))
        upstream.set_peer_down("group", false, 1, true)
        ask()
        upstream.set_peer_down("group", false, 0, false)
        ask()
        ngx.say(upstream.set_peer_down("group", false, 2, true))
        ngx.say(upstream.set_peer_down("group", true, 1, true))
        ngx.say(upstream.set_peer_down("nobody", true, 1, true))
    }
}
--- nightjar_only: nginx lacks the module
--- request
GET /
--- response_body
one one two two
true
two two two two
true
spare spare spare spare
one one one one
nilbad peer id
nilbad peer id
nilupstream not found

=== a checker takes servers out that fail and puts back those that answer
--- http_config
lua_shared_dict health 1m;
lua_socket_log_errors off;
upstream group {
    server unix:%PREFIX%/good;
    server unix:%PREFIX%/bad;
    server unix:%PREFIX%/nobody backup;
}
upstream unchecked {
    server 127.0.0.1:1;
}
server { listen unix:%PREFIX%/good; return 200; }
server { listen unix:%PREFIX%/bad; set_by_lua_block $ill { return ngx.shared.health:get("well") and "" or 1 } if ($ill) { return 503; } return 200; }
init_worker_by_lua_block {
    local check = require("resty.upstream.healthcheck").spawn_checker
    local opts = { type = "http", shm = "health", upstream = "group", interval = 20, fall = 2, rise = 2,
        valid_statuses = { 200 }, concurrency = 2 }
    ngx.shared.health:set("why", select(2, check(opts)))
    opts.http_req = "GET / HTTP/1.0\r\nHost: a\r\n\r\n"
    assert(check(opts))
}
--- config
location / {
    content_by_lua_block {
        local health = require "resty.upstream.healthcheck"
        -- The state of each server, once there are so many that are down.
        local function show(down)
            local text
            for _ = 1, 200 do
                text = health.status_page()
                local _, n = text:gsub("DOWN", "")
                if n == down then
                    break
                end
                ngx.sleep(0.02)
            end
            ngx.print((text:gsub("unix:%S+/", "")))
        end
        ngx.say(ngx.shared.health:get("why"))
        show(2)
        ngx.shared.health:set("well", true)
        show(1)
        local metrics = health.prometheus_status_page()
        for _, line in ipairs { '{name="group",status="UP"} 1', '{name="unchecked",status="UNKNOWN"} 1' } do
            ngx.say(metrics:find("nginx_upstream_status_info" .. line, 1, true) ~= nil)
        end
        local _, samples = metrics:gsub("endpoint=", "")
        ngx.say(samples)
        for _, opts in ipairs { {}, { type = "ftp" }, { type = "http" }, { type = "http", http_req = "" }, { type = "http", http_req = "", shm = "no" },
            { type = "http", http_req = "", shm = "health" }, { type = "http", http_req = "", shm = "health", upstream = "no" } } do
            ngx.say((select(2, health.spawn_checker(opts))))
        end
    }
}
--- nightjar_only: nginx lacks the module
--- request
GET /
--- response_body
"http_req" option required
Upstream group
    Primary Peers
        good UP
        bad DOWN
    Backup Peers
        nobody DOWN

Upstream unchecked (NO checkers)
    Primary Peers
        127.0.0.1:1 UP
    Backup Peers
Upstream group
    Primary Peers
        good UP
        bad UP
    Backup Peers
        nobody DOWN

Upstream unchecked (NO checkers)
    Primary Peers
        127.0.0.1:1 UP
    Backup Peers
true
true
6
"type" option required
only "http" and "https" type are supported right now
"http_req" option required
"shm" option required
shm "no" not found
no upstream specified
failed to get primary peers: upstream not found
--- error_log
bad status code from unix:
