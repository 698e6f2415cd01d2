-- The process that runs this.

local ffi = require "ffi"
local base = require "resty.core.base"
require "resty.core.phase"

base.allows_subsystem("http", "stream")

local C = ffi.C
local ffi_str = ffi.string
local get_phase = ngx.get_phase
local type = type

local FFI_ERROR = base.FFI_ERROR
local errmsg = base.get_errmsg_ptr()

local names = {
    [0] = "single",
    [1] = "master",
    [2] = "signaller",
    [3] = "worker",
    [4] = "helper",
    [99] = "privileged agent",
}

local M = { version = base.version }

function M.type()
    return names[C.ngx_http_lua_ffi_get_process_type()]
end

-- Asks, in init_by_lua*, for one more process that runs as the master's user; `connections` is its worker_connections.
function M.enable_privileged_agent(connections)
    if get_phase() ~= "init" then
        return nil, "API disabled in the current context"
    end
    connections = connections or 512
    if type(connections) ~= "number" or connections < 0 then
        return nil, "bad 'connections' argument: number expected and greater than 0"
    end
    if C.ngx_http_lua_ffi_enable_privileged_agent(errmsg, connections) == FFI_ERROR then
        return nil, ffi_str(errmsg[0])
    end
    return true
end

function M.signal_graceful_exit()
    C.ngx_http_lua_ffi_process_signal_graceful_exit()
end

function M.get_master_pid()
    local pid = C.ngx_http_lua_ffi_master_pid()
    if pid ~= FFI_ERROR then
        return pid
    end
end

return M
