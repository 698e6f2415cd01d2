-- ngx.get_phase.

local base = require "resty.core.base"

local error = error
local get_request = base.get_request
local tostring = tostring

local names = {
    [0x00000001] = "set",
    [0x00000002] = "rewrite",
    [0x00000004] = "access",
    [0x00000008] = "content",
    [0x00000010] = "log",
    [0x00000020] = "header_filter",
    [0x00000040] = "body_filter",
    [0x00000080] = "timer",
    [0x00000100] = "init_worker",
    [0x00000200] = "balancer",
    [0x00000400] = "ssl_cert",
    [0x00000800] = "ssl_session_store",
    [0x00001000] = "ssl_session_fetch",
    [0x00002000] = "exit_worker",
    [0x00004000] = "ssl_client_hello",
    [0x00008000] = "server_rewrite",
    [0x00010000] = "proxy_ssl_verify",
    [0x00020000] = "precontent",
    [0x00040000] = "proxy_ssl_cert",
}

function ngx.get_phase()
    local r = get_request()
    -- Only init_by_lua* runs without a request.
    if not r then
        return "init"
    end
    local context = r.context
    if context == 0 then
        error("no request context", 2)
    end
    return names[context] or error("unknown phase: " .. tostring(context), 2)
end

-- The phase's bit.
function ngx.get_raw_phase(r)
    local context = r.context
    if context == 0 then
        error("no request context", 2)
    end
    return context
end

return { version = base.version }
