-- ngx.worker.

local ffi = require "ffi"
local base = require "resty.core.base"
require "resty.core.phase"

local C = ffi.C
local get_phase = ngx.get_phase
local get_size_ptr = base.get_size_ptr
local tonumber = tonumber

-- As many processes as nginx can have.
local MAX_PIDS = 1024

local worker = {}

function worker.id()
    local id = C.ngx_http_lua_ffi_worker_id()
    if id >= 0 then
        return id
    end
end

function worker.pid()
    return (C.ngx_http_lua_ffi_worker_pid())
end

function worker.count()
    return (C.ngx_http_lua_ffi_worker_count())
end

function worker.exiting()
    return C.ngx_http_lua_ffi_worker_exiting() ~= 0
end

function worker.pids()
    local phase = get_phase()
    if phase == "init" or phase == "init_worker" then
        return nil, "API disabled in the current context"
    end
    local pids, out, len = {}, ffi.new("int[?]", MAX_PIDS), get_size_ptr()
    len[0] = MAX_PIDS
    if C.ngx_http_lua_ffi_worker_pids(out, len) == 0 then
        for i = 1, tonumber(len[0]) do
            pids[i] = out[i - 1]
        end
    end
    return pids
end

ngx.worker = worker

return { _VERSION = base.version }
