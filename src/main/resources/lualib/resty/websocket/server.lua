-- The server's end of a WebSocket: answers the handshake of the request that is being served, and takes its connection.

local endpoint = require "resty.websocket.endpoint"

local find = string.find
local lower = string.lower
local match = string.match
local ngx = ngx
local pairs = pairs
local setmetatable = setmetatable
local tostring = tostring
local type = type

local M = { _VERSION = "0.13" }
endpoint.extend(M)

local meta = { __index = M }

-- The first of a header's values.
local function first(headers, name)
    local value = headers[name]
    if type(value) == "table" then
        return value[1]
    end
    return value
end

-- The fields that answer a handshake; nil and what is wrong with it.
local function answer(headers)
    local upgrade = first(headers, "upgrade")
    local connection = first(headers, "connection")
    local key = first(headers, "sec-websocket-key")
    if not upgrade or lower(upgrade) ~= "websocket" then
        return nil, "bad \"upgrade\" request header: " .. tostring(upgrade)
    elseif not connection or not find(lower(connection), "upgrade", 1, true) then
        return nil, "bad \"connection\" request header"
    elseif not key or #(ngx.decode_base64(key) or "") ~= 16 then
        return nil, "bad \"sec-websocket-key\" request header"
    elseif first(headers, "sec-websocket-version") ~= "13" then
        return nil, "bad \"sec-websocket-version\" request header"
    end
    local protocols = first(headers, "sec-websocket-protocol")
    -- One of those that the client offers.
    local protocol = protocols and match(protocols, "^[%s,]*([^%s,]+)")
    return { ["Upgrade"] = "websocket", ["Sec-WebSocket-Accept"] = endpoint.accept(key), ["Sec-WebSocket-Protocol"] = protocol }
end

-- Options: max_payload_len (65535), max_recv_len, max_send_len, send_masked, timeout in msec.
function M.new(_, opts)
    if ngx.headers_sent then
        return nil, "response header already sent"
    end
    ngx.req.read_body()
    if ngx.req.http_version() ~= 1.1 then
        return nil, "bad http version"
    end
    local fields, err = answer(ngx.req.get_headers())
    if not fields then
        return nil, err
    end
    for name, value in pairs(fields) do
        ngx.header[name] = value
    end
    ngx.header["Content-Type"] = nil
    ngx.status = 101
    local ok
    ok, err = ngx.send_headers()
    if not ok then
        return nil, "failed to send response header: " .. (err or "unknown")
    end
    ok, err = ngx.flush(true)
    if not ok then
        return nil, "failed to flush response header: " .. (err or "unknown")
    end
    local sock
    sock, err = ngx.req.socket(true)
    if not sock then
        return nil, err
    end
    opts = opts or {}
    local self = endpoint.new(sock, opts)
    self.from_clients, self.masks = true, opts.send_masked
    return (setmetatable(self, meta))
end

return M
