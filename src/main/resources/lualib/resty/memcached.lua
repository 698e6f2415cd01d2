-- A client of memcached over a cosocket, in its text protocol.

local client = require "nightjar.client"
local new_tab = require "table.new"

local concat = table.concat
local escape_uri = ngx.escape_uri
local find = string.find
local ipairs = ipairs
local match = string.match
local receive = client.receive
local setmetatable = setmetatable
local tcp = ngx.socket.tcp
local tostring = tostring
local type = type
local unescape_uri = ngx.unescape_uri

-- Keys go through two functions: what is sent for a key, and of that the key again.
local M = { _VERSION = "0.17", escape_key = escape_uri, unescape_key = unescape_uri }
local object_meta = { __index = M }

client.delegate(M, "sock", {
    close = "close",
    connect = "connect",
    get_reused_times = "getreusedtimes",
    set_keepalive = "setkeepalive",
    sslhandshake = "sslhandshake",
})

-- opts.key_transform: the two functions for keys, in a table.
function M.new(_, opts)
    local escape_key, unescape_key
    if opts and opts.key_transform then
        escape_key, unescape_key = opts.key_transform[1], opts.key_transform[2]
        if not escape_key or not unescape_key then
            return nil, "expecting key_transform = { escape, unescape } table"
        end
    end
    local sock, err = tcp()
    if not sock then
        return nil, err
    end
    return (setmetatable({ sock = sock, escape_key = escape_key, unescape_key = unescape_key }, object_meta))
end

function M:set_timeouts(connect_msec, send_msec, read_msec)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    sock:settimeouts(connect_msec, send_msec, read_msec)
    return 1
end

function M:set_timeout(msec)
    return self:set_timeouts(msec, msec, msec)
end

-- Sends a line, and a value if there is one, and has the reply read by `read(line, err, sock, self)`: it is given the
-- first line, or nil and why there is none, and makes of it what the method returns. In a pipeline that waits for the
-- commit, and the answer is 1.
local function run(self, read, line, value)
    local sock = self.sock
    if not sock then
        return read(nil, "not initialized")
    end
    local request = line
    if value then
        request = { line, value, "\r\n" }
    end
    local reqs, readers = self._reqs, self._readers
    if reqs then
        reqs[#reqs + 1] = request
        readers[#readers + 1] = read
        return 1
    end
    local sent, err = sock:send(request)
    if not sent then
        return read(nil, err)
    end
    line, err = receive(sock)
    return read(line, err, sock, self)
end

-- The reader of a reply that is one line: 1 if it is one of those that mean success.
local function succeeds(wanted, also)
    return function(line, err)
        if line and (line == wanted or line == also) then
            return 1
        end
        return nil, line or err
    end
end

-- get and gets

local ONE = "^VALUE (%S+) (%d+) (%d+)$"
local ONE_UNIQUE = "^VALUE (%S+) (%d+) (%d+) (%d+)$"

-- The value behind its line, without the bytes that follow it.
local function read_value(sock, size, rest)
    local value, err = receive(sock, size)
    if not value then
        return nil, err
    end
    local dropped
    dropped, err = receive(sock, #rest)
    if not dropped then
        return nil, err
    end
    return value
end

local function read_get(line, err, sock)
    if line == "END" then
        return nil, nil, nil
    end
    local _, flags, size = match(line or "", ONE)
    if not flags then
        return nil, nil, line or err
    end
    local value
    value, err = read_value(sock, size, "\r\nEND\r\n")
    if not value then
        return nil, nil, err
    end
    return value, flags
end

local function read_gets(line, err, sock)
    if line == "END" then
        return nil, nil, nil, nil
    end
    local _, flags, size, unique = match(line or "", ONE_UNIQUE)
    if not flags then
        return nil, nil, nil, line or err
    end
    local value
    value, err = read_value(sock, size, "\r\nEND\r\n")
    if not value then
        return nil, nil, nil, err
    end
    return value, flags, unique
end

local function reader_of_many(pattern)
    return function(line, err, sock, self)
        local found = {}
        while line ~= "END" do
            local key, flags, size, unique = match(line or "", pattern)
            if not key then
                return nil, line or err
            end
            local value
            value, err = read_value(sock, size, "\r\n")
            if not value then
                return nil, err
            end
            found[self.unescape_key(key)] = { value, flags, unique }
            line, err = receive(sock)
        end
        return found
    end
end

local read_get_many = reader_of_many(ONE)
local read_gets_many = reader_of_many(ONE_UNIQUE)

local function get_many(self, command, keys, read)
    local count = #keys
    if count == 0 then
        return {}
    end
    local words = new_tab(count + 1, 0)
    words[1] = command
    for i = 1, count do
        words[i + 1] = self.escape_key(keys[i])
    end
    return run(self, read, concat(words, " ") .. "\r\n")
end

-- A value and its flags; nothing if there is none; nil, nil and why. Of a table of keys: a table of { value, flags } by
-- key, or nil and why.
function M:get(key)
    if type(key) == "table" then
        return get_many(self, "get", key, read_get_many)
    end
    return run(self, read_get, "get " .. self.escape_key(key) .. "\r\n")
end

-- The same with a third result, which is for `cas`; why comes fourth.
function M:gets(key)
    if type(key) == "table" then
        return get_many(self, "gets", key, read_gets_many)
    end
    return run(self, read_gets, "gets " .. self.escape_key(key) .. "\r\n")
end

-- Storing: value is a string, or a table of strings, numbers and such tables.

local stored = succeeds("STORED")

local function joined(value)
    local parts = new_tab(#value, 0)
    for i, part in ipairs(value) do
        parts[i] = type(part) == "table" and joined(part) or part
    end
    return (concat(parts))
end

local function store(self, command, key, value, exptime, flags, unique)
    if type(value) == "table" then
        value = joined(value)
    else
        value = tostring(value)
    end
    local line = command .. " " .. self.escape_key(key) .. " " .. (flags or 0) .. " " .. (exptime or 0) .. " " .. #value
    if unique then
        line = line .. " " .. unique
    end
    return run(self, stored, line .. "\r\n", value)
end

for _, command in ipairs { "set", "add", "replace", "append", "prepend" } do
    M[command] = function(self, key, value, exptime, flags)
        return store(self, command, key, value, exptime, flags)
    end
end

-- Stores if the entry is still what `gets` found.
function M:cas(key, value, unique, exptime, flags)
    return store(self, "cas", key, value, exptime, flags, unique)
end

-- Other commands: 1 or what they ask for, or nil and why.

local deleted = succeeds("DELETED")

function M:delete(key)
    return run(self, deleted, "delete " .. self.escape_key(key) .. "\r\n")
end

-- Some proxies answer as if the value had been stored.
local touched = succeeds("TOUCHED", "STORED")

function M:touch(key, exptime)
    return run(self, touched, "touch " .. self.escape_key(key) .. " " .. exptime .. "\r\n")
end

local function read_number(line, err)
    if line and find(line, "^%d+$") then
        return line
    end
    return nil, line or err
end

function M:incr(key, by)
    return run(self, read_number, "incr " .. self.escape_key(key) .. " " .. by .. "\r\n")
end

function M:decr(key, by)
    return run(self, read_number, "decr " .. self.escape_key(key) .. " " .. by .. "\r\n")
end

local ok = succeeds("OK")

-- `seconds`: when; at once if not given.
function M:flush_all(seconds)
    return run(self, ok, seconds and "flush_all " .. seconds .. "\r\n" or "flush_all\r\n")
end

function M:verbosity(level)
    return run(self, ok, "verbosity " .. level .. "\r\n")
end

-- Some kinds of statistics are commands, which are answered with one line.
local function read_stats(line, err, sock)
    if line == "RESET" or line == "OK" then
        return { line }
    end
    local lines = {}
    while line ~= "END" do
        if not line or find(line, "ERROR", 1, true) then
            return nil, line or err
        end
        lines[#lines + 1] = line
        line, err = receive(sock)
    end
    return lines
end

-- The lines of the general statistics, or of those that `kind` names.
function M:stats(kind)
    return run(self, read_stats, kind and "stats " .. kind .. "\r\n" or "stats\r\n")
end

local function read_version(line, err)
    local version = line and match(line, "^VERSION (.+)$")
    if version then
        return version
    end
    return nil, line or err
end

function M:version()
    return run(self, read_version, "version\r\n")
end

-- Has the server close the connection; it does not answer.
function M:quit()
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    local sent, err = sock:send("quit\r\n")
    if not sent then
        return nil, err
    end
    return 1
end

-- Pipelines: commands gather until they are committed, and go out in one piece.

-- `n` is about how many commands there will be. What it returns is what is wrong.
function M:init_pipeline(n)
    if self._reqs then
        return "already init pipeline"
    elseif n and type(n) ~= "number" then
        return "bad n arg: number expected, but got " .. type(n)
    end
    self._reqs = new_tab(n or 4, 0)
    self._readers = new_tab(n or 4, 0)
end

function M:cancel_pipeline()
    self._reqs, self._readers = nil, nil
end

-- A table with a table of each method's results, or nil and why.
function M:commit_pipeline()
    local reqs, readers = self._reqs, self._readers
    self:cancel_pipeline()
    if not reqs then
        return nil, "no pipeline"
    end
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    elseif #readers == 0 then
        return nil, "no more cmds"
    end
    local sent, err = sock:send(reqs)
    if not sent then
        return nil, err
    end
    local results = new_tab(#readers, 0)
    for i, read in ipairs(readers) do
        local line
        line, err = receive(sock)
        results[i] = { read(line, err, sock, self) }
    end
    return results
end

return M
