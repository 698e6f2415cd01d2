-- ngx.shared: what reads, stores and counts single values.

local base = require "resty.core.base"
local _, dict = next(ngx.shared)
if not dict then
    return { version = base.version }
end

local ffi = require "ffi"
local border = require "nightjar.border"
local cache = require "nightjar.dict_cache"

local C = ffi.C
local add_known, find, keep, replace_known = cache.add, cache.find, cache.keep, cache.replace
local error = error
local ffi_new = ffi.new
local ffi_str = ffi.string
local getmetatable = getmetatable
local result = border.result
local text = border.text
local tonumber = tonumber
local tostring = tostring
local type = type

local DECLINED = base.FFI_DECLINED
local MAX_KEY = 65535
-- What Lua numbers types as.
local NIL, BOOLEAN, NUMBER, STRING = 0, 1, 3, 4
-- What a read finds that is not for it.
local LIST = 5
-- How a store can end for which others had to go.
local FORCED, FORCED_IN_VAIN = 1, -6
-- What is to happen when the key is there, is not there, or there is no room.
local ADD, REPLACE, SAFE = 1, 2, 4

local number = ffi_new("double[1]")
local forcible = ffi_new("int[1]")
local errmsg = base.get_errmsg_ptr()

-- The dict's userdata. Called straight from an API function: the error is of the line that called that.
local function zone_of(dict)
    local zone = type(dict) == "table" and dict[1]
    if type(zone) ~= "userdata" then
        error("bad \"zone\" argument", 3)
    end
    return zone
end

local users = {}

-- The worker's use of a dict. Called straight from an API function, as zone_of.
local function user_of(zone)
    local user = users[zone]
    if not user then
        local address = C.nightjar_ffi_shdict_user(zone)
        if address == nil then
            error("bad \"zone\" argument", 3)
        end
        user = cache.user(address)
        users[zone] = user
    end
    return user
end

-- The key as a string, or nothing and why it is none.
local function key_of(key)
    if type(key) ~= "string" then
        if key == nil then
            return nil, "nil key"
        end
        key = tostring(key)
    end
    local len = #key
    if len == 0 then
        return nil, "empty key"
    end
    if len > MAX_KEY then
        return nil, "key too long"
    end
    return key
end

-- Every caller ends by calling this, so that level 2 is the script.
local function store(dict, what, key, value, exptime, flags)
    local zone = zone_of(dict)
    if not exptime then
        exptime = 0
    elseif exptime < 0 then
        error("bad \"exptime\" argument", 2)
    end
    local wrong
    key, wrong = key_of(key)
    if not key then
        return nil, wrong
    end

    local kind = type(value)
    if not flags then
        local user = user_of(zone)
        if what == 0 and exptime == 0 and replace_known(user, key, value) then
            return true, nil, false
        end
        local rc
        if kind == "string" then
            rc = C.nightjar_ffi_shdict_set(zone, what, key, #key, value, #value, exptime * 1000)
        elseif kind == "number" then
            rc = C.nightjar_ffi_shdict_set_number(zone, what, key, #key, value, exptime * 1000)
        end
        if rc then
            if rc >= 0 then
                keep(user, key, value)
                return true, nil, rc == FORCED
            end
            return false, text(), rc == FORCED_IN_VAIN
        end
    end

    local bytes, len, n = nil, 0, 0
    if kind == "string" then
        kind, bytes, len = STRING, value, #value
    elseif kind == "number" then
        kind, n = NUMBER, value
    elseif value == nil then
        kind = NIL
    elseif kind == "boolean" then
        kind, n = BOOLEAN, value and 1 or 0
    else
        return nil, "bad value type"
    end

    local rc = C.ngx_http_lua_ffi_shdict_store(zone, what, key, #key, kind, bytes, len, n, exptime * 1000, flags or 0,
                                               errmsg, forcible)
    if rc == 0 then
        return true, nil, forcible[0] == 1
    end
    return false, ffi_str(errmsg[0]), forcible[0] == 1
end

local function set(dict, key, value, exptime, flags)
    return store(dict, 0, key, value, exptime, flags)
end

local function safe_set(dict, key, value, exptime, flags)
    return store(dict, SAFE, key, value, exptime, flags)
end

local function add(dict, key, value, exptime, flags)
    return store(dict, ADD, key, value, exptime, flags)
end

local function safe_add(dict, key, value, exptime, flags)
    return store(dict, ADD + SAFE, key, value, exptime, flags)
end

local function replace(dict, key, value, exptime, flags)
    return store(dict, REPLACE, key, value, exptime, flags)
end

local function delete(dict, key)
    return store(dict, 0, key)
end

-- The value, or nothing and perhaps an error. What else is known of it lies in the dict's user.
local function fetch(zone, key, stale)
    local wrong
    key, wrong = key_of(key)
    if not key then
        return nil, wrong
    end
    local kind = C.nightjar_ffi_shdict_get(zone, key, #key, stale)
    if kind == STRING then
        return (text())
    elseif kind == NUMBER then
        return result.number
    elseif kind == BOOLEAN then
        return result.number ~= 0
    elseif kind == LIST then
        return nil, "value is a list"
    end
end

local function get(dict, key)
    local zone = zone_of(dict)
    local user = user_of(zone)
    local value, flags = find(user, key)
    if value == nil then
        local wrong
        value, wrong = fetch(zone, key, 0)
        if wrong then
            return nil, wrong
        end
        if value == nil then
            return nil
        end
        flags = user.flags
        keep(user, key, value)
    end
    if flags ~= 0 then
        return value, flags
    end
    return value
end

local function get_stale(dict, key)
    local zone = zone_of(dict)
    local user = user_of(zone)
    local value, wrong = fetch(zone, key, 1)
    if wrong then
        return nil, wrong
    end
    if value == nil then
        return nil
    end
    local flags = user.flags
    if flags == 0 then
        flags = nil
    end
    return value, flags, user.stale == 1
end

local function incr(dict, key, value, init, init_ttl)
    local zone = zone_of(dict)
    local wrong
    key, wrong = key_of(key)
    if not key then
        return nil, wrong
    end
    if type(value) ~= "number" then
        value = tonumber(value)
    end
    number[0] = value

    if init and type(init) ~= "number" then
        local n = tonumber(init)
        if not n then
            error("bad init arg: number expected, got " .. type(init), 2)
        end
        init = n
    end
    if init_ttl ~= nil then
        if type(init_ttl) ~= "number" then
            local n = tonumber(init_ttl)
            if not n then
                error("bad init_ttl arg: number expected, got " .. type(init_ttl), 2)
            end
            init_ttl = n
        end
        if init_ttl < 0 then
            error("bad \"init_ttl\" argument", 2)
        end
        if not init then
            error("must provide \"init\" when providing \"init_ttl\"", 2)
        end
    end

    local user = user_of(zone)
    local sum = add_known(user, key, number[0])
    if sum then
        if init then
            return sum, nil, false
        end
        return sum
    end
    if not init and C.nightjar_ffi_shdict_incr(zone, key, #key, value) == 0 then
        sum = result.number
        keep(user, key, sum)
        return sum
    end
    local rc = C.ngx_http_lua_ffi_shdict_incr(zone, key, #key, number, errmsg, init and 1 or 0, init or 0,
                                              (init_ttl or 0) * 1000, forcible)
    if rc ~= 0 then
        return nil, ffi_str(errmsg[0])
    end
    sum = number[0]
    keep(user, key, sum)
    if not init then
        return sum
    end
    return sum, nil, forcible[0] == 1
end

local function flush_all(dict)
    C.ngx_http_lua_ffi_shdict_flush_all(zone_of(dict))
end

-- In seconds; 0: it does not expire.
local function ttl(dict, key)
    local zone = zone_of(dict)
    local wrong
    key, wrong = key_of(key)
    if not key then
        return nil, wrong
    end
    local msec = C.ngx_http_lua_ffi_shdict_get_ttl(zone, key, #key)
    if msec == DECLINED then
        return nil, "not found"
    end
    return tonumber(msec) / 1000
end

local function expire(dict, key, exptime)
    local zone = zone_of(dict)
    if not exptime then
        error("bad \"exptime\" argument", 2)
    end
    local wrong
    key, wrong = key_of(key)
    if not key then
        return nil, wrong
    end
    if C.ngx_http_lua_ffi_shdict_set_expire(zone, key, #key, exptime * 1000) == DECLINED then
        return nil, "not found"
    end
    return true
end

local function capacity(dict)
    local bytes = C.ngx_http_lua_ffi_shdict_capacity(zone_of(dict))
    return (tonumber(bytes))
end

local function free_space(dict)
    local bytes = C.ngx_http_lua_ffi_shdict_free_space(zone_of(dict))
    return (tonumber(bytes))
end

-- All dicts have one table of methods.
local methods = getmetatable(dict).__index
methods.get = get
methods.get_stale = get_stale
methods.set = set
methods.safe_set = safe_set
methods.add = add
methods.safe_add = safe_add
methods.replace = replace
methods.delete = delete
methods.incr = incr
methods.flush_all = flush_all
methods.ttl = ttl
methods.expire = expire
methods.capacity = capacity
methods.free_space = free_space

return { version = base.version }
