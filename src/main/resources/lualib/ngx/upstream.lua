-- The groups of servers that nginx.conf has, and how their servers fare as this worker sees it.

local border = require "nightjar.border"
local check = require "nightjar.check"
local new_tab = require "table.new"

local C = require("ffi").C
local error = error
local ffi_str = require("ffi").string
local gmatch = string.gmatch
local result = border.result
local select = select
local text = border.text
local tonumber = tonumber

-- The numbers that a server and a peer come with, in their order. Where 0 means that there is nothing to say, the name of
-- what is said otherwise: the number, or true.
local SERVER = { "addresses", "weight", "max_fails", "fail_timeout", "backup", "down" }
local PEER = {
    "weight", "current_weight", "effective_weight", "conns", "fails", "max_fails", "fail_timeout", "accessed", "checked", "down",
}
local FLAGS = { backup = true, down = true }
local OPTIONAL = { accessed = true, checked = true }

-- Pair i of the last call: its key, and its value's numbers under `names`.
local function read(i, names)
    local pair = result.pairs[i]
    local t, n = {}, 0
    for word in gmatch(ffi_str(pair.value.data, pair.value.len), "%S+") do
        n = n + 1
        local name, value = names[n], tonumber(word)
        if FLAGS[name] then
            t[name] = value ~= 0 or nil
        elseif value ~= 0 or not OPTIONAL[name] then
            t[name] = value
        end
    end
    return ffi_str(pair.key.data, pair.key.len), t
end

local function key(i)
    local k = result.pairs[i].key
    return ffi_str(k.data, k.len)
end

local M = {}

-- The names of all groups, those that a proxy_pass makes of itself too.
function M.get_upstreams(...)
    if select("#", ...) ~= 0 then
        error("no argument expected", 2)
    end
    local n = C.nightjar_ffi_upstreams()
    local names = new_tab(n, 0)
    for i = 1, n do
        names[i] = key(i - 1)
    end
    return names
end

-- The group's place, or nil.
local function find(name)
    local place = C.nightjar_ffi_upstream_find(name, #name)
    if place >= 0 then
        return place
    end
end

-- A list of what the group's `server` lines say; or nil and why.
function M.get_servers(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("exactly one argument expected", 2)
    end
    local place = find(check.string((...), 1, count))
    if not place then
        return nil, "upstream not found"
    end
    local n = C.nightjar_ffi_upstream_servers(place)
    local servers = {}
    local i = 0
    while i < n do
        local name, server = read(i, SERVER)
        server.name = name ~= "" and name or nil
        local addresses = server.addresses
        server.addresses = nil
        if addresses == 1 then
            server.addr = key(i + 1)
        else
            server.addr = new_tab(addresses, 0)
            for j = 1, addresses do
                server.addr[j] = key(i + j)
            end
        end
        servers[#servers + 1] = server
        i = i + 1 + addresses
    end
    return servers
end

-- Empty where there are no such servers.
local function peers(name, backup)
    local place = find(name)
    if not place then
        return nil, "upstream not found"
    end
    local n = C.nightjar_ffi_upstream_peers(place, backup)
    local list = {}
    for i = 1, n do
        local peer_name, peer = read(i - 1, PEER)
        peer.name = peer_name
        peer.id = i - 1
        list[i] = peer
    end
    return list
end

-- The servers that are asked first, and how each fares; or nil and why.
function M.get_primary_peers(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("exactly one argument expected", 2)
    end
    return peers(check.string((...), 1, count), 0)
end

-- Those that are asked when none of the first is live.
function M.get_backup_peers(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("exactly one argument expected", 2)
    end
    return peers(check.string((...), 1, count), 1)
end

-- Takes a server out of use on this worker, or puts it back. `id` is the one that the lists of peers say.
function M.set_peer_down(...)
    if select("#", ...) ~= 4 then
        error("exactly 4 arguments expected", 2)
    end
    local name, backup, id, down = ...
    local place = find(check.string(name, 1, 4))
    if not place then
        return nil, "upstream not found"
    end
    backup = backup and 1 or 0
    if C.nightjar_ffi_upstream_peers(place, backup) < 0 then
        return nil, "no backup peers"
    end
    if C.nightjar_ffi_upstream_set_down(place, backup, check.number(id, 3, 4), down and 1 or 0) ~= border.OK then
        return nil, "bad peer id"
    end
    return true
end

-- The group of the server that this request has been passed to; nil if it has not been passed on.
function M.current_upstream_name()
    local r = border.request()
    if not r or r.fake ~= 0 then
        error("no request object found", 2)
    end
    local rc = C.nightjar_ffi_upstream_current(r)
    if rc == border.OK then
        return text()
    elseif rc == border.ERROR then
        error("no srv conf for upstream", 2)
    end
    return nil
end

return M
