resty.mysql with a MariaDB server. A block's request is a script, which the server runs with two functions: `show`, and
`open`, which makes a connection.

=== queries
--- needs: mysql
--- user_files
>>> show.lua
-- A value as text, tables with what is in them in the order of their keys.
local function show(v)
    if v == ngx.null then
        return "null"
    elseif type(v) ~= "table" then
        return type(v) == "string" and '"' .. v .. '"' or tostring(v)
    end
    local keys, parts = {}, {}
    for key in pairs(v) do
        keys[#keys + 1] = key
    end
    table.sort(keys)
    for i, key in ipairs(keys) do
        parts[i] = (#v > 0 and "" or key .. "=") .. show(v[key])
    end
    return "{" .. table.concat(parts, ",") .. "}"
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
return function(more)
    local db = require("resty.mysql"):new()
    db:set_timeout(5000)
    local opts = { host = "127.0.0.1", port = %MYSQL_PORT%, user = "native", password = "secret", database = "test" }
    for name, value in pairs(more or {}) do
        opts[name] = value
    end
    assert(db:connect(opts))
    return db
end
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
lua_socket_log_errors off;
--- config
location = /run {
    client_body_buffer_size 64k;
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
local db = open()
show(db:query("drop table if exists birds"))
show(db:query("create table birds (id serial primary key, name varchar(20), wings int)"))
show(db:query("insert into birds (name, wings) values ('nightjar', 2), ('moa', 0), (null, null)"))
show(db:query("select * from birds order by id"))
show(db:query("select name from birds where id = 7"))
show(db:query("update birds set wings = 2"))
show(db:query("delete from birds where id > 1"))
show(db:query("insert into birds set id = 300, name = ''"))
show(db:query("select id, name from birds order by id", 10))
show(db:close())
show(db:query("select 1"))
--- response_body_like
^\{affected_rows=0,insert_id=0,server_status=\d+,warning_count=\d\}
\{affected_rows=0,insert_id=0,server_status=\d+,warning_count=0\}
\{affected_rows=3,insert_id=1,message="Records: 3  Duplicates: 0  Warnings: 0",server_status=\d+,warning_count=0\}
\{\{id="1",name="nightjar",wings=2\},\{id="2",name="moa",wings=0\},\{id="3",name=null,wings=null\}\}
\{\}
\{affected_rows=3,insert_id=0,message="Rows matched: 3  Changed: 2  Warnings: 0",server_status=\d+,warning_count=0\}
\{affected_rows=2,insert_id=0,server_status=\d+,warning_count=0\}
\{affected_rows=1,insert_id=300,server_status=\d+,warning_count=0\}
\{\{id="1",name="nightjar"\},\{id="300",name=""\}\}
1
nil "failed to send query: cannot send query in the current context: nil"
$

=== what types become
--- request
POST /run

local show, open = ...
local db = open()
db:query("drop table if exists kinds")
db:query([[create table kinds (a tinyint, b smallint, c mediumint, d int, e bigint, f decimal(10,2), g float, h double,
    i year, j date, k datetime, l time, m char(5), n text, o blob, p bit(8), q enum('x', 'y'))]])
db:query([[insert into kinds values (-1, 2, 3, -4, 9223372036854775807, 5.25, 1.5, -2.5, 2026, '2026-01-02',
    '2026-01-02 03:04:05', '03:04:05', 'five', 'text', x'0001ff', b'01000001', 'y')]])
local row = db:query("select * from kinds")[1]
row.o = ngx.encode_base64(row.o)
show(row)
show(db:query("select 1, 1.5, 1e3, 'x', null, true, now() > 0, 3000000000, unhex('00') = '\\0'"))
show(db:query("select 'ä' as `a b`, count(*) from kinds where 0")[1])
--- response_body
{a=-1,b=2,c=3,d=-4,e="9223372036854775807",f=5.25,g=1.5,h=-2.5,i=2026,j="2026-01-02",k="2026-01-02 03:04:05",l="03:04:05",m="five",n="text",o="AAH/",p="A",q="y"}
{{1=1,1.5=1.5,1e3=1000,3000000000="3000000000",NULL=null,TRUE=1,now() > 0=1,unhex('00') = '\0'=1,x="x"}}
{a b="ä",count(*)="0"}

=== rows as arrays
--- request
POST /run

local show, open = ...
local db = open { compact_arrays = true }
show(db:query("select 1, 'two', null union select 4, 'five', 6"))
db:set_compact_arrays(false)
show(db:query("select 1 as a, 'two' as b"))
db:set_compact_arrays(true)
show(db:query("select 1 as a, 'two' as b"))
--- response_body
{{1,"two",null},{4,"five",6}}
{{a=1,b="two"}}
{{1,"two"}}

=== several results
--- request
POST /run

local show, open = ...
local db = open()
db:query("drop table if exists more")
db:query("create table more (a int)")
show(db:query("select 1 as a; select 2 as b, 3 as c; select 4 as d"))
show(db:query("select 9"))
show(db:set_keepalive())
show(db:read_result())
show(db:read_result())
show(db:read_result())
local res, err = db:query("insert into more values (1), (2); select a from more; select * from nowhere; select 5")
show(res.affected_rows, err)
show(db:read_result())
show(db:read_result())
show(db:read_result())
db:query("drop procedure if exists two")
show(db:query("create procedure two() begin select 1 as x; select 2 as y; end").affected_rows)
show(db:query("call two()"))
show(db:read_result())
local last
last, err = db:read_result()
show(last.affected_rows, err)
show(db:send_query("select 6 as six"))
show(db:send_query("select 7"))
show(db:read_result())
--- response_body
{{a=1}} "again"
nil "failed to send query: cannot send query in the current context: 2"
nil "cannot be reused in the current connection state: 2"
{{b=2,c=3}} "again"
{{d=4}}
nil "cannot read result in the current context: 1"
2 "again"
{{a=1},{a=2}} "again"
nil "Table 'test.nowhere' doesn't exist" 1146 "42S02"
nil "cannot read result in the current context: 1"
0
{{x=1}} "again"
{{y=2}} "again"
0 nil
20
nil "cannot send query in the current context: 2"
{{six=6}}

=== errors leave the connection in use
--- request
POST /run

local show, open = ...
local db = open()
show(db:query("select * from nowhere"))
show(db:query(""))
db:query("drop table if exists once")
db:query("create table once (a int primary key)")
db:query("insert into once values (1)")
show(db:query("insert into once values (1)"))
show(db:query("signal sqlstate '45000' set message_text = 'no more birds'"))
show(db:query("select (select 1 union select 2)"))
show((db:query("load data local infile '/etc/passwd' into table once")))
show(db:query("select 'still here' as a"))
--- response_body
nil "Table 'test.nowhere' doesn't exist" 1146 "42S02"
nil "Query was empty" 1065 "42000"
nil "Duplicate entry '1' for key 'PRIMARY'" 1062 "23000"
nil "no more birds" 1644 "45000"
nil "Subquery returns more than 1 row" 1242 "21000"
nil
{{a="still here"}}

=== transactions, prepared statements, character sets
--- request
POST /run

local show, open = ...
local db, other = open(), open { charset = "utf8mb4" }
db:query("drop table if exists account")
db:query("create table account (a int) engine = innodb")
db:query("begin")
db:query("insert into account values (1)")
show(db:query("select count(*) as n from account"), other:query("select count(*) as n from account"))
db:query("rollback")
show(db:query("select count(*) as n from account"))
show(db:query("prepare sum from 'select ? + ? as total'").affected_rows)
db:query("set @a = 3, @b = 4")
show(db:query("execute sum using @a, @b"))
show(db:query("execute sum using @a, @a"))
show(db:query("deallocate prepare sum").affected_rows)
show(db:query("execute sum using @a, @a"))
show(other:query("select @@character_set_client as c, length('ä') as n"))
show(open({ charset = "latin1" }):query("select @@character_set_client as c, 'a' as n"))
show(require("resty.mysql"):new():connect { charset = "klingon" })
--- response_body
{{n="1"}} {{n="0"}}
{{n="0"}}
0
{{total="7"}}
{{total="6"}}
0
nil "Unknown prepared statement handler (sum) given to EXECUTE" 1243 "HY000"
{{c="utf8mb4",n=2}}
{{c="latin1",n="a"}}
nil "charset 'klingon' is not supported"

=== large values, many rows, and less of them than the server sends
--- request
POST /run

local show, open = ...
local db = open()
for _, size in ipairs { 0, 1, 250, 251, 65535, 65536, 1048000 } do
    local v = db:query("select repeat('x', " .. size .. ") as v")[1].v
    show(#v == size, v == string.rep("x", size))
end
local rows = db:query("select seq as n, repeat('a', 300) as v from seq_1_to_5000", 5000)
show(#rows, rows[5000].n, #rows[5000].v)
local small = open { max_packet_size = 1024 }
show(small:query("select repeat('x', 2000) as v"))
show(small:set_keepalive())
--- response_body
true true
true true
true true
true true
true true
true true
true true
5000 "5000" 300
nil "packet size too big: 2003"
nil "cannot be reused in the current connection state: 2"

=== packets of 16 MB and more come and go in pieces
--- request
POST /run

local show, open = ...
open():query("set global max_allowed_packet = 33554432")
local db = open { max_packet_size = 32 * 1024 * 1024 }
for _, size in ipairs { 16777211, 17000000 } do
    show(#db:query("select repeat('x', " .. size .. ") as v")[1].v - size)
end
for _, size in ipairs { 16777192, 17000000 } do
    show(db:query("select length('" .. string.rep("x", size) .. "') as n")[1].n - size)
end
--- response_body
0
0
0
0

=== accounts
--- request
POST /run

local show, open = ...
local function log_in(opts)
    opts.port = %MYSQL_PORT%
    local db = require("resty.mysql"):new()
    local ok, err, number, state = db:connect(opts)
    if not ok then
        show(ok, err:gsub("'@'[^']+'", "'@'host'"), number, state)
    else
        show(db:query("select substring_index(user(), '@', 1) as name, database() as db"))
    end
end
log_in { host = "127.0.0.1", user = "native", password = "secret" }
log_in { host = "127.0.0.1", user = "native", password = "secret", database = "test" }
log_in { path = "%MYSQL_SOCKET%", user = "native", password = "secret" }
log_in { host = "127.0.0.1", user = "open" }
log_in { host = "127.0.0.1", user = "old", password = "secret" }
log_in { host = "127.0.0.1", user = "native", password = "wrong" }
log_in { host = "127.0.0.1", user = "native" }
log_in { host = "127.0.0.1", user = "nobody", password = "secret" }
log_in { host = "127.0.0.1", user = "native", password = "secret", database = "nowhere" }
log_in { host = "127.0.0.1", user = "native", password = "secret", ssl = true }
log_in { user = "native" }
log_in { path = "/nonexistent" }
show(open():server_ver():match("MariaDB"))
--- response_body
{{db=null,name="native"}}
{{db="test",name="native"}}
{{db=null,name="native"}}
{{db=null,name="open"}}
{{db=null,name="old"}}
nil "Access denied for user 'native'@'host' (using password: YES)" 1045 "28000"
nil "Access denied for user 'native'@'host' (using password: NO)" 1045 "28000"
nil "Access denied for user 'nobody'@'host' (using password: YES)" 1045 "28000"
nil "Unknown database 'nowhere'" 1049 "42000"
nil "ssl disabled on server" nil nil
nil "neither "host" nor "path" options are specified" nil nil
nil "failed to connect: no such file or directory" nil nil
"MariaDB"
--- error_log
connect() to unix:/nonexistent failed

=== connections in the pool
--- request
POST /run

local show, open = ...
local mysql = require "resty.mysql"
local db = open { pool = "mine", pool_size = 2 }
show(db:get_reused_times())
show(db:query("set @mark = 7").affected_rows)
show(db:set_keepalive(10000, 2))
show(db:query("select 1"))
db = open { pool = "mine", password = "not looked at" }
show(db:get_reused_times())
show(db:query("select @mark as mark"))
show(db:close())
show(db:get_reused_times())
db = open()
show(db:set_keepalive())
db = open()
show(db:get_reused_times())
for _, name in ipairs { "connect", "query", "send_query", "read_result", "close", "set_keepalive", "get_reused_times", "set_timeout" } do
    show(mysql[name](mysql, {}))
end
--- response_body
0
0
1
nil "failed to send query: cannot send query in the current context: nil"
1
{{mark="7"}}
1
nil "closed"
1
1
nil "not initialized"
nil "failed to send query: not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"
nil "not initialized"

=== a query that takes too long
--- request
POST /run

local show, open = ...
local db = open()
db:set_timeout(50)
show(db:query("select sleep(0.4)"))
show(db:query("select 1"))
show(db:set_keepalive())
db:set_timeout(3000)
show(db:read_result())
show(db:query("select 1 as a"))
--- response_body
nil "failed to receive packet header: timeout"
nil "failed to send query: cannot send query in the current context: 2"
nil "cannot be reused in the current connection state: 2"
{{sleep(0.4)=0}}
{{a=1}}
