-- Limits how many requests with the same key there are in a window of time that begins with the first, over all workers.

local assert = assert
local setmetatable = setmetatable
local shared = ngx.shared

local M = { _VERSION = "0.09" }
local metatable = { __index = M }

-- At most `limit` requests in `window` seconds.
function M.new(dict_name, limit, window)
    local dict = shared[dict_name]
    if not dict then
        return nil, "shared dict not found"
    end
    assert(limit > 0 and window > 0)
    return setmetatable({ dict = dict, limit = limit, window = window }, metatable)
end

-- 0, and how many more requests the window has room for; or nil and "rejected", or the dict's error. It counts only with
-- `commit`.
function M:incoming(key, commit)
    local remaining, err
    if commit then
        remaining, err = self.dict:incr(key, -1, self.limit, self.window)
        if not remaining then
            return nil, err
        end
    else
        remaining = (self.dict:get(key) or self.limit) - 1
    end
    if remaining < 0 then
        return nil, "rejected"
    end
    return 0, remaining
end

-- Takes back what incoming() has counted. How many more requests there is room for; or nil and why.
function M:uncommit(key)
    assert(key)
    local remaining, err = self.dict:incr(key, 1)
    if remaining then
        return remaining
    elseif err == "not found" then
        return self.limit
    end
    return nil, err
end

return M
