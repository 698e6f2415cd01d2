-- ngx.thread: light threads.
--
-- A light thread is a coroutine that the scheduler resumes. What one returned stays on its stack until its parent, the
-- coroutine that made it, asks.
--
-- Most end before they wait for anything, so a thread is begun inside its parent, and Java hears of it when it asks who runs.
-- One that waits, or gives others their turn, is handed to the scheduler; one that ends yields a last time and keeps what it
-- returned in its frame. Where the order would be another, since other threads have their turn first, it is begun by the
-- scheduler.

local C = require("ffi").C
local border = require "nightjar.border"
local check = require "nightjar.check"
local coroutines = require "nightjar.coroutines"
local registry = require "nightjar.registry"

local W = coroutines.border
local YIELDABLE = check.YIELDABLE

local band = bit.band
local busy = coroutines.busy
local cached_threads = coroutines.cached_threads
local co_yield = coroutine._yield
local collect = ngx._collect
local collectgarbage = collectgarbage
local create = coroutine._create
local ended = coroutines.ended
local error = error
local getinfo = debug.getinfo
local isyieldable = coroutines.isyieldable
local parent_of = coroutines.parent
local parents = coroutines.parents
local ref = registry.ref
local request = border.request
local resume = coroutine._resume
local running = coroutine.running
local select = select
local status = coroutine._status
local tainted = coroutines.tainted
local traceback = coroutines.traceback
local type = type
local unpack = unpack
local unref = registry.unref
local yield = coroutines.yield

ngx._collect = nil

local M = {}

-- What a thread yields that has ended inside its parent.
local HELD = {}

-- Coroutines whose threads have ended inside their parents and been waited for: the next threads to begin there.
local idle, idle_count = {}, 0

-- What a thread's error was that ended it inside its parent, in a list of one: resuming took it from the thread's stack.
local failures = setmetatable({}, { __mode = "k" })

-- W.child and W.waits, as Java has them.
local NONE, UNKNOWN, KNOWN = 0, 1, 2
local WAIT, END = 1, 2

-- Functions without `...`, so that LuaJIT compiles these accesses to memory.

-- Whether a thread may begin inside the one that runs.
local function nests()
    return W.posted == 0 and W.child == NONE
end

-- Whether the phase is one in which threads can be made without further questions.
local function is_usual()
    local r = W.request
    return r ~= nil and band(r.context, YIELDABLE) ~= 0
end

local function nested()
    return W.child ~= NONE
end

local function enter()
    W.child = UNKNOWN
end

local function leave()
    if W.child == KNOWN then
        C.nightjar_ffi_thread_forget()
    end
    W.child = NONE
end

-- Why a thread has yielded: W.waits, or below 0 that it has spawned another.
local function why()
    return W.spawned ~= 0 and -1 or W.waits
end

local function spawned(thread)
    W.spawned = thread
    W.waits = WAIT
end

local function adopted(thread)
    W.adopted = thread
end

local body

-- What a thread returns that began inside its parent. When the parent has that, the coroutine may become another thread.
local function hold(...)
    if nested() then
        yield(HELD)
        return body(yield(...))
    end
    ended(running())
    return ...
end

function body(f, ...)
    return hold(f(...))
end

-- A thread that is resumed with its function only once it exists for Java.
local function late_body(f, ...)
    yield()
    return hold(f(...))
end

-- Called straight by an API function: what has to be there for a light thread. Nothing in init_by_lua*.
local function ctx()
    local r = request()
    if not r then
        check.waits_in_init("no request found", 4)
    elseif r.context == 0 then
        error("no request ctx found", 3)
    end
    return r
end

-- A coroutine that is to run a function with arguments as a light thread, and its reference.
local function make(...)
    local co = create(late_body)
    local ok, wrong = resume(co, ...)
    if not ok then
        error(wrong, 3)
    end
    local thread = ref(co)
    parents[co] = running()
    busy[co] = thread
    return co, thread
end

local function aborted(co, message)
    local text, trace = traceback(co, message)
    local kind = "runtime error"
    if message == "not enough memory" then
        kind = "memory allocation error"
        collectgarbage()
    end
    text = kind .. ": " .. text .. "\n" .. trace
    C.nightjar_ffi_thread_aborted(text, #text)
end

-- Goes on in the parent of `co` after what a resume of that one has given.
local function begun(co, ok, value)
    if value == HELD then
        leave()
    elseif not ok then
        aborted(co, value)
        leave()
        parents[co] = running()
        busy[co] = "zombie"
        failures[co] = { value }
    else
        local reason = why()
        if reason == END then
            return yield()
        end
        local thread = ref(co)
        parents[co] = running()
        busy[co] = thread
        if reason < 0 then
            adopted(thread)
            yield()
        else
            C.nightjar_ffi_thread_adopt(thread, reason == WAIT and 0 or 1)
        end
    end
    return co
end

function M.spawn(...)
    if type((...)) ~= "function" or not is_usual() then
        local r = ctx()
        if type((...)) ~= "function" then
            check.argument(1, "Lua function expected")
        end
        check.waits(r, YIELDABLE)
    end
    if nests() then
        local co = idle[idle_count]
        if co then
            idle[idle_count] = nil
            idle_count = idle_count - 1
        else
            co = create(body)
        end
        busy[co] = running()
        enter()
        return begun(co, resume(co, ...))
    end
    if not isyieldable() then
        error("attempt to yield across C-call boundary", 0)
    end
    local co, thread = make(...)
    spawned(thread)
    yield()
    return co
end

local function followed_by(last, ...)
    local n = select("#", ...)
    local values = { ... }
    values[n + 1] = last
    return unpack(values, 1, n + 1)
end

-- What a thread has left: true and what it returned, or false and its error. As upstream, what `error` was called with comes
-- first then, without a position.
local function left(co)
    busy[co] = "dead"
    local at = getinfo(co, 0, "f")
    local thrown = at ~= nil and at.func == error
    local failure = failures[co]
    if not failure then
        return collect(co, thrown)
    end
    failures[co] = nil
    if thrown then
        return followed_by(failure[1], collect(co, true))
    end
    return false, failure[1]
end

-- None of those that have not ended is waited for any more.
local function woken(threads, ...)
    for i = 1, #threads do
        local co = threads[i]
        local state = busy[co]
        if type(state) == "number" and state < 0 then
            busy[co] = -state
        end
    end
    return ...
end

-- A light thread's state: "zombie" and "dead" are of one that has ended, "running" of one that runs inside its parent. False
-- for other coroutines.
local function state_of(co)
    local state = busy[co]
    if type(state) == "thread" then
        return status(co) == "suspended" and "zombie" or "running"
    end
    return state ~= nil and state ~= true and state
end

-- Goes on once `co`, which ended inside its parent, has given what it returned.
local function taken(co, ...)
    parents[co] = busy[co]
    busy[co] = "dead"
    if idle_count < cached_threads and not tainted[co] then
        idle_count = idle_count + 1
        idle[idle_count] = co
    end
    return ...
end

-- As left(), of a thread that is a zombie.
local function take(co)
    if type(busy[co]) == "thread" then
        return taken(co, resume(co))
    end
    return left(co)
end

function M.wait(...)
    local first, me = (...), running()
    if first and me and busy[first] == me and status(first) == "suspended" then
        return taken(first, resume(first))
    end
    check.waits(ctx(), YIELDABLE)
    local n = select("#", ...)
    if n == 0 then
        error("at least one coroutine should be specified", 2)
    end
    local threads = {}
    for i = 1, n do
        local co = select(i, ...)
        if type(co) ~= "thread" then
            check.argument(i, "lua thread expected")
        end
        local state = state_of(co)
        if not state then
            error("attempt to wait on a coroutine that is not a user thread", 2)
        end
        if parent_of(co) ~= me then
            error("only the parent coroutine can wait on the thread", 2)
        end
        if state == "zombie" then
            return take(co)
        elseif state ~= "dead" then
            threads[#threads + 1] = co
        elseif i == n then
            return nil, "already waited or killed"
        end
    end
    for i = 1, #threads do
        local co = threads[i]
        C.nightjar_ffi_thread_wait(busy[co])
        busy[co] = -busy[co]
    end
    return woken(threads, co_yield())
end

function M.kill(...)
    check.waits(ctx(), YIELDABLE)
    local co = ...
    if type(co) ~= "thread" then
        check.argument(1, "lua thread expected")
    end
    local state = state_of(co)
    if not state then
        return nil, "not user thread"
    end
    if parent_of(co) ~= running() then
        return nil, "killer not parent"
    end
    if state == "dead" then
        return nil, "already waited or killed"
    end
    if state == "zombie" then
        take(co)
        return nil, "already terminated"
    end
    if C.nightjar_ffi_thread_kill(state) ~= border.OK then
        return nil, "pending subrequests"
    end
    busy[co] = "dead"
    return 1
end

local REFUSALS = { [-1] = "duplicate call", [-2] = "lua_check_client_abort is off" }

-- ngx.on_abort.
function M.on_abort(f)
    local r = ctx()
    check.client(r)
    if type(f) ~= "function" then
        check.argument(1, "Lua function expected")
    end
    check.context(r, YIELDABLE)
    local _, thread = make(f)
    local refusal = REFUSALS[C.nightjar_ffi_on_abort(r, thread)]
    if refusal then
        unref(thread)
        return nil, refusal
    end
    return 1
end

return M
