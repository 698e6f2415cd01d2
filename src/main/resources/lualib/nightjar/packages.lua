-- Where require looks: package.preload, the paths that the configuration names, the modules packed with Nightjar, the
-- rest of package.path, package.cpath. So a lua-resty-core on lua_package_path wins, or a lua-cjson on lua_package_cpath,
-- and one that happens to be installed on the machine does not.

local resource, compile, path, cpath = ...

local concat = table.concat
local error = error
local find = string.find
local gmatch = string.gmatch
local loadfile = loadfile
local loadlib = package.loadlib
local loadstring = loadstring
local match = string.match
local searchpath = package.searchpath

-- `;;` stands for what LuaJIT was built with.
local function with_default(configured, own)
    return (configured:gsub(";;", ";\1;"):gsub("\1", function() return own end))
end

local default = {}
for entry in gmatch(package.path .. ";" .. package.cpath, "[^;]+") do
    default[entry] = true
end

if path then
    package.path = with_default(path, package.path)
end
if cpath then
    package.cpath = with_default(cpath, package.cpath)
end

-- What the configuration has added to a path.
local function configured(all)
    local entries = {}
    for entry in gmatch(all, "[^;]+") do
        if not default[entry] then
            entries[#entries + 1] = entry
        end
    end
    return (concat(entries, ";"))
end

-- The function that opens the module, in a C library of its own or of the package it is in; nil if none is configured.
local function in_c(name)
    local places = configured(package.cpath)
    local file = searchpath(name, places) or searchpath(match(name, "^[^.]*"), places)
    return file and (loadlib(file, "luaopen_" .. name:gsub("%.", "_")))
end

local function packed(name)
    local source = resource(name)
    if not source then
        return nil
    elseif find(name, "^nightjar%.") then
        -- It stands where upstream has C.
        return compile(source, "=[C]")
    end
    local file = searchpath(name, configured(package.path))
    local loader, wrong
    if file then
        loader, wrong = loadfile(file)
    else
        loader = in_c(name)
        if loader then
            return loader
        end
        file = "lualib/" .. name:gsub("%.", "/") .. ".lua"
        loader, wrong = loadstring(source, "@" .. file)
    end
    if not loader then
        error("error loading module '" .. name .. "' from file '" .. file .. "':\n\t" .. wrong, 0)
    end
    return loader
end

table.insert(package.loaders, 2, packed)
