-- ngx.socket.udp.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"
local gather = require "nightjar.gather"

local C = ffi.C
local AGAIN = border.AGAIN
local DECLINED = border.DECLINED
local OK = border.OK
local argument = check.argument
local co_yield = coroutine._yield
local error = error
local ffi_gc = ffi.gc
local ffi_new = ffi.new
local floor = math.floor
local owner = check.owner
local select = select
local setmetatable = setmetatable
local text = border.text
local tonumber = tonumber
local type = type

-- Kept in step with UdpStruct.java.
ffi.cdef [[
typedef struct {
    const void *request;
    int number;
    int read_timeout;
} nightjar_udp_t;
]]

local socket_t = ffi.typeof("nightjar_udp_t")

-- Slots of a socket's table.
local CTX = 1
local TIMEOUT = 2
local BIND = 3

local MAX_DATAGRAM = 65536

local udp = {}
udp.__index = udp

local function collected(u)
    C.nightjar_ffi_udp_collected(u)
end

-- The request of a method whose caller is at `level`, and that its first argument is a socket.
local function current(self, missing)
    local r = owner(missing, 4)
    if type(self) ~= "table" then
        argument(1, "table expected, got " .. type(self), 1)
    end
    return r
end

-- The phase is one in which sockets can be made.
local function yieldable(r)
    if r.context == 0 then
        error("no ctx found", 3)
    end
    check.waits(r, check.YIELDABLE)
end

function udp.setpeername(...)
    local n = select("#", ...)
    if n ~= 2 and n ~= 3 then
        error("ngx.socket.udp setpeername: expecting 2 or 3 arguments (including the object), but seen " .. n, 2)
    end
    local self, host, port = ...
    local r = current(self)
    yieldable(r)
    host = check.string(host, 2, n)
    port = n == 3 and floor(check.number(port, 3, n)) or 0
    if port < 0 or port > 65535 then
        return nil, "bad port number: " .. port
    end
    local u = self[CTX]
    if not u then
        u = ffi_new(socket_t)
        self[CTX] = u
    end
    ffi_gc(u, collected)
    u.read_timeout = self[TIMEOUT] or 0
    local bind = self[BIND]
    local rc = C.nightjar_ffi_udp_connect(r, u, host, #host, port, bind, bind and #bind or 0)
    if rc == AGAIN then
        co_yield()
        rc = C.nightjar_ffi_udp_connected(u)
    end
    if rc == OK then
        return 1
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

function udp.bind(...)
    local n = select("#", ...)
    if n ~= 2 then
        error("expecting 2 arguments, but got " .. n, 2)
    end
    local self, host = ...
    local r = current(self)
    yieldable(r)
    host = check.string(host, 2, n)
    if C.nightjar_ffi_udp_bind(r, host, #host) ~= OK then
        return nil, text()
    end
    self[BIND] = host
    return 1
end

function udp.send(...)
    local n = select("#", ...)
    if n ~= 2 then
        error("expecting 2 arguments (including the object), but got " .. n, 2)
    end
    local self, data = ...
    local r = current(self, "request object not found")
    local u = self[CTX]
    local rc = C.nightjar_ffi_udp_sendable(r, u)
    if rc == OK then
        local bytes, size = gather(data)
        if not bytes then
            argument(2, size)
        end
        rc = C.nightjar_ffi_udp_send(r, u, bytes, size)
    end
    if rc == OK then
        return 1
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

function udp.receive(...)
    local n = select("#", ...)
    if n ~= 1 and n ~= 2 then
        error("expecting 1 or 2 arguments (including the object), but got " .. n, 2)
    end
    local self, size = ...
    local r = current(self)
    if size ~= nil then
        size = check.number(size, 2, n)
    end
    if not size or size > MAX_DATAGRAM or size < 0 then
        size = MAX_DATAGRAM
    end
    local u = self[CTX]
    local rc = C.nightjar_ffi_udp_receive(r, u, size)
    while rc == AGAIN do
        co_yield()
        rc = C.nightjar_ffi_udp_received(u)
    end
    if rc == OK then
        return text()
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

function udp.settimeout(...)
    local n = select("#", ...)
    if n ~= 2 then
        error("ngx.socket settimeout: expecting at least 2 arguments (including the object) but seen " .. n, 2)
    end
    local self, msec = ...
    msec = tonumber(msec) or 0
    self[TIMEOUT] = msec > 0 and msec < 2^31 and floor(msec) or 0
    local u = self[CTX]
    if u then
        u.read_timeout = self[TIMEOUT]
    end
end

function udp.close(...)
    local n = select("#", ...)
    if n ~= 1 then
        error("expecting 1 argument (including the object) but seen " .. n, 2)
    end
    local self = ...
    local r = current(self)
    local u = self[CTX]
    local rc = C.nightjar_ffi_udp_close(r, u)
    if rc == OK then
        ffi_gc(u, nil)
        return 1
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

debug.getregistry().__udp_cosocket_mt = udp

return {
    udp = function(...)
        local n = select("#", ...)
        if n ~= 0 then
            error("expecting zero arguments, but got " .. n, 2)
        end
        local r = owner()
        yieldable(r)
        return (setmetatable({}, udp))
    end,
}
