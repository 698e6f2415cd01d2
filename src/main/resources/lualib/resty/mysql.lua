-- A client of MySQL and MariaDB over a cosocket, in the text protocol.
--
-- A packet is three bytes of length, its number, and what it carries; numbers are little-endian. A number "with its
-- length" is one byte below 251, or a byte that says how many follow; a string stands behind its length in that form.

local auth = require "nightjar.mysql_auth"
local bit = require "bit"
local client = require "nightjar.client"
local new_tab = require "table.new"

local band = bit.band
local bor = bit.bor
local byte = string.byte
local char = string.char
local find = string.find
local lshift = bit.lshift
local null = ngx.null
local rep = string.rep
local rshift = bit.rshift
local setmetatable = setmetatable
local sub = string.sub
local tcp = ngx.socket.tcp
local tonumber = tonumber

local M = { _VERSION = "0.29" }
local object_meta = { __index = M }

client.delegate(M, "sock", { get_reused_times = "getreusedtimes", set_timeout = "settimeout" })

-- What `state` can be, beside nil.
local CONNECTED, COMMAND_SENT = 1, 2

-- First bytes of packets, and what messages call them.
local OK, MORE_DATA, NULL, EOF, ERR = 0x00, 0x01, 0xfb, 0xfe, 0xff
local KINDS = { [OK] = "OK", [MORE_DATA] = "AUTHMOREDATA", [NULL] = "LOCALINFILE", [EOF] = "EOF", [ERR] = "ERR" }

local COM_QUIT, COM_QUERY = "\1", "\3"
local SERVER_MORE_RESULTS_EXISTS = 8

-- The longest piece of a packet: one that is as long goes on in another piece.
local MAX_PIECE = 0xffffff
local DEFAULT_MAX_PACKET_SIZE = 1024 * 1024

local CLIENT_LONG_PASSWORD, CLIENT_FOUND_ROWS, CLIENT_LONG_FLAG, CLIENT_CONNECT_WITH_DB = 0x1, 0x2, 0x4, 0x8
local CLIENT_ODBC, CLIENT_IGNORE_SPACE, CLIENT_PROTOCOL_41, CLIENT_INTERACTIVE = 0x40, 0x100, 0x200, 0x400
local CLIENT_SSL, CLIENT_IGNORE_SIGPIPE, CLIENT_TRANSACTIONS = 0x800, 0x1000, 0x2000
local CLIENT_RESERVED, CLIENT_SECURE_CONNECTION = 0x4000, 0x8000
local CLIENT_MULTI_STATEMENTS, CLIENT_MULTI_RESULTS, CLIENT_PLUGIN_AUTH = 0x10000, 0x20000, 0x80000
local CLIENT_FLAGS = bor(CLIENT_LONG_PASSWORD, CLIENT_FOUND_ROWS, CLIENT_LONG_FLAG, CLIENT_CONNECT_WITH_DB, CLIENT_ODBC,
    CLIENT_IGNORE_SPACE, CLIENT_PROTOCOL_41, CLIENT_INTERACTIVE, CLIENT_IGNORE_SIGPIPE, CLIENT_TRANSACTIONS, CLIENT_RESERVED,
    CLIENT_SECURE_CONNECTION, CLIENT_MULTI_STATEMENTS, CLIENT_MULTI_RESULTS, CLIENT_PLUGIN_AUTH)

-- Character sets, each by the number of its default collation.
local CHARSETS = {
    _default = 0, big5 = 1, dec8 = 3, cp850 = 4, hp8 = 6, koi8r = 7, latin1 = 8, latin2 = 9, swe7 = 10, ascii = 11, ujis = 12,
    sjis = 13, hebrew = 16, tis620 = 18, euckr = 19, koi8u = 22, gb2312 = 24, greek = 25, cp1250 = 26, gbk = 28, latin5 = 30,
    armscii8 = 32, utf8 = 33, ucs2 = 35, cp866 = 36, keybcs2 = 37, macce = 38, macroman = 39, cp852 = 40, latin7 = 41,
    utf8mb4 = 45, cp1251 = 51, utf16 = 54, utf16le = 56, cp1256 = 57, cp1257 = 59, utf32 = 60, binary = 63, geostd8 = 92,
    cp932 = 95, eucjpms = 97, gb18030 = 248,
}

-- Types of columns that become numbers: decimal, tiny, short, long, float, double, int24, year and new decimal. A 64 bit
-- integer stays a string, since Lua's numbers would not hold all of them.
local CONVERTERS = {
    [0x00] = tonumber, [0x01] = tonumber, [0x02] = tonumber, [0x03] = tonumber, [0x04] = tonumber, [0x05] = tonumber,
    [0x09] = tonumber, [0x0d] = tonumber, [0xf6] = tonumber,
}

-- Numbers and strings in packets. Readers answer the value and where the next one begins; nil where the packet is too short.

local function int2(data, pos)
    local a, b = byte(data, pos, pos + 1)
    return b and a + b * 0x100, pos + 2
end

local function int3(data, pos)
    local a, b, c = byte(data, pos, pos + 2)
    return c and a + b * 0x100 + c * 0x10000, pos + 3
end

local function int4(data, pos)
    local a, b, c, d = byte(data, pos, pos + 3)
    return d and a + b * 0x100 + c * 0x10000 + d * 0x1000000, pos + 4
end

local function int8(data, pos)
    local low, high = int4(data, pos), int4(data, pos + 4)
    return high and low + high * 0x100000000, pos + 8
end

local function put_int3(n)
    return (char(band(n, 0xff), band(rshift(n, 8), 0xff), band(rshift(n, 16), 0xff)))
end

local function put_int4(n)
    return put_int3(n) .. char(band(rshift(n, 24), 0xff))
end

-- A number with its length; nil also for NULL.
local function lengthed(data, pos)
    local first = byte(data, pos)
    if not first or first < NULL then
        return first, pos + 1
    elseif first == 0xfc then
        return int2(data, pos + 1)
    elseif first == 0xfd then
        return int3(data, pos + 1)
    elseif first == 0xfe then
        return int8(data, pos + 1)
    end
    return nil, pos + 1
end

-- A string behind its length; nil also for NULL.
local function lengthed_string(data, pos)
    local size
    size, pos = lengthed(data, pos)
    if not size then
        return nil, pos
    end
    return sub(data, pos, pos + size - 1), pos + size
end

-- A string that a zero ends.
local function zero_string(data, pos)
    local zero = find(data, "\0", pos, true)
    if not zero then
        return nil, pos
    end
    return sub(data, pos, zero - 1), zero + 1
end

-- Packets

local function send_packet(self, data)
    local size = #data
    local from = 0
    local sent = 0
    repeat
        local piece = size - from
        local body = data
        if size >= MAX_PIECE then
            piece = piece < MAX_PIECE and piece or MAX_PIECE
            body = sub(data, from + 1, from + piece)
        end
        local number = self.packet_no + 1
        self.packet_no = number
        local bytes, err = self.sock:send({ put_int3(piece), char(band(number, 0xff)), body })
        if not bytes then
            return nil, err
        end
        sent = sent + bytes
        from = from + piece
    until piece < MAX_PIECE
    return sent
end

-- A packet and its first byte, or nil, nil and why. The connection stays open after a timeout: its state does not allow
-- another command.
local function receive_packet(self)
    local sock = self.sock
    local whole, size = "", 0
    repeat
        local head, err = sock:receive(4)
        if not head then
            return nil, nil, "failed to receive packet header: " .. err
        end
        local piece = int3(head, 1)
        self.packet_no = byte(head, 4)
        size = size + piece
        if size == 0 then
            return nil, nil, "empty packet"
        elseif size > self._max_packet_size then
            return nil, nil, "packet size too big: " .. size
        elseif piece > 0 then
            local data
            data, err = sock:receive(piece)
            if not data then
                return nil, nil, "failed to read packet content: " .. err
            end
            whole = whole == "" and data or whole .. data
        end
    until piece < MAX_PIECE
    return whole, byte(whole)
end

-- What an error packet says, as methods answer it: nil, the message, the number and the SQL state.
local function failure(packet)
    local number, pos = int2(packet, 2)
    local state
    if sub(packet, pos, pos) == "#" then
        state = sub(packet, pos + 1, pos + 5)
        pos = pos + 6
    end
    return nil, sub(packet, pos), number, state
end

local function unexpected(first)
    return nil, "bad packet type: " .. (KINDS[first] or "DATA")
end

-- Logging in. What fails answers nil, why, and the server's error number and SQL state if it was the server.

local SCRAMBLE = 20

-- Reads the server's greeting: what it scrambles passwords with, and the name of its plugin.
local function read_greeting(self)
    local packet, first, err = receive_packet(self)
    if not packet then
        return nil, err
    elseif first == ERR then
        return failure(packet)
    elseif first < 10 then
        return nil, "unsupported protocol version " .. first .. ", version 10 or higher is required"
    end
    self.protocol_ver = first
    local version, pos = zero_string(packet, 2)
    if not version then
        return nil, "bad handshake initialization packet: bad server version"
    end
    self._server_ver = version
    pos = pos + 4                           -- the number of the connection
    local scramble = sub(packet, pos, pos + 7)
    pos = pos + 9                           -- and a zero
    local low, high = int2(packet, pos), int2(packet, pos + 5)
    if not high then
        return nil, "bad handshake initialization packet: it is too short"
    end
    self._server_lang = byte(packet, pos + 2)
    self._server_status = int2(packet, pos + 3)
    self.capabilities = bor(low, lshift(high, 16))
    pos = pos + 18                          -- behind the length of the scramble, and ten zeros
    scramble = scramble .. sub(packet, pos, pos + SCRAMBLE - 9)
    if band(self.capabilities, CLIENT_PLUGIN_AUTH) == 0 then
        return scramble, "mysql_native_password"
    end
    -- Some versions leave out the zero behind the name.
    pos = pos + SCRAMBLE - 7
    return scramble, zero_string(packet, pos) or sub(packet, pos)
end

-- The head of the response to the greeting; alone it asks for TLS.
local function response_head(self, flags)
    return put_int4(flags) .. put_int4(self._max_packet_size) .. char(self.charset) .. rep("\0", 23)
end

local function begin_tls(self, opts)
    if band(self.capabilities, CLIENT_SSL) == 0 then
        return nil, "ssl disabled on server"
    end
    local ok, err = send_packet(self, response_head(self, bor(CLIENT_FLAGS, CLIENT_SSL)))
    if not ok then
        return nil, "failed to send client authentication packet: " .. err
    end
    ok, err = self.sock:sslhandshake(false, nil, opts.ssl_verify)
    if not ok then
        return nil, "failed to do ssl handshake: " .. (err or "")
    end
    return true
end

-- A response is at most 250 bytes long, so that one byte says how long it is.
local function send_login(self, response, plugin)
    if #response > 250 then
        return nil, "the password is too long"
    end
    local ok, err = send_packet(self, response_head(self, CLIENT_FLAGS) .. self.user .. "\0" .. char(#response) .. response
        .. self.database .. "\0" .. plugin .. "\0")
    if not ok then
        return nil, "failed to send client authentication packet: " .. err
    end
    return true
end

-- The other plugin that the server wants, and a new scramble unless it comes from before there were plugins.
local function read_switch(packet, scramble)
    if #packet == 1 then
        return "mysql_old_password", scramble
    end
    local plugin, pos = zero_string(packet, 2)
    if not plugin then
        return nil, "malformed packet"
    end
    return plugin, sub(packet, pos, pos + SCRAMBLE - 1)
end

-- No plugin sends more packets than this.
local MAX_ROUNDS = 8

-- Goes on with the server, once the first response is out, until it lets us in.
local function finish_login(self, scramble, plugin, password, secret)
    for _ = 1, MAX_ROUNDS do
        local packet, first, err = receive_packet(self)
        if not packet then
            return nil, "failed to receive the result packet: " .. err
        elseif first == OK then
            return true
        elseif first == ERR then
            return failure(packet)
        end
        local response
        if first == EOF then
            plugin, scramble = read_switch(packet, scramble)
            if not plugin then
                return nil, scramble
            end
            response, err = auth.first(plugin, password, scramble, secret)
        elseif first == MORE_DATA then
            response, err = auth.more(plugin, password, scramble, sub(packet, 2), secret)
        else
            return unexpected(first)
        end
        if not response then
            return nil, err
        elseif response ~= "" or first == EOF then
            local sent
            sent, err = send_packet(self, response)
            if not sent then
                return nil, "failed to send client authentication packet: " .. err
            end
        end
    end
    return nil, "malformed packet"
end

local function log_in(self, opts)
    self.packet_no = -1
    local scramble, plugin, number, state = read_greeting(self)
    if not scramble then
        return nil, plugin, number, state
    end
    local password = opts.password or ""
    local tls = opts.ssl or opts.ssl_verify
    local secret = tls or not opts.host
    local response, err = auth.first(plugin, password, scramble, secret)
    if not response then
        return nil, err
    end
    local ok
    if tls then
        ok, err = begin_tls(self, opts)
        if not ok then
            return nil, err
        end
    end
    ok, err = send_login(self, response, plugin)
    if not ok then
        return nil, err
    end
    return finish_login(self, scramble, plugin, password, secret)
end

-- Connections

function M.new()
    local sock, err = tcp()
    if not sock then
        return nil, err
    end
    return (setmetatable({ sock = sock }, object_meta))
end

-- Connects and logs in; a pooled connection is logged in already. Options: host and port, or path of a unix socket; user,
-- password, database, charset, max_packet_size in bytes, compact_arrays, ssl, ssl_verify; pool, pool_size and backlog of
-- the cosocket. 1, or nil, why, and the server's error number and SQL state if it was the server.
function M:connect(opts)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    self._max_packet_size = opts.max_packet_size or DEFAULT_MAX_PACKET_SIZE
    self.compact = opts.compact_arrays
    self.database = opts.database or ""
    self.user = opts.user or ""
    self.state = nil
    local charset = opts.charset or "_default"
    self.charset = CHARSETS[charset]
    if not self.charset then
        return nil, "charset '" .. charset .. "' is not supported"
    end
    local host, port, path = opts.host, opts.port or 3306, opts.path
    if not host and not path then
        return nil, 'neither "host" nor "path" options are specified'
    end
    local pooling = { pool = opts.pool, pool_size = opts.pool_size, backlog = opts.backlog }
    if not pooling.pool then
        pooling.pool = self.user .. ":" .. self.database .. ":" .. (host and host .. ":" .. port or path)
    end
    local ok, err
    if host then
        ok, err = sock:connect(host, port, pooling)
    else
        ok, err = sock:connect("unix:" .. path, pooling)
    end
    if not ok then
        return nil, "failed to connect: " .. err
    end
    if sock:getreusedtimes() == 0 then
        local number, state
        ok, err, number, state = log_in(self, opts)
        if not ok then
            sock:close()
            return nil, err, number, state
        end
    end
    self.state = CONNECTED
    return 1
end

-- Whether a method may run now; else nil and why not.
local function check_state(self, wanted, doing)
    if not self.sock then
        return nil, "not initialized"
    elseif self.state ~= wanted then
        return nil, doing .. (self.state or "nil")
    end
    return true
end

-- The arguments are those of the cosocket's setkeepalive.
function M:set_keepalive(...)
    local ok, err = check_state(self, CONNECTED, "cannot be reused in the current connection state: ")
    if not ok then
        return nil, err
    end
    self.state = nil
    return self.sock:setkeepalive(...)
end

-- Tells the server, and closes the connection.
function M:close()
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    self.state = nil
    self.packet_no = -1
    local sent, err = send_packet(self, COM_QUIT)
    if not sent then
        sock:close()
        return nil, err
    end
    return sock:close()
end

function M:server_ver()
    return self._server_ver
end

function M:set_compact_arrays(value)
    self.compact = value
end

-- Queries

-- The number of bytes sent, or nil and why.
function M:send_query(query)
    local ok, err = check_state(self, CONNECTED, "cannot send query in the current context: ")
    if not ok then
        return nil, err
    end
    self.packet_no = -1
    local sent
    sent, err = send_packet(self, COM_QUERY .. query)
    if not sent then
        return nil, err
    end
    self.state = COMMAND_SENT
    return sent
end

-- Looks at the server's status at the end of a result: "again" if another result follows.
local function conclude(self, status)
    if status and band(status, SERVER_MORE_RESULTS_EXISTS) ~= 0 then
        return "again"
    end
    self.state = CONNECTED
end

-- The result of a query that has no rows.
local function read_ok(self, packet)
    local result = new_tab(0, 5)
    local pos
    result.affected_rows, pos = lengthed(packet, 2)
    result.insert_id, pos = lengthed(packet, pos)
    result.server_status, pos = int2(packet, pos)
    result.warning_count, pos = int2(packet, pos)
    result.message = lengthed_string(packet, pos)
    return result, conclude(self, result.server_status)
end

-- A column: its name and its type.
local function read_column(self)
    local packet, first, err = receive_packet(self)
    if not packet then
        return nil, err
    elseif first == ERR then
        return failure(packet)
    end
    local pos = 1
    local name, _
    for _ = 1, 4 do                         -- catalog, database, table and the table's own name
        name, pos = lengthed_string(packet, pos)
    end
    name, pos = lengthed_string(packet, pos)
    _, pos = lengthed_string(packet, pos)   -- the name before "as"
    local type = byte(packet, pos + 7)      -- behind a length, the character set and the column's width
    if not type then
        return nil, "bad field packet type: " .. (KINDS[first] or "DATA")
    end
    return name, type
end

-- A row as a table by name, or where there are no names in the order of the columns.
local function read_row(packet, names, converters, count)
    local row = names and new_tab(0, count) or new_tab(count, 0)
    local pos = 1
    for i = 1, count do
        local value = null
        local size = byte(packet, pos)
        if size == NULL then
            pos = pos + 1
        else
            size, pos = lengthed(packet, pos)
            if not size then
                return nil, "malformed row"
            end
            value = sub(packet, pos, pos + size - 1)
            pos = pos + size
            local convert = converters[i]
            if convert then
                value = convert(value)
            end
        end
        if names then
            row[names[i]] = value
        else
            row[i] = value
        end
    end
    return row
end

-- Some rows are packets that begin as the one behind the last row does, but are longer.
local MAX_EOF_PACKET = 8

local function read_rows(self, count, room)
    local names, converters = new_tab(count, 0), new_tab(count, 0)
    for i = 1, count do
        local name, type, number, state = read_column(self)
        if not name then
            if number then
                self.state = CONNECTED
            end
            return nil, type, number, state
        end
        names[i], converters[i] = name, CONVERTERS[type] or false
    end
    local packet, first, err = receive_packet(self)
    if not packet then
        return nil, err
    elseif first ~= EOF then
        return nil, "unexpected packet type " .. (KINDS[first] or "DATA") .. " while eof packet is expected"
    end
    if self.compact then
        names = nil
    end
    local rows = new_tab(room or 4, 0)
    local n = 0
    while true do
        packet, first, err = receive_packet(self)
        if not packet then
            return nil, err
        elseif first == EOF and #packet <= MAX_EOF_PACKET then
            return rows, conclude(self, int2(packet, 4))
        elseif first == ERR then
            self.state = CONNECTED
            return failure(packet)
        end
        local row
        row, err = read_row(packet, names, converters, count)
        if not row then
            return nil, err
        end
        n = n + 1
        rows[n] = row
    end
end

-- The next result of the query that was sent: a table of rows, or one that says what it did. "again" follows if there is
-- another to read. Else nil, why, the server's error number and SQL state. `room` is about how many rows there will be.
function M:read_result(room)
    local ok, err = check_state(self, COMMAND_SENT, "cannot read result in the current context: ")
    if not ok then
        return nil, err
    end
    local packet, first
    packet, first, err = receive_packet(self)
    if not packet then
        return nil, err
    elseif first == ERR then
        self.state = CONNECTED
        return failure(packet)
    elseif first == OK then
        return read_ok(self, packet)
    elseif first == NULL then
        -- The server asks for a local file, which it has not been told that we would send.
        self.state = nil
        return nil, "packet type " .. KINDS[first] .. " not supported"
    end
    local count = lengthed(packet, 1)
    if not count then
        return unexpected(first)
    end
    return read_rows(self, count, room)
end

-- Sends a query and reads its (first) result.
function M:query(query, room)
    local sent, err = self:send_query(query)
    if not sent then
        return nil, "failed to send query: " .. err
    end
    return self:read_result(room)
end

return M
