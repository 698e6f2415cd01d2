-- ngx.md5, md5_bin, sha1_bin, crc32_short, crc32_long.

local ffi = require "ffi"
local base = require "resty.core.base"

local C = ffi.C
local ffi_str = ffi.string
local tostring = tostring
local type = type

-- The longest: MD5 in hex.
local digest = ffi.new("unsigned char[?]", 32)

function ngx.md5(s)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    C.ngx_http_lua_ffi_md5(s, #s, digest)
    return (ffi_str(digest, 32))
end

function ngx.md5_bin(s)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    C.ngx_http_lua_ffi_md5_bin(s, #s, digest)
    return (ffi_str(digest, 16))
end

function ngx.sha1_bin(s)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    C.ngx_http_lua_ffi_sha1_bin(s, #s, digest)
    return (ffi_str(digest, 20))
end

function ngx.crc32_short(s)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    return (C.ngx_http_lua_ffi_crc32_short(s, #s))
end

function ngx.crc32_long(s)
    if type(s) ~= "string" then
        s = s and tostring(s) or ""
    end
    return (C.ngx_http_lua_ffi_crc32_long(s, #s))
end

return { version = base.version }
