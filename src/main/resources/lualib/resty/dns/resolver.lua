-- Asks name servers over UDP, and over TCP what did not fit (RFC 1035). How messages are made and read: resty.dns.message.

local message = require "resty.dns.message"
local random = require "resty.random"

local byte = string.byte
local concat = table.concat
local find = string.find
local gmatch = string.gmatch
local gsub = string.gsub
local ipairs = ipairs
local match = string.match
local max = math.max
local ngx = ngx
local pairs = pairs
local rep = string.rep
local reverse = string.reverse
local setmetatable = setmetatable
local type = type

local M = { _VERSION = "0.23" }
for name, value in pairs(message.CONSTANTS) do
    M[name] = value
end

local meta = { __index = M }

-- How many datagrams that answer something else are read for one that is waited for.
local MAX_STRAY = 128

local MAX_DATAGRAM = 4096

-- A random number from 0 to 65535.
local function random16()
    local high, low = byte(random.bytes(2), 1, 2)
    return high * 256 + low
end

local function open_udp(server, timeout)
    local sock, err = ngx.socket.udp()
    if not sock then
        return nil, "failed to create udp socket: " .. err
    end
    local ok
    ok, err = sock:setpeername(server[1], server[2])
    if not ok then
        return nil, "failed to set peer name: " .. err
    end
    sock:settimeout(timeout)
    return sock
end

-- opts: nameservers (addresses, or { address, port }), timeout of one try in msec (2000), retrans (5 tries), no_recurse,
-- no_random (begin with the first server).
function M.new(_, opts)
    if not opts then
        return nil, "no options table specified"
    end
    local given = opts.nameservers
    if not given or #given == 0 then
        return nil, "no nameservers specified"
    end
    local timeout = opts.timeout or 2000
    local servers, socks = {}, {}
    for i, server in ipairs(given) do
        if type(server) ~= "table" then
            server = { server }
        end
        servers[i] = { server[1], server[2] or 53 }
        local err
        socks[i], err = open_udp(servers[i], timeout)
        if not socks[i] then
            return nil, err
        end
    end
    local tcp_sock, err = ngx.socket.tcp()
    if not tcp_sock then
        return nil, "failed to create tcp socket: " .. err
    end
    tcp_sock:settimeout(timeout)
    return setmetatable({
        servers = servers,
        socks = socks,
        tcp_sock = tcp_sock,
        timeout = timeout,
        retrans = opts.retrans or 5,
        no_recurse = opts.no_recurse,
        cur = opts.no_random and 1 or random16() % #servers + 1,
    }, meta)
end

-- Closes the sockets; what is called afterwards answers "not initialized".
function M:destroy()
    for _, sock in ipairs(self.socks or {}) do
        sock:close()
    end
    self.socks, self.tcp_sock, self.servers, self.cur, self.retrans, self.no_recurse = nil, nil, nil, nil, nil, nil
end

function M:set_timeout(msec)
    if not self.socks then
        return nil, "not initialized"
    end
    self.timeout = msec
    for _, sock in ipairs(self.socks) do
        sock:settimeout(msec)
    end
    self.tcp_sock:settimeout(msec)
end

-- The socket and the server whose turn it is.
local function next_server(self)
    local i = self.cur
    self.cur = i % #self.servers + 1
    return self.socks[i], self.servers[i]
end

-- An identifier for a query, which nobody should be able to guess. Tests set _id.
local function new_id(self)
    return self._id or random16()
end

-- The answer to a query that has been made, over a TCP connection of its own.
local function ask_tcp(self, server, query, asked)
    local sock = self.tcp_sock
    local name = concat(server, ":")
    local ok, err = sock:connect(server[1], server[2])
    if not ok then
        return nil, "failed to connect to TCP server " .. name .. ": " .. err
    end
    local function failed(what, why)
        sock:close()
        return nil, "failed to " .. what .. " TCP server " .. name .. ": " .. why
    end
    ok, err = sock:send { message.two_bytes(#query), query }
    if not ok then
        return failed("send query to", err)
    end
    local head
    head, err = sock:receive(2)
    if not head then
        return failed("receive the reply length field from", err)
    end
    local high, low = byte(head, 1, 2)
    local reply
    reply, err = sock:receive(high * 256 + low)
    if not reply then
        return failed("receive the reply message body from", err)
    end
    local answers
    answers, err = message.parse(reply, asked)
    if not answers then
        return failed("parse the reply from the", err)
    end
    sock:close()
    return answers
end

-- One try over UDP. Datagrams that answer another question are passed over, but do not make it wait longer.
local function ask_udp(self, sock, server, query, asked)
    local name = concat(server, ":")
    local ok, err = sock:send(query)
    if not ok then
        return nil, "failed to send request to UDP server " .. name .. ": " .. err
    end
    local late = ngx.now() * 1000 + self.timeout
    local reply, answers
    for _ = 1, MAX_STRAY do
        reply, err = sock:receive(MAX_DATAGRAM)
        if not reply then
            err = "failed to receive reply from UDP server " .. name .. ": " .. err
            break
        end
        answers, err = message.parse(reply, asked)
        if err == "truncated" then
            ngx.log(ngx.DEBUG, "query the TCP server due to reply truncation")
            answers, err = ask_tcp(self, server, query, asked)
            break
        elseif err ~= message.STRAY then
            break
        end
        ngx.update_time()
        sock:settimeout(max(1, late - ngx.now() * 1000))
    end
    sock:settimeout(self.timeout)
    return answers, err
end

-- What a query is made of, and what its answer is looked at with.
local function prepare(self, name, opts)
    if not self.socks then
        return nil, "not initialized"
    end
    local asked = { id = new_id(self), name = name, type = opts and opts.qtype or message.CONSTANTS.TYPE_A,
        authority = opts and opts.authority_section, additional = opts and opts.additional_section }
    local query, err = message.query(asked, not self.no_recurse)
    if not query then
        return nil, err
    end
    return query, asked
end

-- Asks for the records of a name. opts: qtype (TYPE_A), authority_section, additional_section. Answers a list of records, with
-- errcode and errstr where the server says that it failed; or nil and the last try's error. The errors of tries that
-- failed are put into `tries`, which is the third result.
function M:query(name, opts, tries)
    local query, asked = prepare(self, name, opts)
    if not query then
        return nil, asked
    end
    if tries then
        tries[1] = nil
    end
    local err
    for i = 1, self.retrans do
        local answers
        local sock, server = next_server(self)
        answers, err = ask_udp(self, sock, server, query, asked)
        if answers then
            return answers, nil, tries
        end
        if tries then
            tries[i], tries[i + 1] = err, nil
        end
    end
    return nil, err, tries
end

-- The same over TCP, once.
function M:tcp_query(name, opts)
    local query, asked = prepare(self, name, opts)
    if not query then
        return nil, asked
    end
    local _, server = next_server(self)
    return ask_tcp(self, server, query, asked)
end

-- Addresses

local function groups_of(addr)
    local groups = {}
    for group in gmatch(addr, "[^:]+") do
        groups[#groups + 1] = group
    end
    return groups
end

-- Where the longest run of groups that are 0 is, and how many they are; the first of several.
local function longest_zeros(groups)
    local best, length = 0, 0
    local i = 1
    while i <= #groups do
        local n = 0
        while groups[i + n] == "0" do
            n = n + 1
        end
        if n > length then
            best, length = i, n
        end
        i = i + n + 1
    end
    return best, length
end

-- An IPv6 address with "::" for its longest run of groups that are 0.
function M.compress_ipv6_addr(addr)
    local groups = groups_of(addr)
    if #groups ~= 8 then
        return addr
    end
    local from, n = longest_zeros(groups)
    if n == 0 then
        return addr
    end
    return concat(groups, ":", 1, from - 1) .. "::" .. concat(groups, ":", from + n)
end

-- An IPv6 address with all its groups.
local function expand_ipv6_addr(addr)
    local before, after = match(addr, "^(.-)::(.*)$")
    if not before then
        return addr
    end
    local groups, rest = groups_of(before), groups_of(after)
    for _ = #groups + #rest + 1, 8 do
        groups[#groups + 1] = "0"
    end
    for _, group in ipairs(rest) do
        groups[#groups + 1] = group
    end
    return (concat(groups, ":"))
end
M.expand_ipv6_addr = expand_ipv6_addr

-- The name under which an address has its PTR record.
function M.arpa_str(addr)
    if not find(addr, ":", 1, true) then
        local a, b, c, d = match(addr, "^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$")
        return a and concat({ d, c, b, a, "in-addr.arpa" }, ".") or addr
    end
    local digits = gsub(expand_ipv6_addr(addr), "[^:]+", function(group)
        return rep("0", 4 - #group) .. group
    end)
    digits = reverse(gsub(digits, ":", ""))
    return (gsub(digits, ".", "%0.")) .. "ip6.arpa"
end

-- The names of an address.
function M:reverse_query(addr)
    return self:query(M.arpa_str(addr), { qtype = M.TYPE_PTR })
end

return M
