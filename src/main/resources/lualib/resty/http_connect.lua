-- How resty.http gets a connection: directly or through a proxy, with TLS for https, and out of a pool that only connections
-- of the same kind share.

local concat = table.concat
local find = string.find
local gmatch = string.gmatch
local gsub = string.gsub
local lower = string.lower
local match = string.match
local ngx = ngx
local tostring = tostring

local M = {}

-- Whether the list, names of hosts with commas between them, has the host or a domain that it is in.
local function excepted(list, host)
    if list == "*" then
        return true
    end
    local names = {}
    for name in gmatch(lower(list), "[^,%s]+") do
        names[gsub(name, "^%.", "")] = true
    end
    host = lower(host)
    repeat
        if names[host] then
            return true
        end
        host = match(host, "^[^.]+%.(.+)$")
    until not host or not find(host, ".", 1, true)
    return false
end

-- The URI of the proxy for such a request and the credentials it wants; nil if there is none.
function M.proxy(opts, scheme, host)
    if not opts or opts.no_proxy and excepted(opts.no_proxy, host) then
        return nil
    elseif scheme == "https" then
        return opts.https_proxy, opts.https_proxy_authorization
    end
    return opts.http_proxy, opts.http_proxy_authorization
end

-- Asks the proxy that the socket is connected with for a tunnel.
function M.tunnel(self, host, port, authorization)
    local destination = host .. ":" .. port
    self.path_prefix, self.http_proxy_auth = nil, nil
    local res, err = self:request {
        method = "CONNECT",
        path = destination,
        headers = { Host = destination, ["Proxy-Authorization"] = authorization },
    }
    if not res then
        return nil, "failed to issue CONNECT to proxy: " .. err
    elseif res.status < 200 or res.status > 299 then
        return nil, "failed to establish a tunnel through a proxy: " .. res.status
    end
    return true
end

-- The session, or true for a connection that has one already; nil and an error.
local function handshake(self, options)
    local sock = self.sock
    local cert, key = options.ssl_client_cert, options.ssl_client_priv_key
    if cert and key then
        if not sock.setclientcert then
            return nil, "cannot use SSL client cert and key without mTLS support"
        end
        local ok, err = sock:setclientcert(cert, key)
        if not ok then
            return nil, "could not set client certificate: " .. err
        end
    end
    return self:ssl_handshake(options.ssl_reused_session, options.ssl_server_name, options.ssl_verify ~= false,
        options.ssl_send_status_req)
end

-- What all connections of a pool have in common. A request through a proxy in plain HTTP has its credentials in itself,
-- a tunnel has them once for all.
local function pool_name(options, port, ssl, proxy, authorization)
    local parts = { options.scheme or "", options.host, tostring(port), tostring(ssl), ssl and options.ssl_server_name or "",
        tostring(ssl and options.ssl_verify ~= false), proxy or "", ssl and authorization or "" }
    return (concat(parts, ":"))
end

-- Connects the client as its method `connect` says. Answers true, nil and the TLS session; or nil and an error.
function M.connect(self, options)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    local scheme, host, port = options.scheme, options.host, options.port
    if not host then
        return nil, "'host' is required"
    elseif port and not scheme then
        return nil, "'scheme' is required when providing a port"
    elseif scheme and not port then
        port = scheme == "https" and 443 or 80
    end
    local ssl = scheme == "https"
    local proxy, authorization = M.proxy(options.proxy_opts or self.proxy_opts, scheme, host)
    local to_host, to_port = host, port
    if proxy then
        local uri, err = self:parse_uri(proxy)
        if not uri then
            return nil, "uri parse error: " .. err
        elseif uri[1] ~= "http" then
            return nil, "protocol " .. uri[1] .. " not supported for proxy connections"
        end
        to_host, to_port = uri[2], uri[3]
    end
    local pool = options.pool or pool_name(options, port, ssl, proxy, authorization)
    if options.pool_debug then
        ngx.log(ngx.DEBUG, "poolname: ", pool)
    end

    local settings = { pool = pool, pool_size = options.pool_size, backlog = options.backlog }
    local ok, err
    if to_port then
        ok, err = sock:connect(to_host, to_port, settings)
    else
        ok, err = sock:connect(to_host, settings)
    end
    if not ok then
        return nil, proxy and "failed to connect to: " .. to_host .. ":" .. to_port .. ": " .. err or err
    end
    self:connected(host, port, ssl)

    local session
    if ssl and sock:getreusedtimes() == 0 then
        if proxy then
            ok, err = M.tunnel(self, host, port, authorization)
        end
        if ok then
            session, err = handshake(self, options)
        end
        if not session then
            self:close()
            return nil, err
        end
        self:connected(host, port, ssl)
    end
    if proxy and not ssl then
        -- A proxy wants the whole URI (RFC 9112, 3.2.2).
        self.path_prefix = "http://" .. host .. (port == 80 and "" or ":" .. port)
        self.http_proxy_auth = authorization
    end
    if options.ssl_client_cert and not options.pool then
        -- Who the connection speaks for is not in the pool's name, so nobody else may get it.
        self.keepalive = false
    end
    return true, nil, session
end

return M
