-- Weighted round robin: round after round, those nodes are taken in turn whose weight is at least the round's, which falls
-- from the highest weight to 0 by the greatest common divisor of all.

local utils = require "resty.balancer.utils"

local error = error
local pairs = pairs
local random = math.random
local remove = table.remove

local M = {}

local function common_divisor(a, b)
    while b ~= 0 do
        a, b = b, a % b
    end
    return a
end

-- Notes what follows from the weights.
local function weigh(self)
    local divisor, highest = 0, 0
    local weights = self.weights
    for i = 1, #weights do
        local weight = weights[i]
        divisor = common_divisor(weight, divisor)
        highest = weight > highest and weight or highest
    end
    if #weights == 0 then
        error("empty nodes", 3)
    end
    self.gcd = divisor
    self.highest = highest
    if self.round > highest then
        self.round = highest
    end
end

-- The id of the node whose turn it is.
local function find(self)
    local ids, weights = self.ids, self.weights
    local count = #ids
    if count < 2 then
        return ids[1]
    end
    local i, round = self.place, self.round
    repeat
        i = i + 1
        if i > count then
            i = 1
            round = round - self.gcd
            if round <= 0 then
                round = self.highest
            end
        end
    until weights[i] >= round
    self.place = i
    self.round = round
    return ids[i]
end
M.find = find
M.next = find

local function index_of(ids, id)
    for i = 1, #ids do
        if ids[i] == id then
            return i
        end
    end
end

utils.balancer(M, function(self, id, weight, old)
    local ids, weights = self.ids, self.weights
    local i = old and index_of(ids, id) or #ids + 1
    self.nodes[id] = weight
    if not weight then
        remove(ids, i)
        remove(weights, i)
        if i <= self.place then
            self.place = self.place - 1
        end
    else
        ids[i] = id
        weights[i] = weight
    end
    weigh(self)
end)

-- Begins anew with other nodes, at a place of chance.
function M.reinit(self, nodes)
    self.nodes = utils.copy(nodes)
    local ids, weights = {}, {}
    for id, weight in pairs(self.nodes) do
        ids[#ids + 1] = id
        weights[#ids] = weight
    end
    self.ids = ids
    self.weights = weights
    self.round = 0
    weigh(self)
    self.round = self.highest
    self.place = random(#ids)
end

return M
