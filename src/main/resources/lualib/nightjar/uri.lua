-- Escaping and query strings.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"

local C = ffi.C
local ffi_str = ffi.string
local result = border.result
local collect = border.collect
local concat = table.concat
local error = error
local new_tab = require "table.new"
local next = next
local raise = border.raise
local select = select
local tostring = tostring
local type = type

local COMPONENT = 2
local MAX_ARGS = 100

local M = {}

-- `s` with what `kind` (ngx_escape_uri's type) does not allow as %XX.
local function escape(s, kind)
    local rc = C.nightjar_ffi_escape_uri(s, #s, kind)
    if rc == 0 then
        return s
    end
    if rc < 0 then
        raise()
    end
    return (ffi_str(result.data, result.len))
end
M.escape = escape

-- `s` with %XX decoded and "+" as a space.
function M.unescape(s)
    local rc = C.nightjar_ffi_unescape_uri(s, #s)
    if rc == 0 then
        return s
    end
    if rc < 0 then
        raise()
    end
    return (ffi_str(result.data, result.len))
end

local function put(parts, n, key, value)
    local t = type(value)
    if t == "string" then
        parts[n + 1] = key .. "=" .. escape(value, COMPONENT)
        return n + 1
    end
    if t == "number" then
        parts[n + 1] = key .. "=" .. escape(tostring(value), COMPONENT)
        return n + 1
    end
    if t == "boolean" then
        if value then
            parts[n + 1] = key
            return n + 1
        end
        return n
    end
end

-- A query string of a table; errors name the line `level` up from the caller.
function M.encode(t, level)
    local parts, n = {}, 0
    for key, value in next, t do
        if type(key) ~= "string" then
            error("attempt to use a non-string key in the \"args\" option table", level + 1)
        end
        key = escape(key, COMPONENT)
        if type(value) == "table" then
            for _, item in next, value do
                local more = put(parts, n, key, item)
                if not more then
                    error("attempt to use " .. type(item) .. " as query arg value", level + 1)
                end
                n = more
            end
        else
            local more = put(parts, n, key, value)
            if not more then
                error("attempt to use " .. type(value) .. " as query arg value", level + 1)
            end
            n = more
        end
    end
    return (concat(parts, "&", 1, n))
end
local encode = M.encode

-- The table that `n` parsed pairs make, and "truncated" when there were more.
function M.parsed(n)
    local truncated = result.truncated ~= 0
    local t = collect(new_tab(0, n), n)
    if truncated then
        return t, "truncated"
    end
    return t
end
local parsed = M.parsed

function M.encode_args(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("expecting 1 argument but seen " .. count, 2)
    end
    local t = ...
    check.table(t, 1, count)
    local text = encode(t, 2)
    return text
end

function M.decode_args(...)
    local count = select("#", ...)
    if count ~= 1 and count ~= 2 then
        error("expecting 1 or 2 arguments but seen " .. count, 2)
    end
    local s, max = ...
    s = check.string(s, 1, count)
    max = count == 2 and check.number(max, 2, count) or MAX_ARGS
    local n = C.nightjar_ffi_parse_args(s, #s, max)
    if n < 0 then
        raise()
    end
    return parsed(n)
end

return M
