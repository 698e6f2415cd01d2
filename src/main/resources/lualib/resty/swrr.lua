-- Smooth weighted round robin, as nginx's upstreams have it: nodes of more weight come more often, but not all in a row.

local utils = require "resty.balancer.utils"

local next = next
local pairs = pairs
local random = math.random

local M = {}

-- The id of the node whose turn it is; nil if there is none.
local function find(self)
    local gains = self.gains
    local best
    local total, most = 0, 0
    for id, weight in pairs(self.nodes) do
        local gain = gains[id] + weight
        gains[id] = gain
        total = total + weight
        if best == nil or gain > most then
            best = id
            most = gain
        end
    end
    if best ~= nil then
        gains[best] = most - total
    end
    return best
end
M.find = find
M.next = find

utils.balancer(M, function(self, id, weight, old)
    self.nodes[id] = weight
    if not weight then
        self.gains[id] = nil
    elseif not old then
        self.gains[id] = 0
    end
end)

-- Begins anew with other nodes, at a place of chance.
function M.reinit(self, nodes)
    self.nodes = utils.copy(nodes)
    local count = utils.nkeys(self.nodes)
    local gains = utils.new_tab(0, count)
    for id in pairs(self.nodes) do
        gains[id] = 0
    end
    self.gains = gains
    if next(gains) ~= nil then
        for _ = 1, random(count) do
            find(self)
        end
    end
end

return M
