-- The parts of an HTTP/1 message on a socket: lines, header fields, bodies (RFC 9112). What a peer sends is bounded here,
-- and what could be understood in two ways is an error.

local http_headers = require "resty.http_headers"

local byte = string.byte
local find = string.find
local gmatch = string.gmatch
local ipairs = ipairs
local lower = string.lower
local match = string.match
local min = math.min
local sub = string.sub
local tonumber = tonumber
local tostring = tostring
local type = type

-- Bytes of one line, and of all header fields together.
local MAX_LINE = 65536
local MAX_FIELDS = 262144

-- What a header field costs beside its bytes: it bounds how many there can be.
local FIELD = 32

-- Numbers of bytes are exact below.
local MAX_LENGTH = 2^53

local CR, SPACE, TAB = 13, 32, 9

local M = {}

-- A function that receives the next line without its end: LF, or CR and LF.
function M.lines(sock)
    local to_lf = sock:receiveuntil("\n")
    return function()
        local line, err = to_lf(MAX_LINE)
        if not line then
            return nil, err
        end
        local more
        more, err = to_lf(1)
        if more then
            return nil, "line too long"
        elseif err then
            return nil, err
        end
        if byte(line, -1) == CR then
            return (sub(line, 1, -2))
        end
        return line
    end
end

-- status, version, reason of a status line; else nil, nil, nil and an error.
function M.status(read)
    local line, err = read()
    if not line then
        return nil, nil, nil, err
    end
    local version = match(line, "^HTTP/(1%.%d)")
    if not version then
        return nil, nil, nil, "couldn't parse HTTP version from response status line: " .. sub(line, 1, 200)
    end
    local status, reason = match(line, "^ (%d%d%d)(.*)$", 9)
    if not status or reason ~= "" and byte(reason) ~= SPACE then
        return nil, nil, nil, "couldn't parse status code from response status line: " .. sub(line, 1, 200)
    end
    return tonumber(status), tonumber(version), sub(reason, 2)
end

-- The value of a field of which `from` is the first byte. A pattern for this would be slow for a value that is all spaces.
local function trimmed(line, from)
    local last = #line
    while from <= last do
        local c = byte(line, last)
        if c ~= SPACE and c ~= TAB then
            break
        end
        last = last - 1
    end
    return (sub(line, from, last))
end

-- Header fields up to the empty line behind them. A field that comes more than once has a table of values.
function M.fields(read)
    local fields = http_headers.new()
    local room = MAX_FIELDS
    while true do
        local line, err = read()
        if not line then
            return nil, err
        elseif line == "" then
            return fields
        end
        room = room - #line - FIELD
        if room < 0 then
            return nil, "too many header fields"
        end
        local name, from = match(line, "^([^%s%c:]+):[ \t]*()")
        if not name or find(line, "[%z\r]") then
            return nil, "bad header field: " .. sub(line, 1, 200)
        end
        local value = trimmed(line, from)
        local before = fields[name]
        if before == nil then
            fields[name] = value
        elseif type(before) == "table" then
            before[#before + 1] = value
        else
            fields[name] = { before, value }
        end
    end
end

-- The values of a field that may be missing, one, or several.
local function each(value)
    if value == nil then
        return ipairs({})
    end
    return ipairs(type(value) == "table" and value or { value })
end

-- The body's encoding ends with "chunked".
function M.is_chunked(fields)
    local last
    for _, value in each(fields["Transfer-Encoding"]) do
        for coding in gmatch(tostring(value), "[^,%s]+") do
            last = lower(coding)
        end
    end
    return last == "chunked"
end

-- The length that all Content-Length fields agree on; nil where there is none; nil and an error.
function M.content_length(fields)
    local length
    for _, value in each(fields["Content-Length"]) do
        for number in gmatch(tostring(value), "[^,]+") do
            local digits = match(number, "^[ \t]*(%d+)[ \t]*$")
            local n = digits and tonumber(digits)
            if not n or n >= MAX_LENGTH or length and n ~= length then
                return nil, "bad Content-Length: " .. sub(tostring(value), 1, 200)
            end
            length = n
        end
    end
    return length
end

-- Whether a field that is a list has this word, which is in lowercase.
function M.has_word(value, word)
    for _, text in each(value) do
        for found in gmatch(lower(text), "[^,%s]+") do
            if found == word then
                return true
            end
        end
    end
    return false
end

-- Bodies. A reader is a function of the most bytes to answer with, or of nil for as many as come together. It answers nil at
-- the end, and nil and an error, over and over, once something has failed. `ended` is called with what is known of trailers.

-- How many of the `left` bytes to receive.
local function piece(max, default, left)
    max = tonumber(max) or default
    if max and max > 0 then
        return (min(max, left))
    end
    return left
end

-- A body of `left` bytes.
function M.sized(sock, left, default, ended)
    local failure
    if left == 0 and ended then
        ended()
    end
    return function(max)
        if failure or left == 0 then
            return nil, failure
        end
        local data, err, partial = sock:receive(piece(max, default, left))
        if not data then
            failure = err
            return nil, err, partial
        end
        left = left - #data
        if left == 0 and ended then
            ended()
        end
        return data
    end
end

-- A body that the end of the connection ends.
function M.unsized(sock, default)
    local over, failure
    return function(max)
        if over then
            return nil, failure
        end
        max = tonumber(max) or default
        local data, err, partial
        if max and max > 0 then
            data, err, partial = sock:receive(max)
        else
            data, err, partial = sock:receive("*a")
            over = true
        end
        if not data then
            over = true
            if err ~= "closed" then
                failure = err
                return nil, err, partial
            end
            data = partial
        end
        if data ~= "" then
            return data
        end
    end
end

-- The size of the chunk that begins with this line; extensions are passed over.
local function chunk_size(line)
    local digits, rest = match(line, "^(%x+)[ \t]*(.?)")
    local size = digits and #digits <= 16 and (rest == "" or rest == ";") and tonumber(digits, 16)
    if size and size < MAX_LENGTH then
        return size
    end
end

-- A body in chunks.
function M.chunked(sock, default, ended)
    local read = M.lines(sock)
    local left, over, failure
    local function fail(err, partial)
        over, failure = true, err
        return nil, err, partial
    end
    return function(max)
        if over then
            return nil, failure
        end
        local line, err
        if left == 0 then
            -- The line end behind a chunk, which need not have come together with the chunk.
            line, err = read()
            if line ~= "" then
                return fail(err or "bad end of a chunk")
            end
            left = nil
        end
        if not left then
            line, err = read()
            if not line then
                return fail(err)
            end
            left = chunk_size(line)
            if not left then
                return fail("unable to read chunksize")
            elseif left == 0 then
                local trailers
                trailers, err = M.fields(read)
                if not trailers then
                    return fail(err)
                end
                over = true
                if ended then
                    ended(trailers)
                end
                return nil
            end
        end
        local data, partial
        data, err, partial = sock:receive(piece(max, default, left))
        if not data then
            return fail(err, partial)
        end
        left = left - #data
        return data
    end
end

-- Sends what a function answers until it answers nil. `length`: how many bytes that has to be, or nil.
function M.send_pieces(sock, body, length)
    local sent = 0
    while true do
        local data, err, partial = body()
        if data == nil then
            if err ~= nil then
                return nil, err, partial
            elseif length and sent ~= length then
                return nil, "request body shorter than its Content-Length"
            end
            return true
        end
        data = tostring(data)
        sent = sent + #data
        if length and sent > length then
            return nil, "request body longer than its Content-Length"
        end
        local ok
        ok, err = sock:send(data)
        if not ok then
            return nil, err
        end
    end
end

return M
