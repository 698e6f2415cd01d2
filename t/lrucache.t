resty.lrucache and resty.lrucache.pureffi. On Debian nginx comes with both.

=== what is used least recently is forgotten
--- config
location / {
    content_by_lua_block {
        for _, name in ipairs { "resty.lrucache", "resty.lrucache.pureffi" } do
            local lrucache = require(name)
            ngx.say(lrucache.new(0))
            local c = lrucache.new(3)
            ngx.say(tostring(c:get("a")), " ", select("#", c:get("a")), " ", c:count(), " ", c:capacity())
            c:set("a", 1)
            c:set("b", "two", nil, 7)
            c:set("c", { 3 })
            ngx.say(c:get("a"))
            ngx.say(c:get("b"))
            ngx.say(table.concat(c:get_keys(), ","), " ", table.concat(c:get_keys(2), ","))
            c:set("d", false)
            ngx.say(tostring(c:get("c")), " ", c:count(), " ", table.concat(c:get_keys(0), ","))
            ngx.say(tostring(c:get("d")))
            local mine = { 1, 2, 3, 4, 5 }
            ngx.say(c:get_keys(2, mine) == mine, " ", mine[2], " ", tostring(mine[3]))
            ngx.say(c:delete("b"), " ", c:delete("b"), " ", c:count())
            c:set("e", 5)
            c:set("f", 6)
            ngx.say(table.concat(c:get_keys(), ","))
            c:flush_all()
            ngx.say(c:count(), " ", #c:get_keys(), " ", tostring(c:get("e")))
            c:set("g", 7)
            ngx.say(c:get("g"), " ", c:count())
        end
    }
}
--- request
GET /
--- response_body
nilsize too small
nil 1 0 3
1nil0
twonil7
b,a,c b,a
nil 3 d,b,a
false
true b nil
true false 2
f,e,d
0 0 nil
7 1
nilsize too small
nil 1 0 3
1nil0
twonil7
b,a,c b,a
nil 3 d,b,a
false
true b nil
true false 2
f,e,d
0 0 nil
7 1
--- no_error_log
[error]

=== items expire and are still told
--- config
location / {
    content_by_lua_block {
        for _, name in ipairs { "resty.lrucache", "resty.lrucache.pureffi" } do
            local c = require(name).new(2)
            c:set("a", 1, 0.01, 3)
            ngx.say(c:get("a"))
            ngx.sleep(0.02)
            ngx.say(c:get("a"))
            c:set("a", 2, 10, "x")
            ngx.say(c:get("a"))
            c:set("a", 2, nil, -1)
            ngx.say(c:get("a"))
        end
    }
}
--- request
GET /
--- response_body
1nil3
nil13
2nil0
2nil0
1nil3
nil13
2nil0
2nil0

=== keys that are no strings
--- config
location / {
    content_by_lua_block {
        local c = require("resty.lrucache").new(4)
        local t = {}
        c:set(t, "table")
        c:set(1, "number")
        c:set("1", "string")
        ngx.say(c:get(t), " ", c:get(1), " ", c:get("1"))
        c = require("resty.lrucache.pureffi").new(4, 2)
        c:set(1, "number")
        c:set("1", "string")
        c:set(true, "boolean")
        ngx.say(c:get(1), " ", c:get("true"), " ", c:count(), " ", type(c:get_keys()[2]))
    }
}
--- request
GET /
--- response_body
table number stringnil0
string boolean 2 string

=== a cache does what a list and a table do
--- config
location / {
    content_by_lua_block {
        for _, name in ipairs { "resty.lrucache", "resty.lrucache.pureffi" } do
            local size = 50
            local c = require(name).new(size)
            local values, order = {}, {}
            local function forget(key)
                values[key] = nil
                for i, k in ipairs(order) do
                    if k == key then table.remove(order, i) break end
                end
            end
            math.randomseed(1)
            for i = 1, 20000 do
                local key = "a key of some length that has a number in the middle " .. math.random(80) .. " and goes on"
                local what = math.random(5)
                if what < 3 then
                    forget(key)
                    values[key] = i
                    table.insert(order, 1, key)
                    if #order > size then forget(order[#order]) end
                    c:set(key, i)
                elseif what == 3 then
                    assert(c:delete(key) == (values[key] ~= nil))
                    forget(key)
                else
                    assert(c:get(key) == values[key])
                    local value = values[key]
                    if value then
                        forget(key)
                        values[key] = value
                        table.insert(order, 1, key)
                    end
                end
                assert(c:count() == #order)
            end
            assert(table.concat(c:get_keys(), ",") == table.concat(order, ","))
        end
        ngx.say("same")
    }
}
--- request
GET /
--- response_body
same
