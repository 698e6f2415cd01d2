-- The responses of resty.http: the head is read when the response is asked for, the body when its reader is called.

local http_request = require "resty.http_request"
local message = require "resty.http_message"

local concat = table.concat
local has_word = message.has_word
local pairs = pairs

-- How many responses may say that there is another one to come.
local MAX_INTERIM = 16

local M = {}

-- All of the body.
local function read_body(res)
    local reader = res.body_reader
    local pieces = {}
    local n = 0
    while true do
        local data, err, partial = reader()
        if err then
            pieces[n + 1] = partial
            return nil, err, concat(pieces)
        elseif not data then
            return (concat(pieces))
        end
        n = n + 1
        pieces[n] = data
    end
end

-- Puts the fields behind the body to those in front of it, which count more.
local function read_trailers(res)
    local trailers = res.trailers
    if not trailers then
        return nil, "no trailers"
    end
    for name, value in pairs(trailers) do
        if res.headers[name] == nil then
            res.headers[name] = value
        end
    end
end

local function no_body() end

-- Whether the connection may serve again after this response, as far as the response says.
local function reusable(version, headers)
    local connection = headers["Connection"]
    if has_word(connection, "close") then
        return false
    end
    return version == 1.1 or has_word(connection, "keep-alive")
end

-- The reader of the response's body, and whether its end is told by the end of the connection; nil and an error.
local function body_reader(self, headers, version, ended)
    if headers["Transfer-Encoding"] ~= nil and version ~= 1.0 then
        if headers["Content-Length"] ~= nil then
            -- Who sent it may have meant either (RFC 9112, 6.3).
            self.keepalive = false
        end
        if message.is_chunked(headers) then
            return message.chunked(self.sock, nil, ended)
        end
    else
        local length, err = message.content_length(headers)
        if err then
            return nil, err
        elseif length then
            return message.sized(self.sock, length, nil, ended)
        end
    end
    self.keepalive = false
    return message.unsized(self.sock)
end

-- The final response's status, version, reason and header fields. Sends the body that waits for consent once there is one.
local function final_head(self, params)
    local read = message.lines(self.sock)
    for _ = 1, MAX_INTERIM do
        local status, version, reason, err = message.status(read)
        if not status then
            return nil, err
        end
        local headers
        headers, err = message.fields(read)
        if not headers then
            return nil, err
        elseif status < 100 or status > 199 or status == 101 then
            return status, version, reason, headers
        end
        if status == 100 and params.expects then
            params.expects = false
            local ok
            ok, err = http_request.send_body(self, params)
            if not ok then
                return nil, err
            end
        end
    end
    return nil, "too many interim responses"
end

local function has_body(method, status)
    return method ~= "HEAD" and status ~= 204 and status ~= 304 and status >= 200
        and not (method == "CONNECT" and status < 300)
end

-- Reads the head of the response to a request sent with these params, into res if that is given.
function M.read(self, params, res)
    local status, version, reason, headers = final_head(self, params)
    if not status then
        self.keepalive = false
        return nil, version
    end
    res = res or {}
    res.status, res.reason, res.headers = status, reason, headers
    res.has_body = has_body(params.method, status)
    res.body_reader, res.read_body, res.read_trailers = no_body, read_body, read_trailers
    -- A body that never had consent would be missing from what the peer reads next.
    if status == 101 or params.expects or not reusable(version, headers) then
        self.keepalive = false
    end
    local function ended(trailers)
        res.trailers, res.over = trailers, true
        self.unanswered = self.unanswered - 1
    end
    if not res.has_body then
        ended()
        return res
    end
    local reader, err = body_reader(self, headers, version, ended)
    if not reader then
        self.keepalive = false
        return nil, err
    end
    res.body_reader = reader
    return res
end

return M
