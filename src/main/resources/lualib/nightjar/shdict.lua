-- ngx.shared: the dicts, and those of their methods that OpenResty has in C. resty.core.shdict adds the rest.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"
local new_tab = require "table.new"

local C = ffi.C
local cast = ffi.cast
local error = error
local ffi_str = ffi.string
local pairs = pairs
local result = border.result
local select = select
local setmetatable = setmetatable
local tonumber = tonumber
local tostring = tostring
local type = type

ffi.cdef [[
typedef struct {
    int count, pad;
    struct { int entry, length; const char *data; } names[1024];
} nightjar_names_t;
]]
local int = ffi.typeof "const int *"
local known = {}

local MAX_KEY = 65535
local MAX_KEYS = 1024
-- Longer keys are not kept for the next get_keys.
local MAX_KEPT = 255
-- What Lua numbers types as.
local NIL, NUMBER, STRING = 0, 3, 4
-- What a push returns when there was no memory for a new list.
local NO_LIST = -2

local errmsg = ffi.new("char *[1]")
local number = ffi.new("double[1]")

-- The userdata of a dict and the key as a string; or nothing and why the key is none. `count` is how many arguments the API
-- function has, which calls this: errors are of the line that called it.
local function list(wanted, count, dict, key)
    if count ~= wanted then
        error("expecting " .. wanted .. " arguments, but only seen " .. count, 3)
    end
    local zone = type(dict) == "table" and dict[1]
    if type(zone) ~= "userdata" then
        error("bad \"zone\" argument", 3)
    end
    if key == nil then
        return nil, "nil key"
    end
    if type(key) ~= "string" then
        if type(key) ~= "number" then
            check.argument(2, "string expected, got " .. type(key), 1)
        end
        key = tostring(key)
    end
    if key == "" then
        return nil, "empty key"
    end
    if #key > MAX_KEY then
        return nil, "key too long"
    end
    return zone, key
end

-- 1 for the left end of lists, 0 for the right.
local function pusher(left)
    return function(...)
        local zone, key = list(3, select("#", ...), ...)
        if not zone then
            return nil, key
        end
        local value = select(3, ...)
        local kind = type(value)
        local n
        if kind == "string" then
            n = C.nightjar_ffi_shdict_push(zone, left, key, #key, STRING, value, #value, 0, errmsg)
        elseif kind == "number" then
            n = C.nightjar_ffi_shdict_push(zone, left, key, #key, NUMBER, nil, 0, value, errmsg)
        else
            return nil, "bad value type"
        end
        if n > 0 then
            return n
        end
        if n == NO_LIST then
            return false, ffi_str(errmsg[0])
        end
        return nil, ffi_str(errmsg[0])
    end
end

local function popper(left)
    return function(...)
        local zone, key = list(2, select("#", ...), ...)
        if not zone then
            return nil, key
        end
        local kind = C.nightjar_ffi_shdict_pop(zone, left, key, #key, number, errmsg)
        if kind == STRING then
            return (ffi_str(result.data, result.len))
        end
        if kind == NUMBER then
            return number[0]
        end
        if kind == NIL then
            return nil
        end
        return nil, ffi_str(errmsg[0])
    end
end

local methods = {
    lpush = pusher(1),
    rpush = pusher(0),
    lpop = popper(1),
    rpop = popper(0),
}
methods.__index = methods

function methods.llen(...)
    local zone, key = list(2, select("#", ...), ...)
    if not zone then
        return nil, key
    end
    local n = C.nightjar_ffi_shdict_llen(zone, key, #key, errmsg)
    if n < 0 then
        return nil, ffi_str(errmsg[0])
    end
    return n
end

-- The userdata of a dict and a number, `default` if there is none.
local function whole(default, count, dict, n)
    if count ~= 1 and count ~= 2 then
        error("expecting 1 or 2 argument(s), but saw " .. count, 3)
    end
    if type(dict) ~= "table" then
        check.argument(1, "table expected, got " .. type(dict), 1)
    end
    local zone = dict[1]
    if type(zone) ~= "userdata" then
        error("bad user data for the ngx_shm_zone_t pointer", 3)
    end
    if count == 1 then
        return zone, default
    end
    if type(n) ~= "number" then
        local number = type(n) == "string" and tonumber(n)
        if not number then
            check.argument(2, "number expected, got " .. type(n), 1)
        end
        n = number
    end
    return zone, n
end

-- The keys that a dict had the last time: the strings, and what nightjar.lua.api.DictKeys knows of them. The spare ones are
-- for the next time.
local function names_of(zone)
    local names = known[zone]
    if not names then
        names = { keys = {}, spare_keys = {}, list = ffi.new("nightjar_names_t"), spare = ffi.new("nightjar_names_t") }
        known[zone] = names
    end
    return names
end

-- Up to `max` keys that have not expired, the least recently used first; 0: all of them. Most of them are those of the last
-- time, and it takes less to find them than to make strings anew.
function methods.get_keys(...)
    local zone, max = whole(MAX_KEYS, select("#", ...), ...)
    local names = names_of(zone)
    local last, next = names.keys, names.spare_keys
    local named = names.spare
    local n = C.nightjar_ffi_shdict_get_keys(zone, max, names.list, named)
    local keys, i, at = new_tab(n, 0), 0, 0
    local found = result.data
    -- A loop for either kind of key, so that each has a trace of its own.
    while i < n do
        local index = cast(int, found + at)[0]
        while index >= 0 do
            i = i + 1
            local key = last[index + 1]
            keys[i] = key
            if i <= MAX_KEYS then
                next[i] = key
            end
            at = at + 4
            index = i < n and cast(int, found + at)[0] or -1
        end
        while index < 0 and i < n do
            i = i + 1
            local len = -1 - index
            local key = ffi_str(found + (at + 4), len)
            keys[i] = key
            if i <= MAX_KEYS and len <= MAX_KEPT then
                named.names[i - 1].data = key
                next[i] = key
            end
            at = at + 4 + len
            index = i < n and cast(int, found + at)[0] or 0
        end
    end
    names.keys, names.spare_keys = next, last
    names.list, names.spare = named, names.list
    return keys
end

-- Removes up to `max` expired entries, 0: all of them; returns how many.
function methods.flush_expired(...)
    local zone, max = whole(0, select("#", ...), ...)
    return (C.nightjar_ffi_shdict_flush_expired(zone, max))
end

local shared = ngx._shared_zones()
ngx._shared_zones = nil
for _, dict in pairs(shared) do
    setmetatable(dict, methods)
end
return shared
