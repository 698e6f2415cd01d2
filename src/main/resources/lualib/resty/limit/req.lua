-- Limits how fast requests with the same key come, over all workers: a bucket that leaks so many a second, and rejects what
-- it would have to hold above `burst`. Two workers that read a bucket at the same moment may both let a request in.

local ffi = require "ffi"

local abs = math.abs
local assert = assert
local ffi_cast = ffi.cast
local ffi_str = ffi.string
local max = math.max
local now = ngx.now
local setmetatable = setmetatable
local shared = ngx.shared
local tonumber = tonumber
local type = type

-- A bucket as the dict holds it; a request is 1000, time is in milliseconds.
ffi.cdef [[
typedef struct {
    unsigned long excess;
    uint64_t last;
} nightjar_bucket_t;
]]
local bucket_pointer = ffi.typeof("const nightjar_bucket_t *")
local scratch = ffi.new("nightjar_bucket_t[1]")
local SIZE = ffi.sizeof("nightjar_bucket_t")
local REQUEST = 1000

local M = { _VERSION = "0.09" }
local metatable = { __index = M }

-- `rate` is in requests a second, `burst` in requests.
function M.new(dict_name, rate, burst)
    local dict = shared[dict_name]
    if not dict then
        return nil, "shared dict not found"
    end
    assert(rate > 0 and burst >= 0)
    return setmetatable({ dict = dict, rate = rate * REQUEST, burst = burst * REQUEST }, metatable)
end

-- A bucket's excess and time; or nil, and if something else lies there the error.
local function load(dict, key)
    local bytes = dict:get(key)
    if bytes == nil then
        return nil
    elseif type(bytes) ~= "string" or #bytes ~= SIZE then
        return nil, nil, "shdict abused by other users"
    end
    local bucket = ffi_cast(bucket_pointer, bytes)
    return tonumber(bucket.excess), tonumber(bucket.last)
end

local function store(dict, key, excess, last)
    local bucket = scratch[0]
    bucket.excess = excess
    bucket.last = last
    dict:set(key, ffi_str(scratch, SIZE))
end

-- How long the request has to wait, in seconds, and how many are before it in the bucket; or nil and "rejected", or what is
-- wrong with the dict. It counts only with `commit`.
function M:incoming(key, commit)
    local dict, rate = self.dict, self.rate
    local msec = now() * 1000
    local excess, last, err = load(dict, key)
    if err then
        return nil, err
    elseif excess then
        excess = max(excess - rate * abs(msec - last) / 1000 + REQUEST, 0)
        if excess > self.burst then
            return nil, "rejected"
        end
    else
        excess = 0
    end
    if commit then
        store(dict, key, excess, msec)
    end
    return excess / rate, excess / REQUEST
end

-- Takes back what incoming() has counted.
function M:uncommit(key)
    assert(key)
    local excess, last, err = load(self.dict, key)
    if not excess then
        return nil, err or "not found"
    end
    store(self.dict, key, max(excess - REQUEST, 0), last)
    return true
end

function M:set_rate(rate)
    self.rate = rate * REQUEST
end

function M:set_burst(burst)
    self.burst = burst * REQUEST
end

return M
