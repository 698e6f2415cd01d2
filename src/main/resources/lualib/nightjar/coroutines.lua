-- The coroutine library of scripts.
--
-- Coroutines nest natively: resume and yield cross nothing. Only when an API function inside one has to wait (it yields no
-- values, and border's `waits` is set) does each resume on the way pass the yield on, up to the scheduler, and what wakes
-- it back down.
--
-- _create, _resume, _status and _wrap are LuaJIT's own; so is _yield, by which API functions wait, but that it undoes a
-- wait where Lua cannot yield.

local W, C, _, cached_threads = ...

local create = coroutine.create
local error = error
local isyieldable = coroutine.isyieldable
local ngx = ngx
local rawequal = rawequal
local resume = coroutine.resume
local running = coroutine.running
local status = coroutine.status
local type = type
local yield = coroutine.yield

for _, name in ipairs { "create", "resume", "yield", "status", "wrap" } do
    coroutine["_" .. name] = coroutine[name]
end

-- Coroutines that a script must not resume: true for one in which an API function waits. For a light thread that Java has
-- not taken over, the coroutine that made it: it runs inside that one, is suspended since it has ended, or is dead since its
-- parent has what it returned. For one that Java has, its reference, below 0 while its parent waits for it; once it has ended,
-- "zombie", then "dead".
local busy = setmetatable({}, { __mode = "kv" })

-- The coroutine that made a light thread of which `busy` says something else.
local parents = setmetatable({}, { __mode = "kv" })

local function parent(co)
    local s = busy[co]
    return type(s) == "thread" and s or parents[co]
end

-- Coroutines whose resume of another waits with that one.
local outer = setmetatable({}, { __mode = "k" })

-- As upstream words it: to others, what waits is running.
local function state(co)
    local s = busy[co]
    if type(s) == "string" then
        return s
    elseif type(s) == "thread" then
        s = status(co)
        return s == "suspended" and "zombie" or s
    end
    return (outer[co] or status(co) == "normal") and "normal" or "running"
end

local function unresumable(co)
    return false, "cannot resume " .. state(co) .. " coroutine"
end

function coroutine._yield(...)
    if not isyieldable() and W.waits ~= 0 then
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
    busy[co] = nil
    outer[running()] = nil
    return resumed(co, resume(co, ...))
end

function resumed(co, ok, ...)
    local first = ...
    if first == nil and W.waits ~= 0 and status(co) == "suspended" then
        busy[co] = true
        outer[running()] = true
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
    if busy[co] then
        return unresumable(co)
    end
    return resumed(co, resume(co, ...))
end

function coroutine.status(co)
    if type(co) ~= "thread" then
        argument(1, "status", "coroutine expected")
    end
    if busy[co] then
        return state(co)
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

-- Where upstream leaves the library as LuaJIT has it: in header and body filters, and where there is no request.
local function is_native()
    local current = ngx._phase_ctx
    if not current then
        -- A VM without the API.
        return false
    end
    local phase = current()
    return not phase or phase == 0x20 or phase == 0x40
end

-- Coroutines that were wrapped there: their errors get the position of the caller, as LuaJIT's own do.
local native = setmetatable({}, { __mode = "k" })

local wrapped

local function wrapped_woken(co, ...)
    busy[co] = nil
    outer[running()] = nil
    return wrapped(co, resume(co, ...))
end

function wrapped(co, ok, ...)
    if ok then
        if (...) == nil and W.waits ~= 0 and status(co) == "suspended" then
            busy[co] = true
            outer[running()] = true
            return wrapped_woken(co, yield())
        end
        return ...
    end
    local message = ...
    if native[co] then
        error(message, type(message) == "string" and 2 or 0)
    elseif message == "cannot resume dead coroutine" then
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
    if is_native() then
        native[co] = true
    end
    return function(...)
        if busy[co] then
            return unresumable(co)
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

-- Coroutines whose environment was replaced: they end with their run.
local tainted = setmetatable({}, { __mode = "k" })

local setfenv = setfenv
function _G.setfenv(f, env)
    local co = f == 0 and running()
    if co then
        tainted[co] = true
        C.nightjar_ffi_thread_taint()
    end
    -- A tail call: level 1 is the caller.
    return setfenv(f, env)
end

-- The coroutines through which `message` has gone on its way to `co`, innermost first.
local function through(co, message)
    local chain = broken
    broken = { n = 0 }
    if rawequal(chain.message, message) and chain.within == co then
        return chain
    end
    return broken
end

-- A light thread has come to its end. Its reference below 0: its parent waits for what it leaves.
local function ended(co)
    local ref = busy[co]
    if type(ref) == "number" then
        busy[co] = ref < 0 and "dead" or "zombie"
    end
end

return {
    border = W,
    busy = busy,
    cached_threads = cached_threads,
    ended = ended,
    isyieldable = isyieldable,
    parent = parent,
    parents = parents,
    tainted = tainted,
    through = through,
    yield = yield,
}
