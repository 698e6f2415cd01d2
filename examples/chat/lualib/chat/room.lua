-- One person in the room: a WebSocket, a subscription in redis, and a light thread for each of them.
--
-- What the browser sends is a text, which everyone gets. What it gets is "id TAB kind TAB name TAB text"; the kinds are
-- "text", "came", "left" and, for this person alone, "error". All but errors come through redis, so it does not matter which
-- worker, or which server, the others are connected to.

local messages = require("chat.messages")
local text = require("chat.text")
local semaphore = require("ngx.semaphore")
local server = require("resty.websocket.server")

local _M = {}

-- How long a browser may be silent before it is asked whether it is there, in milliseconds; twice that ends it.
local SILENCE = 20000
local MAX_TEXT = 2000
-- Texts that may be said in BURST_SECONDS.
local BURST, BURST_SECONDS = 10, 10

local GOING_AWAY, BAD_DATA, POLICY, FAILED = 1001, 1007, 1008, 1011

-- Sends with one of the WebSocket's methods; two light threads must not do so at once.
local function send(person, method, ...)
    local ok, err = person.turn:wait(SILENCE / 1000)
    if not ok then
        return nil, err
    end
    ok, err = person.socket[method](person.socket, ...)
    person.turn:post(1)
    return ok, err
end

local function complain(person, what)
    return send(person, "send_text", table.concat({ "", "error", "", what }, "\t"))
end

-- Whether the person has said too much lately.
local function too_fast(person)
    local now = ngx.now()
    if now - person.since > BURST_SECONDS then
        person.since, person.said = now, 0
    end
    person.said = person.said + 1
    return person.said > BURST
end

-- Takes what was said; a status code to close with if the person has to go.
local function say(person, said)
    if not text.is_utf8(said) then
        return BAD_DATA
    end
    said = text.trimmed(said)
    if too_fast(person) then
        complain(person, "Slowly, please: that was not sent.")
    elseif said ~= "" then
        local ok, err = messages.publish("text", person.name, said)
        if not ok then
            ngx.log(ngx.ERR, "chat: cannot publish: ", err)
            complain(person, "That could not be sent. Please try again.")
        end
    end
end

-- Reads what the browser sends until it goes. Answers the status code to close with.
local function listen(person)
    local parts, size = {}, 0
    local asked = false
    while true do
        local data, kind, err = person.socket:recv_frame()
        if not data then
            if asked or not err:find(": timeout", 1, true) or not send(person, "send_ping") then
                return GOING_AWAY
            end
            asked = true
        else
            asked = false
        end
        if kind == "close" then
            return err or 1000
        elseif kind == "ping" then
            send(person, "send_pong", data)
        elseif kind == "text" or kind == "continuation" then
            parts[#parts + 1] = data
            size = size + #data
            if size > MAX_TEXT then
                return POLICY
            elseif err ~= "again" then
                local code = say(person, table.concat(parts))
                if code then
                    return code
                end
                parts, size = {}, 0
            end
        end
    end
end

-- Sends what is said in the room to the browser. Answers the status code to close with.
local function follow(person, subscription)
    for message in subscription:messages() do
        if not send(person, "send_text", message) then
            return GOING_AWAY
        end
    end
    ngx.log(ngx.ERR, "chat: the subscription ended: ", subscription.err)
    return FAILED
end

function _M.enter()
    local name = text.trimmed(ngx.unescape_uri(ngx.var.arg_name or ""))
    if name == "" or #name > 40 or not text.is_utf8(name) then
        ngx.status = ngx.HTTP_BAD_REQUEST
        return ngx.say("a name of up to 40 bytes, please")
    end
    local socket, err = server:new { timeout = SILENCE }
    if not socket then
        ngx.log(ngx.WARN, "chat: no handshake: ", err)
        return ngx.exit(ngx.HTTP_BAD_REQUEST)
    end
    local person = { name = name, socket = socket, turn = semaphore.new(1), since = ngx.now(), said = 0 }
    local subscription
    subscription, err = messages.subscribe()
    local came
    if subscription then
        came, err = messages.publish("came", name, "")
    end
    if not came then
        ngx.log(ngx.ERR, "chat: redis: ", err)
        complain(person, "The room cannot be reached just now.")
        socket:send_close(FAILED)
        return
    end
    local listener = ngx.thread.spawn(listen, person)
    local follower = ngx.thread.spawn(follow, person, subscription)
    local _, code = ngx.thread.wait(listener, follower)
    ngx.thread.kill(listener)
    ngx.thread.kill(follower)
    subscription:close()
    messages.publish("left", name, "")
    socket:send_close(type(code) == "number" and code ~= 1005 and code or nil)
end

return _M
