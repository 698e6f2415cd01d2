-- Writes JSON text into a buffer that grows. One loop writes all arrays and objects: those around the one that is being
-- written lie on a stack of its own, so depth costs nothing but memory. Strings are written as they are and marked; when
-- the text is complete, one loop goes over all that is marked and puts the escapes. Both loops are flat: LuaJIT unrolls a
-- short loop inside of another for each count of rounds that it meets, and in the end leaves it to the interpreter.

local ffi = require "ffi"
local json_buffer = require "nightjar.json_buffer"
local json_number = require "nightjar.json_number"

local abs = math.abs
local band, bnot, bor, bxor = bit.band, bit.bnot, bit.bor, bit.bxor
local cast = ffi.cast
local ceil = math.ceil
local copy = ffi.copy
local debug_getmetatable = debug.getmetatable
local ffi_new = ffi.new
local ffi_str = ffi.string
local floor = math.floor
local format = string.format
local grow = json_buffer.grow
local grow_marks = json_buffer.grow_marks
local lshift = bit.lshift
local min = math.min
local next = next
local null = ngx.null
local number_text = json_number.text
local rawget = rawget
local rshift = bit.rshift
local tonumber = tonumber
local type = type

local words = ffi.typeof("uint64_t *")
local halves = ffi.typeof("uint32_t *")

local QUOTE, COMMA, COLON, NEWLINE, SPACE = 34, 44, 58, 10, 32
local OBJECT, OBJECT_END, ARRAY, ARRAY_END = 123, 125, 91, 93
local MINUS, DOT = 45, 46

-- Eight bytes at a time.
local WORD = 8
local ONE = 1ULL
local ONES = 0x0101010101010101ULL
local HIGHS = 0x8080808080808080ULL
local SPACES = 0x2020202020202020ULL
local QUOTES = 0x2222222222222222ULL
local SLASHES = 0x2f2f2f2f2f2f2f2fULL
local BACKSLASHES = 0x5c5c5c5c5c5c5c5cULL
local DELETES = 0x7f7f7f7f7f7f7f7fULL

-- The first n bytes of a word, and spaces for the others.
local firsts = ffi_new("uint64_t[?]", WORD + 1)
local fillings = ffi_new("uint64_t[?]", WORD + 1)
for n = 0, WORD do
    firsts[n] = n == WORD and bnot(0ULL) or lshift(ONE, 8 * n) - ONE
    fillings[n] = band(SPACES, bnot(firsts[n]))
end

-- Room for all that is written between two looks at how much there is: punctuation and two numbers, or a word.
local MARGIN = 80

-- What stands for a byte that is escaped, and how long it is.
local escapes = ffi_new("uint64_t[128]")
local escape_sizes = ffi_new("uint8_t[128]")
local function escape(c, text)
    copy(escapes + c, text, #text)
    escape_sizes[c] = #text
end
for c = 0, 31 do
    escape(c, format("\\u%04x", c))
end
for c, text in pairs { [8] = "\\b", [9] = "\\t", [10] = "\\n", [12] = "\\f", [13] = "\\r", [34] = "\\\"", [47] = "\\/", [92] = "\\\\",
    [127] = "\\u007f" } do
    escape(c, text)
end

-- What is below a thousand: as it is, with leading zeros, and as thousandths, whose last zeros are not counted.
local THOUSAND = 1000
local short = ffi_new("uint32_t[?]", THOUSAND)
local short_sizes = ffi_new("uint8_t[?]", THOUSAND)
local padded = ffi_new("uint32_t[?]", THOUSAND)
local fraction_sizes = ffi_new("uint8_t[?]", THOUSAND)
for i = 0, THOUSAND - 1 do
    local text = format("%d", i)
    copy(short + i, text, #text)
    short_sizes[i] = #text
    text = format("%03d", i)
    copy(padded + i, text, 3)
    fraction_sizes[i] = i % 100 == 0 and 1 or i % 10 == 0 and 2 or 3
end
local TRILLION = 1e12

-- The powers of ten from which on a precision does not show all digits of an integer.
local limits = {}
for precision = 1, 16 do
    limits[precision] = 10 ^ min(precision, 15)
end

-- A greater number is a key like any other.
local INT_MAX = 2147483647

-- Kinds of tables, in place of an array's length: an object, and what has had the keys 1, 2, 3 .. so far. It counts these,
-- downwards.
local OBJECT_SHAPE, SEQUENCE = -1, -2

local UNSUPPORTED = "type not supported"
local OUT_OF_ORDER = "keys out of order"

-- Strings

-- Makes room for `more` bytes, and what follows them, behind the first o.
local function reserve(buffer, o, more)
    if o + more + MARGIN > buffer.size then
        grow(buffer, o, more + MARGIN)
    end
end

local function put_string(buffer, o, s)
    local size = #s
    reserve(buffer, o, size)
    local out = buffer.out
    local from = o + 1
    local last = from + size
    out[o] = QUOTE
    copy(out + from, s, size)
    out[last] = QUOTE
    local marked = buffer.marked
    if marked + 2 > buffer.most then
        grow_marks(buffer)
    end
    local marks = buffer.marks
    marks[marked] = from
    marks[marked + 1] = last
    buffer.marked = marked + 2
    return last + 1
end

-- The high bits of the bytes that have to be escaped, of which only the lowest is sure: those above it may lie.
local function special(word, slashes)
    local quote = bxor(word, QUOTES)
    local backslash = bxor(word, BACKSLASHES)
    local slash = bxor(word, slashes)
    local delete = bxor(word, DELETES)
    return band(HIGHS, bor(band(word - SPACES, bnot(word)), band(quote - ONES, bnot(quote)), band(backslash - ONES, bnot(backslash)),
        band(slash - ONES, bnot(slash)), band(delete - ONES, bnot(delete))))
end

-- Copies the text's first o bytes to another buffer with what is marked escaped; answers how many it has there, 0 if nothing
-- had to be escaped, and nothing is copied then.
local function put_escapes(buffer, o, to, slashes)
    local out, marks, marked = buffer.out, buffer.marks, buffer.marked
    local copied, size = 0, 0
    local mark, i, last = 0, 0, 0
    while true do
        if i >= last then
            if mark == marked then
                break
            end
            i, last = marks[mark], marks[mark + 1]
            mark = mark + 2
        else
            local n = min(last - i, WORD)
            local found = special(bor(band(cast(words, out + i)[0], firsts[n]), fillings[n]), slashes)
            if found == 0 then
                i = i + WORD
            else
                i = i + tonumber(rshift(band(bxor(found, found - ONE), ONES) * ONES, 56)) - 1
                local plain = i - copied
                reserve(to, size, plain)
                copy(to.out + size, out + copied, plain)
                size = size + plain
                local c = out[i]
                cast(words, to.out + size)[0] = escapes[c]
                size = size + escape_sizes[c]
                i = i + 1
                copied = i
            end
        end
    end
    if copied > 0 then
        reserve(to, size, o - copied)
        copy(to.out + size, out + copied, o - copied)
        size = size + o - copied
    end
    return size
end

-- Other scalars

local function put(out, o, text)
    local size = #text
    copy(out + o, text, size)
    return o + size
end

local function put_short(out, o, v)
    cast(halves, out + o)[0] = short[v]
    return o + short_sizes[v]
end

local function put_padded(out, o, v)
    cast(halves, out + o)[0] = padded[v]
    return o + 3
end

-- Writes an integer that is not negative.
local function put_integer(out, o, v)
    if v < THOUSAND then
        return put_short(out, o, v)
    elseif v >= TRILLION then
        return put(out, o, format("%d", v))
    end
    local thousands = floor(v / THOUSAND)
    local last = v - thousands * THOUSAND
    if thousands < THOUSAND then
        return put_padded(out, put_short(out, o, thousands), last)
    end
    local millions = floor(thousands / THOUSAND)
    thousands = thousands - millions * THOUSAND
    if millions < THOUSAND then
        o = put_short(out, o, millions)
    else
        local billions = floor(millions / THOUSAND)
        o = put_padded(out, put_short(out, o, billions), millions - billions * THOUSAND)
    end
    return put_padded(out, put_padded(out, o, thousands), last)
end

-- Writes a number that is neither zero nor infinite.
local function put_finite(out, o, v, precision)
    local size = abs(v)
    local whole = floor(size)
    local thousandths = floor((size - whole) * THOUSAND + 0.5)
    local all = whole * THOUSAND + thousandths
    -- Of so few digits the precision shows all: the double next to such a decimal prints as that. Integers may have more.
    local limit = limits[precision]
    if whole == size and whole >= limit or whole ~= size and (all >= limit or all / THOUSAND ~= size) then
        return put(out, o, number_text(v, precision))
    end
    if v < 0 then
        out[o] = MINUS
        o = o + 1
    end
    o = put_integer(out, o, whole)
    if thousandths > 0 then
        out[o] = DOT
        put_padded(out, o + 1, thousandths)
        o = o + 1 + fraction_sizes[thousandths]
    end
    return o
end

-- Where the number ends; or nil and the reason why it cannot be written.
local function put_number(out, o, v, settings)
    if v - v ~= 0 then
        local allowed = settings.encode_invalid_numbers
        if not allowed then
            return nil, "must not be NaN or Infinity"
        end
        return put(out, o, allowed == "null" and "null" or v ~= v and "NaN" or v > 0 and "Infinity" or "-Infinity")
    elseif v == 0 then
        return put(out, o, 1 / v > 0 and "0" or "-0")
    end
    return put_finite(out, o, v, settings.encode_number_precision)
end

-- Where the value ends, which is no table; or nil and the reason why it cannot be written.
local function put_scalar(buffer, o, v, settings)
    local t = type(v)
    if t == "string" then
        return put_string(buffer, o, v)
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

-- The same by a table's first key: SEQUENCE if it may be an array; nil if only all keys can tell.
local function likely_length(t)
    local k = next(t)
    if k == 1 then
        return SEQUENCE
    elseif k == nil then
        return 0
    end
    return type(k) ~= "number" and OBJECT_SHAPE or nil
end

local function integer_of(v)
    local n = tonumber(v) or 0
    return n < 0 and ceil(n) or floor(n)
end

-- How many elements are written of a table as an array, or its kind; and whether they are read raw. Nil as array_length, or
-- if only a look at all keys, or __len, can tell: that is called once, the last time that the table is written.
local function shape(t, settings, exactly)
    local mt = debug_getmetatable(t)
    if mt == settings.array_mt then
        return #t, true
    end
    local len = mt and rawget(mt, "__len")
    if len ~= nil and exactly then
        return integer_of(len(t)), false
    elseif len ~= nil then
        return nil
    end
    local n
    if exactly then
        n = array_length(t, settings)
    else
        n = likely_length(t)
    end
    if not n or n == SEQUENCE then
        return n, true
    elseif n > 0 or n == 0 and not settings.encode_empty_table_as_object then
        return n, not mt
    elseif mt and mt == settings.empty_array_mt then
        return #t, true
    end
    return OBJECT_SHAPE, true
end

local function put_newline(buffer, o, indent, depth)
    reserve(buffer, o, 1 + depth * #indent)
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
        o = put_string(buffer, o, k)
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
local function open_table(out, o, t, depth, settings, exactly)
    if depth > settings.encode_max_depth then
        return nil, format("Cannot serialise, excessive nesting (%d)", depth)
    end
    local n, raw = shape(t, settings, exactly)
    if not n then
        return refused(t, "excessively sparse array")
    end
    out[o] = n == OBJECT_SHAPE and OBJECT or ARRAY
    return n, raw
end

-- The element of index k; behind the array's end nil and true.
local function element(t, k, n, raw)
    if k > n then
        return nil, true
    elseif raw then
        return rawget(t, k), false
    end
    return t[k], false
end

-- Where the text of a table ends; or nil and an error. `exactly`: all keys of a table are looked at before it is written.
-- Otherwise any error may be due to its order, and is none before the table has been written exactly.
local function put_table(buffer, o, value, settings, exactly)
    local indent = settings.encode_indent
    local skips = settings.encode_skip_unsupported_value_types
    local stack, top = {}, 0            -- of those around it: the table, its shape, whether it is read raw, the key
    local t, depth = value, 1
    local n, raw = open_table(buffer.out, o, t, depth, settings, exactly)
    if not n then
        return nil, raw
    end
    o = o + 1
    local k = n >= 0 and 0 or nil
    local filled = false                -- something is written of it
    while true do
        reserve(buffer, o, 0)
        local before, marked_before = o, buffer.marked
        local v, ends
        -- A trace that is left for the type of next's second result calls next again, one for each type: rawget costs less.
        if n == OBJECT_SHAPE then
            k = next(t, k)
            ends = k == nil
            v = not ends and rawget(t, k)
        elseif n <= SEQUENCE then
            k = next(t, k)
            ends = k == nil
            if not ends then
                if k ~= SEQUENCE + 1 - n then
                    return nil, OUT_OF_ORDER
                end
                n = n - 1
                v = rawget(t, k)
            end
        else
            k = k + 1
            v, ends = element(t, k, n, raw)
        end

        if ends then
            if indent and (n > 0 or n < 0 and next(t) ~= nil) then
                o = put_newline(buffer, o, indent, depth - 1)
            end
            buffer.out[o] = n == OBJECT_SHAPE and OBJECT_END or ARRAY_END
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
            if n == OBJECT_SHAPE then
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
                n, raw = open_table(buffer.out, o, t, depth, settings, exactly)
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
                    buffer.marked = marked_before
                else
                    return refused(v, reason)
                end
            end
        end
    end
end

local function put_value(buffer, value, settings)
    if type(value) == "table" then
        local o = put_table(buffer, 0, value, settings, false)
        if o then
            return o
        end
        buffer.marked = 0
        return put_table(buffer, 0, value, settings, true)
    end
    local o, reason = put_scalar(buffer, 0, value, settings)
    if o then
        return o
    elseif settings.encode_skip_unsupported_value_types and reason == UNSUPPORTED then
        return 0
    end
    return refused(value, reason)
end

local M = {}

-- What cjson.encode answers; or nil and an error.
function M.encode(value, settings)
    local buffer, escaped = json_buffer.take(), json_buffer.take()
    local o, err = put_value(buffer, value, settings)
    local text
    if o then
        local size = put_escapes(buffer, o, escaped, settings.encode_escape_forward_slash and SLASHES or QUOTES)
        text = size > 0 and ffi_str(escaped.out, size) or ffi_str(buffer.out, o)
    end
    if settings.encode_keep_buffer then
        json_buffer.give(escaped)
        json_buffer.give(buffer)
    end
    return text, err
end

return M
