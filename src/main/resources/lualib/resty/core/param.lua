-- The reading half of ngx.arg: arguments of set_by_lua*, the chunk and the end mark in body_filter_by_lua*.

local ffi = require "ffi"
local base = require "resty.core.base"
local border = require "nightjar.border"

local C = ffi.C
local error = error
local ffi_str = ffi.string
local get_request = base.get_request
local getmetatable = getmetatable
local result = border.result

local SET = 0x01
local BODY_FILTER = 0x40

local function get(_, index)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    local context = r.context
    if context == SET then
        C.nightjar_ffi_set_by_lua_arg(r, index)
        -- An empty argument is nil, as one that is not there.
        if result.len == 0 then
            return nil
        end
        return (ffi_str(result.data, result.len))
    end
    if context == BODY_FILTER then
        if index == 1 then
            C.nightjar_ffi_body_filter_body(r)
            return (ffi_str(result.data, result.len))
        end
        if index == 2 then
            return C.ngx_http_lua_ffi_get_body_filter_param_eof(r) == 1
        end
        return nil
    end
    error("API disabled in the current context", 2)
end

getmetatable(ngx.arg).__index = get

return { version = base.version }
