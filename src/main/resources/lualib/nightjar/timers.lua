-- ngx.timer.

local C = require("ffi").C
local border = require "nightjar.border"
local check = require "nightjar.check"
local registry = require "nightjar.registry"

local error = error
local floor = math.floor
local ref = registry.ref
local request = border.request
local select = select
local text = border.text
local type = type
local unref = registry.unref

local M = {}

-- The request that runs, or upstream's error at the caller of the function that calls this.
local function current()
    local r = request()
    if not r then
        error("no request", 3)
    end
    return r
end

-- Both functions end in a call of this, with the number of their arguments: errors name them, and their caller's line.
local function arm(every, count, delay, f, ...)
    if count < 2 then
        error("expecting at least 2 arguments but got " .. count, 2)
    end
    local msec = floor(check.number(delay, 1, count) * 1000)
    if every and msec == 0 then
        error("delay cannot be zero", 2)
    end
    if type(f) ~= "function" then
        check.argument(2, "Lua function expected")
    end
    local r = current()
    check.context(r, check.BEFORE_EXIT)
    -- The function gets `premature`, then what is left.
    local task = ref { f, ... }
    if C.nightjar_ffi_timer(r, msec, every and 1 or 0, task, count - 2) ~= border.OK then
        unref(task)
        return nil, text()
    end
    return 1
end

function M.at(...)
    return arm(false, select("#", ...), ...)
end

function M.every(...)
    return arm(true, select("#", ...), ...)
end

function M.pending_count()
    return (C.nightjar_ffi_timers_pending(current()))
end

function M.running_count()
    return (C.nightjar_ffi_timers_running(current()))
end

return M
