-- API functions that Nightjar does not have yet. They are there, so that a library which takes them into locals loads;
-- calling one is an error.

local check = require "nightjar.check"
local request = require("nightjar.border").request
local error = error
local ngx = ngx

local names = {
    "run_worker_thread",
    "re.find", "re.gmatch", "re.gsub", "re.match", "re.sub",
    "req.socket",
    "socket.connect", "socket.stream", "socket.tcp", "socket.udp",
}

-- Where some of them may be called; elsewhere that is the error.
local phases = {
    run_worker_thread = check.YIELDABLE,
    ["req.socket"] = check.HANDLERS,
    ["socket.connect"] = check.YIELDABLE,
    ["socket.stream"] = check.YIELDABLE,
    ["socket.tcp"] = check.YIELDABLE,
    ["socket.udp"] = check.YIELDABLE,
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

-- The method tables of sockets, into which lua-resty-core puts its own methods.
local registry = debug.getregistry()
for _, name in ipairs { "__tcp_cosocket_mt", "__tcp_req_cosocket_mt", "__tcp_raw_req_cosocket_mt" } do
    registry[name] = registry[name] or {}
end
