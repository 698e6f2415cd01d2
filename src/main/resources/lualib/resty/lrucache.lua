-- A cache in a worker's memory that forgets what was used least recently. Its keys lie in a Lua table, the fastest way to
-- find them; where they change all the time, resty.lrucache.pureffi has that table not grow and be hashed anew.

local clear_tab = require "table.clear"
local lru = require "nightjar.lru"

local index_methods = {}

function index_methods:find(key)
    return self.numbers[key]
end

function index_methods:add(key, n)
    self.numbers[key] = n
end

function index_methods:remove(key)
    self.numbers[key] = nil
end

function index_methods:clear()
    clear_tab(self.numbers)
end

local index_meta = { __index = index_methods }

local M = { _VERSION = "0.15" }

function M.new(size)
    if size < 1 then
        return nil, "size too small"
    end
    return lru.new(size, setmetatable({ numbers = {} }, index_meta))
end

for name, method in pairs(lru.methods) do
    M[name] = method
end

return M
