-- The pages that tell which servers of upstream groups are up.

local upstream = require "ngx.upstream"

local concat = table.concat
local format = string.format
local get_backup_peers = upstream.get_backup_peers
local get_primary_peers = upstream.get_primary_peers
local get_upstreams = upstream.get_upstreams
local ipairs = ipairs

local METRIC = "nginx_upstream_status_info"

local M = {}

local function add_peers(lines, title, peers)
    lines[#lines + 1] = "    " .. title .. " Peers\n"
    for _, peer in ipairs(peers) do
        lines[#lines + 1] = format("        %s %s\n", peer.name, peer.down and "DOWN" or "UP")
    end
end

-- All groups as text. `checked(name)`: whether somebody checks a group.
function M.text(checked)
    local lines = {}
    for i, name in ipairs(get_upstreams()) do
        lines[#lines + 1] = format("%sUpstream %s%s\n", i > 1 and "\n" or "", name, checked(name) and "" or " (NO checkers)")
        local primary, err = get_primary_peers(name)
        if not primary then
            return "failed to get primary peers in upstream " .. name .. ": " .. err
        end
        add_peers(lines, "Primary", primary)
        add_peers(lines, "Backup", get_backup_peers(name))
    end
    return concat(lines)
end

local function flag(on)
    return on and 1 or 0
end

-- Whether one of the peers is up.
local function add_samples(lines, group, role, peers)
    local one_up = false
    for _, peer in ipairs(peers) do
        for _, status in ipairs { "UP", "DOWN" } do
            lines[#lines + 1] = format('%s{name="%s",endpoint="%s",status="%s",role="%s"} %d\n', METRIC, group, peer.name, status,
                role, flag((status == "DOWN") == (peer.down or false)))
        end
        one_up = one_up or not peer.down
    end
    return one_up
end

local function group_status(lines, name, checked)
    if not checked then
        return "UNKNOWN"
    end
    local primary = get_primary_peers(name)
    if not primary then
        return "DOWN"
    end
    local up = add_samples(lines, name, "PRIMARY", primary)
    local backup_up = add_samples(lines, name, "BACKUP", get_backup_peers(name))
    return (up or backup_up) and "UP" or "DOWN"
end

-- The same in Prometheus' format.
function M.metrics(checked)
    local lines = {
        "# HELP " .. METRIC .. " The running status of nginx upstream\n",
        "# TYPE " .. METRIC .. " gauge\n",
    }
    for _, name in ipairs(get_upstreams()) do
        local found = group_status(lines, name, checked(name))
        for _, status in ipairs { "UP", "DOWN", "UNKNOWN" } do
            lines[#lines + 1] = format('%s{name="%s",status="%s"} %d\n', METRIC, name, status, flag(status == found))
        end
    end
    return concat(lines)
end

return M
