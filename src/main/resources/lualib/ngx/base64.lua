-- Base64 with the alphabet of URLs, unpadded.

local ffi = require "ffi"
local base = require "resty.core.base"

local C = ffi.C
local ffi_str = ffi.string
local floor = math.floor
local get_string_buf = base.get_string_buf
local type = type

local dst = ffi.new("ngx_str_t[1]")
local src = ffi.new("ngx_str_t[1]")

local M = { version = base.version }

function M.encode_base64url(s)
    if type(s) ~= "string" then
        return nil, "must provide a string"
    end
    local buf = get_string_buf(floor((#s + 2) / 3) * 4)
    src[0].data, src[0].len = s, #s
    dst[0].data = buf
    C.ngx_encode_base64url(dst, src)
    return (ffi_str(buf, dst[0].len))
end

function M.decode_base64url(s)
    if type(s) ~= "string" then
        return nil, "must provide a string"
    end
    local buf = get_string_buf(floor((#s + 3) / 4) * 3)
    src[0].data, src[0].len = s, #s
    dst[0].data = buf
    if C.ngx_decode_base64url(dst, src) < 0 then
        return nil, "invalid input"
    end
    return (ffi_str(buf, dst[0].len))
end

return M
