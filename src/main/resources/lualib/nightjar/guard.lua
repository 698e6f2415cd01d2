-- Warns about globals that a handler makes.
local rawset = rawset
local setmetatable = setmetatable
local tostring = tostring
local traceback = debug.traceback
local ngx = ngx

local function __newindex(t, key, value)
    rawset(t, key, value)
    local phase = ngx.get_phase()
    if phase == "init_worker" or phase == "init" then return end
    ngx.log(ngx.WARN, "writing a global Lua variable ('", tostring(key),
        "') which may lead to race conditions between concurrent requests, ",
        "so prefer the use of 'local' variables", traceback("", 2))
end

setmetatable(_G, { __newindex = __newindex })
