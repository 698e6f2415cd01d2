-- ndk.set_var.DIRECTIVE(text): what a set_xxx directive of set-misc and its like makes of a text.

local ffi = require "ffi"
local base = require "resty.core.base"

local C = ffi.C
local error = error
local ffi_str = ffi.string
local get_request = base.get_request
local setmetatable = setmetatable
local tostring = tostring
local type = type

local handler = ffi.new("void *[1]")
local value = ffi.new("ngx_http_lua_ffi_str_t[1]")

local function get(_, name)
    if type(name) ~= "string" then
        name = tostring(name)
    end
    if C.ngx_http_lua_ffi_ndk_lookup_directive(name, #name, handler) ~= 0 then
        error("ndk.set_var: directive \"" .. name .. "\" not found or does not use ndk_set_var_value", 2)
    end
    local f = handler[0]

    return function(arg)
        local r = get_request()
        if not r then
            error("no request found", 2)
        end
        if type(arg) ~= "string" then
            arg = tostring(arg)
        end
        local rc = C.ngx_http_lua_ffi_ndk_set_var_get(r, f, arg, #arg, value)
        if rc ~= 0 then
            error("calling directive " .. name .. " failed with code " .. rc, 2)
        end
        return (ffi_str(value[0].data, value[0].len))
    end
end

local function set()
    error("not allowed", 2)
end

ndk.set_var = setmetatable({}, { __index = get, __newindex = set })

return { version = base.version }
