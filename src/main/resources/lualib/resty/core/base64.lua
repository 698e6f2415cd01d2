-- ngx.encode_base64, decode_base64, decode_base64mime.

local ffi = require "ffi"
local base = require "resty.core.base"

local C = ffi.C
local error = error
local ffi_str = ffi.string
local floor = math.floor
local get_size_ptr = base.get_size_ptr
local get_string_buf = base.get_string_buf
local tonumber = tonumber
local tostring = tostring
local type = type

function ngx.encode_base64(s, no_padding)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    if no_padding and no_padding ~= true then
        error("bad no_padding: boolean expected, got " .. type(no_padding), 2)
    end
    local dst = get_string_buf(floor((#s + 2) / 3) * 4)
    local len = C.ngx_http_lua_ffi_encode_base64(s, #s, dst, no_padding and 1 or 0)
    return (ffi_str(dst, len))
end

local function room(s)
    return get_string_buf(floor((#s + 3) / 4) * 3)
end

function ngx.decode_base64(s)
    if type(s) ~= "string" then
        error("string argument only", 2)
    end
    local dst, len = room(s), get_size_ptr()
    if C.ngx_http_lua_ffi_decode_base64(s, #s, dst, len) == 0 then
        return nil
    end
    return (ffi_str(dst, tonumber(len[0])))
end

function ngx.decode_base64mime(s)
    if type(s) ~= "string" then
        error("string argument only", 2)
    end
    local dst, len = room(s), get_size_ptr()
    if C.ngx_http_lua_ffi_decode_base64mime(s, #s, dst, len) == 0 then
        return nil
    end
    return (ffi_str(dst, tonumber(len[0])))
end

return { version = base.version }
