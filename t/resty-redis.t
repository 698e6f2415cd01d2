resty.redis with a redis server. A block's request is a script, which the server runs with two functions: `show`, and
`open`, which makes a connection.

=== commands and what replies become
--- needs: redis
--- user_files
>>> show.lua
-- A value as text, tables with what is in them.
local function show(v)
    if v == ngx.null then
        return "null"
    elseif type(v) ~= "table" then
        return type(v) == "string" and '"' .. v .. '"' or tostring(v)
    end
    local parts = {}
    for i = 1, #v do
        parts[i] = show(v[i])
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

-- What a call has returned: its first value, and what of the others is not nil.
return function(first, ...)
    local parts = { show(first) }
    for i = 1, select("#", ...) do
        local more = select(i, ...)
        if more ~= nil then
            parts[#parts + 1] = show(more)
        end
    end
    ngx.say(table.concat(parts, " "))
end
>>> open.lua
return function()
    local red = require("resty.redis"):new()
    red:set_timeouts(1000, 1000, 1000)
    assert(red:connect("127.0.0.1", %REDIS_PORT%))
    return red
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
local red = open()
show(red:flushall())
show(red:set("bird", "nightjar"))
show(red:get("bird"))
show(red:get("nothing"))
show(red:set("empty", ""))
show(red:get("empty"))
show(red:set("lines", "a\r\nb\0c"))
show(red:strlen("lines"), #red:get("lines"))
show(red:incr("n"), red:incrby("n", 41), red:decr("n"))
show(red:get("n"))
show(red:set("flag", true), red:get("flag"))
show(red:set("half", 0.5), red:get("half"))
show(red:mget("bird", "nothing", "n"))
show(red:rpush("list", "a", "b", 3))
show(red:lrange("list", 0, -1))
show(red:lrange("none", 0, -1))
show(red:ping())
show(red:eval("return { 1, { 'two', { 3, false } }, {} }", 0))
show(red:eval("return redis.call('get', KEYS[1]) .. ARGV[1]", 1, "bird", "s"))
show(red["get"](red, "bird"))
show(red:close())
--- response_body
"OK"
"OK"
"nightjar"
null
"OK"
""
"OK"
6 6
1 42 41
"41"
"OK" "true"
"OK" "0.5"
{"nightjar",null,"41"}
3
{"a","b","3"}
{}
"PONG"
{1,{"two",{3,null}},{}}
"nightjars"
"nightjar"
1

=== errors of redis are false and a text
--- request
POST /run

local show, open = ...
local red = open()
red:set("bird", "nightjar")
show(red:incr("bird"))
show(red:get())
show(red:nosuch("a"))
show(red:eval("return { 1, redis.error_reply('BAD luck'), 3 }", 0))
show(red:get("bird"))
red:close()
show(red:get("bird"))
--- response_body
false "ERR value is not an integer or out of range"
false "ERR wrong number of arguments for 'get' command"
false "ERR unknown command 'nosuch', with args beginning with: 'a' "
{1,{false,"BAD luck"},3}
"nightjar"
nil "closed"

=== hashes
--- request
POST /run

local show, open = ...
local red = open()
red:del("h", "g")
show(red:hmset("h", "a", 1, "b", 2))
show(red:hmget("h", "a", "b", "c"))
show(red:hmset("g", { legs = 2, wings = "two" }))
local g = red:array_to_hash(red:hgetall("g"))
show(g.legs, g.wings)
show(next(red:array_to_hash({})))
show(red:hgetall("none"))
show(select(2, pcall(red.hmset, red, "h", "scalar")):match("table expected.*"))
--- response_body
"OK"
{"1","2",null}
"OK"
"2" "two"
nil
{}
"table expected, got string)"

=== values of a megabyte, lists of many
--- request
POST /run

local show, open = ...
local red = open()
local big = string.rep("0123456789abcdef", 65536)
red:set("big", big)
ngx.say(red:get("big") == big)
red:del("many")
for i = 1, 20 do
    red:rpush("many", unpack(big:sub(1, 200) and { i, i * i, "x" .. i }))
end
local many = red:lrange("many", 0, -1)
ngx.say(#many, " ", many[60])
red:del("big", "many")
--- response_body
true
60 x20

=== pipelines
--- request
POST /run

local show, open = ...
local red = open()
red:flushall()
show(red:commit_pipeline())
red:init_pipeline()
show(select("#", red:set("a", 1)))
red:incr("a")
red:get("a")
red:hmset("h", { one = 1 })
red:lpush("a", "wrong")
red:get("none")
red:mget("a", "none")
show(red:commit_pipeline())
show(red:commit_pipeline())
red:init_pipeline(2)
show(red:commit_pipeline())
red:init_pipeline(2)
red:set("a", 7)
red:cancel_pipeline()
show(red:get("a"))
red:init_pipeline(100)
for i = 1, 1000 do
    red:set("k" .. i, string.rep("v", i))
end
show(#red:commit_pipeline())
red:init_pipeline(100)
for i = 1, 1000 do
    red:strlen("k" .. i)
end
local sizes = red:commit_pipeline()
local right = 0
for i = 1, 1000 do
    right = right + (sizes[i] == i and 1 or 0)
end
show(right)
--- response_body
nil "no pipeline"
0
{"OK",2,"2","OK",{false,"WRONGTYPE Operation against a key holding the wrong kind of value"},null,{"2",null}}
nil "no pipeline"
{}
"2"
1000
1000

=== transactions
--- request
POST /run

local show, open = ...
local red = open()
red:del("a", "b")
show(red:multi())
show(red:set("a", "abc"))
show(red:incr("a"))
show(red:exec())
show(red:exec())
show(red:multi())
show(red:set("b", 1))
show(red:discard())
show(red:exists("b"))
local other = open()
show(red:watch("a"))
other:set("a", "changed")
red:multi()
red:get("a")
show(red:exec())
--- response_body
"OK"
"QUEUED"
"QUEUED"
{"OK",{false,"ERR value is not an integer or out of range"}}
false "ERR EXEC without MULTI"
"OK"
"QUEUED"
"OK"
0
"OK"
null

=== commands of modules, commands that are named
--- request
POST /run

local show, open = ...
local red = open()
local redis = require "resty.redis"
redis.register_module_prefix("nj")
show(red:nj():get("a", 1))
show(red:set("a", "plain"))
show(red:nj():hmset("a", { b = 1 }))
red:init_pipeline()
red:nj():some()
red:get("a")
show(red:commit_pipeline())
redis.add_commands("flurb", "getdel")
show(red:getdel("a"))
show(red:flurb())
--- response_body
false "ERR unknown command 'nj.get', with args beginning with: 'a' '1' "
"OK"
false "ERR unknown command 'nj.hmset', with args beginning with: 'a' 'b' '1' "
{{false,"ERR unknown command 'nj.some', with args beginning with: "},"plain"}
"plain"
false "ERR unknown command 'flurb', with args beginning with: "

=== channels
--- request
POST /run

local show, open = ...
local red, other = open(), open()
show(red:read_reply())
show(red:unsubscribe("dog"))
show(red:subscribe("dog"))
show(other:publish("dog", "woof"))
show(red:read_reply())
show(red:set_keepalive())
red:set_timeout(20)
show(red:read_reply())
show(red:read_reply())
red:set_timeout(1000)
other:publish("dog", "again")
show(red:read_reply())
show(red:unsubscribe("dog"))
show(red:read_reply())
show(red:get("dog"))
show(red:set_keepalive())
--- response_body
nil "not subscribed"
nil "not subscribed"
{"subscribe","dog",1}
1
{"message","dog","woof"}
nil "subscribed state"
nil "timeout"
nil "timeout"
{"message","dog","again"}
{"unsubscribe","dog",0}
nil "not subscribed"
null
1

=== several channels, patterns
--- request
POST /run

local show, open = ...
local red, other = open(), open()
show(red:subscribe("dog", "cat"))
show(red:psubscribe("d*", "c*"))
show(other:publish("dog", "woof"))
show(red:read_reply())
show(red:read_reply())
show(red:unsubscribe("cat", "cow"))
show(#red:punsubscribe())
show(red:punsubscribe())
show(red:unsubscribe())
show(red:unsubscribe())
--- response_body
{{"subscribe","dog",1},{"subscribe","cat",2}}
{{"psubscribe","d*",3},{"psubscribe","c*",4}}
2
{"message","dog","woof"}
{"pmessage","d*","dog","woof"}
{{"unsubscribe","cat",3},{"unsubscribe","cow",3}}
2
{"punsubscribe",null,1}
{"unsubscribe","dog",0}
nil "not subscribed"

=== messages wait while commands are answered, and go with their channel
--- request
POST /run

local show, open = ...
local red, other = open(), open()
red:subscribe("dog")
other:publish("dog", "first")
other:publish("dog", "second")
show(red:ping())
show(red:psubscribe("c*"))
show(red:read_reply())
other:publish("cat", "meow")
show(red:unsubscribe("dog"))
show(red:read_reply())
show(red:punsubscribe())
show(red:ping())
show(red:close())
show(red:connect("127.0.0.1", %REDIS_PORT%))
show(red:read_reply())
--- response_body
{"pong",""}
{"psubscribe","c*",2}
{"message","dog","first"}
{"unsubscribe","dog",1}
{"pmessage","c*","cat","meow"}
{"punsubscribe","c*",0}
"PONG"
1
1
nil "not subscribed"

=== connecting
--- request
POST /run

local show = ...
local red = require("resty.redis"):new()
show(red:connect("unix:%REDIS_SOCKET%"))
show(red:ping())
show(red:close())
show(red:connect("unix:%REDIS_SOCKET%", { pool = "mine" }))
show(red:get_reused_times(), red:set_keepalive(10000, 2))
show(red:connect("127.0.0.1", "%REDIS_PORT%", { pool = "mine" }))
show(red:get_reused_times())
show(red:ping())
show(red:close())
show(red:close())
show(red:set_keepalive())
show(red:connect("127.0.0.1", 1))
show(red:ping())
--- response_body
1
"PONG"
1
1
0 1
1
1
"PONG"
1
nil "closed"
nil "closed"
nil "connection refused"
nil "closed"

=== arguments of connect, methods without a connection
--- request
POST /run

local show = ...
local redis = require "resty.redis"
local red = redis:new()
show(pcall(red.connect, red))
show(pcall(red.connect, red, "127.0.0.1"))
show(pcall(red.connect, red, "127.0.0.1", {}))
show(pcall(red.connect, red, "127.0.0.1", 80, "x"))
show(pcall(red.connect, red, "unix:/tmp/x", 80))
show(pcall(redis.set_timeout, redis, 1))
show(pcall(redis.set_timeouts, redis, 1, 1, 1))
for _, name in ipairs { "connect", "get", "close", "set_keepalive", "get_reused_times", "read_reply" } do
    show(redis[name](redis, "a"))
end
show(type(redis._VERSION), redis._no_field)
--- response_body
false "bad argument #1 host: string expected, got nil"
false "bad argument #2 port: number expected, got nil"
false "bad argument #2 port: number expected, got table"
false "bad argument #3 opts: nil or table expected, got string"
false "bad argument #2 opts: nil or table expected, got number"
false "not initialized"
false "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
"string"

=== a blocking command that is not answered in time leaves the connection open
--- request
POST /run

local show, open = ...
local red = open()
red:del("queue")
red:set_timeout(20)
show(red:blpop("queue", 1))
red:set_timeout(3000)
show(red:ping())
show(red:ping())
red:close()
red = open()
local thread = ngx.thread.spawn(function()
    ngx.sleep(0.02)
    open():rpush("queue", "job")
end)
show(red:blpop("queue", 1))
ngx.thread.wait(thread)
--- response_body
nil "timeout"
null
"PONG"
{"queue","job"}

=== any other one closes it
--- request
POST /run

local show, open = ...
local red, other = open(), open()
other:client("pause", 200)
red:set_timeout(20)
show(red:get("a"))
show(red:get("a"))
red = open()
red:init_pipeline()
red:get("a")
red:get("b")
show(red:commit_pipeline())
show(red:close())
--- response_body
nil "timeout"
nil "closed"
{null,null}
1
