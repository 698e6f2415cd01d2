-- ngx.header.

local ffi = require "ffi"
local base = require "resty.core.base"
local border = require "nightjar.border"

local C = ffi.C
local error = error
local ffi_str = ffi.string
local get_request = base.get_request
local new_tab = base.new_tab
local result = border.result
local setmetatable = setmetatable
local text = border.text
local tostring = tostring
local type = type

local BAD_CONTEXT = base.FFI_BAD_CONTEXT
local DECLINED = base.FFI_DECLINED
local NO_REQ_CTX = base.FFI_NO_REQ_CTX

local errmsg = base.get_errmsg_ptr()
local values_type = ffi.typeof("ngx_http_lua_ffi_str_t[?]")

-- `add`: keep what is there. Errors name the caller's line.
local function set(_, key, value, add)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    if type(key) ~= "string" then
        key = tostring(key)
    end

    local rc
    local t = type(value)
    if t == "string" and not add then
        rc = C.nightjar_ffi_set_resp_header(r, key, #key, value, #value)
    elseif t == "table" then
        local n = #value
        if n == 0 and add then
            return
        end
        local list, texts = values_type(n), {}
        for i = 1, n do
            local s = tostring(value[i])
            texts[i] = s
            list[i - 1].data = s
            list[i - 1].len = #s
        end
        rc = C.ngx_http_lua_ffi_set_resp_header(r, key, #key, 0, nil, 0, list, n, add and 0 or 1, errmsg)
    elseif value == nil then
        if add then
            error("invalid header value", 3)
        end
        rc = C.ngx_http_lua_ffi_set_resp_header(r, key, #key, 1, nil, 0, nil, 0, 1, errmsg)
    else
        value = tostring(value)
        rc = C.ngx_http_lua_ffi_set_resp_header(r, key, #key, 0, value, #value, nil, 0, add and 0 or 1, errmsg)
    end

    -- DECLINED: the headers are sent, which is logged.
    if rc == 0 or rc == DECLINED then
        return
    end
    if rc == NO_REQ_CTX then
        error("no request ctx found", 2)
    end
    if rc == BAD_CONTEXT then
        error("API disabled in the current context", 2)
    end
    error("failed to set header", 2)
end

local function get(_, key)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    if type(key) ~= "string" then
        key = tostring(key)
    end

    local n = C.nightjar_ffi_get_resp_header(r, key, #key)
    if n == 0 then
        return nil
    end
    if n == 1 then
        local value = result.pairs[0].value
        return (ffi_str(value.data, value.len))
    end
    if n > 1 then
        local values = new_tab(n, 0)
        for i = 1, n do
            local value = result.pairs[i - 1].value
            values[i] = ffi_str(value.data, value.len)
        end
        return values
    end
    if n == BAD_CONTEXT then
        error("API disabled in the current context", 2)
    end
    error(text(), 2)
end

ngx.header = setmetatable({}, { __index = get, __newindex = set })

-- No If-Modified-Since and the like for this response.
local function bypass_if_checks()
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    C.ngx_http_lua_ffi_bypass_if_checks(r)
end

return { version = base.version, set_resp_header = set, bypass_if_checks = bypass_if_checks }
