-- Reads a multipart/form-data request body piece by piece (RFC 7578, RFC 2046 5.1), so that what is held of a file of any size
-- is one piece.
--
--   local form = upload:new(chunk_size, max_line_size)
--   local kind, value, err = form:read()
--
-- kind      value
-- header    { name, value, line }, or the line where it is not of that form
-- body      bytes of the part
-- part_end
-- eof

local find = string.find
local match = string.match
local ngx = ngx
local setmetatable = setmetatable
local sub = string.sub

local M = { _VERSION = "0.11" }

local meta = { __index = M }

local CHUNK_SIZE = 4096
local MAX_LINE_SIZE = 512

-- RFC 2046 allows boundaries of 70 bytes, and no others are known to be in use.
local MAX_BOUNDARY = 200

local function boundary_of(content_type)
    if not content_type then
        return nil
    end
    return match(content_type, ";%s*[Bb][Oo][Uu][Nn][Dd][Aa][Rr][Yy]=\"([^\"]+)\"")
        or match(content_type, ";%s*[Bb][Oo][Uu][Nn][Dd][Aa][Rr][Yy]=([^\",;]+)")
end

-- Makes all that a socket receives the request's body again, for who reads that later. Answers a function that ends it.
local function preserve(sock)
    ngx.req.init_body()
    local receive, receiveuntil = sock.receive, sock.receiveuntil
    local open = true
    local function keep(data)
        if open and data and data ~= "" then
            ngx.req.append_body(data)
        end
    end
    function sock.receive(_, what)
        local data, err, partial = receive(sock, what)
        keep(data or partial)
        return data, err, partial
    end
    function sock.receiveuntil(_, pattern)
        local to_pattern, err = receiveuntil(sock, pattern)
        if not to_pattern then
            return nil, err
        end
        return function(n)
            local data, why, partial = to_pattern(n)
            keep(data or partial)
            if not data and not why then
                keep(pattern)
            end
            return data, why, partial
        end
    end
    return function()
        if open then
            open = false
            ngx.req.finish_body()
        end
    end
end

-- preserve_body: what is read becomes the request's body again, when all of it has been read.
function M.new(_, chunk_size, max_line_size, preserve_body)
    local boundary = boundary_of(ngx.var.content_type)
    if not boundary then
        return nil, "no boundary defined in Content-Type"
    elseif #boundary > MAX_BOUNDARY then
        return nil, "boundary too long"
    end
    local sock, err = ngx.req.socket()
    if not sock then
        return nil, err
    end
    local finish = preserve_body and preserve(sock)
    return setmetatable({
        sock = sock,
        finish = finish,
        size = chunk_size or CHUNK_SIZE,
        line_size = max_line_size or MAX_LINE_SIZE,
        boundary = boundary,
        read2boundary = sock:receiveuntil("--" .. boundary),
        read_line = sock:receiveuntil("\r\n"),
        state = "preamble",
    }, meta)
end

function M.set_timeout(self, msec)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    return sock:settimeout(msec)
end

-- A line of line_size bytes at most.
local function line(self)
    local text, err = self.read_line(self.line_size)
    if not text then
        return nil, err
    end
    local more
    more, err = self.read_line(1)
    if more then
        return nil, "line too long: " .. text .. more .. "..."
    elseif err then
        return nil, err
    end
    return text
end

-- Reads all that is left.
local function drain(self)
    local data, err
    repeat
        data, err = self.sock:receive(self.size)
    until not data
    return err == "closed" or nil, err
end

-- Behind a boundary: goes over to the next part's headers, or to the end of the body.
local function boundary_end(self)
    local mark, err = self.sock:receive(2)
    if not mark then
        return nil, err
    elseif mark == "--" then
        local ok
        ok, err = drain(self)
        if not ok then
            return nil, err
        end
        self.state = "eof"
        return true
    elseif mark ~= "\r\n" then
        -- Only white space may follow a boundary; anything else is another boundary that begins alike.
        local rest
        if mark == " \r" or mark == "\t\r" then
            rest, err = self.sock:receive(1)
            mark = rest == "\n" and "" or mark
        else
            rest, err = line(self)
            mark = rest and mark .. rest
        end
        if not rest then
            return nil, err
        elseif find(mark, "[^ \t]") then
            return nil, "bad end of a boundary"
        end
    end
    self.state = "header"
    return true
end

local states = {}

-- What is in front of the first boundary, which stands at the beginning of a line.
function states.preamble(self)
    local before = "\n"
    while true do
        local data, err = self.read2boundary(self.size)
        if err then
            return nil, nil, err
        elseif data then
            before = sub(before .. data, -1)
        elseif before == "\n" then
            break
        else
            before = "-"
        end
    end
    local ok, err = boundary_end(self)
    if not ok then
        return nil, nil, err
    end
    self.read2boundary = self.sock:receiveuntil("\r\n--" .. self.boundary)
    return states[self.state](self)
end

function states.header(self)
    local text, err = line(self)
    if not text then
        return nil, nil, err
    elseif text == "" then
        self.state = "body"
        return states.body(self)
    end
    local name, value = match(text, "^([^: \t]+)%s*:%s*(.+)")
    if not name then
        return "header", text
    end
    return "header", { name, value, text }
end

function states.body(self)
    local data, err = self.read2boundary(self.size)
    if err then
        return nil, nil, err
    elseif data then
        return "body", data
    end
    local ok
    ok, err = boundary_end(self)
    if not ok then
        return nil, nil, err
    end
    return "part_end"
end

function states.eof()
    return "eof"
end

-- The next piece, as the head of this file says; nil, nil and an error, after which there are no more.
function M.read(self)
    if self.failure then
        return nil, nil, self.failure
    end
    local kind, value, err = states[self.state](self)
    if not kind then
        self.failure = err
    end
    if self.finish and (err or self.state == "eof") then
        self.finish()
    end
    return kind, value, err
end

return M
