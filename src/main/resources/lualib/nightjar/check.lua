-- Argument checks that word their errors as Lua's C API does.
-- Each is called straight from an API function, never in a tail call: the error names that function and its caller's line.

local C = require("ffi").C
local border = require "nightjar.border"
local getinfo = debug.getinfo
local error = error
local format = string.format
local request = border.request
local tonumber = tonumber
local tostring = tostring
local type = type

local M = {}

-- `level` counts from the function that calls bad(): 1 is that function. Called as a method, its first argument is `self`.
local function bad(level, n, text)
    local info = getinfo(level + 1, "n")
    local name = info.name or "?"
    if info.namewhat == "method" then
        n = n - 1
        if n == 0 then
            error(format("calling '%s' on bad self (%s)", name, text), level + 2)
        end
    end
    error(format("bad argument #%d to '%s' (%s)", n, name, text), level + 2)
end

local function typename(v, n, count)
    if n > count then
        return "no value"
    end
    return (type(v))
end

-- The API function got a bad argument `n`. `up`: how many functions are between it and this one.
function M.argument(n, text, up)
    bad(2 + (up or 0), n, text)
end

-- A string; a number becomes one. `count` is how many arguments there are.
function M.string(v, n, count)
    local t = type(v)
    if t == "string" then
        return v
    end
    if t == "number" then
        return (tostring(v))
    end
    bad(2, n, "string expected, got " .. typename(v, n, count))
end

-- A number; a string that reads as one becomes one.
function M.number(v, n, count)
    if type(v) == "number" then
        return v
    end
    local number = type(v) == "string" and tonumber(v)
    if number then
        return number
    end
    bad(2, n, "number expected, got " .. typename(v, n, count))
end

function M.boolean(v, n, count)
    if type(v) ~= "boolean" then
        bad(2, n, "boolean expected, got " .. typename(v, n, count))
    end
    return v
end

function M.table(v, n, count)
    if type(v) ~= "table" then
        bad(2, n, "table expected, got " .. typename(v, n, count))
    end
    return v
end

-- Phases by their bit, as errors name them.
local contexts = {
    [0x00000001] = "set_by_lua*",
    [0x00000002] = "rewrite_by_lua*",
    [0x00000004] = "access_by_lua*",
    [0x00000008] = "content_by_lua*",
    [0x00000010] = "log_by_lua*",
    [0x00000020] = "header_filter_by_lua*",
    [0x00000040] = "body_filter_by_lua*",
    [0x00000080] = "ngx.timer",
    [0x00000100] = "init_worker_by_lua*",
    [0x00000200] = "balancer_by_lua*",
    [0x00000400] = "ssl_certificate_by_lua*",
    [0x00000800] = "ssl_session_store_by_lua*",
    [0x00001000] = "ssl_session_fetch_by_lua*",
    [0x00002000] = "exit_worker_by_lua*",
    [0x00004000] = "ssl_client_hello_by_lua*",
    [0x00008000] = "server_rewrite_by_lua*",
    [0x00010000] = "proxy_ssl_verify_by_lua*",
    [0x00020000] = "precontent_by_lua*",
    [0x00040000] = "proxy_ssl_certificate_by_lua*",
}

-- rewrite, access, content, server_rewrite, precontent: where a request can be answered or turned elsewhere.
M.HANDLERS = 0x2800e
-- rewrite, server_rewrite: where a location can still change.
M.REWRITES = 0x8002
-- The handlers, timers and the TLS phases that can wait: where a light thread may wait.
M.YIELDABLE = 0x7d48e
-- All but exit_worker.
M.BEFORE_EXIT = 0x7dfff

local band = bit.band

-- set, log, header_filter, body_filter, init_worker, balancer, exit_worker: where lua_yield_everywhere lets a call wait.
local EVERYWHERE = 0x2371
local HINT = " (lua_yield_everywhere)"

local function disabled(r)
    return "API disabled in the context of " .. (contexts[r.context] or "(unknown)")
end

-- Raises unless the phase is one of `mask`; `level` is that of the script if the API function does not call this itself.
function M.context(r, mask, level)
    if band(r.context, mask) == 0 then
        error(disabled(r), level or 3)
    end
end

-- Raises where there is no client: in timers and the like, and without `r`.
function M.client(r)
    if not r then
        error("no request found", 3)
    elseif r.fake ~= 0 then
        error(disabled(r), 3)
    end
end

-- Raises unless the running light thread may wait: the phase is one of `mask`, or any under lua_yield_everywhere. With
-- `client`, what it waits for is part of a client's request. Without `r`, waits_in_init() has been asked. `level` as above.
function M.waits(r, mask, client, level)
    if not r or band(r.context, mask) ~= 0 then
        return
    end
    if band(r.context, EVERYWHERE) == 0 or (client and r.fake ~= 0) then
        error(disabled(r), level or 3)
    end
    if C.nightjar_ffi_yields_everywhere() == 0 then
        error(disabled(r) .. HINT, level or 3)
    end
end

-- The same where there is no request, in init_by_lua*. `text` is upstream's error, `level` that of the script if the API
-- function does not call this itself.
function M.waits_in_init(text, level)
    if C.nightjar_ffi_yields_everywhere() == 0 then
        error(text .. HINT, level or 3)
    end
end

-- The request that sockets belong to. In init_by_lua*, where there is none, lua_yield_everywhere gives them another owner.
-- `text` and `level` as above; upstream's text is mostly this one.
function M.owner(text, level)
    local r = request()
    if r then
        return r
    end
    M.waits_in_init(text or "no request found", (level or 3) + 1)
    return (C.nightjar_ffi_owner())
end

-- To be called behind a wait with what the wait needs: compiled code does not keep a local that nobody uses any more.
function M.used() end

return M
