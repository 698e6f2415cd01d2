-- What a match found, as a table: groups by number, and by name.
--
-- A function is written for each number of groups and set of names, without loops: LuaJIT compiles a call of ngx.re.match
-- then into the trace of the loop or handler that it stands in.

local ffi = require "ffi"

local bor = bit.bor
local concat = table.concat
local ffi_str = ffi.string
local format = string.format
local loadstring = loadstring
local lshift = bit.lshift
local new_tab = require "table.new"
local sub = string.sub

-- More groups than that are rare, and would make a function with too many locals.
local STRAIGHT = 40

-- The regex's names, two items each: name, group.
local function names_of(re)
    local names = {}
    local entry, size = re.name_table, re.name_entry_size
    for i = 1, re.name_count do
        names[2 * i - 1] = ffi_str(entry + 2)
        names[2 * i] = bor(lshift(entry[0], 8), entry[1])
        entry = entry + size
    end
    return names
end

-- Groups of one name, under option D.
local function list(res, name, group)
    if group then
        local old = res[name]
        if old then
            old[#old + 1] = group
        else
            res[name] = { group }
        end
    end
end

local function add_names(res, names, lists)
    for i = 1, #names, 2 do
        local name, group = names[i], res[names[i + 1]]
        if lists then
            list(res, name, group)
        else
            res[name] = group
        end
    end
    return res
end

-- The functions below take: where the groups lie (pcre.lua's offsets), the subject, a table or nil to be made. One that took no
-- part is false.

local function with_loop(groups, names, lists)
    return function(at, subject, res)
        res = res or new_tab(groups, #names / 2)
        for i = 0, groups do
            local from = at[4 * i]
            res[i] = from >= 0 and sub(subject, from + 1, at[4 * i + 2])
        end
        return add_names(res, names, lists)
    end
end

local function straight(groups, names, lists)
    local fields, places, sets = { "[0] = false" }, {}, {}
    for i = 0, groups do
        fields[i + 1] = format("[%d] = false", i)
        places[i + 1] = format("local from%d, to%d = at[%d], at[%d]", i, i, 4 * i, 4 * i + 2)
        sets[i + 1] = format("res[%d] = from%d >= 0 and sub(subject, from%d + 1, to%d)", i, i, i, i)
    end
    for i = 1, #names, 2 do
        local name, group = names[i], names[i + 1]
        if lists then
            sets[#sets + 1] = format("list(res, %q, res[%d])", name, group)
        else
            fields[#fields + 1] = format("[%q] = false", name)
            sets[#sets + 1] = format("res[%q] = res[%d]", name, group)
        end
    end
    return loadstring(format([[
        local sub, list = ...
        return function(at, subject, res)
            res = res or { %s }
            %s
            %s
            return res
        end]], concat(fields, ", "), concat(places, "\n"), concat(sets, "\n")), "=[C]")(sub, list)
end

local nameless = {}
-- With names, by all that they differ in; those that no regex uses any more go.
local named = setmetatable({}, { __mode = "v" })

-- The function for a regex. lists: names stand for lists of groups.
local function collector(re, lists)
    local groups = re.ncaptures
    if groups == 0 or re.name_count == 0 then
        local collect = nameless[groups]
        if not collect then
            collect = (groups > STRAIGHT and with_loop or straight)(groups, {}, false)
            nameless[groups] = collect
        end
        return collect
    end
    local names = names_of(re)
    if groups > STRAIGHT or #names > 2 * STRAIGHT then
        return with_loop(groups, names, lists)
    end
    local key = groups .. (lists and "D" or ",") .. concat(names, ",")
    local collect = named[key]
    if not collect then
        collect = straight(groups, names, lists)
        named[key] = collect
    end
    return collect
end

return collector
