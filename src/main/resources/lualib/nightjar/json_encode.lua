-- Writes JSON text into a buffer that grows. One loop writes all arrays and objects: those around the one that is being
-- written lie on a stack of its own, so depth costs nothing but memory.

local ffi = require "ffi"
local json_buffer = require "nightjar.json_buffer"
local json_number = require "nightjar.json_number"

local band, bnot, bor, bxor = bit.band, bit.bnot, bit.bor, bit.bxor
local byte = string.byte
local cast = ffi.cast
local copy = ffi.copy
local debug_getmetatable = debug.getmetatable
local ffi_new = ffi.new
local ffi_str = ffi.string
local floor = math.floor
local format = string.format
local grow = json_buffer.grow
local next = next
local null = ngx.null
local number_text = json_number.text
local rawget = rawget
local tonumber = tonumber
local type = type

local words = ffi.typeof("uint64_t *")

local QUOTE, COMMA, COLON, NEWLINE, SPACE = 34, 44, 58, 10, 32
local OBJECT, OBJECT_END, ARRAY, ARRAY_END = 123, 125, 91, 93
local SLASH = 47

-- Eight bytes at a time.
local ONES = 0x0101010101010101ULL
local HIGHS = 0x8080808080808080ULL
local SPACES = 0x2020202020202020ULL
local QUOTES = 0x2222222222222222ULL
local SLASHES = 0x2f2f2f2f2f2f2f2fULL
local BACKSLASHES = 0x5c5c5c5c5c5c5c5cULL
local DELETES = 0x7f7f7f7f7f7f7f7fULL

-- Room for all that is written between two looks at how much there is: punctuation, two numbers, a word of SPACES.
local MARGIN = 80
local MOST_ESCAPED = 6

local escapes = { [8] = "\\b", [9] = "\\t", [10] = "\\n", [12] = "\\f", [13] = "\\r", [34] = "\\\"", [92] = "\\\\", [127] = "\\u007f" }
for c = 0, 31 do
    escapes[c] = escapes[c] or format("\\u%04x", c)
end

-- 1 for a byte that is escaped.
local special = ffi_new("uint8_t[256]")
for c in pairs(escapes) do
    special[c] = 1
end
local special_with_slash = ffi_new("uint8_t[256]")
copy(special_with_slash, special, 256)
special_with_slash[SLASH] = 1
escapes[SLASH] = "\\/"

-- The texts of integers that are often met, and which integers a precision shows to the last digit.
local SMALL = 1000
local small = {}
for i = 0, SMALL - 1 do
    small[i] = format("%d", i)
end
local limits = {}
for precision = 1, 16 do
    limits[precision] = 10 ^ math.min(precision, 15)
end

-- A greater number is a key like any other.
local INT_MAX = 2147483647
local OBJECT_SHAPE = -1
local UNSUPPORTED = "type not supported"

-- Strings

-- Where the first word of eight bytes between from and last begins in which one has to be escaped; last or more if there is none.
local function find_special(out, from, last, slash)
    local slashes = slash and SLASHES or QUOTES
    for i = from, last - 1, 8 do
        local word = cast(words, out + i)[0]
        local quote = bxor(word, QUOTES)
        local backslash = bxor(word, BACKSLASHES)
        local solidus = bxor(word, slashes)
        local delete = bxor(word, DELETES)
        -- The high bit of a byte says that it is zero now, or is below a space; the bytes behind it may lie.
        local found = bor(band(word - SPACES, bnot(word)), band(quote - ONES, bnot(quote)), band(backslash - ONES, bnot(backslash)),
            band(solidus - ONES, bnot(solidus)), band(delete - ONES, bnot(delete)))
        if band(found, HIGHS) ~= 0 then
            return i
        end
    end
    return last
end

-- Writes what is behind the first `from` bytes of s; answers where it ends.
local function put_escaped(buffer, o, s, from, slash)
    local is_special = slash and special_with_slash or special
    local size = #s
    local out = buffer.out
    for i = from + 1, size do
        local c = byte(s, i)
        if is_special[c] == 0 then
            out[o] = c
            o = o + 1
        else
            local room = MOST_ESCAPED + size - i + MARGIN
            if o + room > buffer.size then
                grow(buffer, o, room)
                out = buffer.out
            end
            local escaped = escapes[c]
            copy(out + o, escaped, #escaped)
            o = o + #escaped
        end
    end
    return o
end

local function put_string(buffer, o, s, slash)
    local size = #s
    if o + size + MARGIN > buffer.size then
        grow(buffer, o, size + MARGIN)
    end
    local out = buffer.out
    out[o] = QUOTE
    o = o + 1
    copy(out + o, s, size)
    local last = o + size
    -- The last word that is looked at ends in these.
    cast(words, out + last)[0] = SPACES
    local found = find_special(out, o, last, slash)
    if found < last then
        last = put_escaped(buffer, found, s, found - o, slash)
    end
    buffer.out[last] = QUOTE
    return last + 1
end

-- Other scalars

local function put(out, o, text)
    local size = #text
    copy(out + o, text, size)
    return o + size
end

-- Where the number ends; or nil and the reason why it cannot be written.
local function put_number(out, o, v, settings)
    local text
    if v - v ~= 0 then
        local allowed = settings.encode_invalid_numbers
        if not allowed then
            return nil, "must not be NaN or Infinity"
        end
        text = allowed == "null" and "null" or v ~= v and "NaN" or v > 0 and "Infinity" or "-Infinity"
    elseif v == 0 then
        text = 1 / v > 0 and "0" or "-0"
    else
        local precision = settings.encode_number_precision
        local limit = limits[precision]
        if v ~= floor(v) or v >= limit or v <= -limit then
            text = number_text(v, precision)
        else
            text = v > 0 and v < SMALL and small[v] or format("%d", v)
        end
    end
    return put(out, o, text)
end

-- Where the value ends, which is no table; or nil and the reason why it cannot be written.
local function put_scalar(buffer, o, v, settings)
    local t = type(v)
    if t == "string" then
        return put_string(buffer, o, v, settings.encode_escape_forward_slash)
    elseif t == "number" then
        return put_number(buffer.out, o, v, settings)
    elseif v == true then
        return put(buffer.out, o, "true")
    elseif v == false then
        return put(buffer.out, o, "false")
    elseif v == null or v == nil then
        return put(buffer.out, o, "null")
    elseif v == settings.empty_array then
        return put(buffer.out, o, "[]")
    end
    return nil, UNSUPPORTED
end

local function refused(v, reason)
    return nil, format("Cannot serialise %s: %s", type(v), reason)
end

-- Tables

-- The highest index of a table that has nothing but positive integers for keys, or OBJECT_SHAPE; nil if too few of them are there.
local function array_length(t, settings)
    local highest, items = 0, 0
    for k in next, t do
        if type(k) ~= "number" or k < 1 or k > INT_MAX or k ~= floor(k) then
            return OBJECT_SHAPE
        end
        if k > highest then
            highest = k
        end
        items = items + 1
    end
    local ratio = settings.encode_sparse_ratio
    if ratio > 0 and highest > items * ratio and highest > settings.encode_sparse_safe then
        return settings.encode_sparse_convert and OBJECT_SHAPE or nil
    end
    return highest
end

local function integer_of(v)
    local n = tonumber(v) or 0
    return n < 0 and math.ceil(n) or floor(n)
end

-- How many elements are written of a table as an array, or OBJECT_SHAPE; and whether they are read raw. Nil as array_length.
local function shape(t, settings)
    local mt = debug_getmetatable(t)
    if mt == settings.array_mt then
        return #t, true
    end
    local len = mt and rawget(mt, "__len")
    if len ~= nil then
        return integer_of(len(t)), false
    end
    local n = array_length(t, settings)
    if not n then
        return nil
    elseif n > 0 or n == 0 and not settings.encode_empty_table_as_object then
        return n, not mt
    elseif mt and mt == settings.empty_array_mt then
        return #t, true
    end
    return OBJECT_SHAPE, true
end

local function put_newline(buffer, o, indent, depth)
    local room = 1 + depth * #indent
    if o + room + MARGIN > buffer.size then
        grow(buffer, o, room + MARGIN)
    end
    local out = buffer.out
    out[o] = NEWLINE
    o = o + 1
    for _ = 1, depth do
        o = put(out, o, indent)
    end
    return o
end

-- Where the key and its colon end; or nil and an error.
local function put_key(buffer, o, k, settings)
    local t = type(k)
    if t == "string" then
        o = put_string(buffer, o, k, settings.encode_escape_forward_slash)
    elseif t == "number" then
        local out = buffer.out
        out[o] = QUOTE
        local last, reason = put_number(out, o + 1, k, settings)
        if not last then
            return refused(k, reason)
        end
        out[last] = QUOTE
        o = last + 1
    else
        return refused(k, "table key must be a number or string")
    end
    buffer.out[o] = COLON
    return o + 1
end

-- Writes the bracket that opens a table; answers its shape, and whether it is read raw; or nil and an error.
local function open_table(out, o, t, depth, settings)
    if depth > settings.encode_max_depth then
        return nil, format("Cannot serialise, excessive nesting (%d)", depth)
    end
    local n, raw = shape(t, settings)
    if not n then
        return refused(t, "excessively sparse array")
    end
    out[o] = n == OBJECT_SHAPE and OBJECT or ARRAY
    return n, raw
end

-- Where the text of a table ends; or nil and an error.
local function put_table(buffer, o, value, settings)
    local indent = settings.encode_indent
    local skips = settings.encode_skip_unsupported_value_types
    local stack, top = {}, 0            -- of those around it: the table, its shape, whether it is read raw, the key
    local t, depth = value, 1
    local n, raw = open_table(buffer.out, o, t, depth, settings)
    if not n then
        return nil, raw
    end
    o = o + 1
    local k = n >= 0 and 0 or nil
    local filled = false                -- something is written of it
    while true do
        if o + MARGIN > buffer.size then
            grow(buffer, o, MARGIN)
        end
        local before = o
        local v
        local ends
        if n >= 0 then
            k = k + 1
            ends = k > n
            if ends then
                v = nil
            elseif raw then
                v = rawget(t, k)
            else
                v = t[k]
            end
        else
            k, v = next(t, k)
            ends = k == nil
        end

        if ends then
            if indent and (n > 0 or n < 0 and next(t) ~= nil) then
                o = put_newline(buffer, o, indent, depth - 1)
            end
            buffer.out[o] = n >= 0 and ARRAY_END or OBJECT_END
            o = o + 1
            depth = depth - 1
            if depth == 0 then
                return o
            end
            top = top - 4
            t, n, raw, k = stack[top + 1], stack[top + 2], stack[top + 3], stack[top + 4]
            filled = true
        else
            if filled then
                buffer.out[o] = COMMA
                o = o + 1
            end
            if indent then
                o = put_newline(buffer, o, indent, depth)
            end
            if n < 0 then
                local err
                o, err = put_key(buffer, o, k, settings)
                if not o then
                    return nil, err
                end
                if indent then
                    buffer.out[o] = SPACE
                    o = o + 1
                end
            end
            if type(v) == "table" then
                stack[top + 1], stack[top + 2], stack[top + 3], stack[top + 4] = t, n, raw, k
                top = top + 4
                t, depth = v, depth + 1
                n, raw = open_table(buffer.out, o, t, depth, settings)
                if not n then
                    return nil, raw
                end
                o = o + 1
                k = n >= 0 and 0 or nil
                filled = false
            else
                local last, reason = put_scalar(buffer, o, v, settings)
                if last then
                    o = last
                    filled = true
                elseif skips and reason == UNSUPPORTED then
                    o = before
                else
                    return refused(v, reason)
                end
            end
        end
    end
end

local M = {}

-- What cjson.encode answers; or nil and an error.
function M.encode(value, settings)
    local buffer = json_buffer.take()
    local o, err
    if type(value) == "table" then
        o, err = put_table(buffer, 0, value, settings)
        if not o then
            return nil, err
        end
    else
        o, err = put_scalar(buffer, 0, value, settings)
        if not o and settings.encode_skip_unsupported_value_types and err == UNSUPPORTED then
            o = 0
        elseif not o then
            return refused(value, err)
        end
    end
    local text = ffi_str(buffer.out, o)
    if settings.encode_keep_buffer then
        json_buffer.give(buffer)
    end
    return text
end

return M
