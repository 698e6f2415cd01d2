-- What ngx.header and ngx.status cannot say about a response.

local ffi = require "ffi"
local base = require "resty.core.base"
local response = require "resty.core.response"

base.allows_subsystem("http")

local C = ffi.C
local error = error
local get_request = base.get_request
local set_resp_header = response.set_resp_header
local tonumber = tonumber
local type = type

local M = { version = base.version, bypass_if_checks = response.bypass_if_checks }

-- Adds a header, beside those of its name.
function M.add_header(name, value)
    set_resp_header(nil, name, value, true)
end

-- The status with a reason phrase of one's own.
function M.set_status(status, reason)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    if type(status) ~= "number" then
        status = tonumber(status)
    end
    if C.ngx_http_lua_ffi_set_resp_status_and_reason(r, status, reason, #reason) == base.FFI_BAD_CONTEXT then
        error("API disabled in the current context", 2)
    end
end

return M
