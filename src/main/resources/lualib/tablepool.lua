-- Tables that are used again instead of being left to Lua's collector, in pools by name.

local clear_tab = require "table.clear"
local new_tab = require "table.new"

local error = error
local setmetatable = setmetatable

local MAX_SIZE = 200
-- After so many releases a pool begins anew: its tables, which keep the size that they once grew to, become garbage.
local MAX_RELEASES = 20000

-- By name: a list of tables, `size` of them, and how many `releases` there have been.
local pools = {}

local function new_pool(name)
    local pool = new_tab(8, 2)
    pool.size = 0
    pool.releases = 0
    pools[name] = pool
    return pool
end

local M = {}

-- A table of the pool; if it has none, a new one for `narr` items of a list and `nrec` fields.
function M.fetch(name, narr, nrec)
    local pool = pools[name] or new_pool(name)
    local size = pool.size
    if size == 0 then
        return new_tab(narr, nrec)
    end
    local t = pool[size]
    pool[size] = nil
    pool.size = size - 1
    return t
end

-- Gives a table back, which nobody may use any more. Unless `noclear` is true it loses what it holds and its metatable.
function M.release(name, t, noclear)
    if not t then
        error("object empty", 2)
    end
    local pool = pools[name] or new_pool(name)
    local releases = pool.releases + 1
    if releases == MAX_RELEASES then
        new_pool(name)
        return
    end
    pool.releases = releases
    local size = pool.size + 1
    if size > MAX_SIZE then
        return
    end
    if not noclear then
        setmetatable(t, nil)
        clear_tab(t)
    end
    pool[size] = t
    pool.size = size
end

return M
