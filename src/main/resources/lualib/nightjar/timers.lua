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

-- `count` arguments after the function go to it, behind `premature`.
local function arm(r, msec, every, count, ...)
    local task = ref { ... }
    if C.nightjar_ffi_timer(r, msec, every, task, count) ~= border.OK then
        unref(task)
        return nil, text()
    end
    return 1
end

function M.at(...)
    local n = select("#", ...)
    if n < 2 then
        error("expecting at least 2 arguments but got " .. n, 2)
    end
    local delay, f = ...
    local msec = floor(check.number(delay, 1, n) * 1000)
    if type(f) ~= "function" then
        check.argument(2, "Lua function expected")
    end
    local r = request()
    if not r then
        error("no request", 2)
    end
    check.context(r, check.BEFORE_EXIT)
    return arm(r, msec, 0, n - 2, select(2, ...))
end

function M.every(...)
    local n = select("#", ...)
    if n < 2 then
        error("expecting at least 2 arguments but got " .. n, 2)
    end
    local delay, f = ...
    local msec = floor(check.number(delay, 1, n) * 1000)
    if msec == 0 then
        error("delay cannot be zero", 2)
    end
    if type(f) ~= "function" then
        check.argument(2, "Lua function expected")
    end
    local r = request()
    if not r then
        error("no request", 2)
    end
    check.context(r, check.BEFORE_EXIT)
    return arm(r, msec, 1, n - 2, select(2, ...))
end

function M.pending_count()
    local r = request()
    if not r then
        error("no request", 2)
    end
    return C.nightjar_ffi_timers_pending(r)
end

function M.running_count()
    local r = request()
    if not r then
        error("no request", 2)
    end
    return C.nightjar_ffi_timers_running(r)
end

return M
