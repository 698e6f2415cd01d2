-- ngx.thread: light threads.
--
-- A light thread is a coroutine that the scheduler resumes. What one returned stays on its stack until its parent, the
-- coroutine that made it, asks.

local C = require("ffi").C
local border = require "nightjar.border"
local check = require "nightjar.check"
local coroutines = require "nightjar.coroutines"
local registry = require "nightjar.registry"

local W = coroutines.border
local busy = coroutines.busy
local co_yield = coroutine._yield
local collect = ngx._collect
local create = coroutine._create
local ended = coroutines.ended
local error = error
local isyieldable = coroutines.isyieldable
local parents = coroutines.parents
local ref = registry.ref
local request = border.request
local resume = coroutine._resume
local running = coroutine.running
local select = select
local type = type
local unref = registry.unref
local yield = coroutines.yield

ngx._collect = nil

local M = {}

local function finish(...)
    ended(running())
    return ...
end

local function body(f, ...)
    yield()
    return finish(f(...))
end

-- Called straight by an API function: what has to be there for a light thread.
local function ctx()
    local r = request()
    if not r then
        error("no request found", 3)
    end
    if r.context == 0 then
        error("no request ctx found", 3)
    end
    return r
end

-- A coroutine that is to run a function with arguments as a light thread, and its reference.
local function make(...)
    local co = create(body)
    local ok, wrong = resume(co, ...)
    if not ok then
        error(wrong, 3)
    end
    local thread = ref(co)
    parents[co] = running()
    busy[co] = thread
    return co, thread
end

function M.spawn(...)
    local r = ctx()
    if type((...)) ~= "function" then
        check.argument(1, "Lua function expected")
    end
    check.context(r, check.YIELDABLE)
    if not isyieldable() then
        error("attempt to yield across C-call boundary", 0)
    end
    local co, thread = make(...)
    W.spawned = thread
    W.waits = 1
    yield()
    return co
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

function M.wait(...)
    check.context(ctx(), check.YIELDABLE)
    local n = select("#", ...)
    if n == 0 then
        error("at least one coroutine should be specified", 2)
    end
    local me = running()
    local threads = {}
    for i = 1, n do
        local co = select(i, ...)
        if type(co) ~= "thread" then
            check.argument(i, "lua thread expected")
        end
        local state = busy[co]
        if not state or state == true then
            error("attempt to wait on a coroutine that is not a user thread", 2)
        end
        if parents[co] ~= me then
            error("only the parent coroutine can wait on the thread", 2)
        end
        if state == "zombie" then
            busy[co] = "dead"
            return collect(co)
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
    check.context(ctx(), check.YIELDABLE)
    local co = ...
    if type(co) ~= "thread" then
        check.argument(1, "lua thread expected")
    end
    local state = busy[co]
    if not state or state == true then
        return nil, "not user thread"
    end
    if parents[co] ~= running() then
        return nil, "killer not parent"
    end
    if state == "dead" then
        return nil, "already waited or killed"
    end
    if state == "zombie" then
        busy[co] = "dead"
        collect(co)
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
    if r.fake ~= 0 then
        error("API disabled in the current context", 2)
    end
    if type(f) ~= "function" then
        check.argument(1, "Lua function expected")
    end
    check.context(r, check.YIELDABLE)
    local _, thread = make(f)
    local refusal = REFUSALS[C.nightjar_ffi_on_abort(r, thread)]
    if refusal then
        unref(thread)
        return nil, refusal
    end
    return 1
end

return M
