-- What `cjson` and `cjson.safe` are made of: instances, each with its settings.
--
-- Facts are lua-cjson's of OpenResty, and so are the texts of errors.

local check = require "nightjar.check"
local json_decode = require "nightjar.json_decode"
local json_encode = require "nightjar.json_encode"

local argument = check.argument
local ceil = math.ceil
local decode = json_decode.decode
local encode = json_encode.encode
local error = error
local floor = math.floor
local format = string.format
local match = string.match
local null = ngx.null
local pcall = pcall
local select = select
local string_argument = check.string
local tonumber = tonumber
local tostring = tostring
local type = type

local VERSION = "2.1.0.11"
local INT_MAX = 2147483647

-- The same for all instances, as they are in C's registry.
local empty_array = newproxy()
local empty_array_mt = {}
local array_mt = {}

local function default_settings()
    return {
        empty_array = empty_array,
        empty_array_mt = empty_array_mt,
        array_mt = array_mt,
        decode_allow_comment = false,
        decode_array_with_array_mt = false,
        decode_invalid_numbers = true,
        decode_max_depth = 1000,
        encode_empty_table_as_object = true,
        encode_escape_forward_slash = true,
        encode_indent = nil,
        encode_invalid_numbers = false,
        encode_keep_buffer = true,
        encode_max_depth = 1000,
        encode_number_precision = 14,
        encode_skip_unsupported_value_types = false,
        encode_sparse_convert = false,
        encode_sparse_ratio = 2,
        encode_sparse_safe = 10,
    }
end

-- Options. These check argument n of the API function that calls them.

local function flag(v, n, third)
    if type(v) == "boolean" then
        return v
    end
    local option = type(v) == "number" and tostring(v) or v
    if type(option) ~= "string" then
        argument(n, "string expected, got " .. type(v), 1)
    elseif option == "off" then
        return false
    elseif option == "on" then
        return true
    elseif option ~= third then
        argument(n, "invalid option '" .. option .. "'", 1)
    end
    return third
end

local function integer(v, n, min, max)
    local number = (type(v) == "number" or type(v) == "string") and tonumber(v)
    if not number then
        argument(n, "number expected, got " .. type(v), 1)
    end
    number = number < 0 and ceil(number) or floor(number)
    if not (number >= min and number <= max) then
        -- Upstream blames the first argument, whichever it was.
        argument(1, format("expected integer between %d and %d", min, max), 1)
    end
    return number
end

local function too_many(count, most)
    if count > most then
        argument(most + 1, "found too many arguments", 1)
    end
end

-- The function that sets and answers one option, which `read` checks: flag or integer with what they take behind n.
local function option(settings, name, read, ...)
    local a, b = ...
    return function(...)
        too_many(select("#", ...), 1)
        local v = ...
        if v ~= nil then
            settings[name] = read(v, 1, a, b)
        end
        return settings[name]
    end
end

local function sparse_array(settings)
    return function(...)
        too_many(select("#", ...), 3)
        local convert, ratio, safe = ...
        if convert ~= nil then
            settings.encode_sparse_convert = flag(convert, 1)
        end
        if ratio ~= nil then
            settings.encode_sparse_ratio = integer(ratio, 2, 0, INT_MAX)
        end
        if safe ~= nil then
            settings.encode_sparse_safe = integer(safe, 3, 0, INT_MAX)
        end
        return settings.encode_sparse_convert, settings.encode_sparse_ratio, settings.encode_sparse_safe
    end
end

local function indent(settings)
    return function(...)
        too_many(select("#", ...), 1)
        local v = ...
        if v ~= nil then
            local text = match(string_argument(v, 1, 1), "^%Z*")
            settings.encode_indent = text ~= "" and text or nil
        end
        return settings.encode_indent or ""
    end
end

-- Instances

local M = {}

function M.new()
    local settings = default_settings()
    local cjson = {
        _NAME = "cjson",
        _VERSION = VERSION,
        null = null,
        empty_array = empty_array,
        empty_array_mt = empty_array_mt,
        array_mt = array_mt,
        new = M.new,
        encode_indent = indent(settings),
        encode_invalid_numbers = option(settings, "encode_invalid_numbers", flag, "null"),
        encode_max_depth = option(settings, "encode_max_depth", integer, 1, INT_MAX),
        encode_number_precision = option(settings, "encode_number_precision", integer, 1, 16),
        encode_sparse_array = sparse_array(settings),
        decode_max_depth = option(settings, "decode_max_depth", integer, 1, INT_MAX),
    }
    for _, name in ipairs { "decode_allow_comment", "decode_array_with_array_mt", "decode_invalid_numbers", "encode_empty_table_as_object",
        "encode_escape_forward_slash", "encode_keep_buffer", "encode_skip_unsupported_value_types" } do
        cjson[name] = option(settings, name, flag)
    end

    function cjson.encode(...)
        if select("#", ...) ~= 1 then
            argument(1, "expected 1 argument")
        end
        local text, err = encode((...), settings)
        if not text then
            error(err, 2)
        end
        return text
    end

    function cjson.decode(...)
        local text = ...
        if select("#", ...) ~= 1 then
            argument(1, "expected 1 argument")
        elseif type(text) ~= "string" then
            text = string_argument(text, 1, 1)
        end
        local v, err = decode(text, settings)
        if v == nil then
            error(err, 2)
        end
        return v
    end
    return cjson
end

-- What f answers, or nil and the error that it raised.
local function protected(f)
    return function(...)
        if select("#", ...) ~= 1 then
            argument(1, "expected 1 argument")
        end
        local ok, result = pcall(f, (...))
        if ok then
            return result
        end
        return nil, result
    end
end

function M.new_safe()
    local cjson = M.new()
    cjson.encode = protected(cjson.encode)
    cjson.decode = protected(cjson.decode)
    cjson.new = M.new_safe
    return cjson
end

return M
