-- ngx.var.

local ffi = require "ffi"
local base = require "resty.core.base"
local border = require "nightjar.border"
local W = require("nightjar.coroutines").border

local C = ffi.C
local band = bit.band
local error = error
local ffi_str = ffi.string
local get_request = base.get_request
local lshift = bit.lshift
local result = border.result
local setmetatable = setmetatable
local text = border.text
local tostring = tostring
local type = type

local NOT_FOUND = border.DECLINED

-- Variables of the configuration have a number, which saves Java looking a name up twice. $arg_x and its like have
-- none: there is no end to them.
local index_of = {}

-- These lie in the border when the script has asked for them before: as ReadyVariables.java numbers them.
local ready_of = {
    args = 0,
    host = 1,
    remote_addr = 2,
    request_method = 3,
    request_uri = 4,
    scheme = 5,
    uri = 6,
}

local function find(name)
    local r = get_request()
    if not r then
        error("no request found", 3)
    end

    local rc
    local ready, index = ready_of[name], index_of[name]
    if ready then
        if band(W.ready, lshift(1, ready)) ~= 0 then
            local v = W.variables[ready]
            if v.len < 0 then
                return nil
            end
            return (ffi_str(v.data, v.len))
        end
        rc = C.nightjar_ffi_var_get_ready(r, ready)
    elseif index then
        rc = C.nightjar_ffi_var_get_indexed(r, index)
    elseif type(name) == "string" then
        rc = C.nightjar_ffi_var_get(r, name, #name)
        if result.index >= 0 then
            index_of[name] = result.index
        end
    elseif type(name) == "number" then
        rc = C.nightjar_ffi_var_get_capture(r, name)
    else
        error("bad variable name", 3)
    end

    if rc == 0 then
        return (ffi_str(result.data, result.len))
    end
    if rc ~= NOT_FOUND then
        error(text(), 3)
    end
end

-- LuaJIT compiles no function that returns through a metamethod, so this one only hands over. No tail call: errors
-- name the line of the script by their level.
local function get(_, name)
    local value = find(name)
    return value
end

local function set(_, name, value)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    if type(name) ~= "string" then
        error("bad variable name", 2)
    end

    local rc
    if value == nil then
        rc = C.nightjar_ffi_var_set(r, name, #name, nil, 0)
    else
        if type(value) ~= "string" then
            value = tostring(value)
        end
        rc = C.nightjar_ffi_var_set(r, name, #name, value, #value)
    end
    if rc ~= 0 then
        error(text(), 2)
    end
end

ngx.var = setmetatable({}, { __index = get, __newindex = set })

return { version = base.version }
