-- The requests of resty.http: what the caller gave, with what has to be there, as text on the socket. Nothing in it can
-- become a line that the caller did not mean, nor a body of another length than is said.

local http_headers = require "resty.http_headers"
local message = require "resty.http_message"

local concat = table.concat
local find = string.find
local has_word = message.has_word
local ipairs = ipairs
local ngx = ngx
local pairs = pairs
local sub = string.sub
local tostring = tostring
local type = type
local upper = string.upper

local VERSIONS = { [1.0] = " HTTP/1.0\r\n", [1.1] = " HTTP/1.1\r\n" }

local WITH_BODY = { POST = true, PUT = true, PATCH = true }

-- Where there is a request whose variables can be read.
local PHASES = {}
for _, phase in ipairs { "set", "rewrite", "server_rewrite", "access", "content", "header_filter", "body_filter", "log",
    "precontent" } do
    PHASES[phase] = true
end

local M = {
    -- Whether requests are written to the log at debug.
    log = false,
}

-- Whether there is a request being served, whose variables can be read.
function M.serving()
    return PHASES[ngx.get_phase()] ~= nil
end

-- Text that would end a line of the head, and begin another that nobody meant.
local function splits(text)
    return find(text, "[%z\r\n]") ~= nil
end

-- The request line and the header fields as text.
local function head(self, params, headers)
    local version = VERSIONS[params.version]
    if not version then
        return nil, "unsupported HTTP version: " .. tostring(params.version)
    elseif not find(params.method, "^[%w!#$%%&'*+.^_`|~-]+$") then
        return nil, "bad request method"
    end
    local query = params.query or ""
    if type(query) == "table" then
        query = ngx.encode_args(query)
    end
    if query ~= "" and sub(query, 1, 1) ~= "?" then
        query = "?" .. query
    end
    local target = (self.path_prefix or "") .. params.path .. query
    if splits(target) then
        return nil, "bad request path: it has a line end"
    end
    local out = { params.method, " ", target, version }
    for name, values in pairs(headers) do
        name = tostring(name)
        if find(name, "[^%w!#$%%&'*+.^_`|~-]") or name == "" then
            return nil, "bad request header name"
        end
        for _, value in pairs(type(values) == "table" and values or { values }) do
            value = tostring(value)
            if splits(value) then
                return nil, "bad request header \"" .. name .. "\": it has a line end"
            end
            out[#out + 1] = name .. ": " .. value .. "\r\n"
        end
    end
    out[#out + 1] = "\r\n"
    return (concat(out))
end

-- The length of a body that is there, or nil for a function's.
local function body_length(body)
    if type(body) == "table" then
        local length = 0
        for _, part in ipairs(body) do
            length = length + #tostring(part)
        end
        return length
    elseif body ~= nil and type(body) ~= "function" then
        return #body
    end
end

-- Says in the header fields how long the body is. Answers that length, or nil where only the peer needs to know.
local function frame(headers, method, body)
    local length = body_length(body)
    if message.is_chunked(headers) then
        -- Both would be two lengths (RFC 9112, 6.3).
        headers["Content-Length"] = nil
        return nil
    elseif headers["Content-Length"] == nil then
        if length == nil and body then
            return nil, "Request body is a function but a length or chunked encoding is not specified"
        elseif length == nil and WITH_BODY[method] then
            return nil, "Request body is nil but " .. method
                .. " method expects a body. Use an empty string \"\" if you want to send an empty body."
        end
        headers["Content-Length"] = length
        return length
    end
    local said, err = message.content_length(headers)
    if not said then
        return nil, err
    elseif length and length ~= said then
        return nil, "the request body has " .. length .. " bytes, its Content-Length is " .. said
    end
    return said
end

-- The Host field's value where the caller gave none.
local function host_field(self)
    if not self.host then
        return nil, "not connected"
    elseif sub(self.host, 1, 5) == "unix:" then
        return nil, "Unable to generate a useful Host header for a unix domain socket. Please provide one."
    elseif self.port and self.port ~= (self.ssl and 443 or 80) then
        return self.host .. ":" .. self.port
    end
    return self.host
end

-- The header fields to send: the caller's, in any case, and what has to be there.
local function complete(self, params)
    local headers = http_headers.new()
    for name, value in pairs(params.headers or {}) do
        headers[name] = value
    end
    headers["Proxy-Authorization"] = headers["Proxy-Authorization"] or self.http_proxy_auth
    local length, err = frame(headers, params.method, params.body)
    if err then
        return nil, err
    end
    if not headers["Host"] then
        headers["Host"], err = host_field(self)
        if err then
            return nil, err
        end
    end
    headers["User-Agent"] = headers["User-Agent"] or self._USER_AGENT
    if params.version == 1.0 and not headers["Connection"] then
        headers["Connection"] = "Keep-Alive"
    end
    if not headers["traceparent"] and M.serving() then
        headers["traceparent"] = ngx.var.http_traceparent
    end
    return headers, nil, length
end

function M.send_body(self, params)
    local body = params.body
    if body == nil then
        return true
    elseif type(body) == "function" then
        return message.send_pieces(self.sock, body, params.length)
    end
    return self.sock:send(body)
end

-- Sends a request, but not a body that is to wait for the peer's consent (Expect): read_response does that, and wants the
-- same params, in which this leaves what it has made of them.
function M.send(self, params)
    params.method = upper(params.method or "GET")
    params.path = params.path or "/"
    params.version = params.version or 1.1
    if type(params.body) == "number" or type(params.body) == "boolean" then
        params.body = tostring(params.body)
    end
    local headers, err, length = complete(self, params)
    if not headers then
        return nil, err
    end
    params.headers, params.length = headers, length
    local text
    text, err = head(self, params, headers)
    if not text then
        return nil, err
    end
    if M.log then
        ngx.log(ngx.DEBUG, "\n", text)
    end
    self.unanswered = self.unanswered + 1
    params.expects = has_word(headers["Expect"], "100-continue")

    local ok, partial
    local body = params.body
    if params.expects or body == nil or type(body) == "function" then
        ok, err = self.sock:send(text)
    else
        ok, err = self.sock:send { text, body }
        body = nil
    end
    if ok and body and not params.expects then
        ok, err, partial = M.send_body(self, params)
    end
    if not ok then
        self.keepalive = false
        return nil, err, partial
    end
    return true
end

return M
