resty.memcached with a memcached server. A block's request is a script, which the server runs with two functions: `show`,
and `open`, which makes a connection.

=== get
--- needs: memcached
--- user_files
>>> show.lua
local function show(v)
    return type(v) == "string" and '"' .. v .. '"' or tostring(v)
end

-- All that a call has returned.
return function(...)
    local parts = {}
    for i = 1, select("#", ...) do
        parts[i] = show((select(i, ...)))
    end
    ngx.say(table.concat(parts, " "))
end
>>> open.lua
return function(opts)
    local memc = require("resty.memcached"):new(opts)
    assert(memc:set_timeout(1000) == 1)
    assert(memc:connect("127.0.0.1", %MEMCACHED_PORT%))
    return memc
end
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
lua_socket_log_errors off;
--- config
location = /run {
    content_by_lua_block {
        ngx.req.read_body()
        local script = assert(loadstring(ngx.req.get_body_data(), "=script"))
        local ok, err = pcall(script, require "show", require "open")
        if not ok then
            ngx.say(err)
        end
    }
}
--- request
POST /run

local show, open = ...
local memc = open()
show(memc:flush_all())
show(memc:get("a"))
show(memc:set("a", "one"))
show(memc:get("a"))
show(memc:set("a", "lines\r\nand \0", 0, 17))
show(memc:get("a"))
show(memc:set("a", ""))
show(memc:get("a"))
show(memc:set("n", 12))
show(memc:get("n"))
show(memc:set("parts", { "a", 1, { "b", { "c" } }, "d" }))
show(memc:get("parts"))
show(memc:set("a key, with\r\n", "strange"))
show(memc:get("a key, with\r\n"))
local big = string.rep("0123456789abcdef", 40000)
show(memc:set("big", big))
show(memc:get("big") == big)
show(memc:set("huge", big .. big))
show(memc:get("n"))
show(memc:get(string.rep("k", 300)))
show(memc:get("n"))
--- response_body escaped
1
nil nil nil
1
"one" "0"
1
"lines\r
and \0" "17"
1
"" "0"
1
"12" "0"
1
"a1bcd" "0"
1
"strange" "0"
1
true
nil "SERVER_ERROR object too large for cache"
"12" "0"
nil nil "CLIENT_ERROR bad command line format"
"12" "0"

=== several keys at once
--- request
POST /run

local show, open = ...
local memc = open()
memc:flush_all()
memc:set("a", "one", 0, 5)
memc:set("b c", "two")
local found = memc:get({ "a", "b c", "none" })
show(found.a[1], found.a[2], found["b c"][1], found["b c"][2], found.none)
show(next(memc:get({ "none" })))
show(next((memc:get({}))))
local value, flags, unique = memc:gets("a")
show(value, flags, tonumber(unique) > 0)
show(memc:gets("none"))
found = memc:gets({ "a", "b c", "none" })
show(found.a[1], found.a[2], found.a[3] == unique, found["b c"][3] ~= unique, found.none)
show(next((memc:gets({}))))
show(select(2, memc:get({ string.rep("k", 300) })):match("^%a+_ERROR"))
show(memc:gets(string.rep("k", 300)))
--- response_body
"one" "5" "two" "0" nil
nil
nil
"one" "5" true
nil nil nil nil
"one" "5" true true nil
nil
"CLIENT_ERROR"
nil nil nil "CLIENT_ERROR bad command line format"

=== storing under conditions
--- request
POST /run

local show, open = ...
local memc = open()
memc:flush_all()
show(memc:add("a", "1"))
show(memc:add("a", "2"))
show(memc:replace("a", "3", 0, 9))
show(memc:replace("b", "3"))
show(memc:append("a", "4"))
show(memc:prepend("a", { "2", "." }))
show(memc:append("b", "4"))
show(memc:prepend("b", "4"))
show(memc:get("a"))
local _, _, unique = memc:gets("a")
show(memc:cas("a", "new", unique, 0, 3))
show(memc:cas("a", "newer", unique))
show(memc:cas("b", "newer", unique))
show(memc:get("a"))
show(memc:set("a", "x", -1))
show(memc:get("a"))
--- response_body
1
nil "NOT_STORED"
1
nil "NOT_STORED"
1
1
nil "NOT_STORED"
nil "NOT_STORED"
"2.34" "9"
1
nil "EXISTS"
nil "NOT_FOUND"
"new" "3"
1
nil nil nil

=== numbers, deleting, touching
--- request
POST /run

local show, open = ...
local memc = open()
memc:flush_all()
show(memc:incr("n", 1))
memc:set("n", 40)
show(memc:incr("n", 2))
show(memc:decr("n", 40))
show(memc:decr("n", 40))
memc:set("a", "x")
show(memc:incr("a", 2))
show(memc:touch("a", 100))
show(memc:touch("b", 100))
show(memc:touch("a", -1))
show(memc:delete("a"))
show(memc:delete("n"))
show(memc:get("n"))
show(memc:flush_all(100))
show(select(2, memc:flush_all("x")):match("^%a+_ERROR"))
--- response_body
nil "NOT_FOUND"
"42"
"2"
"0"
nil "CLIENT_ERROR cannot increment or decrement non-numeric value"
1
nil "NOT_FOUND"
1
nil "NOT_FOUND"
1
nil nil nil
1
"CLIENT_ERROR"

=== about the server
--- request
POST /run

local show, open = ...
local memc = open()
show((memc:version():gsub("%d+", "1")))
show(memc:verbosity(0))
show(memc:verbosity("x"))
local lines = memc:stats()
show(#lines > 20, lines[1]:match("^STAT pid"))
show(#memc:stats("settings") > 20)
show(memc:stats("reset")[1])
show(memc:stats("nothing of the kind"))
show(memc:quit())
show(memc:get("a"))
show(memc:close())
--- response_body
"1.1.1"
1
nil "CLIENT_ERROR bad command line format"
true "STAT pid"
true
"RESET"
nil "ERROR"
1
nil nil "closed"
1

=== other transformations of keys
--- request
POST /run

local show, open = ...
local memc = open { key_transform = { string.upper, string.lower } }
memc:flush_all()
memc:set("abc", "x")
show(open():get("ABC"))
show(memc:get("aBc"))
show(memc:get({ "abc" }).abc[1])
show(require("resty.memcached"):new { key_transform = { string.upper } })
--- response_body
"x" "0"
"x" "0"
"x"
nil "expecting key_transform = { escape, unescape } table"

=== pipelines
--- request
POST /run

local show, open = ...
local memc = open()
memc:flush_all()
show(memc:commit_pipeline())
show(memc:init_pipeline())
show(memc:init_pipeline())
show(memc:commit_pipeline())
show(memc:init_pipeline("x"))
show(memc:init_pipeline(10))
show(memc:set("n", 7, 0, 3))
memc:get("n")
memc:get("none")
memc:incr("n", 5)
memc:add("n", 1)
memc:get({ "n", "none" })
memc:gets("n")
memc:touch("n", 100)
memc:delete("none")
memc:delete("n")
memc:verbosity(0)
memc:stats()
memc:version()
local r = memc:commit_pipeline()
show(#r)
show(unpack(r[1]))
show(unpack(r[2]))
show(#r[3])
show(unpack(r[4]))
show(unpack(r[5]))
show(r[6][1].n[1], r[6][1].none)
show(r[7][1], r[7][2])
show(unpack(r[8]))
show(unpack(r[9]))
show(unpack(r[10]))
show(unpack(r[11]))
show(#r[12][1] > 20)
memc:init_pipeline()
memc:set("n", 1)
memc:cancel_pipeline()
show(memc:get("n"))
show(memc:close())
memc:init_pipeline()
memc:get("n")
show(memc:commit_pipeline())
--- response_body
nil "no pipeline"

"already init pipeline"
nil "no more cmds"
"bad n arg: number expected, but got string"

1
13
1
"7" "3"
0
"12"
nil "NOT_STORED"
"12" nil
"12" "3"
1
nil "NOT_FOUND"
1
1
true
nil nil nil
1
nil "closed"

=== connections
--- request
POST /run

local show, open = ...
local memcached = require "resty.memcached"
local memc = open()
show(memc:get_reused_times())
show(memc:set_keepalive(10000, 5))
show(memc:get("a"))
show(memc:set("a", "b"))
show(memc:connect("127.0.0.1", %MEMCACHED_PORT%))
show(memc:get_reused_times())
show(memc:close())
show(memc:set_keepalive())
show(memc:connect("127.0.0.1", 1))
for _, name in ipairs { "set_timeout", "connect", "close", "set_keepalive", "get_reused_times", "sslhandshake",
        "get", "gets", "set", "cas", "delete", "flush_all", "stats", "version", "quit", "verbosity" } do
    show(memcached[name](memcached, "a", "b", "c"))
end
--- response_body
0
1
nil nil "closed"
nil "closed"
1
1
1
nil "closed"
nil "connection refused"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil nil "not initialized"
nil nil nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
