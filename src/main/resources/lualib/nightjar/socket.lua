-- ngx.socket.tcp, ngx.socket.stream, ngx.socket.connect, and the methods that request sockets share.
--
-- What has been received and what a socket may do is in a struct that Lua and Java share: so receiving what is there
-- needs no call. Methods that scripts call often have fixed parameters below a shell that counts, since LuaJIT starts no
-- trace at a function that takes `...`.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"
local gather = require "nightjar.gather"

local C = ffi.C
local AGAIN = border.AGAIN
local DECLINED = border.DECLINED
local ERROR = border.ERROR
local OK = border.OK
local YIELDABLE = check.YIELDABLE
local argument = check.argument
local cast = ffi.cast
local check_context = check.context
local check_waits = check.waits
local co_yield = coroutine._yield
local error = error
local ffi_gc = ffi.gc
local ffi_new = ffi.new
local ffi_str = ffi.string
local find = string.find
local floor = math.floor
local gsub = string.gsub
local lower = string.lower
local new_tab = require "table.new"
local owner = check.owner
local request = border.request
local result = border.result
local select = select
local setmetatable = setmetatable
local sub = string.sub
local text = border.text
local tonumber = tonumber
local tostring = tostring
local type = type
local used = check.used

-- Kept in step with Struct.java and Until.java. The first name is lua-resty-core's.
ffi.cdef [[
struct ngx_http_lua_socket_tcp_upstream_s {
    const unsigned char *pos;   /* received, and not taken yet */
    const unsigned char *last;
    const void *request;
    int number;
    int reads;                  /* 0: Lua may take from pos to last without asking */
    int writes;                 /* 0: Lua may send without asking whether it may */
    int rc;                     /* how a read that waited has ended: */
    int len;                    /* length of the result at pos */
    int skip;                   /* how far it is from pos to the next one */
    int connect_timeout;
    int send_timeout;
    int read_timeout;
};
typedef struct ngx_http_lua_socket_tcp_upstream_s ngx_http_lua_socket_tcp_upstream_t;

typedef struct {
    int state;
    int inclusive;
    int length;
    int round;
    int fail[?];
} nightjar_pattern_t;

void *memchr(const void *s, int c, size_t n);
]]

local memchr = C.memchr
local socket_t = ffi.typeof("struct ngx_http_lua_socket_tcp_upstream_s")
local pattern_t = ffi.typeof("nightjar_pattern_t")
local bytes_t = ffi.typeof("const unsigned char *")

-- Slots of a socket's table; resty.core has the same numbers.
local CTX = 1
local CONNECT_TIMEOUT = 2
local KEY = 3
local SEND_TIMEOUT = 4
local READ_TIMEOUT = 5
local BIND = 8
local BIND_PORT = 9

-- What a read waits for; Reader.java has the same numbers.
local LINE = 0
local BYTES = 1
local ALL = 2
local ANY = 3

-- The longest result there can be.
local MAX = 0x40000000

local LF = 10
local CR = 13

local tcp, raw, body = {}, {}, {}
tcp.__index = tcp
raw.__index = raw
body.__index = body

local function collected(u)
    C.nightjar_ffi_socket_collected(u)
end

-- `up`: how many functions are between the one that scripts call and this one.
local function self_table(self, up)
    if type(self) ~= "table" then
        argument(1, "table expected, got " .. type(self), up or 1)
    end
end

-- connect

-- A number option of connect's table, or nil.
local function option(opts, name, least, n, typed)
    local value = opts[name]
    local number = tonumber(value)
    if number then
        number = floor(number)
        if number < least then
            argument(n, "bad \"" .. name .. "\" option value: " .. number, 1)
        end
        return number
    elseif typed and value ~= nil then
        argument(n, "bad \"" .. name .. "\" option type: " .. type(value), 1)
    end
end

local function connect(self, r, host, port, key, pool_size, backlog)
    local u = self[CTX]
    if not u then
        u = ffi_new(socket_t)
        self[CTX] = u
    end
    ffi_gc(u, collected)
    self[KEY] = key
    local bind = self[BIND]
    u.connect_timeout = self[CONNECT_TIMEOUT] or 0
    u.send_timeout = self[SEND_TIMEOUT] or 0
    u.read_timeout = self[READ_TIMEOUT] or 0
    local rc = C.nightjar_ffi_socket_connect(r, u, host, #host, port, key, #key, pool_size, backlog, bind, bind and #bind or 0,
        self[BIND_PORT] or 0)
    if rc == AGAIN then
        co_yield()
        rc = C.nightjar_ffi_socket_connected(u)
    end
    if rc == OK then
        return 1
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

-- Looks at connect's arguments, all but the first two of which may be missing.
local function connect_with(count, self, host, port, opts)
    local r = owner()
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check_waits(r, YIELDABLE)
    self_table(self)
    host = check.string(host, 2, count)
    local key, pool_size, backlog = nil, 0, -1
    local last = opts
    if count == 2 then
        last = host
    elseif count == 3 then
        last = port
    end
    if type(last) == "table" then
        pool_size = option(last, "pool_size", 1, count, true) or 0
        backlog = option(last, "backlog", 0, count) or -1
        if backlog >= 0 and pool_size == 0 then
            pool_size = C.nightjar_ffi_socket_pool_size(r)
        end
        key = last.pool
        local kind = type(key)
        if kind == "number" then
            key = tostring(key)
        elseif kind ~= "string" and kind ~= "nil" then
            argument(count, "bad \"pool\" option type: " .. kind)
        end
        count = count - 1
    end
    local number = count >= 3 and tonumber(port)
    if number then
        number = floor(number)
        if number < 0 or number > 65535 then
            return nil, "bad port number: " .. number
        end
        key = key or host .. ":" .. port
    elseif lower(sub(host, 1, 5)) == "unix:" then
        number = 0
        key = key or host
    else
        return nil, "missing the port number"
    end
    return connect(self, r, host, number, key, pool_size, backlog)
end

-- The usual arguments: a host, a port, no options.
local function connect_plain(self, host, port)
    local r = request()
    if type(self) ~= "table" or type(host) ~= "string" or type(port) ~= "number" or not r or port < 0 or port > 65535
        or floor(port) ~= port then
        return connect_with(3, self, host, port)
    end
    check_waits(r, YIELDABLE)
    return connect(self, r, host, port, host .. ":" .. port, 0, -1)
end

function tcp.connect(...)
    local n = select("#", ...)
    if n == 3 then
        return connect_plain(...)
    elseif n == 2 or n == 4 then
        return connect_with(n, ...)
    end
    error("ngx.socket connect: expecting 2, 3, or 4 arguments (including the object), but seen " .. n, 2)
end

function tcp.bind(...)
    local n = select("#", ...)
    if n ~= 2 and n ~= 3 then
        error("expecting 2 or 3 arguments, but got " .. n, 2)
    end
    local r = owner()
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check_waits(r, YIELDABLE)
    local self, host, port = ...
    self_table(self)
    local number = 0
    if n == 3 then
        number = tonumber(port)
        if not number then
            return nil, "expecting port to be anumber but got type: " .. type(port)
        end
        number = floor(number)
        if number < 0 or number > 65535 then
            return nil, "bad port number: " .. number
        end
    end
    host = check.string(host, 2, n)
    if C.nightjar_ffi_socket_bind(r, host, #host) ~= OK then
        return nil, text()
    end
    self[BIND], self[BIND_PORT] = host, number
    return true
end

-- send

-- What Java's answer to a send of n bytes means to the script.
local function sent(u, n, rc)
    if rc == AGAIN then
        co_yield()
        rc = C.nightjar_ffi_socket_sent(u)
    end
    if rc == OK then
        return n
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

-- The same as send_now(), where something speaks against it.
local function send_other(self, data)
    local r = owner()
    self_table(self)
    local u = self[CTX]
    local rc = C.nightjar_ffi_socket_sendable(r, u)
    if rc == DECLINED then
        return nil, text()
    elseif rc ~= OK then
        error(text(), 2)
    end
    local bytes, n = gather(data)
    if not bytes then
        argument(2, n)
    end
    if n == 0 then
        return 0
    end
    return sent(u, n, C.nightjar_ffi_socket_send(r, u, bytes, n))
end

-- Sends where nothing speaks against it: how many bytes, and Java's answer; nil elsewhere.
local function send_now(self, data)
    local u = type(self) == "table" and self[CTX]
    if u and u.writes == 0 then
        local r = request()
        if u.request == r then
            local bytes, n = gather(data)
            if bytes and n > 0 then
                return n, C.nightjar_ffi_socket_send(r, u, bytes, n)
            end
        end
    end
end

function tcp.send(...)
    local count = select("#", ...)
    if count ~= 2 then
        error("expecting 2 arguments (including the object), but got " .. count, 2)
    end
    local n, rc = send_now(...)
    if rc == OK then
        return n
    elseif n then
        return sent((...)[CTX], n, rc)
    end
    return send_other(...)
end
raw.send = tcp.send

-- receive

-- What Java's answer to a read means to the script.
local function received(u, rc)
    if rc == AGAIN then
        co_yield()
        rc = u.rc
    end
    if rc == OK then
        local pos = u.pos
        u.pos = pos + u.skip
        return (ffi_str(pos, u.len))
    elseif rc == ERROR then
        local pos = u.pos
        local partial = ""
        if u.len > 0 then
            partial = ffi_str(pos, u.len)
        end
        u.pos = pos + u.skip
        C.nightjar_ffi_socket_read_failure(u)
        return nil, text(), partial
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

local function ask(self, mode, size)
    local r = owner()
    self_table(self)
    local u = self[CTX]
    return received(u, C.nightjar_ffi_socket_receive(r, u, mode, size))
end

-- The next line if it is there. Raises nothing.
local function ready_line(self)
    local u = type(self) == "table" and self[CTX]
    if u and u.reads == 0 then
        local pos = u.pos
        local left = u.last - pos
        if left > 0 and u.request == request() then
            local lf = memchr(pos, LF, left)
            if lf ~= nil then
                local size = cast(bytes_t, lf) - pos
                local cr = memchr(pos, CR, size)
                u.pos = pos + (size + 1)
                if cr == nil then
                    return (ffi_str(pos, size))
                elseif cast(bytes_t, cr) - pos == size - 1 then
                    return (ffi_str(pos, size - 1))
                end
                return (gsub(ffi_str(pos, size), "\r", ""))
            end
        end
    end
end

-- The next `size` bytes if they are there. Raises nothing.
local function ready_bytes(self, size)
    local u = type(self) == "table" and self[CTX]
    if u and u.reads == 0 and size >= 1 and floor(size) == size then
        local pos = u.pos
        if u.last - pos >= size and u.request == request() then
            u.pos = pos + size
            return (ffi_str(pos, size))
        end
    end
end

-- The socket, where nothing speaks against receiving; else nil and why. Raises at the script.
local function receivable(self)
    local r = owner(nil, 4)
    self_table(self, 2)
    local u = self[CTX]
    local rc = C.nightjar_ffi_socket_receivable(r, u, 0)
    if rc == DECLINED then
        return nil, text()
    elseif rc ~= OK then
        error(text(), 3)
    end
    return u
end

local function bytes(self, size)
    if size >= 1 then
        return ask(self, BYTES, size < MAX and floor(size) or MAX)
    end
    -- What is wrong with the socket comes before what is wrong with the size.
    local open, why = receivable(self)
    if not open then
        return nil, why
    elseif size <= -1 then
        argument(2, "bad number argument")
    end
    return ""
end

-- receive with a pattern that is not a number.
local function patterned(self, pattern)
    if pattern == "*a" then
        return ask(self, ALL, 0)
    end
    local open, why = receivable(self)
    if not open then
        return nil, why
    elseif type(pattern) ~= "string" then
        argument(2, "bad argument")
    elseif #pattern ~= 2 or sub(pattern, 1, 1) ~= "*" then
        argument(2, "bad pattern argument: " .. pattern)
    end
    argument(2, "bad pattern argument")
end

-- receive, where what is asked for is not there.
local function receive(self, pattern)
    if pattern == "*l" then
        return ask(self, LINE, 0)
    end
    local size = tonumber(pattern)
    if size then
        return bytes(self, size)
    end
    return patterned(self, pattern)
end

-- What is there goes without a tail call: LuaJIT compiles no more than fifteen of them in a row.
function tcp.receive(...)
    local n = select("#", ...)
    local self, pattern = ...
    if n == 1 then
        pattern = "*l"
    elseif n ~= 2 then
        error("expecting 1 or 2 arguments (including the object), but got " .. n, 2)
    end
    local data
    if pattern == "*l" then
        data = ready_line(self)
    elseif type(pattern) == "number" then
        data = ready_bytes(self, pattern)
    end
    if data then
        return data
    end
    return receive(self, pattern)
end

local function receiveany(self, max)
    local number = tonumber(max)
    if number and number >= 1 then
        return ask(self, ANY, number < MAX and floor(number) or MAX)
    end
    local open, why = receivable(self)
    if not open then
        return nil, why
    end
    argument(2, "bad max argument")
end

function tcp.receiveany(...)
    local n = select("#", ...)
    if n ~= 2 then
        error("expecting 2 arguments (including the object), but got " .. n, 2)
    end
    return receiveany(...)
end

-- receiveuntil

-- fail[i]: how long a proper beginning of the pattern ends its first i + 1 bytes.
local function compile(pattern, inclusive)
    local n = #pattern
    local p = ffi_new(pattern_t, n)
    p.length = n
    p.inclusive = inclusive and 1 or 0
    local k = 0
    for i = 1, n - 1 do
        local c = pattern:byte(i + 1)
        while k > 0 and pattern:byte(k + 1) ~= c do
            k = p.fail[k - 1]
        end
        if pattern:byte(k + 1) == c then
            k = k + 1
        end
        p.fail[i] = k
    end
    return p
end

-- p.state after the pattern was found by a read of limited size.
local FOUND = -1

local function read_until(self, pattern, p, size)
    local r = owner()
    local u = self[CTX]
    if p.state == FOUND then
        local rc = C.nightjar_ffi_socket_receivable(r, u, 1)
        if rc == OK then
            p.state = 0
            return nil, nil, nil
        end
        return received(u, rc)
    end
    local rc = C.nightjar_ffi_socket_receiveuntil(r, u, p, pattern, size)
    if rc == AGAIN then
        -- Java looks for the pattern meanwhile.
        co_yield()
        used(p, pattern)
        rc = u.rc
    end
    return received(u, rc)
end

function tcp.receiveuntil(...)
    local n = select("#", ...)
    if n ~= 2 and n ~= 3 then
        error("expecting 2 or 3 arguments (including the object), but got " .. n, 2)
    end
    local self, pattern, opts = ...
    local inclusive
    if n == 3 then
        check.table(opts, 3, n)
        inclusive = opts.inclusive
        local kind = type(inclusive)
        if kind ~= "nil" and kind ~= "boolean" then
            error("bad \"inclusive\" option value type: " .. kind, 2)
        end
    end
    owner()
    if type(self) ~= "table" then
        argument(1, "table expected, got " .. type(self))
    end
    pattern = check.string(pattern, 2, n)
    if pattern == "" then
        return nil, "pattern is empty"
    end
    local p = compile(pattern, inclusive)
    return function(...)
        local count = select("#", ...)
        if count > 1 then
            error("expecting 0 or 1 argument, but seen " .. count, 2)
        end
        local size = 0
        if count == 1 then
            size = floor(check.number((...), 1, count))
            if size < 0 then
                size = 0
            end
        end
        return read_until(self, pattern, p, size)
    end
end

-- The rest

function tcp.sslhandshake()
    return nil, "TLS is not supported by this version of Nightjar"
end

function tcp.close(...)
    local n = select("#", ...)
    if n ~= 1 then
        error("expecting 1 argument (including the object) but seen " .. n, 2)
    end
    local r = owner()
    local self = ...
    if type(self) ~= "table" then
        argument(1, "table expected, got " .. type(self))
    end
    local u = self[CTX]
    local rc = C.nightjar_ffi_socket_close(r, u)
    if rc == OK then
        ffi_gc(u, nil)
        return 1
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

function tcp.getreusedtimes(...)
    local n = select("#", ...)
    if n ~= 1 then
        error("expecting 1 argument (including the object), but got " .. n, 2)
    end
    local self = ...
    if type(self) ~= "table" then
        argument(1, "table expected, got " .. type(self))
    end
    local times = C.nightjar_ffi_socket_reused(self[CTX])
    if times < 0 then
        return nil, text()
    end
    return times
end

-- setkeepalive's arguments: as configured.
local CONFIGURED = -2^31

local function setkeepalive(n, self, timeout, size)
    local r = owner()
    self_table(self)
    if timeout == nil then
        timeout = CONFIGURED
    else
        timeout = check.number(timeout, 2, n)
    end
    if size == nil then
        size = CONFIGURED
    else
        size = check.number(size, 3, n)
    end
    local u, key = self[CTX], self[KEY] or ""
    local rc = C.nightjar_ffi_socket_setkeepalive(r, u, timeout, size, key, #key)
    if rc == OK then
        ffi_gc(u, nil)
        return 1
    elseif rc == DECLINED then
        return nil, text()
    elseif rc == ERROR then
        argument(n, text())
    end
    error(text(), 2)
end

function tcp.setkeepalive(...)
    local n = select("#", ...)
    if n < 1 or n > 3 then
        error("expecting 1 to 3 arguments (including the object), but got " .. n, 2)
    end
    return setkeepalive(n, ...)
end

-- Milliseconds as C's integers have them.
local function timeout_value(v)
    v = tonumber(v) or 0
    if v < 0 or v >= 2^31 then
        error("bad timeout value", 3)
    end
    return (floor(v))
end

function tcp.settimeout(...)
    local n = select("#", ...)
    if n ~= 2 then
        error("ngx.socket settimeout: expecting 2 arguments (including the object) but seen " .. n, 2)
    end
    local self, msec = ...
    msec = timeout_value(msec)
    self[CONNECT_TIMEOUT], self[SEND_TIMEOUT], self[READ_TIMEOUT] = msec, msec, msec
    local u = self[CTX]
    if u then
        u.connect_timeout, u.send_timeout, u.read_timeout = msec, msec, msec
    end
end

function tcp.settimeouts(...)
    local n = select("#", ...)
    if n ~= 4 then
        error("ngx.socket settimeouts: expecting 4 arguments (including the object) but seen " .. n, 2)
    end
    local self, connect_msec, send_msec, read_msec = ...
    connect_msec, send_msec, read_msec = timeout_value(connect_msec), timeout_value(send_msec), timeout_value(read_msec)
    self[CONNECT_TIMEOUT], self[SEND_TIMEOUT], self[READ_TIMEOUT] = connect_msec, send_msec, read_msec
    local u = self[CTX]
    if u then
        u.connect_timeout, u.send_timeout, u.read_timeout = connect_msec, send_msec, read_msec
    end
end

for _, name in ipairs { "receive", "receiveany", "receiveuntil", "settimeout", "settimeouts" } do
    raw[name], body[name] = tcp[name], tcp[name]
end

-- Where lua-resty-core finds the methods, to add its own.
local registry = debug.getregistry()
registry.__tcp_cosocket_mt = tcp
registry.__tcp_req_cosocket_mt = body
registry.__tcp_raw_req_cosocket_mt = raw

local M = {}

function M.tcp(...)
    local n = select("#", ...)
    if n ~= 0 then
        error("expecting zero arguments, but got " .. n, 2)
    end
    local r = owner()
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check_waits(r, YIELDABLE)
    return (setmetatable(new_tab(5, 0), tcp))
end

M.stream = M.tcp

M.connect = assert(loadstring([[
local sock = ngx.socket.tcp()
local ok, err = sock:connect(...)
if ok then return sock else return nil, err end]], "=ngx.socket.connect"))

-- ngx.req.socket
function M.req_socket(...)
    local n = select("#", ...)
    if n > 1 then
        error("expecting 0 or 1 argument, but got " .. n, 2)
    end
    local r = request()
    if not r then
        error("no request found", 2)
    end
    if r.context == 0 then
        error("no ctx found", 2)
    end
    check_context(r, check.HANDLERS)
    local whole = n == 1 and (...)
    local u = ffi_gc(ffi_new(socket_t), collected)
    local rc = C.nightjar_ffi_req_socket(r, u, whole and 1 or 0)
    if rc == OK then
        return (setmetatable({ u }, whole and raw or body))
    elseif rc == DECLINED then
        return nil, text()
    end
    error(text(), 2)
end

return M
