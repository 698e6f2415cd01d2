-- Header fields by name in any case. A table of fields keeps names as they were first written, for pairs().

local getmetatable = getmetatable
local lower = string.lower
local rawget = rawget
local rawset = rawset
local setmetatable = setmetatable

local M = { _VERSION = "0.17.2" }

local function index(fields, name)
    local written = getmetatable(fields).normalised[lower(name)]
    return written and rawget(fields, written)
end

local function newindex(fields, name, value)
    local all = getmetatable(fields).normalised
    local key = lower(name)
    local written = all[key]
    if not written then
        written = name
        all[key] = name
    end
    rawset(fields, written, value)
end

function M.new()
    return (setmetatable({}, { __index = index, __newindex = newindex, normalised = {} }))
end

return M
