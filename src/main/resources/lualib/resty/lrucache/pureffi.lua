-- As resty.lrucache, with its keys in a hash table of fixed size: for keys that come and go all the time.

local bit = require "bit"
local ffi = require "ffi"
local lru = require "nightjar.lru"

local band = bit.band
local byte = string.byte
local bxor = bit.bxor
local rol = bit.rol
local rshift = bit.rshift
local tobit = bit.tobit

local DEFAULT_LOAD = 0.5
local MIN_LOAD, MAX_LOAD = 0.1, 1

local numbers_type = ffi.typeof("int32_t[?]")

local function hash(key)
    local h = #key
    for i = 1, #key do
        h = tobit(bxor(rol(h, 5), byte(key, i)) * 31 + 7)
    end
    return h
end

local index_methods = {}

local function bucket(self, key)
    local h = hash(key)
    return (band(bxor(h, rshift(h, 15)), self.mask))
end

function index_methods:find(key)
    local keys, chained = self.keys, self.chained
    local n = self.buckets[bucket(self, key)]
    while n ~= 0 do
        if keys[n] == key then
            return n
        end
        n = chained[n]
    end
end

function index_methods:add(key, n)
    local b = bucket(self, key)
    self.chained[n] = self.buckets[b]
    self.buckets[b] = n
end

function index_methods:remove(key, n)
    local chained = self.chained
    local b = bucket(self, key)
    local at = self.buckets[b]
    if at == n then
        self.buckets[b] = chained[n]
        return
    end
    while chained[at] ~= n do
        at = chained[at]
    end
    chained[at] = chained[n]
end

function index_methods:clear()
    ffi.fill(self.buckets, ffi.sizeof(self.buckets))
end

local index_meta = { __index = index_methods }

local M = { _VERSION = "0.15" }

-- `load` is how full the hash table is when the cache is: less is faster and takes more memory.
function M.new(size, load)
    if size < 1 then
        return nil, "size too small"
    end
    load = load or DEFAULT_LOAD
    if load > MAX_LOAD then
        load = MAX_LOAD
    elseif load < MIN_LOAD then
        load = MIN_LOAD
    end
    local buckets = 1
    while buckets * load < size do
        buckets = buckets * 2
    end
    return lru.new(size, setmetatable({
        buckets = numbers_type(buckets),
        chained = numbers_type(size + 1),
        mask = buckets - 1,
    }, index_meta), true)
end

for name, method in pairs(lru.methods) do
    M[name] = method
end

return M
