-- Functions of nginx's core that libraries call by FFI, in Lua. Source: ngx_string.c.

local bit = require "bit"
local ffi = require "ffi"

local band = bit.band
local cast = ffi.cast
local rshift = bit.rshift

local ZERO, NINE = 0x30, 0x39
local MAX_INT = 0x7fffffffffffffffLL

local digits = ffi.new("unsigned char[17]", "0123456789abcdef")

local M = {}

-- Writes len bytes to dst as two digits each; the end of what it has written.
function M.ngx_hex_dump(dst, src, len)
    dst = cast("unsigned char *", dst)
    src = cast("const unsigned char *", src)
    for i = 0, len - 1 do
        local byte = src[i]
        dst[i * 2] = digits[rshift(byte, 4)]
        dst[i * 2 + 1] = digits[band(byte, 15)]
    end
    return dst + len * 2
end

-- The number in n decimal digits, or -1.
function M.ngx_atoi(line, n)
    if n == 0 then
        return -1LL
    end
    line = cast("const unsigned char *", line)
    local value = 0LL
    for i = 0, n - 1 do
        local c = line[i]
        if c < ZERO or c > NINE or value > (MAX_INT - (c - ZERO)) / 10 then
            return -1LL
        end
        value = value * 10 + (c - ZERO)
    end
    return value
end

return M
