-- A client of redis over a cosocket. Any command is a method of its name: red:set(key, value), red:xadd(...).
--
-- A reply is a string, a number, a table of replies, or ngx.null where redis has none; `false` and the text for an error
-- of redis, which inside of a table is { false, text }; nil and why if the connection failed.

local client = require "nightjar.client"
local new_tab = require "table.new"

local byte = string.byte
local error = error
local ipairs = ipairs
local min = math.min
local null = ngx.null
local pairs = pairs
local rawget = rawget
local receive = client.receive
local select = select
local setmetatable = setmetatable
local sub = string.sub
local tab_remove = table.remove
local tcp = ngx.socket.tcp
local tonumber = tonumber
local tostring = tostring
local type = type

local M = { _VERSION = "0.32" }
local object_meta = { __index = M }

client.delegate(M, "_sock", { close = "close", get_reused_times = "getreusedtimes" })

-- Requests. A command goes out as a list of pieces: how many arguments there are, the name, and each argument behind its
-- length. Strings that come again and again are made once.

local function numbered(before, after)
    return setmetatable({}, { __index = function(t, n)
        local s = before .. n .. after
        if n < 1024 then
            t[n] = s
        end
        return s
    end })
end

local COUNT = numbered("*", "\r\n")
local LENGTH = numbered("\r\n$", "\r\n")

local function piece_of_name(name)
    return "$" .. #name .. "\r\n" .. name
end

-- Adds a command to a list that has n pieces; how many it has then.
local function put(pieces, n, name_piece, args)
    local count = #args
    pieces[n + 1] = COUNT[count + 1]
    pieces[n + 2] = name_piece
    n = n + 2
    for i = 1, count do
        local arg = args[i]
        if type(arg) ~= "string" then
            arg = tostring(arg)
        end
        pieces[n + 1] = LENGTH[#arg]
        pieces[n + 2] = arg
        n = n + 2
    end
    pieces[n + 1] = "\r\n"
    return n + 1
end

-- Replies

local BULK, STATUS, ARRAY, INTEGER, ERROR = byte("$+*:-", 1, -1)

-- Room made before the elements come: what the other side says there will be is not believed further.
local MAX_ROOM = 4096

local read_rest

-- A reply. A patient reader's connection stays open if nothing comes in time.
local function read(sock, patient)
    local line, err
    if patient then
        line, err = sock:receive()
    else
        line, err = receive(sock)
    end
    if not line then
        return nil, err
    end
    return read_rest(sock, line)
end

local function read_bulk(sock, size)
    if size < 0 then
        return null
    end
    local data, err = receive(sock, size)
    if not data then
        return nil, err
    end
    local line_end
    line_end, err = receive(sock, 2)
    if not line_end then
        return nil, err
    end
    return data
end

local function read_array(sock, count)
    if count < 0 then
        return null
    end
    local values = new_tab(min(count, MAX_ROOM), 0)
    for i = 1, count do
        local value, err = read(sock)
        if value == nil then
            return nil, err
        end
        values[i] = value or { false, err }
    end
    return values
end

-- The reply that begins with a line.
function read_rest(sock, line)
    local kind, rest = byte(line), sub(line, 2)
    if kind == STATUS then
        return rest
    elseif kind == ERROR then
        return false, rest
    end
    local number = tonumber(rest)
    if kind == INTEGER then
        return number
    elseif kind == BULK and number then
        return read_bulk(sock, number)
    elseif kind == ARRAY and number then
        return read_array(sock, number)
    elseif kind == BULK or kind == ARRAY then
        return nil, "bad length: \"" .. line .. "\""
    end
    return nil, "unknown prefix: \"" .. tostring(kind) .. "\""
end

-- Channels. `_names` has what is subscribed, `_messages` what came while another reply was awaited.

local MESSAGE = {
    subscribe = "message",
    unsubscribe = "message",
    psubscribe = "pmessage",
    punsubscribe = "pmessage",
}

-- Drops messages of a channel that is not listened to any more.
local function forget(self, kind, name)
    local kept = {}
    for _, message in ipairs(self._messages) do
        if message[1] ~= kind or message[2] ~= name then
            kept[#kept + 1] = message
        end
    end
    self._messages = kept
end

-- Looks whether a reply tells that channels have come or gone.
local function note(self, reply)
    local event = type(reply) == "table" and reply[1]
    local kind = MESSAGE[event]
    if not kind then
        return
    end
    local name = reply[2]
    if event == "subscribe" or event == "psubscribe" then
        self._names[kind][name] = true
        return
    end
    self._names[kind][name] = nil
    forget(self, kind, name)
    if reply[3] == 0 then
        self._subscribed = false
    end
end

-- The reply to a command; messages that come before it wait for read_reply.
local function read_answer(self, sock, patient)
    if not self._subscribed then
        return read(sock, patient)
    end
    while true do
        local reply, err = read(sock, true)
        local event = type(reply) == "table" and reply[1]
        if event ~= "message" and event ~= "pmessage" then
            return reply, err
        end
        self._messages[#self._messages + 1] = reply
    end
end

-- Commands

-- Sends a command and reads its reply, or adds it to the pipeline.
local function run(self, name_piece, args, patient)
    local sock = rawget(self, "_sock")
    if not sock then
        return nil, "not initialized"
    end
    local reqs = self._reqs
    if reqs then
        reqs.filled = put(reqs.pieces, reqs.filled, name_piece, args)
        reqs.commands = reqs.commands + 1
        return
    end
    local pieces = new_tab(2 * #args + 3, 0)
    put(pieces, 0, name_piece, args)
    local sent, err = sock:send(pieces)
    if not sent then
        return nil, err
    end
    return read_answer(self, sock, patient)
end

-- The same behind a module prefix, which goes for one command.
local function run_named(self, name, plain, args, patient)
    local prefix = self._module_prefix
    if prefix then
        self._module_prefix = false
        return run(self, piece_of_name(prefix .. "." .. name), args, patient)
    end
    return run(self, plain, args, patient)
end

-- The method of a command. `patient`: redis may take its time.
local function method(name, patient)
    local plain = piece_of_name(name)
    return function(self, ...)
        return run_named(self, name, plain, { ... }, patient)
    end
end

-- Commands become methods when they are first asked for. Names that begin with _ are fields.
setmetatable(M, { __index = function(_, name)
    if type(name) ~= "string" or sub(name, 1, 1) == "_" then
        return nil
    end
    local made = method(name)
    M[name] = made
    return made
end })

M.blpop = method("blpop", true)
M.brpop = method("brpop", true)

local HMSET = piece_of_name("hmset")

-- The fields are given one after the other, or in a table.
function M:hmset(key, ...)
    local args = { key, ... }
    if select("#", ...) == 1 then
        args = { key }
        for field, value in pairs((...)) do
            args[#args + 1] = field
            args[#args + 1] = value
        end
    end
    return run_named(self, "hmset", HMSET, args)
end

-- For libraries from the time when commands had to be named.
function M.add_commands(...)
    for _, name in ipairs { ... } do
        M[name] = method(name)
    end
end

-- Makes a method M:name(), behind which the next command is one of redis' module `name`.
function M.register_module_prefix(name)
    M[name] = function(self)
        self._module_prefix = name
        return self
    end
end

-- Reads the replies about `count` channels, the first of which has been read: it alone, or a list.
local function read_notes(self, first, count)
    note(self, first)
    if count <= 1 then
        return first
    end
    local replies = new_tab(count, 0)
    replies[1] = first
    for i = 2, count do
        local reply, err = read_answer(self, self._sock)
        if not reply then
            return nil, err
        end
        note(self, reply)
        replies[i] = reply
    end
    return replies
end

local function subscriber(name)
    local piece = piece_of_name(name)
    return function(self, ...)
        self._subscribed = true
        local first, err = run(self, piece, { ... })
        if not first then
            return nil, err
        end
        return read_notes(self, first, select("#", ...))
    end
end

M.subscribe = subscriber("subscribe")
M.psubscribe = subscriber("psubscribe")

local function size(set)
    local n = 0
    for _ in pairs(set) do
        n = n + 1
    end
    return n
end

-- Without names it is about all channels of the kind, and redis answers for each.
local function unsubscriber(name)
    local piece = piece_of_name(name)
    return function(self, ...)
        if not rawget(self, "_subscribed") then
            return nil, "not subscribed"
        end
        local count = select("#", ...)
        if count == 0 then
            count = size(self._names[MESSAGE[name]])
        end
        local first, err = run(self, piece, { ... })
        if not first then
            return nil, err
        end
        return read_notes(self, first, count)
    end
end

M.unsubscribe = unsubscriber("unsubscribe")
M.punsubscribe = unsubscriber("punsubscribe")

-- The next message of a subscribed channel. After a timeout it may be called again.
function M:read_reply()
    local sock = rawget(self, "_sock")
    if not sock then
        return nil, "not initialized"
    elseif not self._subscribed then
        return nil, "not subscribed"
    elseif self._messages[1] then
        return tab_remove(self._messages, 1)
    end
    local reply, err = read(sock, true)
    note(self, reply)
    return reply, err
end

-- Pipelines: commands gather until they are committed, and go out in one piece.

-- `n` is about how many commands there will be.
function M:init_pipeline(n)
    self._reqs = { pieces = new_tab((n or 4) * 5, 0), filled = 0, commands = 0 }
end

function M:cancel_pipeline()
    self._reqs = false
end

-- A table of the replies, or nil and why.
function M:commit_pipeline()
    local reqs = rawget(self, "_reqs")
    if not reqs then
        return nil, "no pipeline"
    end
    self._reqs = false
    local sock = rawget(self, "_sock")
    if not sock then
        return nil, "not initialized"
    end
    local sent, err = sock:send(reqs.pieces)
    if not sent then
        return nil, err
    end
    local count = reqs.commands
    local values = new_tab(count, 0)
    for i = 1, count do
        local value
        value, err = read_answer(self, sock)
        if value == nil then
            return nil, err
        end
        values[i] = value or { false, err }
    end
    return values
end

-- Connections

function M.new()
    local sock, err = tcp()
    if not sock then
        return nil, err
    end
    local self = {
        _sock = sock,
        _reqs = false,
        _module_prefix = false,
        _subscribed = false,
        _names = { message = {}, pmessage = {} },
        _messages = {},
    }
    return (setmetatable(self, object_meta))
end

local function socket_of(self)
    local sock = rawget(self, "_sock")
    if not sock then
        error("not initialized", 3)
    end
    return sock
end

function M:set_timeout(msec)
    socket_of(self):settimeout(msec)
end

function M:set_timeouts(connect_msec, send_msec, read_msec)
    socket_of(self):settimeouts(connect_msec, send_msec, read_msec)
end

local function expect(what, value, wanted, ok)
    if not ok then
        error("bad argument " .. what .. ": " .. wanted .. " expected, got " .. type(value), 3)
    end
end

-- connect(host, port, opts) or connect("unix:path", opts). `opts` goes to the cosocket; with opts.ssl TLS begins, for which
-- it has server_name and ssl_verify.
function M:connect(host, port, opts)
    local sock = rawget(self, "_sock")
    if not sock then
        return nil, "not initialized"
    end
    expect("#1 host", host, "string", type(host) == "string")
    self._subscribed = false
    self._names = { message = {}, pmessage = {} }
    self._messages = {}
    local ok, err
    if sub(host, 1, 5) == "unix:" then
        opts = port
        expect("#2 opts", opts, "nil or table", opts == nil or type(opts) == "table")
        if opts then
            ok, err = sock:connect(host, opts)
        else
            ok, err = sock:connect(host)
        end
    else
        expect("#2 port", port, "number", tonumber(port))
        expect("#3 opts", opts, "nil or table", opts == nil or type(opts) == "table")
        ok, err = sock:connect(host, tonumber(port), opts)
    end
    if not ok then
        return ok, err
    end
    if opts and opts.ssl then
        ok, err = sock:sslhandshake(false, opts.server_name, opts.ssl_verify)
        if not ok then
            return ok, "failed to do ssl handshake: " .. err
        end
    end
    return ok, err
end

-- The arguments are those of the cosocket's setkeepalive.
function M:set_keepalive(...)
    local sock = rawget(self, "_sock")
    if not sock then
        return nil, "not initialized"
    elseif self._subscribed then
        return nil, "subscribed state"
    end
    return sock:setkeepalive(...)
end

-- { name, value, name, value … } as a table of values by name.
function M:array_to_hash(array)
    local count = #array
    local hash = new_tab(0, count / 2)
    for i = 1, count, 2 do
        hash[array[i]] = array[i + 1]
    end
    return hash
end

return M
