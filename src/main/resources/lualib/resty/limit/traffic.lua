-- Several limits at once: a request that one of them rejects counts in none.

local max = math.max

local M = { _VERSION = "0.09" }

local function take_back(limiters, keys, from, to)
    for i = from, to do
        limiters[i]:uncommit(keys[i])
    end
end

-- Asks each of `limiters` for its key. The longest delay, in seconds; or nil and why it is rejected. What each answers
-- besides goes to `states`, if given.
function M.combine(limiters, keys, states)
    local n = #limiters
    -- Nothing is counted before all but the last have been asked: most requests that are rejected are so here.
    for i = 1, n - 1 do
        local delay, err = limiters[i]:incoming(keys[i], false)
        if not delay then
            return nil, err
        end
    end
    local longest = 0
    for i = n, 1, -1 do
        local delay, state = limiters[i]:incoming(keys[i], true)
        if not delay then
            take_back(limiters, keys, i + 1, n)
            return nil, state
        end
        if states then
            states[i] = state
        end
        longest = max(longest, delay)
    end
    return longest
end

return M
