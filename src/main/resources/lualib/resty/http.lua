-- A client of HTTP/1.0 and 1.1 on cosockets, with the API of lua-resty-http 0.17.
--
-- A client object has one socket and sends requests over it one after the other. The heads of responses are read here;
-- bodies are read by whoever asks for them. A connection goes back to its pool only if all that was asked has been answered
-- and read: what is left of a response would be taken for the beginning of the next one's.

local client = require "nightjar.client"
local connecting = require "resty.http_connect"
local http_request = require "resty.http_request"
local http_response = require "resty.http_response"
local message = require "resty.http_message"

local find = string.find
local format = string.format
local gsub = string.gsub
local has_word = message.has_word
local ipairs = ipairs
local lower = string.lower
local match = string.match
local ngx = ngx
local pairs = pairs
local pcall = pcall
local rawget = rawget
local select = select
local setmetatable = setmetatable
local tonumber = tonumber
local tostring = tostring
local type = type
local unpack = unpack

local M = { _VERSION = "0.17.2", transfer_encoding_is_chunked = message.is_chunked }
M._USER_AGENT = "lua-resty-http/" .. M._VERSION .. " (Lua) ngx_lua/" .. ngx.config.ngx_lua_version

local meta = { __index = M }

-- Bytes that a reader of the client's body, and proxy_response, take at a time.
local PIECE = 65536

-- Header fields that are between two neighbours only, or that each makes itself.
local HOP_BY_HOP = {}
for _, name in ipairs { "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "trailers",
    "transfer-encoding", "upgrade", "content-length" } do
    HOP_BY_HOP[name] = true
end

-- Connections

function M.new()
    local sock, err = ngx.socket.tcp()
    if not sock then
        return nil, err
    end
    return (setmetatable({ sock = sock, keepalive = true, unanswered = 0 }, meta))
end

-- Whether requests are written to the log at debug.
function M.debug(on)
    http_request.log = on == true
end

client.delegate(M, "sock", { set_timeout = "settimeout", set_timeouts = "settimeouts", close = "close",
    get_reused_times = "getreusedtimes" })

-- The socket has a connection with host, on which nothing has been sent.
function M:connected(host, port, ssl)
    self.host, self.port, self.ssl = host, port, ssl
    self.keepalive, self.unanswered = true, 0
    self.path_prefix, self.http_proxy_auth = nil, nil
end

-- connect(options), connect(host, port, options?), connect("unix:/path", options?)
function M:connect(options, ...)
    if type(options) == "table" then
        return connecting.connect(self, options)
    end
    return self:tcp_only_connect(options, ...)
end

function M:tcp_only_connect(host, port, ...)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    local ok, err
    if port == nil and select("#", ...) == 0 then
        ok, err = sock:connect(host)
    else
        ok, err = sock:connect(host, port, ...)
    end
    if ok then
        -- Behind the path of a socket stand its options.
        self:connected(host, tonumber(port), false)
        return ok
    end
    return nil, err
end

function M:ssl_handshake(...)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    self.ssl = true
    return sock:sslhandshake(...)
end

-- Puts the connection into its pool, or closes it if it cannot be used again: that answers 2.
function M:set_keepalive(...)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    elseif self.keepalive and self.unanswered == 0 then
        return sock:setkeepalive(...)
    end
    local ok, err = sock:close()
    if not ok then
        return ok, err
    end
    return 2, "connection must be closed"
end

-- URIs

-- { scheme, host, port, path, query } of a URI. The query is part of the path unless query_in_path is false.
function M.parse_uri(_, uri, query_in_path)
    local scheme, rest = match(uri, "^(%a*:?)//(.*)$")
    if scheme == "" then
        if not http_request.serving() then
            return nil, "schemaless URIs require a request context: " .. uri
        end
        scheme = ngx.var.scheme .. ":"
    end
    scheme = match(lower(scheme or ""), "^(https?):$")
    if not scheme or find(uri, "[%z\1-\31\127]") then
        return nil, "bad uri: " .. uri
    end
    local host, after = match(rest, "^(%[[%x:.]+%])(.*)$")
    if not host then
        host, after = match(rest, "^([^%[%]:/?#@]+)(.*)$")
    end
    local port, tail = match(after or "", "^:(%d+)(.*)$")
    tail = tail or after
    local number = tonumber(port) or scheme == "https" and 443 or 80
    if not host or number > 65535 or tail ~= "" and not find(tail, "^[/?#]") then
        return nil, "bad uri: " .. uri
    end
    -- What follows "#" is for whoever asks, not for the server.
    local path, query = match(tail, "^([^?#]*)%??([^#]*)")
    if path == "" then
        path = "/"
    end
    if query_in_path ~= false and query ~= "" then
        path, query = path .. "?" .. query, nil
    end
    return { scheme, host, number, path, query }
end

-- Requests

-- Parameters that can be added to without the caller's seeing it.
local function copied(params)
    local copy = {}
    for name, value in pairs(params or {}) do
        copy[name] = value
    end
    return copy
end

-- The caller's header field of this name, which is in lowercase.
local function given(params, name)
    for key, value in pairs(params.headers or {}) do
        if lower(tostring(key)) == name then
            return value
        end
    end
end

M.send_request = http_request.send
M.read_response = http_response.read

function M:request(params)
    params = copied(params)
    local ok, err = self:send_request(params)
    if not ok then
        return nil, err
    end
    return self:read_response(params)
end

-- A response of a pipeline reads itself when the first of its fields is asked for.
local pipelined = {}

function pipelined.__index(res, name)
    setmetatable(res, nil)
    local before = res.before
    res.before = nil
    local ok, err
    if before and not rawget(before, "over") then
        err = "the response before it has not been read to its end"
    else
        ok, err = res.client:read_response(res.params, res)
    end
    if not ok then
        ngx.log(ngx.ERR, err)
    end
    return res[name]
end

function M:request_pipeline(requests)
    local responses = {}
    local sent = {}
    for i, params in ipairs(requests) do
        if has_word(given(params, "expect"), "100-continue") then
            return nil, "Cannot pipeline request specifying Expect: 100-continue"
        end
        sent[i] = copied(params)
    end
    for i, params in ipairs(sent) do
        local ok, err = self:send_request(params)
        if not ok then
            return nil, err
        end
        responses[i] = { client = self, params = params, before = responses[i - 1] }
    end
    for _, res in ipairs(responses) do
        setmetatable(res, pipelined)
    end
    return responses
end

-- Connects, sends the request, reads all of the response, and gives the connection back.
function M:request_uri(uri, params)
    params = copied(params)
    local parsed, err = self:parse_uri(uri, false)
    if not parsed then
        return nil, err
    end
    local path, query
    params.scheme, params.host, params.port, path, query = unpack(parsed, 1, 5)
    params.path = params.path or path
    params.query = params.query or query
    params.ssl_server_name = params.ssl_server_name or params.host
    local authorization = given(params, "proxy-authorization")
    if self.proxy_opts then
        params.proxy_opts = setmetatable({ http_proxy_authorization = authorization, https_proxy_authorization = authorization },
            { __index = self.proxy_opts })
    end

    local ok
    ok, err = self:connect(params)
    if not ok then
        return nil, err
    end
    local res, body
    res, err = self:request(params)
    if res then
        body, err = res:read_body()
    end
    if not body then
        self:close()
        return nil, err
    end
    res.body = body
    if params.keepalive == false then
        ok, err = self:close()
    else
        ok, err = self:set_keepalive(params.keepalive_timeout, params.keepalive_pool)
    end
    if not ok then
        ngx.log(ngx.ERR, err)
    end
    return res
end

-- Proxies

-- opts: http_proxy, https_proxy, http_proxy_authorization, https_proxy_authorization, no_proxy.
function M:set_proxy_options(opts)
    self.proxy_opts = copied(opts)
end

function M:get_proxy_uri(scheme, host)
    return (connecting.proxy(self.proxy_opts, scheme, host))
end

-- Connects with a proxy, and for https has it connect with host; the caller then does the handshake.
function M:connect_proxy(proxy_uri, scheme, host, port, authorization)
    local uri, err = self:parse_uri(proxy_uri, false)
    if not uri then
        return nil, err
    elseif uri[1] ~= "http" then
        return nil, "protocol " .. uri[1] .. " not supported for proxy connections"
    end
    local ok
    ok, err = self:tcp_only_connect(uri[2], uri[3])
    if ok and scheme == "https" then
        ok, err = connecting.tunnel(self, host, port, authorization)
    end
    if not ok then
        return nil, err
    end
    return ok
end

-- The server's own request and response

-- A reader of the body of the request that is being served; nil if it has none.
function M.get_client_body_reader(_, piece, sock, headers)
    piece = piece or PIECE
    if not sock then
        local ok, found, err = pcall(ngx.req.socket)
        if not ok then
            return nil, found
        elseif not found then
            return nil, err ~= "no body" and err or nil
        end
        sock = found
    end
    headers = headers or ngx.req.get_headers()
    if message.is_chunked(headers) then
        return message.chunked(sock, piece)
    end
    local length, err = message.content_length(headers)
    if not length then
        return nil, err
    end
    return message.sized(sock, length, piece)
end

-- The fields of a message that are not for its neighbour alone.
local function end_to_end(headers)
    local kept = {}
    for name, value in pairs(headers) do
        if not HOP_BY_HOP[lower(name)] and not has_word(headers["Connection"], lower(name)) then
            kept[name] = value
        end
    end
    return kept
end

-- Sends the request that is being served on to the peer.
function M:proxy_request(piece)
    local body, err = self:get_client_body_reader(piece)
    if err then
        return nil, err
    end
    local all = ngx.req.get_headers(0)
    local headers = end_to_end(all)
    headers["Content-Length"] = all["Content-Length"]
    local path = gsub(ngx.var.uri, "[%z\1-\32%%?#\127-\255]", function(c)
        return format("%%%02X", c:byte())
    end)
    return self:request {
        method = ngx.req.get_method(),
        path = path .. ngx.var.is_args .. (ngx.var.query_string or ""),
        body = body,
        headers = headers,
    }
end

-- Answers the request that is being served with what the peer answered.
function M.proxy_response(_, res, piece)
    if not res then
        ngx.log(ngx.ERR, "no response provided")
        return
    end
    ngx.status = res.status
    for name, value in pairs(end_to_end(res.headers)) do
        ngx.header[name] = value
    end
    local reader = res.body_reader
    while true do
        local data, err = reader(piece or PIECE)
        local ok = true
        if data then
            ok, err = ngx.print(data)
            if ok then
                -- A client that is slow holds back the peer, not this server's memory.
                ok, err = ngx.flush(true)
            end
        end
        if err then
            ngx.log(ngx.ERR, err)
        end
        if not data or not ok then
            return
        end
    end
end

return M
