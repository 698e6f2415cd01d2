-- What the two ends of a WebSocket have in common: options, receiving and sending. An end has
--
--   sock            the socket behind the handshake
--   max_recv_len    the most bytes of a frame's payload, and
--   max_send_len    the same for frames that are sent
--   from_clients    whether frames that come have to be masked
--   masks           whether frames that go are masked
--   fatal           an error after which nothing can be sent or received any more
--   closed          a client has sent its close frame

local protocol = require "resty.websocket.protocol"

local bit = require "bit"
local char = string.char
local find = string.find
local ngx = ngx
local pairs = pairs
local type = type

local M = {}

-- An end with the options of new(). `opts`: max_payload_len, max_recv_len, max_send_len, timeout in msec.
function M.new(sock, opts)
    local max = opts.max_payload_len or 65535
    if opts.timeout then
        sock:settimeout(opts.timeout)
    end
    return { sock = sock, max_recv_len = opts.max_recv_len or max, max_send_len = opts.max_send_len or max }
end

local methods = {}

function methods:set_timeout(msec)
    local sock = self.sock
    if not sock then
        return nil, nil, "not initialized yet"
    end
    return sock:settimeout(msec)
end

function methods:recv_frame()
    if self.fatal then
        return nil, nil, "fatal error already happened"
    end
    local sock = self.sock
    if not sock then
        return nil, nil, "not initialized yet"
    end
    local data, kind, err = protocol.recv_frame(sock, self.max_recv_len, self.from_clients)
    if not data and not find(err, ": timeout", 1, true) then
        self.fatal = true
    end
    return data, kind, err
end

function methods:send_frame(fin, opcode, payload)
    if self.fatal then
        return nil, "fatal error already happened"
    elseif self.closed then
        return nil, "already closed"
    end
    local sock = self.sock
    if not sock then
        return nil, "not initialized yet"
    end
    local bytes, err = protocol.send_frame(sock, fin, opcode, payload, self.max_send_len, self.masks)
    if not bytes then
        self.fatal = true
    end
    return bytes, err
end

for name, opcode in pairs { send_continue = 0, send_text = 1, send_binary = 2, send_ping = 9, send_pong = 10 } do
    methods[name] = function(self, data)
        return self:send_frame(true, opcode, data)
    end
end

-- Sends a close frame with a status code and a reason, or with neither.
function methods:send_close(code, reason)
    local payload
    if code then
        if type(code) ~= "number" or code > 0x7fff or code < 0 then
            return nil, "bad status code"
        end
        payload = char(bit.rshift(code, 8), bit.band(code, 0xff)) .. (reason or "")
    end
    return self:send_frame(true, 8, payload)
end

-- Gives a class the methods.
function M.extend(class)
    for name, method in pairs(methods) do
        class[name] = method
    end
end

-- The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455, 4.2.2).
function M.accept(key)
    return ngx.encode_base64(ngx.sha1_bin(key .. "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
end

return M
