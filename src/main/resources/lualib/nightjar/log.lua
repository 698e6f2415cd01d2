-- ngx.log and print: a line of the error log, led by the place in the Lua code that wrote it.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"

local C = ffi.C
local request = border.request
local result = border.result
local concat = table.concat
local find = string.find
local format = string.format
local getinfo = debug.getinfo
local getmetatable = debug.getmetatable
local match = string.match
local null = ngx.null
local select = select
local tostring = tostring
local type = type

local NOTICE = 6
local DEBUG = 8

local M = {}

-- The text of an argument, or nil and what is wrong with it.
local function text(v)
    local t = type(v)
    if t == "string" then
        return v
    end
    if t == "number" or t == "nil" or t == "boolean" then
        return (tostring(v))
    end
    if t == "table" then
        local mt = getmetatable(v)
        local f = mt and mt.__tostring
        if not f then
            return nil, "expected table to have __tostring metamethod"
        end
        return (tostring(f(v)))
    end
    if v == null then
        return "null"
    end
    return nil, format("string, number, boolean, or nil expected, got %s", t)
end

-- `where` is getinfo's "Snl" of the function that called the API.
local function place(where)
    local name = match(where.short_src, "[^/\\]*$")
    local line = where.currentline > 0 and where.currentline or where.linedefined
    if where.namewhat ~= "" and find(where.what, "^L") then
        return name .. ":" .. line .. ": " .. where.name .. "(): "
    end
    return name .. ":" .. line .. ": "
end

local function enabled(r, level)
    if r then
        return level <= r.log_level
    end
    return level <= result.log_level
end

-- Both API functions pass what follows the level; n arguments.
local function write(r, level, where, n, ...)
    local parts = { place(where) }
    for i = 1, n do
        local s, wrong = text((select(i, ...)))
        if not s then
            return i, wrong
        end
        parts[i + 1] = s
    end
    local line = concat(parts)
    C.nightjar_ffi_log(r, level, line, #line)
end

function M.log(...)
    local count = select("#", ...)
    local level = check.number((...), 1, count)
    if level < 0 or level > DEBUG then
        check.argument(1, format("bad log level: %d", level))
    end
    local r = request()
    if enabled(r, level) then
        local i, wrong = write(r, level, getinfo(2, "Snl"), count - 1, select(2, ...))
        if i then
            check.argument(i, wrong)
        end
    end
end

function M.print(...)
    local r = request()
    if enabled(r, NOTICE) then
        local i, wrong = write(r, NOTICE, getinfo(2, "Snl"), select("#", ...), ...)
        if i then
            check.argument(i, wrong)
        end
    end
end

return M
