-- What `send` of a socket takes, as bytes in one piece.

local ffi = require "ffi"

local copy = ffi.copy
local ffi_new = ffi.new
local floor = math.floor
local next = next
local rawget = rawget
local tostring = tostring
local type = type

-- Larger buffers are not kept.
local KEPT = 65536
local kept = ffi_new("unsigned char[?]", KEPT)
local buffer, capacity = kept, KEPT

local function grow(used, size)
    local old = buffer
    capacity = (used + size) * 2
    buffer = ffi_new("unsigned char[?]", capacity)
    copy(buffer, old, used)
end

-- Puts the strings in `t` into the buffer, from `at` on: where they end, or nil and what is wrong.
local function put(t, at)
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
        local v = rawget(t, i)
        local kind = type(v)
        if kind == "table" then
            local wrong
            at, wrong = put(v, at)
            if not at then
                return nil, wrong
            end
        else
            if kind == "number" then
                v = tostring(v)
            elseif kind ~= "string" then
                return nil, "bad data type " .. kind .. " found"
            end
            local size = #v
            if at + size > capacity then
                grow(at, size)
            end
            copy(buffer + at, v, size)
            at = at + size
        end
    end
    return at
end

-- Bytes and their number, good until the next call; or nil and what is wrong.
return function(data)
    local kind = type(data)
    if kind == "table" then
        buffer, capacity = kept, KEPT
        local n, wrong = put(data, 0)
        if not n then
            return nil, wrong
        end
        return buffer, n
    elseif kind == "string" then
        return data, #data
    elseif kind == "number" or kind == "nil" or kind == "boolean" then
        data = tostring(data)
        return data, #data
    end
    return nil, "string, number, boolean, nil, or array table expected, got " .. kind
end
