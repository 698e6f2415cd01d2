-- Limits how many requests with the same key there are at once, over all workers. What is above `max` and within `burst` is
-- to wait for as long as one request takes, which is learned from those that leave.

local assert = assert
local floor = math.floor
local setmetatable = setmetatable
local shared = ngx.shared

local M = { _VERSION = "0.09" }
local metatable = { __index = M }

-- `delay`: how long a request takes, in seconds, as far as is known at first.
function M.new(dict_name, max, burst, delay)
    local dict = shared[dict_name]
    if not dict then
        return nil, "shared dict not found"
    end
    assert(max > 0 and burst >= 0 and delay > 0)
    return setmetatable({ dict = dict, max = max, burst = burst, unit_delay = delay, committed = false }, metatable)
end

-- How long the request has to wait, in seconds, and how many there are with it; or nil and "rejected", or the dict's error.
-- It counts only with `commit`.
function M:incoming(key, commit)
    local dict, max = self.dict, self.max
    local most = max + self.burst
    self.committed = false
    local n, err
    if commit then
        n, err = dict:incr(key, 1, 0)
        if not n then
            return nil, err
        end
        if n > most then
            n, err = dict:incr(key, -1)
            return nil, n and "rejected" or err
        end
        self.committed = true
    else
        n = (dict:get(key) or 0) + 1
        if n > most then
            return nil, "rejected"
        end
    end
    if n <= max then
        return 0, n
    end
    return self.unit_delay * floor((n - 1) / max), n
end

-- Whether the last incoming() has counted a request.
function M:is_committed()
    return self.committed
end

-- A request has ended, which took `latency` seconds without its delay, if given. How many there are now; or nil and why.
function M:leaving(key, latency)
    assert(key)
    local n, err = self.dict:incr(key, -1)
    if not n then
        return nil, err
    end
    if latency then
        self.unit_delay = (latency + self.unit_delay) / 2
    end
    return n
end

-- Takes back what incoming() has counted.
function M:uncommit(key)
    assert(key)
    return self.dict:incr(key, -1)
end

function M:set_conn(max)
    self.max = max
end

function M:set_burst(burst)
    self.burst = burst
end

return M
