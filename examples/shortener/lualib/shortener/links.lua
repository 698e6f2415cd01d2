-- The links in redis: a hash link:CODE with url, created and visits.

local random = require "resty.random"
local redis = require "resty.redis"

local _M = {}

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
local LENGTH = 7

-- Calls f with a connection, which goes back to its pool; nil and an error if that cannot be had or redis complains.
local function with_redis(f)
    local red = redis:new()
    red:set_timeouts(2000, 2000, 2000)
    local ok, err = red:connect("unix:" .. ngx.config.prefix() .. "data/redis.sock")
    if not ok then
        return nil, err
    end
    local value
    value, err = f(red)
    if err then
        red:close()
        return nil, err
    end
    red:set_keepalive(10000, 20)
    return value
end

-- A code that nobody can guess, and that is as likely as any other.
local function new_code()
    local code = {}
    while #code < LENGTH do
        for _, byte in ipairs { random.bytes(16):byte(1, -1) } do
            if byte < 248 and #code < LENGTH then
                local i = byte % 62 + 1
                code[#code + 1] = LETTERS:sub(i, i)
            end
        end
    end
    return table.concat(code)
end

-- Stores an address, and answers its code.
function _M.add(url)
    return with_redis(function(red)
        while true do
            local code = new_code()
            local added, err = red:hsetnx("link:" .. code, "url", url)
            if err then
                return nil, err
            elseif added == 1 then
                local ok
                ok, err = red:hset("link:" .. code, "created", ngx.time())
                return ok and code, err
            end
        end
    end)
end

-- { url, created, visits }, or nil.
function _M.get(code)
    return with_redis(function(red)
        local values, err = red:hmget("link:" .. code, "url", "created", "visits")
        if err or values[1] == ngx.null then
            return nil, err
        end
        return { url = values[1], created = tonumber(values[2]) or 0, visits = tonumber(values[3]) or 0 }
    end)
end

function _M.visit(code)
    return with_redis(function(red)
        return red:hincrby("link:" .. code, "visits", 1)
    end)
end

return _M
