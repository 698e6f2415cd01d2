-- What resty.lrucache and resty.lrucache.pureffi have in common: items in the order of their use, under numbers from 1 to
-- the cache's size. They differ in how a key's number is found.
--
-- An index has: find(key), a number or nil; add(key, n), after which find knows it; remove(key, n); clear(). It is given the
-- list of all keys by number, as `keys`.

local ffi = require "ffi"

local floor = math.floor
local min = math.min
local new_tab = require "table.new"
local now = ngx.now
local setmetatable = setmetatable
local tostring = tostring
local type = type

local MAX_FLAGS = 4294967295

ffi.cdef [[
typedef struct {
    double expires;         /* below 0: never */
    uint32_t flags;
    int32_t newer;
    int32_t older;
} nightjar_lru_item_t;
]]
local items_type = ffi.typeof("nightjar_lru_item_t[?]")

-- Item 0 stands between the newest and the oldest; free items hang on one another by `older`.
local NONE = 0

local methods = {}

local function unlink(items, n)
    local item = items[n]
    items[item.newer].older = item.older
    items[item.older].newer = item.newer
end

local function link_newest(items, n)
    local first = items[NONE].older
    items[n].newer = NONE
    items[n].older = first
    items[first].newer = n
    items[NONE].older = n
end

local function clear(self)
    local items, size = self.items, self.size
    items[NONE].newer = NONE
    items[NONE].older = NONE
    for n = 1, size do
        items[n].older = n < size and n + 1 or NONE
    end
    self.free = 1
    self.used = 0
end

-- The value; or nil and the value that has expired. Then the flags.
function methods:get(key)
    if self.text and type(key) ~= "string" then
        key = tostring(key)
    end
    local n = self.index:find(key)
    if not n or self.values[n] == nil then
        return nil
    end
    local items = self.items
    if items[NONE].older ~= n then
        unlink(items, n)
        link_newest(items, n)
    end
    local expires = items[n].expires
    if expires >= 0 and expires < now() then
        return nil, self.values[n], items[n].flags
    end
    return self.values[n], nil, items[n].flags
end

-- Gives `key` an item, the oldest one's if none is free.
local function take(self, key)
    local items = self.items
    local n = self.free
    if n ~= NONE then
        self.free = items[n].older
        self.used = self.used + 1
    else
        n = items[NONE].newer
        unlink(items, n)
        self.index:remove(self.keys[n], n)
    end
    self.keys[n] = key
    self.index:add(key, n)
    link_newest(items, n)
    return n
end

-- `ttl` in seconds; without it the item does not expire.
function methods:set(key, value, ttl, flags)
    if self.text and type(key) ~= "string" then
        key = tostring(key)
    end
    local items = self.items
    local n = self.index:find(key)
    if not n then
        n = take(self, key)
    elseif items[NONE].older ~= n then
        unlink(items, n)
        link_newest(items, n)
    end
    self.values[n] = value
    items[n].expires = ttl and now() + ttl or -1
    if type(flags) == "number" and flags >= 0 then
        items[n].flags = min(floor(flags), MAX_FLAGS)
    else
        items[n].flags = 0
    end
end

function methods:delete(key)
    if self.text and type(key) ~= "string" then
        key = tostring(key)
    end
    local n = self.index:find(key)
    if not n then
        return false
    end
    local items = self.items
    self.index:remove(key, n)
    unlink(items, n)
    self.keys[n] = false
    self.values[n] = false
    items[n].older = self.free
    self.free = n
    self.used = self.used - 1
    return true
end

-- How many items there are, expired ones too.
function methods:count()
    return self.used
end

function methods:capacity()
    return self.size
end

-- Up to `max` keys, the newest first; 0: all of them. They go into `keys` if it is given, followed by a nil.
function methods:get_keys(max, keys)
    if not max or max == 0 then
        max = self.used
    else
        max = min(max, self.used)
    end
    keys = keys or new_tab(max + 1, 0)
    local items = self.items
    local n = items[NONE].older
    for i = 1, max do
        keys[i] = self.keys[n]
        n = items[n].older
    end
    keys[max + 1] = nil
    return keys
end

function methods:flush_all()
    self.index:clear()
    for n = 1, self.size do
        self.keys[n] = false
        self.values[n] = false
    end
    clear(self)
end

local meta = { __index = methods }

-- A cache of `size` items. `text`: keys are turned into strings.
local function new(size, index, text)
    local keys, values = new_tab(size, 0), new_tab(size, 0)
    for n = 1, size do
        keys[n] = false
        values[n] = false
    end
    index.keys = keys
    local self = setmetatable({
        size = size,
        text = text,
        index = index,
        items = items_type(size + 1),
        keys = keys,
        values = values,
    }, meta)
    clear(self)
    return self
end

return { new = new, methods = methods }
