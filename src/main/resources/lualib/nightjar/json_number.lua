-- Numbers as C's printf and strtod have them, in the C locale, whatever the process's is.

local ffi = require "ffi"

local byte = string.byte
local ffi_str = ffi.string
local find = string.find
local floor = math.floor
local format = string.format
local gsub = string.gsub
local lower = string.lower
local match = string.match
local tonumber = tonumber

local DOT, MINUS, PLUS, ZERO, NINE, OPENING, CLOSING, UNDERSCORE = 46, 45, 43, 48, 57, 40, 41, 95
local E, P, X = 101, 112, 120
local LOWER_CASE = 0x20

local bor = bit.bor

local M = {}

-- Printing

local JUST_BELOW = 1 - 2 ^ -53
-- A number that lies in the middle between two of 16 digits has no more than these bits behind the point.
local MIDDLE = 2 ^ 24
local ALL_DIGITS = "%.98e"

local formats = {}
for precision = 1, 17 do
    formats[precision] = "%." .. precision .. "g"
end

-- LuaJIT rounds up what lies in the middle, C to the even digit.
local function to_even(v, precision, text)
    if format(formats[precision + 1], v) == text then
        return text
    end
    local digits = gsub(match(format(ALL_DIGITS, v), "[%d.]+"), "%.", "")
    if find(digits, "^50*$", precision + 1) and byte(digits, precision) % 2 == 0 then
        return format(formats[precision], v * JUST_BELOW)
    end
    return text
end

-- A finite number as printf("%.<precision>g") prints it.
function M.text(v, precision)
    local text = format(formats[precision], v)
    local bits = v * MIDDLE
    if bits == floor(bits) then
        return to_even(v, precision, text)
    end
    return text
end

-- Reading. `p` are bytes that end with a zero.

local function is_digit(c)
    return c >= ZERO and c <= NINE
end

local function is_letter(c)
    c = bor(c, LOWER_CASE)
    return c >= 97 and c <= 122
end

local function is_hex(c)
    return is_digit(c) or is_letter(c) and bor(c, LOWER_CASE) <= 102
end

local function is_word(c)
    return is_digit(c) or is_letter(c) or c == UNDERSCORE
end

-- Where the bytes of a kind that begin at i end.
local function span(p, i, is)
    while is(p[i]) do
        i = i + 1
    end
    return i
end

local function behind_sign(p, i)
    local c = p[i]
    return (c == MINUS or c == PLUS) and i + 1 or i
end

-- Where an exponent that begins with the letter ends; i if there is none.
local function behind_exponent(p, i, letter)
    if bor(p[i], LOWER_CASE) == letter then
        local digits = behind_sign(p, i + 1)
        if is_digit(p[digits]) then
            return span(p, digits, is_digit)
        end
    end
    return i
end

-- Where digits with a point in, before or behind them end; nothing without any digit.
local function behind_fraction(p, i, is)
    local last = span(p, i, is)
    local count = last - i
    if p[last] == DOT then
        local point = last
        last = span(p, point + 1, is)
        count = count + last - point - 1
    end
    if count > 0 then
        return last
    end
end

-- Where the number whose digits begin at i ends; nothing if none does.
local function behind_digits(p, i)
    if p[i] == ZERO and bor(p[i + 1], LOWER_CASE) == X then
        local last = behind_fraction(p, i + 2, is_hex)
        return last and behind_exponent(p, last, P) or i + 1
    end
    local last = behind_fraction(p, i, is_digit)
    return last and behind_exponent(p, last, E)
end

local function word_at(p, i)
    return lower(ffi_str(p + i, span(p, i, is_letter) - i))
end

-- "inf", "infinity", "nan" and "nan(...)", whatever follows: the value, and where it ends.
local function named(p, i)
    local word = word_at(p, i)
    if find(word, "^inf") then
        return 1 / 0, i + (find(word, "^infinity") and 8 or 3)
    elseif find(word, "^nan") then
        local last = i + 3
        if p[last] == OPENING then
            local closing = span(p, last + 1, is_word)
            last = p[closing] == CLOSING and closing + 1 or last
        end
        return 0 / 0, last
    end
end

-- LuaJIT's own reader rounds as C's does. It refuses exponents above 2^20.
local function value_of(text)
    return tonumber(text) or tonumber((gsub(text, "([eEpP][+-]?)0*(%d%d%d%d%d%d)%d*$", "%1%2")))
end

-- Whether the bytes at i begin a number that JSON does not have: +1, 0x1, 01, inf, nan.
function M.foreign(p, i)
    if p[i] == PLUS then
        return true
    elseif p[i] == MINUS then
        i = i + 1
    end
    if p[i] == ZERO then
        return bor(p[i + 1], LOWER_CASE) == X or is_digit(p[i + 1])
    end
    return is_letter(p[i]) and named(p, i) ~= nil
end

-- The number at i as lua-cjson reads it, where it ends, and whether it is written as an integer; nothing if there is none.
function M.read(p, i)
    local first = behind_sign(p, i)
    local last = span(p, first, is_digit)
    local c = p[last]
    if last > first and c ~= DOT and c ~= X and bor(c, LOWER_CASE) ~= E then
        -- No -0 among integers.
        return value_of(ffi_str(p + first, last - first)) * (p[i] == MINUS and -1 or 1) + 0, last, true
    end
    last = behind_digits(p, first)
    local v
    if last then
        v = value_of(ffi_str(p + first, last - first))
    else
        v, last = named(p, first)
    end
    if not last then
        return nil
    end
    return p[i] == MINUS and -v or v, last, false
end

return M
