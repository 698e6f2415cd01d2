-- What modules written against lua-resty-core share: scratch buffers, the current request, FFI return codes.

local ffi = require "ffi"
local border = require "nightjar.border"
-- Every script finds the global that this makes.
require "thread.exdata"

local ceil = math.ceil
local error = error
local ffi_new = ffi.new
local ref_in = require("nightjar.registry").ref_in
local select = select

local subsystem = ngx.config.subsystem
local buffer_type = ffi.typeof("char[?]")

local M = {
    version = "0.1.33",

    FFI_OK = 0,
    FFI_ERROR = -1,
    FFI_AGAIN = -2,
    FFI_BUSY = -3,
    FFI_DONE = -4,
    FFI_DECLINED = -5,
    FFI_ABORT = -6,
    FFI_NO_REQ_CTX = -100,
    FFI_BAD_CONTEXT = -101,

    new_tab = require "table.new",
    clear_tab = require "table.clear",
    get_request = border.request,
}

local errmsg = ffi_new("char *[1]")
local size = ffi_new("size_t[1]")

function M.get_errmsg_ptr()
    return errmsg
end

function M.get_size_ptr()
    return size
end

local buffer_size = 4096
local buffer

function M.set_string_buf_size(bytes)
    if bytes > 0 then
        buffer = nil
        buffer_size = ceil(bytes)
    end
end

function M.get_string_buf_size()
    return buffer_size
end

-- A buffer of at least `bytes`: the shared one, whose contents the next call may overwrite, unless it is too small
-- or `own` asks for a new one.
function M.get_string_buf(bytes, own)
    if own or bytes > buffer_size then
        return (ffi_new(buffer_type, bytes))
    end
    if not buffer then
        buffer = ffi_new(buffer_type, buffer_size)
    end
    return buffer
end

-- Keeps `value` in `t` under a number, which is given back; -1 for nil.
function M.ref_in_table(t, value)
    if value == nil then
        return -1
    end
    return ref_in(t, value)
end

function M.allows_subsystem(...)
    for i = 1, select("#", ...) do
        if select(i, ...) == subsystem then
            return
        end
    end
    error("unsupported subsystem: " .. subsystem, 2)
end

return M
