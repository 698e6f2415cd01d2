-- The room's messages in redis: a channel for those who listen, and the last ones in a list for those who come later.

local redis = require("resty.redis")

local _M = {}

local CHANNEL, LIST, COUNTER = "chat", "chat:last", "chat:id"
local KEPT = 50

local function connect()
    local red = redis:new()
    red:set_timeouts(2000, 2000, 2000)
    local ok, err = red:connect("unix:" .. ngx.config.prefix() .. "data/redis.sock")
    if not ok then
        return nil, err
    end
    return red
end

-- Tells everyone. Those who come and go are not kept for later.
function _M.publish(kind, name, said)
    local red, err = connect()
    if not red then
        return nil, err
    end
    local id
    id, err = red:incr(COUNTER)
    if not id then
        red:close()
        return nil, err
    end
    local message = table.concat({ id, kind, name, said }, "\t")
    red:init_pipeline()
    if kind == "text" then
        red:rpush(LIST, message)
        red:ltrim(LIST, -KEPT, -1)
    end
    red:publish(CHANNEL, message)
    local replies
    replies, err = red:commit_pipeline()
    if not replies then
        red:close()
        return nil, err
    end
    red:set_keepalive(10000, 20)
    return true
end

local subscription = {}
subscription.__index = subscription

-- Everything that is said from now on, behind what has been said lately.
function _M.subscribe()
    local red, err = connect()
    if not red then
        return nil, err
    end
    local ok
    ok, err = red:subscribe(CHANNEL)
    if not ok then
        return nil, err
    end
    local reader
    reader, err = connect()
    local last = reader and reader:lrange(LIST, 0, -1)
    if not last then
        red:close()
        return nil, err
    end
    reader:set_keepalive(10000, 20)
    return setmetatable({ red = red, last = last }, subscription)
end

local function id_of(message)
    return tonumber(message:match("^%d+")) or 0
end

-- The messages one after the other; at the end `err` of the subscription says why.
function subscription:messages()
    local i, newest = 0, 0
    return function()
        i = i + 1
        local message = self.last[i]
        while not message do
            local reply, err = self.red:read_reply()
            if reply and id_of(reply[3]) > newest then
                -- What was said between the subscription and the look at the list is in both.
                return reply[3]
            elseif not reply and err ~= "timeout" then
                self.err = err
                return nil
            end
        end
        newest = id_of(message)
        return message
    end
end

function subscription:close()
    self.red:close()
end

return _M
