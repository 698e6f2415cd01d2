-- require and dofile in Lua, so that what they load can wait: nothing can yield through LuaJIT's own, which are C functions.
-- The rest is as in lib_package.c and lib_base.c, the texts of errors too.
--
-- While a module's chunk waits, other light threads run. One that requires the same module parks until the chunk has
-- ended, and gets its error if it fails. Java knows each load by a number, and the light thread that it belongs to.

local _, C = ...

local error = error
local getinfo = debug.getinfo
local loadfile = loadfile
local package = package
local loaded = package.loaded
local pcall = pcall
local rawget = rawget
local tostring = tostring
local type = type

-- Kept in step with ModuleLoads.java.
local PARKED, GONE = 1, 2

-- What package.loaded has while the chunk runs, and ever after if it failed.
local sentinel = newproxy()

-- The loads on their way by module: number; outer, the load of the same module around it; failed, message: how it ended.
local loading = {}

-- What luaL_argerror raises for a C function; this is for one that scripts call and that calls this.
local function argument_error(value)
    local name = getinfo(2, "n").name or "?"
    error("bad argument #1 to '" .. name .. "' (string expected, got " .. type(value) .. ")", 3)
end

local function begin(name)
    local load = { number = C.nightjar_ffi_load_begin(), outer = loading[name] }
    loading[name] = load
    return load
end

local function finish(name, load)
    if loading[name] == load then
        loading[name] = load.outer
    end
    C.nightjar_ffi_load_end(load.number)
end

-- Waits while another light thread loads the module.
local function wait(name)
    local load = loading[name]
    while load do
        local rc = C.nightjar_ffi_load_wait(load.number)
        if rc == PARKED then
            coroutine._yield()
            if load.failed then
                error(load.message, 0)
            end
        elseif rc == GONE then
            -- Its light thread was killed in the middle of it.
            loading[name] = load.outer
            loaded[name] = nil
        else
            return
        end
        load = loading[name]
    end
end

-- The module's loader; or else the error, and at which level to raise it from the caller.
local function search(name)
    local loaders = package.loaders
    if type(loaders) ~= "table" then
        return nil, "'package.loaders' must be a table", 2
    end
    local tried = ""
    local i = 1
    local loader = rawget(loaders, 1)
    while loader ~= nil do
        local ok, found = pcall(loader, name)
        if not ok then
            return nil, found, 0
        end
        local t = type(found)
        if t == "function" then
            return found
        elseif t == "string" or t == "number" then
            tried = tried .. found
        end
        i = i + 1
        loader = rawget(loaders, i)
    end
    return nil, "module '" .. name .. "' not found:" .. tried, 2
end

-- Goes on for require, which is gone from the stack: level 2 is the script.
local function load_module(name)
    if type(name) == "number" then
        name = tostring(name)
    elseif type(name) ~= "string" then
        argument_error(name)
    end
    wait(name)
    local value = loaded[name]
    if value == sentinel then
        error("loop or previous error loading module '" .. name .. "'", 2)
    elseif value then
        return value
    end

    local load = begin(name)
    local loader, message, level = search(name)
    if not loader then
        finish(name, load)
        error(message, level)
    end
    loaded[name] = sentinel
    local ok, result = pcall(loader, name)
    if not ok then
        load.failed = true
        load.message = result
        finish(name, load)
        error(result, 0)
    end
    if result ~= nil then
        loaded[name] = result
    end
    result = loaded[name]
    if result == sentinel then
        result = true
        loaded[name] = true
    end
    finish(name, load)
    return result
end

function _G.require(name)
    local value = loaded[name]
    if value and value ~= sentinel and not loading[name] and type(name) == "string" then
        return value
    end
    return load_module(name)
end

local function all(...)
    return ...
end

function _G.dofile(file)
    if file ~= nil and type(file) ~= "string" and type(file) ~= "number" then
        argument_error(file)
    end
    local chunk, message = loadfile(file)
    if not chunk then
        error(message, 0)
    end
    -- No tail call, for the traceback.
    return all(chunk())
end
