resty.lock and resty.limit.*.

=== a lock is one key's, and one object's
--- http_config
lua_shared_dict locks 100k;
--- config
location / {
    content_by_lua_block {
        local lock = require "resty.lock"
        ngx.say(lock:new("no_such_dict"))
        local one, two = lock:new("locks", { timeout = 0 }), lock:new("locks", { timeout = 0 })
        ngx.say(one:lock("a"))
        ngx.say(one:lock("b"))
        ngx.say(two:lock("a"))
        ngx.say(two:lock("b"))
        ngx.say(one:unlock())
        ngx.say(one:unlock())
        ngx.say(two:unlock())
        ngx.say(two:lock("a"))
        ngx.say(one:lock())
        ngx.say(one:expire())
        ngx.say(two:expire(5))
        ngx.say(ngx.shared.locks:ttl("a") > 4)
        ngx.say(table.concat(ngx.shared.locks:get_keys(), ","))
    }
}
--- request
GET /
--- response_body
nildictionary not found
0
nillocked
niltimeout
0
1
nilunlocked
1
0
nilnil key
nilunlocked
true
true
a

=== who waits gets a lock when it is free, or when its time has passed
--- http_config
lua_shared_dict locks 100k;
--- config
location = /warm {
    content_by_lua_block { ngx.sleep(0.001) ngx.say(require("resty.lock"):new("locks"):lock("warm")) }
}
location = /waits {
    content_by_lua_block {
        local lock = require "resty.lock"
        local first = lock:new("locks")
        first:lock("a")
        local thread = ngx.thread.spawn(function()
            local second = lock:new("locks", { step = 0.01, ratio = 1 })
            local waited, err = second:lock("a")
            return waited, err, second:unlock()
        end)
        ngx.sleep(0.1)
        first:unlock()
        local _, waited, err, unlocked = ngx.thread.wait(thread)
        ngx.say(waited > 0.02 and waited < 1, " ", err, " ", unlocked)
    }
}
location = /expires {
    content_by_lua_block {
        local lock = require "resty.lock"
        local first, second = lock:new("locks", { exptime = 0.05 }), lock:new("locks", { timeout = 0.5 })
        first:lock("b")
        ngx.say(second:lock("b") > 0)
        ngx.say(select(2, lock:new("locks", { timeout = 0.02 }):lock("b")))
    }
}
location = /garbage {
    content_by_lua_block {
        local lock = require "resty.lock"
        for _ = 1, 3 do
            lock:new("locks"):lock("c")
            collectgarbage()
            ngx.say(tostring(ngx.shared.locks:get("c")))
        end
    }
}
--- request
GET /warm
--- response_body
0
--- request
GET /waits
--- response_body
true nil 1
--- request
GET /expires
--- response_body
true
timeout
--- request
GET /garbage
--- response_body
nil
nil
nil
--- no_error_log
[error]

=== limit.conn
--- http_config
lua_shared_dict limits 100k;
--- config
location / {
    content_by_lua_block {
        local conn = require "resty.limit.conn"
        ngx.say(conn.new("no_such_dict", 1, 1, 1))
        local _, err = pcall(conn.new, "limits", 0, 1, 1)
        ngx.say(err:match("assertion failed!"))
        local limit = conn.new("limits", 2, 1, 0.5)
        ngx.say(limit:incoming("a"))
        for _ = 1, 4 do
            local delay, n = limit:incoming("a", true)
            ngx.say(delay, " ", n, " ", limit:is_committed())
        end
        ngx.say(limit:incoming("a"))
        ngx.say(limit:leaving("a", 1.5))
        ngx.say(limit:leaving("a"))
        ngx.say(limit:uncommit("a"))
        limit:set_conn(1)
        limit:set_burst(3)
        for _ = 1, 4 do
            ngx.say(limit:incoming("a", true))
        end
        ngx.say(limit:leaving("b"))
        _, err = pcall(limit.leaving, limit)
        ngx.say(err:match("assertion failed!"))
    }
}
--- request
GET /
--- response_body
nilshared dict not found
assertion failed!
01
0 1 true
0 2 true
0.5 3 true
nil rejected false
nilrejected
2
1
0
01
12
23
34
nilnot found
assertion failed!

=== limit.count
--- http_config
lua_shared_dict limits 100k;
--- config
location / {
    content_by_lua_block {
        local count = require "resty.limit.count"
        ngx.say(count.new("no_such_dict", 1, 1))
        local limit = count.new("limits", 2, 0.2)
        ngx.say(limit:incoming("a"))
        ngx.say(limit:incoming("a", true))
        ngx.say(limit:incoming("a", true))
        ngx.say(limit:incoming("a", true))
        ngx.say(limit:incoming("a"))
        ngx.say(limit:uncommit("a"))
        ngx.say(limit:uncommit("b"))
        ngx.sleep(0.3)
        ngx.say(limit:incoming("a", true))
    }
}
--- request
GET /
--- response_body
nilshared dict not found
01
01
00
nilrejected
nilrejected
0
2
01

=== limit.req
--- http_config
lua_shared_dict limits 100k;
--- config
location / {
    content_by_lua_block {
        local req = require "resty.limit.req"
        ngx.say(req.new("no_such_dict", 1, 1))
        -- Within one event no time passes.
        local limit = req.new("limits", 2, 3)
        ngx.say(limit:incoming("a"))
        for _ = 1, 5 do
            ngx.say(limit:incoming("a", true))
        end
        ngx.say(limit:uncommit("a"))
        ngx.say(limit:incoming("a"))
        limit:set_burst(1)
        ngx.say(limit:incoming("a"))
        limit:set_rate(1000000)
        ngx.sleep(0.01)
        ngx.say(limit:incoming("a"))
        ngx.say(limit:uncommit("b"))
        ngx.shared.limits:set("c", "text")
        ngx.say(limit:incoming("c"))
        ngx.say(limit:uncommit("c"))
    }
}
--- request
GET /
--- response_body
nilshared dict not found
00
00
0.51
12
1.53
nilrejected
true
1.53
nilrejected
00
nilnot found
nilshdict abused by other users
nilshdict abused by other users

=== several limits at once
--- http_config
lua_shared_dict limits 100k;
--- config
location / {
    content_by_lua_block {
        local combine = require("resty.limit.traffic").combine
        local limits = {
            require("resty.limit.req").new("limits", 2, 9),
            require("resty.limit.conn").new("limits", 2, 1, 5),
            require("resty.limit.count").new("limits", 4, 100),
        }
        local keys, states = { "req", "conn", "count" }, {}
        for _ = 1, 4 do
            local delay, err = combine(limits, keys, states)
            ngx.say(delay, " ", err, " ", table.concat(states, " "))
        end
        ngx.say(ngx.shared.limits:get("conn"), " ", ngx.shared.limits:get("count"))

        -- One that rejects only what is to count.
        local fickle = { incoming = function(_, _, commit) if commit then return nil, "fickle" end return 0, 0 end }
        table.insert(limits, 2, fickle)
        limits[3]:set_burst(5)
        ngx.say(combine(limits, { "req", "fickle", "conn", "count" }))
        ngx.say(ngx.shared.limits:get("conn"), " ", ngx.shared.limits:get("count"))
    }
}
--- request
GET /
--- response_body
0 nil 0 1 3
0.5 nil 1 2 2
5 nil 2 3 1
nil rejected 2 3 1
3 1
nilfickle
3 1
