resty.dns: messages that are read and made, names of addresses. Name servers that misbehave are DnsResolverTest's.

=== records
--- user_files
>>> dns.lua
local message = require "resty.dns.message"
local char = string.char
local M = { resolver = require "resty.dns.resolver", message = message }

function M.n16(n)
    return char(math.floor(n / 256), n % 256)
end

-- A name as it is in a message, without pointers.
function M.name(name)
    return (name:gsub("([^.]+)%.?", function(label) return char(#label) .. label end)) .. "\0"
end

-- A record of the name that was asked for.
function M.record(kind, data, name)
    return (name or "\192\12") .. M.n16(kind) .. "\0\1\0\0\1\0" .. M.n16(#data) .. data
end

-- Reads an answer to a question for a.test of this type, with these records; `change` may alter head fields.
function M.parse(kind, records, change)
    change = change or {}
    local head = M.n16(change.id or 7) .. M.n16(change.flags or 0x8180) .. M.n16(change.questions or 1)
        .. M.n16(change.count or #records) .. M.n16(change.authority or 0) .. M.n16(change.additional or 0)
    local question = (change.name or M.name("a.test")) .. M.n16(change.type or kind) .. M.n16(change.class or 1)
    local asked = { id = 7, name = "A.test", type = kind, authority = change.want_authority, additional = change.want_additional }
    return message.parse((head .. question .. table.concat(records)):sub(1, change.cut or -1), asked)
end

-- Prints records, or the error.
function M.show(records, err)
    if not records then
        ngx.say(err)
        return
    end
    for _, record in ipairs(records) do
        local fields = {}
        for name, value in pairs(record) do
            fields[#fields + 1] = name .. "=" .. (type(value) == "table" and table.concat(value, ";") or value)
        end
        table.sort(fields)
        ngx.say(table.concat(fields, " "))
    end
    ngx.say(#records, " ", records.errcode, " ", records.errstr)
end

return M
--- http_config
lua_package_path "%PREFIX%/html/?.lua;;";
--- config
location = /run {
    content_by_lua_block {
        ngx.req.read_body()
        assert(loadstring(ngx.req.get_body_data(), "=script"))(require "dns", require("dns").show)
    }
}
--- request
POST /run

local dns, show = ...
local n16, name, record, r = dns.n16, dns.name, dns.record, dns.resolver
show(dns.parse(r.TYPE_A, { record(5, "\1b\192\14"), record(1, "\1\2\3\255", name("b.test")) }))
show(dns.parse(r.TYPE_AAAA, { record(28, "\32\1\13\184\0\0\0\0\0\0\0\0\0\1\0\16") }))
show(dns.parse(r.TYPE_MX, { record(15, n16(10) .. "\2mx\192\12") }))
show(dns.parse(r.TYPE_SRV, { record(33, n16(1) .. n16(2) .. n16(443) .. name("s.test")) }))
show(dns.parse(r.TYPE_NS, { record(2, "\2ns\192\12") }))
show(dns.parse(r.TYPE_PTR, { record(12, name("p.test")) }))
show(dns.parse(r.TYPE_TXT, { record(16, "\3one"), record(16, "\3one\0\3two"), record(16, "\9short"), record(16, "\0"), record(16, "") }))
show(dns.parse(r.TYPE_SPF, { record(99, "\4v=ok") }))
show(dns.parse(r.TYPE_SOA, { record(6, "\2ns\192\12\1m\192\12" .. "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\255\255\255\255") }))
show(dns.parse(257, { record(257, "raw") }))
show(dns.parse(1, { record(1, "\1\1\1\1", "\0") }, { flags = 0x8183 }))
show(dns.parse(1, {}, { flags = 0x818b }))
--- response_body
class=1 cname=b.test name=a.test section=1 ttl=256 type=5
address=1.2.3.255 class=1 name=b.test section=1 ttl=256 type=1
2 nil nil
address=2001:db8:0:0:0:0:1:10 class=1 name=a.test section=1 ttl=256 type=28
1 nil nil
class=1 exchange=mx.a.test name=a.test preference=10 section=1 ttl=256 type=15
1 nil nil
class=1 name=a.test port=443 priority=1 section=1 target=s.test ttl=256 type=33 weight=2
1 nil nil
class=1 name=a.test nsdname=ns.a.test section=1 ttl=256 type=2
1 nil nil
class=1 name=a.test ptrdname=p.test section=1 ttl=256 type=12
1 nil nil
class=1 name=a.test section=1 ttl=256 txt=one type=16
class=1 name=a.test section=1 ttl=256 txt=one;;two type=16
class=1 name=a.test section=1 ttl=256 txt=short type=16
class=1 name=a.test section=1 ttl=256 txt= type=16
class=1 name=a.test section=1 ttl=256 txt= type=16
5 nil nil
class=1 name=a.test section=1 spf=v=ok ttl=256 type=99
1 nil nil
class=1 expire=4 minimum=4294967295 mname=ns.a.test name=a.test refresh=2 retry=3 rname=m.a.test section=1 serial=1 ttl=256 type=6
1 nil nil
class=1 name=a.test rdata=raw section=1 ttl=256 type=257
1 nil nil
address=1.1.1.1 class=1 name= section=1 ttl=256 type=1
1 3 name error
0 11 unknown

=== the other sections
--- request
POST /run

local dns, show = ...
local record = dns.record
local records = { record(1, "\1\1\1\1"), record(2, "\2ns\192\12"), record(1, "\2\2\2\2") }
local function parse(change)
    change.count, change.authority, change.additional = 1, 1, 1
    show(dns.parse(1, records, change))
end
parse {}
parse { want_authority = true }
parse { want_additional = true }
parse { want_authority = true, want_additional = true }
--- response_body
address=1.1.1.1 class=1 name=a.test section=1 ttl=256 type=1
1 nil nil
address=1.1.1.1 class=1 name=a.test section=1 ttl=256 type=1
class=1 name=a.test nsdname=ns.a.test section=2 ttl=256 type=2
2 nil nil
address=1.1.1.1 class=1 name=a.test section=1 ttl=256 type=1
address=2.2.2.2 class=1 name=a.test section=3 ttl=256 type=1
2 nil nil
address=1.1.1.1 class=1 name=a.test section=1 ttl=256 type=1
class=1 name=a.test nsdname=ns.a.test section=2 ttl=256 type=2
address=2.2.2.2 class=1 name=a.test section=3 ttl=256 type=1
3 nil nil

=== messages that are not what they say
--- request
POST /run

local dns, show = ...
local record, name = dns.record, dns.name
local a = record(1, "\1\1\1\1")
show(dns.parse(1, { a }, { id = 8 }))
show(dns.parse(1, { a }, { flags = 0x0180 }))
show(dns.parse(1, { a }, { flags = 0x8380 }))
show(dns.parse(1, { a }, { questions = 2 }))
show(dns.parse(1, { a }, { class = 3 }))
show(dns.parse(1, { a }, { type = 28 }))
show(dns.parse(1, { a }, { name = name("b.test") }))
show(dns.parse(1, { a }, { count = 2 }))
for cut = 1, 39 do
    local records, err = dns.parse(1, { a }, { cut = cut })
    assert(not records and err, cut)
end
show(dns.parse(1, { record(1, "\1\1\1") }))
show(dns.parse(28, { record(28, "\1\1\1") }))
show(dns.parse(15, { record(15, "\0\1") }))
show(dns.parse(33, { record(33, "\0\1\0\1\0\1") }))
show(dns.parse(6, { record(6, "\0\0\0\0\0\0") }))
show(dns.parse(5, { record(5, "\1b\0x") }))
show(dns.parse(5, { record(5, "\1b") .. "\0" }))
-- Names: pointers to themselves, in a circle, ahead, out of the message; bad labels; a name of more than 255 bytes.
show(dns.parse(5, { record(5, "\192\36") }))
show(dns.parse(5, { record(5, "\1b\192\36") }))
show(dns.parse(5, { record(5, "\255\255") }))
show(dns.parse(1, { a }, { name = "\192\12" }))
show(dns.parse(5, { record(5, "\64a\0") }))
show(dns.parse(5, { record(5, "\128a\0") }))
show(dns.parse(5, { record(5, ("\63" .. ("x"):rep(63)):rep(4) .. "\0") }))
show(dns.parse(5, { record(5, "\5ab") }))
show(dns.parse(1, { a:rep(3) }, { count = 65535 }))
--- response_body
id mismatch
bad QR flag in the DNS response
truncated
bad number of questions in DNS response: 2
unknown query class 3 in DNS response
id mismatch
id mismatch
truncated
bad A record value length: 3
bad AAAA record value length: 3
bad MX record value length: 2
bad SRV record value length: 6
bad SOA record value length: 6
bad cname record length: 3 ~= 4
bad cname record length: 3 ~= 2
bad pointer in a name
bad pointer in a name
bad pointer in a name
bad pointer in a name
bad label in a name
bad label in a name
name too long
truncated
truncated

=== questions
--- request
POST /run

local dns = ...
local function show(name, kind, recursion)
    local query, err = dns.message.query({ id = 258, name = name, type = kind or 1 }, recursion)
    ngx.say(query and query:gsub("[^%w]", function(c) return "," .. c:byte() end) or err)
end
show("a.test", 28, true)
show("a.test.", 256)
show(".", 2)
show("")
show(".a")
show("a..b")
show(("x"):rep(63))
show(("x"):rep(64))
show(("x."):rep(127))
show(("x."):rep(128))
--- response_body_like
^,1,2,1,0,0,1,0,0,0,0,0,0,1a,4test,0,0,28,0,1
,1,2,0,0,0,1,0,0,0,0,0,0,1a,4test,0,1,0,0,1
,1,2,0,0,0,1,0,0,0,0,0,0,0,0,2,0,1
,1,2,0,0,0,1,0,0,0,0,0,0,0,0,1,0,1
bad name
bad name
,1,2,0,0,0,1,0,0,0,0,0,0,63x{63},0,0,1,0,1
bad name
,1,2,0,0,0,1,0,0,0,0,0,0(,1x){127},0,0,1,0,1
bad name
$

=== addresses
--- request
POST /run

local r = (...).resolver
for _, addr in ipairs { "FF01:0:0:0:0:0:0:101", "0:0:0:0:0:0:0:0", "1:0:0:0:0:0:0:0", "0:0:0:0:0:0:0:1", "1:0:0:2:0:0:0:3",
    "1:2:3:4:5:6:7:8", "::1" } do
    ngx.say(r.compress_ipv6_addr(addr))
end
for _, addr in ipairs { "FF01::101", "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::" } do
    ngx.say(r.expand_ipv6_addr(addr), " ", r.arpa_str(addr))
end
ngx.say(r.arpa_str("1.22.255.0"), " ", r.arpa_str("not.an.addr"))
--- response_body
FF01::101
::
1::
::1
1:0:0:2::3
1:2:3:4:5:6:7:8
::1
FF01:0:0:0:0:0:0:101 1.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.F.F.ip6.arpa
0:0:0:0:0:0:0:0 0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa
0:0:0:0:0:0:0:1 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa
1:0:0:0:0:0:0:0 0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.ip6.arpa
1:2:3:4:5:6:7:8 8.0.0.0.7.0.0.0.6.0.0.0.5.0.0.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.ip6.arpa
1:2:3:4:5:6:7:0 0.0.0.0.7.0.0.0.6.0.0.0.5.0.0.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.ip6.arpa
0.255.22.1.in-addr.arpa not.an.addr

=== what a resolver is made of
--- request
POST /run

local r = (...).resolver
ngx.say(r:new())
ngx.say(r:new {})
ngx.say(r:new { nameservers = {} })
ngx.say(r:new { nameservers = { { "127.0.0.1", 70000 } } })
local dns = r:new { nameservers = { "127.0.0.1", { "127.0.0.1", 5353 } }, no_random = true }
ngx.say(dns:query("..x"))
dns:destroy()
ngx.say(dns:query("a"))
ngx.say(dns:tcp_query("a"))
ngx.say(dns:set_timeout(1))
--- response_body
nilno options table specified
nilno nameservers specified
nilno nameservers specified
nilfailed to set peer name: bad port number: 70000
nilbad name
nilnot initialized
nilnot initialized
nilnot initialized
