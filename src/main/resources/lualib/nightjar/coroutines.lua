-- The coroutine library of scripts, and the traceback of one that died.
--
-- Coroutines nest natively: resume and yield cross nothing. Only when an API function inside one has to wait (it yields no
-- values, and border's `waits` is set) does each resume on the way pass the yield on, up to the scheduler, and what wakes
-- it back down.
--
-- _create, _resume, _status and _wrap are LuaJIT's own; so is _yield, by which API functions wait, but that it undoes a
-- wait where Lua cannot yield.

local W, C = ...

local create = coroutine.create
local error = error
local getinfo = debug.getinfo
local isyieldable = coroutine.isyieldable
local rawequal = rawequal
local resume = coroutine.resume
local running = coroutine.running
local status = coroutine.status
local type = type
local yield = coroutine.yield

for _, name in ipairs { "create", "resume", "yield", "status", "wrap" } do
    coroutine["_" .. name] = coroutine[name]
end

-- Coroutines in which an API function waits: to other light threads they are running.
local waiting = setmetatable({}, { __mode = "k" })

function coroutine._yield(...)
    if W.waits ~= 0 and not isyieldable() then
        W.waits = 0
        C.nightjar_ffi_unpark()
        -- As LuaJIT words it for a C function, without a position.
        error("attempt to yield across C-call boundary", 0)
    end
    return yield(...)
end

local function argument(n, name, text)
    error("bad argument #" .. n .. " to '" .. name .. "' (" .. text .. ")", 3)
end

local resumed

local function woken(co, ...)
    waiting[co] = nil
    return resumed(co, resume(co, ...))
end

function resumed(co, ok, ...)
    local first = ...
    if first == nil and W.waits ~= 0 and status(co) == "suspended" then
        waiting[co] = true
        return woken(co, yield())
    end
    if not ok and first == "cannot resume running coroutine" and status(co) == "normal" then
        return false, "cannot resume normal coroutine"
    end
    return ok, ...
end

function coroutine.create(f)
    if type(f) ~= "function" then
        argument(1, "create", "Lua function expected")
    end
    return create(f)
end

function coroutine.resume(co, ...)
    if type(co) ~= "thread" then
        argument(1, "resume", "coroutine expected")
    end
    if waiting[co] then
        return false, "cannot resume running coroutine"
    end
    return resumed(co, resume(co, ...))
end

function coroutine.status(co)
    if type(co) ~= "thread" then
        argument(1, "status", "coroutine expected")
    end
    if waiting[co] then
        return "running"
    end
    return status(co)
end

-- The coroutines through which the error of a wrapped one went, innermost first, for the traceback.
local broken = { n = 0 }

local function propagate(co, message)
    if broken.within ~= co or not rawequal(broken.message, message) then
        broken = { n = 0, message = message }
    end
    broken.n = broken.n + 1
    broken[broken.n] = co
    broken.within = running()
    error(message, 0)
end

local wrapped

local function wrapped_woken(co, ...)
    waiting[co] = nil
    return wrapped(co, resume(co, ...))
end

function wrapped(co, ok, ...)
    if ok then
        if (...) == nil and W.waits ~= 0 and status(co) == "suspended" then
            waiting[co] = true
            return wrapped_woken(co, yield())
        end
        return ...
    end
    local message = ...
    if message == "cannot resume dead coroutine" then
        -- As upstream: values, no error.
        return false, message
    elseif message == "cannot resume running coroutine" then
        return false, "cannot resume " .. status(co) .. " coroutine"
    end
    return propagate(co, message)
end

function coroutine.wrap(f)
    if type(f) ~= "function" then
        argument(1, "wrap", "Lua function expected")
    end
    local co = create(f)
    return function(...)
        if waiting[co] then
            return false, "cannot resume running coroutine"
        end
        return wrapped(co, resume(co, ...))
    end
end

-- As in OpenResty, whose library has these fifteen and `running`.
for _, name in ipairs { "create", "resume", "yield", "status", "wrap" } do
    coroutine["__" .. name] = coroutine[name]
end
coroutine.isyieldable = nil

package.loaded.coroutine = coroutine

-- A coroutine whose environment was replaced ends with its run.
local setfenv = setfenv
function _G.setfenv(f, env)
    if f == 0 then
        W.tainted = 1
    end
    -- A tail call: level 1 is the caller.
    return setfenv(f, env)
end

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
        -- What an API function calls is not shown.
        if not (is_api(caller) and (at.what == "C" or is_api(at))) then
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

-- What killed `co`: the message and the traceback as the error log shows them. `parents` are the light threads that
-- wait for it.
return function(co, message, ...)
    local chain = { ... }
    table.insert(chain, 1, co)
    if rawequal(broken.message, message) and broken.within == co then
        for i = broken.n, 1, -1 do
            table.insert(chain, 1, broken[i])
        end
    end
    broken = { n = 0 }

    local parts = { "stack traceback:" }
    for i = 1, math.min(#chain, MAX_COROUTINES) do
        parts[#parts + 1] = "\ncoroutine " .. i - 1 .. ":"
        append(parts, chain[i])
    end
    local t = type(message)
    if t ~= "string" and t ~= "number" then
        message = "unknown reason"
    end
    return tostring(message), table.concat(parts)
end
