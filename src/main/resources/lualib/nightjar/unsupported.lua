-- API functions that Nightjar does not have yet. They are there, so that a library which takes them into locals loads;
-- calling one is an error.

local check = require "nightjar.check"
local request = require("nightjar.border").request
local error = error
local ngx = ngx

local names = {
    "run_worker_thread",
}

-- Where some of them may be called; elsewhere that is the error.
local phases = {
    run_worker_thread = check.YIELDABLE,
}

for _, name in ipairs(names) do
    local owner = ngx
    for word in name:gmatch("([^.]+)%.") do
        owner[word] = owner[word] or {}
        owner = owner[word]
    end
    local last = name:match("[^.]+$")
    if not owner[last] then
        local mask = phases[name]
        owner[last] = function()
            if mask then
                local r = request()
                if not r then
                    error("no request found", 2)
                end
                if r.context == 0 then
                    error("no ctx found", 2)
                end
                check.context(r, mask)
            end
            error("ngx." .. name .. " is not supported by this version of Nightjar", 2)
        end
    end
end
