-- ngx.semaphore: light threads of one worker wait for what others post.

local ffi = require "ffi"
local base = require "resty.core.base"
local check = require "nightjar.check"

base.allows_subsystem("http", "stream")

local C = ffi.C
local co_yield = coroutine._yield
local error = error
local ffi_gc = ffi.gc
local ffi_str = ffi.string
local get_request = base.get_request
local setmetatable = setmetatable
local tonumber = tonumber
local type = type
local used = check.used
local waits_in_init = check.waits_in_init

local MAX_ERROR = 128

ffi.cdef [[
typedef struct ngx_http_lua_sema_s ngx_http_lua_sema_t;
]]

local out = ffi.new("ngx_http_lua_sema_t *[1]")
local message = ffi.new("char *[1]")
local text = ffi.new("unsigned char[?]", MAX_ERROR)
local length = ffi.new("size_t[1]")

local M = { version = base.version }
local metatable = { __index = M }

local function handle(self)
    if type(self) ~= "table" or type(self.sem) ~= "cdata" then
        error("not a semaphore instance", 3)
    end
    return self.sem
end

-- A semaphore with `n` resources, 0 unless given.
function M.new(n)
    n = tonumber(n) or 0
    if n < 0 then
        error("no negative number", 2)
    end
    if C.ngx_http_lua_ffi_sema_new(out, n, message) ~= base.FFI_OK then
        return nil, ffi_str(message[0])
    end
    return (setmetatable({ sem = ffi_gc(out[0], C.ngx_http_lua_ffi_sema_gc) }, metatable))
end

-- Takes a resource, waiting for one up to so many seconds.
function M.wait(self, seconds)
    local sem = handle(self)
    local r = get_request()
    if not r then
        waits_in_init("no request found")
    end
    local msec = tonumber(seconds) * 1000
    if msec < 0 then
        error("no negative number", 2)
    end
    length[0] = MAX_ERROR
    local rc = C.ngx_http_lua_ffi_sema_wait(r, sem, msec, text, length)
    if rc == base.FFI_OK then
        return true
    elseif rc == base.FFI_DECLINED then
        return nil, "timeout"
    elseif rc == base.FFI_ERROR then
        return nil, ffi_str(text, length[0])
    end
    local ok, err = co_yield()
    used(sem)
    return ok, err
end

-- Gives `n` resources, 1 unless given, to those that wait.
function M.post(self, n)
    local sem = handle(self)
    n = n and tonumber(n) or 1
    if n < 1 then
        error("positive number required", 2)
    end
    C.ngx_http_lua_ffi_sema_post(sem, n)
    return true
end

-- How many resources there are, or below 0 how many wait.
function M.count(self)
    return (C.ngx_http_lua_ffi_sema_count(handle(self)))
end

return M
