-- Consistent hashing: each node has 160 points for each unit of weight on a circle of 32 bits, and a key belongs to the node
-- whose point comes next. The points are those of nginx's `hash ... consistent` and of OpenResty, so keys find the same nodes.

local add_word = require "nightjar.crc32"
local bit = require "bit"
local ffi = require "ffi"
local utils = require "resty.balancer.utils"

local band = bit.band
local bnot = bit.bnot
local crc32 = ngx.crc32_short
local ffi_fill = ffi.fill
local ffi_new = ffi.new
local floor = math.floor
local min = math.min
local pairs = pairs
local rshift = bit.rshift
local tostring = tostring

local POINTS = 160
local CIRCLE = 2 ^ 32

-- `id` is the node's place in `ids`; `bits` is how LuaJIT's operations on bits read and write the hash.
ffi.cdef [[
typedef struct {
    union {
        uint32_t hash;
        int32_t bits;
    };
    int32_t id;
} nightjar_point_t;
]]
local points_type = ffi.typeof("nightjar_point_t[?]")

local DIGIT, DIGIT_MASK = 11, 2047
local places = ffi_new("int32_t[?]", DIGIT_MASK + 1)
local PLACES_SIZE = ffi.sizeof(places)

local M = {}

-- Writes a node's points `first` up to `last` to `points`, from `at` on. Each is a hash of the node's name and the one before.
local function fill(points, at, node, id, first, last)
    local base = bnot(crc32(tostring(node)))
    local hash = 0
    for i = 1, last do
        hash = bnot(add_word(base, hash))
        if i >= first then
            points[at].bits = hash
            points[at].id = id
            at = at + 1
        end
    end
    return at
end

-- Sorts n points by their hashes, eleven bits at a time; those with the same one stay in their order. `spare` has room for as
-- many. Returns which of the two has them.
local function sort(points, n, spare)
    for shift = 0, 22, DIGIT do
        ffi_fill(places, PLACES_SIZE)
        for i = 0, n - 1 do
            local digit = band(rshift(points[i].bits, shift), DIGIT_MASK)
            places[digit] = places[digit] + 1
        end
        local sum = 0
        for digit = 0, DIGIT_MASK do
            local count = places[digit]
            places[digit] = sum
            sum = sum + count
        end
        for i = 0, n - 1 do
            local point = points[i]
            local digit = band(rshift(point.bits, shift), DIGIT_MASK)
            local place = places[digit]
            places[digit] = place + 1
            spare[place].bits = point.bits
            spare[place].id = point.id
        end
        points, spare = spare, points
    end
    return points
end

-- A node's points `first` up to `last`, sorted.
local function points_of(node, id, first, last)
    local n = last - first + 1
    local points = ffi_new(points_type, n)
    fill(points, 0, node, id, first, last)
    return sort(points, n, ffi_new(points_type, n)), n
end

local function count(weight)
    return floor(weight * POINTS)
end

-- Puts points among those there are, in front of any with the same hash.
local function add(self, more, n)
    local old, total = self.points, self.npoints + n
    local points = old
    if total > self.size then
        points = ffi_new(points_type, total)
        self.size = total
    end
    local i, j = self.npoints - 1, n - 1
    for k = total - 1, 0, -1 do
        if i < 0 or j >= 0 and more[j].hash > old[i].hash then
            points[k].bits = more[j].bits
            points[k].id = more[j].id
            j = j - 1
        else
            points[k].bits = old[i].bits
            points[k].id = old[i].id
            i = i - 1
        end
    end
    self.points = points
    self.npoints = total
end

-- Takes out the points of one node that are among the sorted `gone`.
local function take_out(self, id, gone, n)
    local points = self.points
    local j, kept = 0, 0
    for i = 0, self.npoints - 1 do
        if j < n and points[i].id == id and points[i].bits == gone[j].bits then
            j = j + 1
        else
            points[kept].bits = points[i].bits
            points[kept].id = points[i].id
            kept = kept + 1
        end
    end
    self.npoints = kept
end

local function index_of(ids, node)
    local i = 1
    while ids[i] ~= node do
        i = i + 1
    end
    return i
end

utils.balancer(M, function(self, node, weight, old)
    local ids = self.ids
    local id = index_of(ids, old and node or nil)
    self.nodes[node] = weight
    local before, now = count(old or 0), count(weight or 0)
    if now > before then
        ids[id] = node
        add(self, points_of(node, id, before + 1, now))
        return
    end
    take_out(self, id, points_of(node, id, now + 1, before))
    if not weight then
        ids[id] = nil
    end
end)

-- Begins anew with other nodes.
function M.reinit(self, nodes)
    self.nodes = utils.copy(nodes)
    local total = 0
    for _, weight in pairs(self.nodes) do
        total = total + count(weight)
    end
    local points, ids = ffi_new(points_type, total), {}
    local at = 0
    for node, weight in pairs(self.nodes) do
        local id = #ids + 1
        ids[id] = node
        at = fill(points, at, node, id, 1, count(weight))
    end
    self.ids = ids
    self.points = sort(points, total, ffi_new(points_type, total))
    self.npoints = total
    self.size = total
end

-- The place of the first point at `hash` or behind it.
local function search(points, n, hash)
    -- The points lie evenly, so it is close to this.
    local i = min(floor(hash / (CIRCLE / n)), n - 1)
    if points[i].hash >= hash then
        while i > 0 and points[i - 1].hash >= hash do
            i = i - 1
        end
        return i
    end
    repeat
        i = i + 1
    until i == n or points[i].hash >= hash
    return i == n and 0 or i
end

-- The node that a key belongs to, and the place of its point, counted from 0; nil if there are no nodes.
function M.find(self, key)
    local points = self.points
    if self.npoints == 0 then
        return nil
    end
    local place = search(points, self.npoints, crc32(tostring(key)))
    return self.ids[points[place].id], place
end

-- The node, and the place, of the point that follows.
function M.next(self, place)
    place = (place + 1) % self.npoints
    return self.ids[self.points[place].id], place
end

return M
