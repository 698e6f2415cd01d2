-- ngx.exit.

local ffi = require "ffi"
local base = require "resty.core.base"

local C = ffi.C
local co_yield = coroutine._yield
local error = error
local ffi_str = ffi.string
local get_request = base.get_request
local get_size_ptr = base.get_size_ptr
local get_string_buf = base.get_string_buf
local tonumber = tonumber

local DONE = base.FFI_DONE
local ERR_LEN = 128

function ngx.exit(status)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    local err, len = get_string_buf(ERR_LEN), get_size_ptr()
    len[0] = ERR_LEN
    local rc = C.ngx_http_lua_ffi_exit(r, status, err, len)
    if rc == 0 then
        return co_yield()
    end
    -- A phase that goes on to its end.
    if rc == DONE then
        return
    end
    error(ffi_str(err, tonumber(len[0])), 2)
end

return { version = base.version }
