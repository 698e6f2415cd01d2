-- What the balancers have in common.

local new_tab = require "table.new"
local nkeys = require "table.nkeys"

local pairs = pairs
local setmetatable = setmetatable
local tonumber = tonumber

local M = { name = "balancer-utils", version = "0.03", new_tab = new_tab, nkeys = nkeys }

-- A table of nodes, weights by id, of the caller's own.
function M.copy(nodes)
    local own = new_tab(0, nkeys(nodes))
    for id, weight in pairs(nodes) do
        own[id] = tonumber(weight)
    end
    return own
end

-- Gives a class what is the same for all: new(class, weights by id), on top of its reinit(self, weights by id), and the methods
-- that change one weight, on top of `change(self, id, weight, old)`. There, nil as `weight` means that the node goes, and as
-- `old` that it is new.
function M.balancer(class, change)
    local metatable = { __index = class }

    function class.new(_, nodes)
        local self = setmetatable({}, metatable)
        self:reinit(nodes)
        return self
    end

    function class.delete(self, id)
        local old = self.nodes[id]
        if old then
            change(self, id, nil, old)
        end
    end

    function class.set(self, id, weight)
        weight = tonumber(weight) or 0
        local old = self.nodes[id]
        if weight == (old or 0) then
            return
        elseif weight > 0 then
            change(self, id, weight, old)
        else
            class.delete(self, id)
        end
    end

    function class.incr(self, id, weight)
        class.set(self, id, (self.nodes[id] or 0) + (tonumber(weight) or 1))
    end

    function class.decr(self, id, weight)
        class.set(self, id, (self.nodes[id] or 0) - (tonumber(weight) or 1))
    end
end

return M
