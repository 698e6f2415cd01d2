-- ngx.sleep.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"

local C = ffi.C
local co_yield = coroutine._yield
local error = error
local format = string.format
local request = border.request
local select = select

-- All that sleep() needs no `...` for, so that LuaJIT compiles it; errors are of the caller of sleep().
local function park(r, seconds)
    local msec = seconds * 1000
    if not (msec > -1 and msec < 2^63) then
        -- As C sees what does not fit into its integers.
        error(format("invalid sleep duration \"%d\"", msec > -2^31 and msec < 2^31 and msec or 0), 3)
    end
    if r and r.context == 0 then
        error("no request ctx found", 3)
    end
    check.waits(r, check.YIELDABLE, false, 4)
    if C.nightjar_ffi_sleep(r, msec) == border.ERROR then
        error(border.text(), 3)
    end
end

local function sleep(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("attempt to pass " .. count .. " arguments, but accepted 1", 2)
    end
    local r = request()
    if not r then
        check.waits_in_init("no request found")
    end
    local seconds = check.number((...), 1, count)
    park(r, seconds)
    co_yield()
end

return { sleep = sleep }
