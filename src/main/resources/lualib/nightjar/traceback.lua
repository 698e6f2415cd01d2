-- The traceback of a coroutine that died, as the error log shows it.

local coroutines = ...

local error = error
local getinfo = debug.getinfo
local parent_of = coroutines.parent
local status = coroutine._status
local tostring = tostring
local type = type

local MAX_LEVELS = 22
local MAX_COROUTINES = 5

-- One of the functions packed with Nightjar that stand where upstream has C functions.
local function is_api(at)
    return at and at.what == "Lua" and at.short_src == "[C]"
end

local function describe(at)
    local s = "\n\t" .. at.short_src .. ":"
    if at.currentline > 0 then
        s = s .. at.currentline .. ":"
    end
    if at.namewhat ~= "" then
        return s .. " in function '" .. at.name .. "'"
    elseif at.what == "main" then
        return s .. " in main chunk"
    elseif at.what == "C" or is_api(at) then
        return s .. " ?"
    end
    return s .. " in function <" .. at.short_src .. ":" .. at.linedefined .. ">"
end

local function append(parts, co)
    local n, shown, level = #parts, 0, 0
    local at = getinfo(co, 0, "Snl")
    while at do
        level = level + 1
        local caller = getinfo(co, level, "Snl")
        -- What an API function calls is not shown, nor what a light thread begins with.
        local hidden = is_api(caller) and (at.what == "C" or is_api(at)) or not caller and level > 1 and is_api(at)
        if not hidden then
            n = n + 1
            if shown == MAX_LEVELS then
                parts[n] = "\n\t..."
                return
            end
            shown = shown + 1
            parts[n] = describe(at)
        end
        at = caller
    end
end

-- What killed the light thread `co`: the message and the traceback, with the coroutines of the script's own through which
-- the error came, and the threads that made this one; and whether `error` was called, whose arguments stand before the
-- message on its stack.
return function(co, message)
    coroutines.ended(co)
    local at = getinfo(co, 0, "f")
    local thrown = at ~= nil and at.func == error
    local chain = {}
    local through = coroutines.through(co, message)
    for i = 1, through.n do
        chain[i] = through[i]
    end
    chain[#chain + 1] = co
    local parent = parent_of(co)
    while parent and status(parent) ~= "dead" do
        chain[#chain + 1] = parent
        parent = parent_of(parent)
    end

    local parts = { "stack traceback:" }
    for i = 1, math.min(#chain, MAX_COROUTINES) do
        parts[#parts + 1] = "\ncoroutine " .. i - 1 .. ":"
        append(parts, chain[i])
    end
    local t = type(message)
    if t ~= "string" and t ~= "number" then
        message = "unknown reason"
    end
    return tostring(message), table.concat(parts), thrown
end
