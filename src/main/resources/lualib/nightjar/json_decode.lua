-- Reads JSON text byte by byte through a pointer, so that LuaJIT compiles it. One loop reads all arrays and objects: those that
-- wait for the end of one in them lie on a stack of its own, so depth costs nothing but memory.
--
-- Positions count from 0; those of errors, as lua-cjson's, from 1. The text ends at its first zero byte.

local ffi = require "ffi"
local check = require "nightjar.check"
local json_buffer = require "nightjar.json_buffer"
local json_number = require "nightjar.json_number"

ffi.cdef [[
void *nightjar_memchr(const void *bytes, int byte, size_t count) __asm__("memchr");
size_t nightjar_strlen(const void *bytes) __asm__("strlen");

typedef struct {
    const uint8_t *p;   /* hot functions get it as an argument, too: of what is loaded here a loop in them makes an object */
    double stop;        /* where the zero byte is */
    double escape;      /* where the next backslash is, or stop */
    bool open;          /* its last comment has no end */
} nightjar_json_text_t;
]]

local C = ffi.C
local memchr = C.nightjar_memchr
local strlen = C.nightjar_strlen
local band = bit.band
local byte = string.byte
local cast = ffi.cast
local copy = ffi.copy
local ffi_new = ffi.new
local ffi_str = ffi.string
local foreign = json_number.foreign
local format = string.format
local min = math.min
local new_tab = require "table.new"
local null = ngx.null
local read_number = json_number.read
local rshift = bit.rshift
local setmetatable = setmetatable
local tonumber = tonumber
local type = type
local used = check.used

local bytes = ffi.typeof("const uint8_t *")
local text_type = ffi.typeof("nightjar_json_text_t")

local SPACE, QUOTE, SLASH, BACKSLASH, STAR, NEWLINE = 32, 34, 47, 92, 42, 10
local COMMA, COLON, MINUS, DOT, ZERO, NINE = 44, 58, 45, 46, 48, 57
local OBJECT, OBJECT_END, ARRAY, ARRAY_END = 123, 125, 91, 93
local A, E, F, L, N, R, S, T, U = 97, 101, 102, 108, 110, 114, 115, 116, 117

local TOKENS = {
    [0] = "T_END", [OBJECT] = "T_OBJ_BEGIN", [OBJECT_END] = "T_OBJ_END", [ARRAY] = "T_ARR_BEGIN", [ARRAY_END] = "T_ARR_END",
    [COLON] = "T_COLON", [COMMA] = "T_COMMA",
}
local INVALID_TOKEN = "invalid token"
local INVALID_NUMBER = "invalid number"
local OPEN_COMMENT = "unclosed multi-line comment"

local white = ffi_new("uint8_t[256]")
for _, c in ipairs { SPACE, 9, NEWLINE, 13 } do
    white[c] = 1
end

-- What stands for a byte behind a backslash; 0: it must not stand there.
local unescaped = ffi_new("uint8_t[256]")
for c, to in pairs { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", t = "\t", n = "\n", f = "\f", r = "\r", u = "u" } do
    unescaped[byte(c)] = byte(to)
end

-- The values of hexadecimal digits; -1: it is none.
local hex = ffi_new("int8_t[256]", -1)
for i = 0, 255 do
    hex[i] = tonumber(string.char(i), 16) or -1
end

-- What makes of digits something else than an integer.
local goes_on = ffi_new("uint8_t[256]")
for _, c in ipairs { DOT, E, 69, 120 } do
    goes_on[c] = 1
end

-- So many digits are an integer that a double has, and the powers of ten as well.
local EXACT_DIGITS = 15
local powers = ffi_new("double[?]", EXACT_DIGITS + 1)
for i = 0, EXACT_DIGITS do
    powers[i] = 10 ^ i
end

-- What stands for an object in place of an array's count. What is less counts the object's keys, downwards.
local EMPTY_OBJECT = -1

-- How many elements or keys the last array or object at a depth had: most likely the next there has as many, and need not grow.
-- At the deepest none are counted, so what is made too large is not much more than what was as large.
local DEEPEST = 32
local MOST_EXPECTED = 64
local lengths = ffi_new("uint8_t[?]", DEEPEST + 1)
local key_counts = ffi_new("uint8_t[?]", DEEPEST + 1)

-- A table for what c opens at the depth, and its kind.
local function opened(c, depth)
    local level = min(depth, DEEPEST)
    if c == OBJECT then
        return new_tab(0, key_counts[level]), EMPTY_OBJECT
    end
    return new_tab(lengths[level], 0), 0
end

-- Remembers what a table of kind n at the depth had.
local function closed(n, depth)
    if depth >= DEEPEST then
        return
    elseif n < 0 then
        key_counts[depth] = min(EMPTY_OBJECT - n, MOST_EXPECTED)
    else
        lengths[depth] = min(n, MOST_EXPECTED)
    end
end

local function find(text, p, from, c)
    local found = memchr(p + from, c, text.stop - from)
    if found == nil then
        return text.stop
    end
    return cast(bytes, found) - p
end

local function skip_white(p, i)
    while white[p[i]] ~= 0 do
        i = i + 1
    end
    return i
end

-- Strings

local function hex4(p, i)
    local v = 0
    for j = i, i + 3 do
        local digit = hex[p[j]]
        if digit < 0 then
            return -1
        end
        v = v * 16 + digit
    end
    return v
end

-- The character that \u stands for, the backslash being at i, and how long it is; nothing if it is none.
local function unicode(p, i)
    local high = hex4(p, i + 2)
    if high < 0xd800 or high > 0xdfff then
        return high >= 0 and high or nil, 6
    elseif high > 0xdbff or p[i + 6] ~= BACKSLASH or p[i + 7] ~= U then
        return nil
    end
    local low = hex4(p, i + 8)
    if low < 0xdc00 or low > 0xdfff then
        return nil
    end
    return 0x10000 + (high - 0xd800) * 1024 + (low - 0xdc00), 12
end

-- Writes a character as UTF-8; answers where it ends.
local function put_utf8(out, o, c)
    if c < 0x80 then
        out[o] = c
        return o + 1
    elseif c < 0x800 then
        out[o] = 0xc0 + rshift(c, 6)
    else
        if c < 0x10000 then
            out[o] = 0xe0 + rshift(c, 12)
        else
            out[o] = 0xf0 + rshift(c, 18)
            o = o + 1
            out[o] = 0x80 + band(rshift(c, 12), 0x3f)
        end
        o = o + 1
        out[o] = 0x80 + band(rshift(c, 6), 0x3f)
    end
    out[o + 1] = 0x80 + band(c, 0x3f)
    return o + 2
end

-- The string with escapes whose bytes begin at `from`; `quote` is where the next quote is. As string_at.
local function escaped_string(text, p, from, quote)
    local stop = text.stop
    local buffer = json_buffer.take()
    local o = 0
    local escape = text.escape
    while escape < quote do
        local plain = escape - from
        if o + plain + 4 > buffer.size then
            json_buffer.grow(buffer, o, plain + 4)
        end
        local out = buffer.out
        copy(out + o, p + from, plain)
        o = o + plain
        local c = unescaped[p[escape + 1]]
        if c == U then
            local character, size = unicode(p, escape)
            if not character then
                return nil, "invalid unicode escape code", escape
            end
            o = put_utf8(out, o, character)
            from = escape + size
        elseif c == 0 then
            return nil, "invalid escape code", escape
        else
            out[o] = c
            o = o + 1
            from = escape + 2
        end
        if from > quote then
            quote = find(text, p, from, QUOTE)
        end
        escape = find(text, p, from, BACKSLASH)
    end
    text.escape = escape
    if quote == stop then
        return nil, "unexpected end of string", stop
    end
    local plain = quote - from
    if o + plain > buffer.size then
        json_buffer.grow(buffer, o, plain)
    end
    copy(buffer.out + o, p + from, plain)
    local s = ffi_str(buffer.out, o + plain)
    json_buffer.give(buffer)
    return s, quote + 1
end

-- The string whose quote is at i, and where it ends; or nil, the error, and where.
local function string_at(text, p, i)
    local from = i + 1
    local quote = find(text, p, from, QUOTE)
    if quote < text.escape then
        return ffi_str(p + from, quote - from), quote + 1
    end
    return escaped_string(text, p, from, quote)
end

-- Other values

local function odd_number_at(p, i)
    local v, last = read_number(p, i)
    if not v then
        return nil, INVALID_NUMBER, i
    end
    return v, last
end

-- The number at i, and where it ends; or nil, the error, and where. Short decimals are read here: two integers that doubles
-- have make a quotient that is rounded right.
local function number_at(p, i, strict)
    if strict and foreign(p, i) then
        return nil, INVALID_NUMBER, i
    end
    local first = p[i] == MINUS and i + 1 or i
    local v, last = 0, first
    local behind_point = 0
    local c = p[last]
    while c >= ZERO and c <= NINE or c == DOT and behind_point == 0 and last > first do
        last = last + 1
        if c == DOT then
            behind_point = last
        else
            v = v * 10 + (c - ZERO)
        end
        c = p[last]
    end
    local digits = last - first - (behind_point > 0 and 1 or 0)
    if digits == 0 or digits > EXACT_DIGITS or goes_on[c] ~= 0 then
        return odd_number_at(p, i)
    elseif behind_point > 0 then
        v = v / powers[last - behind_point]
        return first == i and v or -v, last
    end
    return first == i and v or 0 - v, last
end

-- The value at i, where c is, unless it is an array or object, and where it ends; or nil, what is there instead, and where.
local function scalar(text, p, i, c, strict)
    if c == QUOTE then
        return string_at(text, p, i)
    elseif c >= ZERO and c <= NINE or c == MINUS then
        return number_at(p, i, strict)
    elseif c == T and p[i + 1] == R and p[i + 2] == U and p[i + 3] == E then
        return true, i + 4
    elseif c == F and p[i + 1] == A and p[i + 2] == L and p[i + 3] == S and p[i + 4] == E then
        return false, i + 5
    elseif c == N and p[i + 1] == U and p[i + 2] == L and p[i + 3] == L then
        return null, i + 4
    elseif not strict and foreign(p, i) then
        return odd_number_at(p, i)
    end
    return nil, c == 0 and text.open and OPEN_COMMENT or TOKENS[c] or INVALID_TOKEN, i
end

-- Errors

-- What lua-cjson calls the token at i, and where it is.
local function token(text, i, strict)
    local p = text.p
    local c = p[i]
    local v, found, at = scalar(text, p, i, c, strict)
    local t = type(v)
    if v == nil then
        return found, at
    elseif t == "string" then
        return "T_STRING", i
    elseif t == "boolean" then
        return "T_BOOLEAN", i
    elseif t ~= "number" then
        return "T_NULL", i
    end
    local _, _, integer = read_number(p, i)
    return integer and "T_INTEGER" or "T_NUMBER", i
end

local function unexpected(expected, found, at)
    return nil, format("Expected %s but found %s at character %d", expected, found, at + 1)
end

-- Arrays and objects

-- The array or object at i and where it ends; or nil and an error.
local function nested(text, i, settings)
    local p = text.p
    local strict = not settings.decode_invalid_numbers
    local array_mt = settings.decode_array_with_array_mt and settings.array_mt
    local max_depth = settings.decode_max_depth
    local tables, counts, depth = {}, {}, 1     -- what is around the one that is being filled
    local t, n = opened(p[i], depth)
    local result = t
    i = i + 1
    while true do
        local c = p[i]
        if white[c] ~= 0 then
            i = skip_white(p, i)
            c = p[i]
        end
        if c == COMMA and n ~= 0 and n ~= EMPTY_OBJECT then
            i = skip_white(p, i + 1)
            c = p[i]
        elseif c == OBJECT_END and n < 0 or c == ARRAY_END and n >= 0 then
            if array_mt and n >= 0 then
                setmetatable(t, array_mt)
            end
            closed(n, depth)
            i = i + 1
            depth = depth - 1
            if depth == 0 then
                return result, i
            end
            t, n = tables[depth], counts[depth]
            goto continue
        elseif n > 0 then
            return unexpected("comma or array end", token(text, i, strict))
        elseif n < EMPTY_OBJECT then
            return unexpected("comma or object end", token(text, i, strict))
        end

        do
            local k
            if n >= 0 then
                n = n + 1
                k = n
            else
                n = n - 1
                if c ~= QUOTE then
                    return unexpected("object key string", token(text, i, strict))
                end
                local last, at
                k, last, at = string_at(text, p, i)
                if not k then
                    return unexpected("object key string", last, at)
                end
                i = skip_white(p, last)
                if p[i] ~= COLON then
                    return unexpected("colon", token(text, i, strict))
                end
                i = skip_white(p, i + 1)
                c = p[i]
            end

            if c == OBJECT or c == ARRAY then
                i = i + 1
                if depth == max_depth then
                    return nil, format("Found too many nested data structures (%d) at character %d", depth + 1, i)
                end
                tables[depth], counts[depth] = t, n
                depth = depth + 1
                local inner, kind = opened(c, depth)
                t[k] = inner
                t, n = inner, kind
            else
                local v, last, at = scalar(text, p, i, c, strict)
                if v == nil then
                    return unexpected("value", last, at)
                end
                t[k] = v
                i = last
            end
        end
        ::continue::
    end
end

-- A copy of the text with blanks for comments, and whether the last of them has no end.
local function without_comments(s)
    local size = #s
    local copied = ffi_new("uint8_t[?]", size + 1)
    copy(copied, s, size)
    local i = 0
    local quoted = false
    while copied[i] ~= 0 do
        local c, following = copied[i], copied[i + 1]
        local from = i
        i = i + 1
        if c == QUOTE then
            quoted = not quoted
        elseif c == BACKSLASH and following ~= 0 then
            i = i + 1
        elseif c == SLASH and not quoted and (following == SLASH or following == STAR) then
            i = i + 1
            while copied[i] ~= 0 and not (following == SLASH and copied[i] == NEWLINE)
                and not (following == STAR and copied[i] == STAR and copied[i + 1] == SLASH) do
                i = i + 1
            end
            local open = following == STAR and copied[i] == 0
            if following == STAR and not open then
                i = i + 2
            end
            ffi.fill(copied + from, i - from, SPACE)
            if open then
                return copied, true
            end
        end
    end
    return copied, false
end

-- The value that the text says; or nil and an error.
local function value(text, settings)
    local p = text.p
    local strict = not settings.decode_invalid_numbers
    local i = skip_white(p, 0)
    local c = p[i]
    local v, last, at
    if c == OBJECT or c == ARRAY then
        v, last = nested(text, i, settings)
        if v == nil then
            return nil, last
        end
    else
        v, last, at = scalar(text, p, i, c, strict)
        if v == nil then
            return unexpected("value", last, at)
        end
    end
    i = skip_white(p, last)
    if p[i] ~= 0 or text.open then
        return unexpected("the end", token(text, i, strict))
    end
    return v
end

local M = {}

-- What cjson.decode answers; or nil and an error.
function M.decode(s, settings)
    if #s >= 2 and (byte(s, 1) == 0 or byte(s, 2) == 0) then
        return nil, "JSON parser does not support UTF-16 or UTF-32"
    end
    local source, open = s, false
    if settings.decode_allow_comment then
        source, open = without_comments(s)
    end
    local p = cast(bytes, source)
    local stop = tonumber(strlen(p))
    local text = text_type(p, stop, stop, open)
    text.escape = find(text, p, 0, BACKSLASH)
    local v, err = value(text, settings)
    used(source)
    return v, err
end

return M
