-- The client's end of a WebSocket.

local endpoint = require "resty.websocket.endpoint"
local random = require "resty.random"

local assert = assert
local concat = table.concat
local find = string.find
local gmatch = string.gmatch
local ipairs = ipairs
local lower = string.lower
local match = string.match
local ngx = ngx
local setmetatable = setmetatable
local sub = string.sub
local tonumber = tonumber
local tostring = tostring
local type = type

local M = { _VERSION = "0.13" }
endpoint.extend(M)

local meta = { __index = M }

-- The most bytes of the head that answers the handshake.
local MAX_HEAD = 65536

-- Options: max_payload_len (65535), max_recv_len, max_send_len, send_unmasked, timeout in msec.
function M.new(_, opts)
    local sock, err = ngx.socket.tcp()
    if not sock then
        return nil, err
    end
    opts = opts or {}
    local self = endpoint.new(sock, opts)
    self.from_clients, self.masks = false, not opts.send_unmasked
    return (setmetatable(self, meta))
end

-- { tls, host, port, path } of a URI; port is nil for the path of a socket.
local function parse(uri)
    local scheme, rest = match(uri, "^(wss?)://(.+)$")
    if not scheme then
        return nil
    end
    local tls = scheme == "wss"
    local host, path = match(rest, "^(unix:[^:]+):?(.*)$")
    local port
    if not host then
        local after
        host, after = match(rest, "^(%[[%x:.]+%])(.*)$")
        if not host then
            host, after = match(rest, "^([^:/?#@]+)(.*)$")
        end
        if not host then
            return nil
        end
        port, path = match(after, "^:(%d+)(.*)$")
        port = tonumber(port or (tls and 443 or 80))
        path = path or after
        if not find(path, "^[/?]") and path ~= "" then
            return nil
        end
    end
    if sub(path, 1, 1) ~= "/" then
        path = "/" .. path
    end
    return { tls = tls, host = host, port = port, path = path }
end

-- What is wrong with the options, or nil.
local function complaint(opts)
    if opts.server_name ~= nil and type(opts.server_name) ~= "string" then
        return "SSL server_name must be a string"
    elseif opts.headers ~= nil and type(opts.headers) ~= "table" then
        return "custom headers must be a table"
    elseif opts.host ~= nil and type(opts.host) ~= "string" then
        return "custom host header must be a string"
    elseif opts.key ~= nil and type(opts.key) ~= "string" then
        return "custom Sec-WebSocket-Key must be a string"
    end
end

-- The handshake's request; nil and an error.
local function request(to, key, opts)
    local protocols = opts.protocols
    if type(protocols) == "table" then
        protocols = concat(protocols, ",")
    end
    local lines = {
        "GET " .. to.path .. " HTTP/1.1",
        "Upgrade: websocket",
        "Host: " .. (opts.host or to.port and to.host .. ":" .. to.port or "unix_sock"),
        "Sec-WebSocket-Key: " .. key,
    }
    local function add(line)
        lines[#lines + 1] = line
    end
    if protocols then
        add("Sec-WebSocket-Protocol: " .. protocols)
    end
    add("Sec-WebSocket-Version: 13")
    if opts.origin then
        add("Origin: " .. opts.origin)
    end
    add("Connection: Upgrade")
    for _, line in ipairs(opts.headers or {}) do
        add(line)
    end
    for _, line in ipairs(lines) do
        if find(line, "[%z\r\n]") then
            return nil, "bad line in the handshake request: it has a line end"
        end
    end
    return concat(lines, "\r\n") .. "\r\n\r\n"
end

-- The head that a server sends, without the empty line.
local function read_head(sock)
    local to_end = sock:receiveuntil("\r\n\r\n")
    local head, err = to_end(MAX_HEAD)
    if not head then
        return nil, err
    end
    local more
    more, err = to_end(1)
    if more then
        return nil, "too big"
    elseif err then
        return nil, err
    end
    return head
end

-- What is wrong with the head that answers a handshake with this key, or nil (RFC 6455, 4.1).
local function refusal(head, key)
    if not find(head, "^HTTP/1%.1 101%s") then
        return "bad HTTP response status line: " .. head
    end
    local fields = {}
    for name, value in gmatch(head, "\r\n([^:\r\n]+):[ \t]*([^\r\n]*)") do
        fields[lower(name)] = value
    end
    if lower(fields["upgrade"] or "") ~= "websocket" then
        return "bad \"upgrade\" response header"
    elseif not find(lower(fields["connection"] or ""), "upgrade", 1, true) then
        return "bad \"connection\" response header"
    elseif match(fields["sec-websocket-accept"] or "", "^(.-)%s*$") ~= endpoint.accept(key) then
        return "bad \"sec-websocket-accept\" response header"
    end
end

local function open_tls(sock, to, opts)
    if opts.client_cert then
        local ok, err = sock:setclientcert(opts.client_cert, opts.client_priv_key)
        if not ok then
            return nil, "failed to set TLS client certificate: " .. err
        end
    end
    local ok, err = sock:sslhandshake(false, opts.server_name or opts.host or to.host, opts.ssl_verify)
    if not ok then
        return nil, "ssl handshake failed: " .. err
    end
    return true
end

-- The handshake on a connection that is new. Answers the head of the server's response; nil, an error and that head.
local function handshake(sock, to, opts)
    local key = opts.key or ngx.encode_base64(random.bytes(16))
    local text, err = request(to, key, opts)
    if not text then
        return nil, err
    end
    local ok
    if to.tls then
        ok, err = open_tls(sock, to, opts)
        if not ok then
            return nil, err
        end
    end
    ok, err = sock:send(text)
    if not ok then
        return nil, "failed to send the handshake request: " .. err
    end
    local head
    head, err = read_head(sock)
    if not head then
        return nil, "failed to receive response header: " .. err
    end
    err = refusal(head, key)
    if err then
        return nil, err, head
    end
    return head
end

-- Connects with ws://host:port/path, or with wss, and does the handshake. Answers 1, nil and the head of the server's
-- response, or "connection reused"; nil, an error, and the head of what refuses.
-- Options: protocols, origin, headers, host, key, pool, pool_size, backlog, ssl_verify, server_name, client_cert,
-- client_priv_key.
function M.connect(self, uri, opts)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    opts = opts or {}
    local to = parse(uri)
    if not to then
        return nil, "bad websocket uri"
    end
    local wrong = complaint(opts)
    if wrong then
        return nil, wrong
    end
    assert(not opts.client_cert or opts.client_priv_key, "client_priv_key must be provided with client_cert")

    local settings = { pool = opts.pool, pool_size = opts.pool_size, backlog = opts.backlog }
    local ok, err
    if to.port then
        ok, err = sock:connect(to.host, to.port, settings)
    else
        ok, err = sock:connect(to.host, settings)
    end
    if not ok then
        return nil, "failed to connect: " .. err
    end
    self.fatal, self.closed = nil, nil
    local times
    times, err = sock:getreusedtimes()
    if not times then
        return nil, "failed to get reused times: " .. tostring(err)
    elseif times > 0 then
        return 1, nil, "connection reused"
    end
    local head, answered
    head, err, answered = handshake(sock, to, opts)
    if not head then
        self.fatal = true
        sock:close()
        return nil, err, answered
    end
    return 1, nil, head
end

local send_close = M.send_close

function M.send_close(self, code, reason)
    if ngx.config.debug then
        ngx.log(ngx.DEBUG, "sending the close frame")
    end
    local bytes, err = send_close(self, code, reason)
    if bytes or err ~= "bad status code" then
        self.closed = true
    end
    return bytes, err
end

-- Closes the connection, with a close frame if none has been sent.
function M.close(self)
    if self.fatal then
        return nil, "fatal error already happened"
    end
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    if not self.closed then
        local bytes, err = self:send_close()
        if not bytes then
            return nil, "failed to send close frame: " .. err
        end
    end
    return sock:close()
end

function M.set_keepalive(self, ...)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    return sock:setkeepalive(...)
end

return M
