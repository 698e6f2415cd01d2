-- Hexadecimal text, and numbers in text.

local char = string.char
local find = string.find
local format = string.format
local gsub = string.gsub
local tonumber = tonumber

local M = { _VERSION = "0.17" }

local pairs_of = {}
for i = 0, 255 do
    pairs_of[char(i)] = format("%02x", i)
end

-- The bytes of s as two lowercase digits each.
function M.to_hex(s)
    return (gsub(s, ".", pairs_of))
end

-- The number that s is in decimal digits, or -1.
function M.atoi(s)
    if not find(s, "^%d+$") then
        return -1
    end
    local n = tonumber(s)
    return n <= 0x7fffffffffffffff and n or -1
end

return M
