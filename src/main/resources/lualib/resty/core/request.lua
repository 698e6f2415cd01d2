-- ngx.req: headers, arguments, method, start time.

local ffi = require "ffi"
local base = require "resty.core.base"
local border = require "nightjar.border"
local utils = require "resty.core.utils"

local C = ffi.C
local clear_tab = base.clear_tab
local collect = border.collect
local error = error
local ffi_str = ffi.string
local find = string.find
local get_request = base.get_request
local lower = string.lower
local new_tab = base.new_tab
local raise = border.raise
local rawget = rawget
local result = border.result
local setmetatable = setmetatable
local str_replace_char = utils.str_replace_char
local tostring = tostring
local type = type

local BAD_CONTEXT = base.FFI_BAD_CONTEXT
local DECLINED = base.FFI_DECLINED

local errmsg = base.get_errmsg_ptr()
local values_type = ffi.typeof("ngx_http_lua_ffi_str_t[?]")

function ngx.req.start_time()
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    return (C.ngx_http_lua_ffi_req_start_time(r))
end

-- Headers asked for in any case, with "_" for "-".
local any_spelling = {
    __index = function(t, key)
        key = lower(key)
        local value = rawget(t, key)
        if value == nil and find(key, "_", 1, true) then
            value = rawget(t, (str_replace_char(key, "_", "-")))
        end
        return value
    end,
}

-- `max` 0: all of them. `raw`: names as the client wrote them.
function ngx.req.get_headers(max, raw)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    local n = C.nightjar_ffi_req_get_headers(r, max or -1, raw and 1 or 0)
    if n < 0 then
        if n == BAD_CONTEXT then
            error("API disabled in the current context", 2)
        end
        raise()
    end
    local truncated = result.truncated
    local headers = collect(new_tab(0, n), n)
    if not raw then
        setmetatable(headers, any_spelling)
    end
    if truncated ~= 0 then
        return headers, "truncated"
    end
    return headers
end

-- `max` 0: all of them. The arguments go into `t` when it is given.
function ngx.req.get_uri_args(max, t)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    if t then
        clear_tab(t)
    end
    local n = C.nightjar_ffi_req_get_uri_args(r, max or -1)
    if n < 0 then
        if n == BAD_CONTEXT then
            error("API disabled in the current context", 2)
        end
        raise()
    end
    local truncated = result.truncated
    local args = collect(t or new_tab(0, n), n)
    if truncated ~= 0 then
        return args, "truncated"
    end
    return args
end

local methods = {
    [0x0002] = "GET",
    [0x0004] = "HEAD",
    [0x0008] = "POST",
    [0x0010] = "PUT",
    [0x0020] = "DELETE",
    [0x0040] = "MKCOL",
    [0x0080] = "COPY",
    [0x0100] = "MOVE",
    [0x0200] = "OPTIONS",
    [0x0400] = "PROPFIND",
    [0x0800] = "PROPPATCH",
    [0x1000] = "LOCK",
    [0x2000] = "UNLOCK",
    [0x4000] = "PATCH",
    [0x8000] = "TRACE",
}

local method_name = ffi.new("unsigned char *[1]")
local method_len = ffi.new("size_t[1]")

function ngx.req.get_method()
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    local id = C.ngx_http_lua_ffi_req_get_method(r)
    local method = methods[id]
    if method then
        return method
    end
    if id == BAD_CONTEXT then
        error("API disabled in the current context", 2)
    end
    if C.ngx_http_lua_ffi_req_get_method_name(r, method_name, method_len) ~= 0 then
        return nil
    end
    return (ffi_str(method_name[0], method_len[0]))
end

function ngx.req.set_method(method)
    local r = get_request()
    if not r then
        error("no request found", 2)
    end
    if type(method) ~= "number" then
        error("bad method number", 2)
    end
    local rc = C.ngx_http_lua_ffi_req_set_method(r, method)
    if rc == BAD_CONTEXT then
        error("API disabled in the current context", 2)
    end
    if rc == DECLINED then
        error("unsupported HTTP method: " .. method, 2)
    end
end

-- Errors name the line that called the API function, which calls this.
local function set_req_header(name, value, override)
    local r = get_request()
    if not r then
        error("no request found", 3)
    end
    if name == nil then
        error("bad 'name' argument: string expected, got nil", 3)
    end
    if type(name) ~= "string" then
        name = tostring(name)
    end

    local rc
    if type(value) == "table" then
        local n = #value
        if n == 0 and not override then
            error("bad 'value' argument: non-empty table expected", 3)
        end
        local list, texts = values_type(n), {}
        for i = 1, n do
            local s = tostring(value[i])
            texts[i] = s
            list[i - 1].data = s
            list[i - 1].len = #s
        end
        rc = C.ngx_http_lua_ffi_req_set_header(r, name, #name, nil, 0, list, n, override and 1 or 0, errmsg)
    elseif value == nil then
        if not override then
            error("bad 'value' argument: string or table expected, got nil", 3)
        end
        rc = C.ngx_http_lua_ffi_req_set_header(r, name, #name, nil, 0, nil, 0, 1, errmsg)
    else
        if type(value) ~= "string" then
            value = tostring(value)
        end
        rc = C.ngx_http_lua_ffi_req_set_header(r, name, #name, value, #value, nil, 0, override and 1 or 0, errmsg)
    end

    -- DECLINED: an HTTP/0.9 request has no headers.
    if rc == 0 or rc == DECLINED then
        return
    end
    if rc == BAD_CONTEXT then
        error("API disabled in the current context", 3)
    end
    error(ffi_str(errmsg[0]), 3)
end

function ngx.req.set_header(name, value)
    set_req_header(name, value, true)
end

function ngx.req.clear_header(name)
    if name == nil then
        name = "nil"
    end
    set_req_header(name, nil, true)
end

return { version = base.version, set_req_header = set_req_header }
