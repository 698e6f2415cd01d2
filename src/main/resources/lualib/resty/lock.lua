-- Locks among all workers, kept as keys of a shared dict. A lock is held until it is unlocked, its time has passed, or Lua's
-- collector finds that nobody has its object any more.

local ERR = ngx.ERR
local getmetatable = getmetatable
local log = ngx.log
local max = math.max
local min = math.min
local newproxy = newproxy
local setmetatable = setmetatable
local shared = ngx.shared
local sleep = ngx.sleep

-- Seconds.
local DEFAULT_TIMEOUT, DEFAULT_EXPTIME = 5, 30
local MIN_STEP, DEFAULT_MAX_STEP = 0.001, 0.5
local DEFAULT_RATIO = 2

-- What each lock holds, `key` in `dict`, by a userdata that the lock has: Lua's collector tells of these only.
local held = setmetatable({}, { __mode = "k" })
local guard = newproxy(true)
getmetatable(guard).__gc = function(gone)
    local hold = held[gone]
    if not hold or not hold.key then
        return
    end
    local ok, err = hold.dict:delete(hold.key)
    if not ok then
        log(ERR, 'failed to delete key "', hold.key, '": ', err)
    end
end

local M = { _VERSION = "0.09" }
local metatable = { __index = M }

-- `opts`: timeout, how long lock() waits; exptime, how long it is held at most; step, ratio and max_step, the first pause
-- between two tries, by how much each is longer, and the longest. All but ratio in seconds.
function M.new(_, dict_name, opts)
    local dict = shared[dict_name]
    if not dict then
        return nil, "dictionary not found"
    end
    opts = opts or {}
    local exptime = opts.exptime or DEFAULT_EXPTIME
    local timeout, step = opts.timeout, opts.step
    if timeout then
        timeout = min(timeout, exptime)
        step = step and min(step, timeout)
    end
    local own = newproxy(guard)
    local hold = { dict = dict }
    held[own] = hold
    return setmetatable({
        guard = own,
        hold = hold,
        timeout = timeout or DEFAULT_TIMEOUT,
        exptime = exptime,
        step = step or MIN_STEP,
        ratio = opts.ratio or DEFAULT_RATIO,
        max_step = opts.max_step or DEFAULT_MAX_STEP,
    }, metatable)
end

-- How many seconds were waited; or nil and "timeout", "locked" if this object holds a lock already, or the dict's error.
function M:lock(key)
    if not key then
        return nil, "nil key"
    end
    local hold = self.hold
    if hold.key then
        return nil, "locked"
    end
    local dict, exptime = hold.dict, self.exptime
    local ratio, max_step = self.ratio, self.max_step
    local left, step, waited = self.timeout, self.step, 0
    while true do
        local ok, err = dict:add(key, true, exptime)
        if ok then
            hold.key = key
            return waited
        elseif err ~= "exists" then
            return nil, err
        elseif left <= 0 then
            return nil, "timeout"
        end
        sleep(step)
        waited = waited + step
        left = left - step
        step = min(max(MIN_STEP, step * ratio), left, max_step)
    end
end

function M:unlock()
    local hold = self.hold
    local key = hold.key
    if not key then
        return nil, "unlocked"
    end
    hold.key = nil
    local ok, err = hold.dict:delete(key)
    if not ok then
        return nil, err
    end
    return 1
end

-- Holds the lock for `time` seconds from now, or as long as at first.
function M:expire(time)
    local hold = self.hold
    if not hold.key then
        return nil, "unlocked"
    end
    local ok, err = hold.dict:replace(hold.key, true, time or self.exptime)
    if not ok then
        return nil, err
    end
    return true
end

return M
