-- The writing half of ngx.arg, in body_filter_by_lua*: the chunk and whether it is the last. resty.core.param reads.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"

local C = ffi.C
local concat = table.concat
local error = error
local floor = math.floor
local next = next
local request = border.request
local tostring = tostring
local type = type

local BODY_FILTER = 0x40

-- The strings of an array table and of the tables in it, appended to parts; nil and a message for anything else.
local function flatten(t, parts, n)
    local max = 0
    for key in next, t do
        if type(key) ~= "number" or key < 1 or floor(key) ~= key then
            return nil, "non-array table found"
        end
        if key > max then
            max = key
        end
    end
    for i = 1, max do
        local v = t[i]
        local kind = type(v)
        if kind == "string" then
            n = n + 1
            parts[n] = v
        elseif kind == "number" then
            n = n + 1
            parts[n] = tostring(v)
        elseif kind == "table" then
            local more, wrong = flatten(v, parts, n)
            if not more then
                return nil, wrong
            end
            n = more
        else
            return nil, "bad data type " .. kind .. " found"
        end
    end
    return n
end

local function set(_, index, value)
    local r = request()
    if not r then
        return
    end
    if r.context == 0 then
        error("ctx not found", 2)
    end
    check.context(r, BODY_FILTER)

    index = check.number(index, 2, 3)
    if index == 2 then
        C.nightjar_ffi_set_body_filter_eof(r, value and 1 or 0)
        return
    end
    if index ~= 1 then
        error("bad index: " .. index, 2)
    end

    local t = type(value)
    local chunk = value
    if t == "nil" then
        chunk = ""
    elseif t == "number" then
        chunk = tostring(value)
    elseif t == "table" then
        local parts = {}
        local n, wrong = flatten(value, parts, 0)
        if not n then
            check.argument(3, wrong)
        end
        chunk = concat(parts, "", 1, n)
    elseif t ~= "string" then
        error("bad chunk data type: " .. t, 2)
    end
    C.nightjar_ffi_set_body_filter_body(r, chunk, #chunk)
end

return setmetatable({}, { __newindex = set })
