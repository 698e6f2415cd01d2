-- The fields of `ngx` that are worked out when read: status, is_subrequest, headers_sent; ngx.req.is_internal; os.getenv
-- while the configuration loads.

local ffi = require "ffi"
local os = require "os"
local base = require "resty.core.base"

local C = ffi.C
local error = error
local ffi_new = ffi.new
local ffi_str = ffi.string
local get_request = base.get_request
local get_size_ptr = base.get_size_ptr
local rawget = rawget
local rawset = rawset
local tonumber = tonumber
local type = type

local BAD_CONTEXT = base.FFI_BAD_CONTEXT

local getters = {}
local setters = {}

setmetatable(ngx, {
    __index = function(t, key)
        local f = getters[key]
        if f then
            return f()
        end
        return (rawget(t, key))
    end,
    __newindex = function(t, key, value)
        local f = setters[key]
        if f then
            return f(value)
        end
        return rawset(t, key, value)
    end,
})

-- The metamethods above call in tail position: a getter is called by the line that reads the field, and errors of
-- these two, two calls up, name that line.
local function checked(rc)
    if rc == BAD_CONTEXT then
        error("API disabled in the current context", 3)
    end
    return rc
end

local function current()
    local r = get_request()
    if not r then
        error("no request found", 3)
    end
    return r
end

function getters.status()
    local r = current()
    local rc = checked(C.ngx_http_lua_ffi_get_resp_status(r))
    return rc
end

function setters.status(status)
    local r = current()
    if type(status) ~= "number" then
        status = tonumber(status)
    end
    local rc = checked(C.ngx_http_lua_ffi_set_resp_status(r, status))
    return rc
end

function getters.is_subrequest()
    local r = current()
    local rc = checked(C.ngx_http_lua_ffi_is_subrequest(r))
    return rc == 1
end

function getters.headers_sent()
    local r = current()
    if r.context == 0 then
        error("no request ctx found", 2)
    end
    local rc = checked(C.ngx_http_lua_ffi_headers_sent(r))
    return rc == 1
end

function ngx.req.is_internal()
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    local rc = C.ngx_http_lua_ffi_req_is_internal(r)
    if rc == BAD_CONTEXT then
        error("API disabled in the current context", 2)
    end
    return rc == 1
end

-- While the configuration loads, `env NAME=value` has not reached the environment yet.
do
    local getenv = os.getenv
    local value = ffi_new("unsigned char *[1]")

    os.getenv = function(name)
        if get_request() then
            os.getenv = getenv
            return getenv(name)
        end
        local name_len = get_size_ptr()
        if C.ngx_http_lua_ffi_get_conf_env(name, value, name_len) == 0 then
            return (ffi_str(value[0] + name_len[0] + 1))
        end
        return getenv(name)
    end
end

return {
    _VERSION = base.version,
    register_ngx_magic_key_getter = function(key, f)
        getters[key] = f
    end,
    register_ngx_magic_key_setter = function(key, f)
        setters[key] = f
    end,
}
