-- What OpenResty's LuaJIT adds to the table library, and thread.exdata, for a LuaJIT that lacks them.

local W = ...

local next = next
local preload = package.preload
local rawset = rawset
local type = type
local floor = math.floor

local lacking = {}

function lacking.isempty(t)
    return next(t) == nil
end

function lacking.isarray(t)
    for key in next, t do
        if type(key) ~= "number" or key < 1 or floor(key) ~= key then
            return false
        end
    end
    return true
end

function lacking.nkeys(t)
    local n = 0
    for _ in next, t do
        n = n + 1
    end
    return n
end

function lacking.clone(t)
    local copy = {}
    for key, value in next, t do
        copy[key] = value
    end
    return copy
end

for name, f in next, lacking do
    local module = "table." .. name
    if not preload[module] then
        local check = function(t)
            if type(t) ~= "table" then
                error("bad argument #1 to '" .. name .. "' (table expected, got " .. type(t) .. ")", 2)
            end
            return f(t)
        end
        preload[module] = function()
            table[name] = check
            return check
        end
    end
end

-- One request runs at a time, so the scheduler keeps it for all coroutines. Setting it is the scheduler's, too. As in
-- OpenResty's LuaJIT, whoever requires it makes a global as well.
preload["thread.exdata"] = function()
    rawset(_G, "exdata", function()
        local r = W.request
        if r ~= nil then
            return r
        end
    end)
    return exdata
end
