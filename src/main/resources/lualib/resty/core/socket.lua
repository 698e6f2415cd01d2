-- getoption, setoption and getfd of TCP sockets.

local base = require "resty.core.base"
local ffi = require "ffi"

local C = ffi.C
local error = error
local ffi_str = ffi.string
local get_string_buf = base.get_string_buf
local owner = require("nightjar.check").owner
local pairs = pairs
local tostring = tostring

base.allows_subsystem("http")

local options = {
    keepalive = 1,
    reuseaddr = 2,
    ["tcp-nodelay"] = 3,
    sndbuf = 4,
    rcvbuf = 5,
    keepintvl = 6,
    keepcnt = 7,
}

local MESSAGE_SIZE = 4096
local value_buf = ffi.new("int[1]")
local size_buf = base.get_size_ptr()
local errmsg = base.get_errmsg_ptr()

-- Raises at the caller of the method that calls this.
local function upstream(sock)
    local u = sock[1]
    if not u then
        error("socket is never created nor connected", 3)
    end
    return u
end

local methods = {}

function methods.getoption(sock, option)
    local u = upstream(sock)
    if option == nil then
        return nil, 'missing the "option" argument'
    end
    local index = options[option]
    if not index then
        return nil, "unsupported option " .. tostring(option)
    end
    local message = get_string_buf(MESSAGE_SIZE)
    if C.ngx_http_lua_ffi_socket_tcp_getoption(u, index, value_buf, message, size_buf) ~= 0 then
        return nil, ffi_str(message, size_buf[0])
    end
    return value_buf[0]
end

function methods.setoption(sock, option, value)
    if option == nil then
        return nil, 'missing the "option" argument'
    elseif value == nil then
        return nil, 'missing the "value" argument'
    end
    local u = upstream(sock)
    local index = options[option]
    if not index then
        return nil, "unsupported option " .. tostring(option)
    end
    local message = get_string_buf(MESSAGE_SIZE)
    if C.ngx_http_lua_ffi_socket_tcp_setoption(u, index, value, message, size_buf) ~= 0 then
        return nil, ffi_str(message, size_buf[0])
    end
    return true
end

function methods.getfd(sock)
    if not sock then
        error("ngx.socket getfd: expecting the cosocket object, but seen none", 2)
    end
    local r = owner()
    local fd = C.ngx_http_lua_ffi_socket_tcp_getfd(r, upstream(sock), errmsg)
    if fd < 0 then
        return nil, ffi_str(errmsg[0])
    end
    return fd
end

local registry = debug.getregistry()
for _, kind in pairs { "__tcp_cosocket_mt", "__tcp_req_cosocket_mt", "__tcp_raw_req_cosocket_mt" } do
    local class = registry[kind]
    for name, method in pairs(methods) do
        class[name] = method
    end
end

return { version = base.version }
