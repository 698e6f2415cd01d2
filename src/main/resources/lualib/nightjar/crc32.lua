-- CRC-32 in LuaJIT, step by step: for hashes of hashes, where a call for each would cost more than it does.

local bit = require "bit"
local ffi = require "ffi"

local band = bit.band
local bxor = bit.bxor
local rshift = bit.rshift

local POLYNOMIAL = 0xedb88320

local bytes = ffi.new("int32_t[256]")
for i = 0, 255 do
    local crc = i
    for _ = 1, 8 do
        crc = bxor(rshift(crc, 1), band(crc, 1) == 1 and POLYNOMIAL or 0)
    end
    bytes[i] = crc
end

local function add_byte(crc, byte)
    return bxor(bytes[band(bxor(crc, byte), 0xff)], rshift(crc, 8))
end

-- A CRC that has not been inverted at its end, with the four bytes of `word` added, the lowest first.
return function(crc, word)
    crc = add_byte(crc, word)
    crc = add_byte(crc, rshift(word, 8))
    crc = add_byte(crc, rshift(word, 16))
    return add_byte(crc, rshift(word, 24))
end
