-- The error log seen from Lua: what lua_capture_error_log keeps, and lines without ngx.log's prefix.

local ffi = require "ffi"
local base = require "resty.core.base"

base.allows_subsystem("http", "stream")

local C = ffi.C
local error = error
local ffi_str = ffi.string
local get_request = base.get_request
local get_size_ptr = base.get_size_ptr
local get_string_buf = base.get_string_buf
local new_tab = base.new_tab
local tonumber = tonumber
local type = type

local FFI_ERROR = base.FFI_ERROR
local ERR_LEN = 128

local line = ffi.new("char *[1]")
local line_level = ffi.new("int[1]")
local line_time = ffi.new("double[1]")

local M = { version = base.version }

local function failure(err, len)
    return nil, ffi_str(err, tonumber(len[0]))
end

local function error_buffer()
    local len = get_size_ptr()
    len[0] = ERR_LEN
    return get_string_buf(ERR_LEN), len
end

-- Keeps lines of this level and graver ones only.
function M.set_filter_level(level)
    if not level then
        return nil, "missing \"level\" argument"
    end
    local err, len = error_buffer()
    if C.ngx_http_lua_ffi_errlog_set_filter_level(level, err, len) == FFI_ERROR then
        return failure(err, len)
    end
    return true
end

-- Takes up to `max` kept lines, each as three items: level, time, text.
function M.get_logs(max, logs)
    max = max or 10
    logs = logs or new_tab(max * 3 + 1, 0)
    local err, len = error_buffer()
    local n = 0
    for _ = 1, max do
        local size = C.ngx_http_lua_ffi_errlog_get_msg(line, line_level, err, len, line_time)
        if size == FFI_ERROR then
            return failure(err, len)
        end
        -- There are no more.
        if size < 0 then
            break
        end
        if size > 0 then
            logs[n + 1] = line_level[0]
            logs[n + 2] = line_time[0]
            logs[n + 3] = ffi_str(line[0], size)
            n = n + 3
        end
    end
    logs[n + 1] = nil
    return logs
end

-- The level of error_log.
function M.get_sys_filter_level()
    return (tonumber(C.ngx_http_lua_ffi_errlog_get_sys_filter_level(get_request())))
end

function M.raw_log(level, text)
    if type(level) ~= "number" then
        error("bad argument #1 to 'raw_log' (must be a number)", 2)
    end
    if type(text) ~= "string" then
        error("bad argument #2 to 'raw_log' (must be a string)", 2)
    end
    if C.ngx_http_lua_ffi_raw_log(get_request(), level, text, #text) == FFI_ERROR then
        error("bad log level", 2)
    end
end

return M
