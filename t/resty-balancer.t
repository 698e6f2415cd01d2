resty.chash, resty.roundrobin, resty.swrr; tablepool.

=== keys find the nodes that they find in OpenResty
--- user_files
>>> shares.lua
-- How many of 2000 keys belong to each node, how many points there are, and a sum over the places of all the keys.
return function(hash, ...)
    local shares, sum = {}, 5381
    for i = 1, 2000 do
        local node, place = hash:find("key " .. i)
        shares[node] = (shares[node] or 0) + 1
        sum = (sum * 33 + place) % 2 ^ 31
    end
    local text = {}
    for i, node in ipairs { ... } do
        text[i] = shares[node] or 0
    end
    ngx.say(table.concat(text, " "), " ", hash.npoints, " ", sum)
end
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- config
location / {
    content_by_lua_block {
        local shares = require "shares"
        local hash = require("resty.chash"):new { a = 3, b = 1, ["10.0.0.1:80"] = 2 }
        local function show()
            shares(hash, "a", "b", "10.0.0.1:80", "d")
        end
        show()
        hash:incr("a")
        show()
        hash:incr("d", 2)
        show()
        hash:decr("a", 2)
        show()
        hash:delete("b")
        show()
        hash:set("d", 5)
        show()
        hash:set("a", 0)
        show()
        hash:incr("b")
        show()
        ngx.say(hash:find("x"))
        ngx.say(hash:next(677))
        ngx.say(hash:next(hash.npoints - 1))
        hash:reinit { e = "1" }
        ngx.say(hash:find("x"))
        hash:delete("e")
        ngx.say(tostring(hash:find("x")))
    }
}
--- request
GET /
--- response_body
997 340 663 0 960 723752689
1154 272 574 0 1120 1929373030
883 203 448 466 1440 141938063
581 295 561 563 1120 56705654
661 0 688 651 960 1519677
436 0 451 1113 1440 2066599926
0 0 568 1432 1120 879261664
0 273 490 1237 1280 228343481
b677
d678
10.0.0.1:800
e84
nil

=== points with the same hash lie as in OpenResty
--- config
location / {
    content_by_lua_block {
        local hash, same = require("resty.chash"):new { n0 = 1 }, 0
        for i = 1, 200 do
            hash:incr("n" .. i, 5)
        end
        for i = 1, hash.npoints - 1 do
            assert(hash.points[i].hash >= hash.points[i - 1].hash)
            if hash.points[i].hash == hash.points[i - 1].hash then
                same = same + 1
            end
        end
        local sum = 5381
        for i = 0, hash.npoints - 1 do
            local node = hash:next(i)
            for j = 1, #node do
                sum = (sum * 33 + node:byte(j)) % 2 ^ 31
            end
        end
        ngx.say(hash.npoints, " ", same, " ", sum)
    }
}
--- request
GET /
--- response_body
160160 3 6992933

=== a change of weights moves no key that it does not have to
--- config
location / {
    content_by_lua_block {
        local hash = require("resty.chash"):new { a = 1, b = 1, c = 1 }
        local before = {}
        for i = 1, 3000 do
            before[i] = hash:find(i)
        end
        hash:incr("d", 2)
        local moved = 0
        for i = 1, 3000 do
            local now = hash:find(i)
            assert(now == before[i] or now == "d")
            if now == "d" then
                moved = moved + 1
            end
        end
        ngx.say(moved > 900 and moved < 1500)
        hash:set("d", 0)
        for i = 1, 3000 do
            assert(hash:find(i) == before[i])
        end
        ngx.say(hash.npoints, " ", tostring(hash.nodes.d))
    }
}
--- request
GET /
--- response_body
true
480 nil

=== weighted round robin
--- config
location / {
    content_by_lua_block {
        for _, name in ipairs { "resty.roundrobin", "resty.swrr" } do
            local turn = require(name):new { a = 4, b = 2, c = "2" }
            local function show(calls)
                local seen = {}
                for _ = 1, calls do
                    local node = turn:find()
                    seen[node] = (seen[node] or 0) + 1
                end
                local text = {}
                for node, n in pairs(seen) do
                    text[#text + 1] = node .. n
                end
                table.sort(text)
                ngx.say(table.concat(text, " "))
            end
            show(800)
            turn:incr("c")
            turn:incr("d", 3)
            turn:decr("a", 2)
            show(1000)
            turn:delete("b")
            turn:set("a", 0)
            turn:set("d", 1)
            turn:decr("nobody")
            show(400)
            turn:reinit { e = 1 }
            show(3)
            turn:reinit { e = 0, f = 0 }
            turn:incr("f")
            show(2)
        end
        ngx.say((select(2, pcall(require("resty.roundrobin").new, nil, {})):gsub("^.*: ", "")))
    }
}
--- request
GET /
--- response_body
a400 b200 c200
a200 b200 c300 d300
c300 d100
e3
f2
a400 b200 c200
a200 b200 c300 d300
c300 d100
e3
f2
empty nodes

=== swrr mixes its nodes as nginx does
--- config
location / {
    content_by_lua_block {
        local turn = require("resty.swrr"):new { a = 5, b = 1, c = 1 }
        local order = {}
        for i = 1, 14 do
            order[i] = turn:next()
        end
        -- Where it begins, and whether b or c comes first, is left to chance.
        order = table.concat(order):gsub("c", "b")
        ngx.say(("aababaaaababaa"):find(order:sub(1, 7), 1, true) ~= nil, " ", order:sub(1, 7) == order:sub(8))
    }
}
--- request
GET /
--- response_body
true true

=== tablepool
--- config
location / {
    content_by_lua_block {
        for _, name in ipairs { "tablepool", "resty.tablepool" } do
            local pool = require(name)
            local t = pool.fetch(name, 4, 4)
            t[1], t.a = 1, 2
            setmetatable(t, { __index = { x = 1 } })
            pool.release(name, t)
            ngx.say(pool.fetch("another", 0, 1) == t, " ", t[1], " ", t.a, " ", t.x)
            ngx.say(pool.fetch(name, 4, 4) == t, " ", pool.fetch(name, 4, 4) == t)
            t.a = 3
            pool.release(name, t, true)
            ngx.say(pool.fetch(name, 4, 4).a)
            ngx.say(pcall(pool.release, name))

            local many = {}
            for i = 1, 201 do
                many[i] = { i }
                pool.release(name, many[i], true)
            end
            ngx.say(pool.fetch(name, 1, 0)[1])
        end
    }
}
--- nightjar_only: resty.tablepool is tablepool's name in OpenResty's list of libraries, not on its path
--- request
GET /
--- response_body
false nil nil nil
true false
3
falseobject empty
200
false nil nil nil
true false
3
falseobject empty
200
