-- The cached time and the forms it is written in.

local ffi = require "ffi"
local base = require "resty.core.base"

local C = ffi.C
local error = error
local ffi_str = ffi.string
local tonumber = tonumber
local type = type

local msec = C.nightjar_ffi_msec()
local text = ffi.new("unsigned char[?]", 32)
local seconds = ffi.new("long[1]")

function ngx.now()
    return msec[0] / 1000
end

function ngx.time()
    return (tonumber(C.ngx_http_lua_ffi_time()))
end

function ngx.update_time()
    C.ngx_http_lua_ffi_update_time()
end

-- 2026-11-21
function ngx.today()
    C.ngx_http_lua_ffi_today(text)
    return (ffi_str(text, 10))
end

-- 2026-11-21 22:24:29
function ngx.localtime()
    C.ngx_http_lua_ffi_localtime(text)
    return (ffi_str(text, 19))
end

function ngx.utctime()
    C.ngx_http_lua_ffi_utctime(text)
    return (ffi_str(text, 19))
end

-- Sat, 21-Nov-26 22:24:29 GMT
function ngx.cookie_time(sec)
    if type(sec) ~= "number" then
        error("number argument only", 2)
    end
    local len = C.ngx_http_lua_ffi_cookie_time(text, sec)
    return (ffi_str(text, len))
end

-- Sat, 21 Nov 2026 22:24:29 GMT
function ngx.http_time(sec)
    if type(sec) ~= "number" then
        error("number argument only", 2)
    end
    C.ngx_http_lua_ffi_http_time(text, sec)
    return (ffi_str(text, 29))
end

function ngx.parse_http_time(s)
    if type(s) ~= "string" then
        error("string argument only", 2)
    end
    C.ngx_http_lua_ffi_parse_http_time(s, #s, seconds)
    local sec = tonumber(seconds[0])
    if sec ~= -1 then
        return sec
    end
end

local function monotonic_msec()
    return (tonumber(C.ngx_http_lua_ffi_monotonic_msec()))
end

return {
    version = base.version,
    monotonic_msec = monotonic_msec,
    monotonic_time = function()
        return monotonic_msec() / 1000
    end,
}
