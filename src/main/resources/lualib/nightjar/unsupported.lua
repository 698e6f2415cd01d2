-- API functions that Nightjar does not have yet. They are there, so that a library which takes them into locals loads;
-- calling one is an error.

local error = error
local ngx = ngx

local names = {
    "on_abort", "run_worker_thread",
    "re.find", "re.gmatch", "re.gsub", "re.match", "re.sub",
    "req.socket",
    "socket.connect", "socket.stream", "socket.tcp", "socket.udp",
    "thread.kill", "thread.spawn", "thread.wait",
    "timer.at", "timer.every", "timer.pending_count", "timer.running_count",
}

for _, name in ipairs(names) do
    local owner = ngx
    for word in name:gmatch("([^.]+)%.") do
        owner[word] = owner[word] or {}
        owner = owner[word]
    end
    local last = name:match("[^.]+$")
    if not owner[last] then
        owner[last] = function()
            error("ngx." .. name .. " is not supported by this version of Nightjar", 2)
        end
    end
end

-- The method tables of sockets, into which lua-resty-core puts its own methods.
local registry = debug.getregistry()
for _, name in ipairs { "__tcp_cosocket_mt", "__tcp_req_cosocket_mt", "__tcp_raw_req_cosocket_mt" } do
    registry[name] = registry[name] or {}
end
