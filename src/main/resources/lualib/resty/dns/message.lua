-- Messages of the domain name system (RFC 1035, 4): queries are made, and answers are read, each record into a table. Who
-- sends an answer may be anybody, so nothing in it is believed before it has been looked at.

local bit = require "bit"

local band, rshift = bit.band, bit.rshift
local byte = string.byte
local char = string.char
local concat = table.concat
local format = string.format
local gmatch = string.gmatch
local ipairs = ipairs
local lower = string.lower
local match = string.match
local ngx = ngx
local sub = string.sub
local gsub = string.gsub

local A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, SPF = 1, 2, 5, 6, 12, 15, 16, 28, 33, 99
local CLASS_IN = 1
local SECTION_AN, SECTION_NS, SECTION_AR = 1, 2, 3

local M = {
    CONSTANTS = {
        TYPE_A = A, TYPE_NS = NS, TYPE_CNAME = CNAME, TYPE_SOA = SOA, TYPE_PTR = PTR, TYPE_MX = MX, TYPE_TXT = TXT,
        TYPE_AAAA = AAAA, TYPE_SRV = SRV, TYPE_SPF = SPF, CLASS_IN = CLASS_IN,
        SECTION_AN = SECTION_AN, SECTION_NS = SECTION_NS, SECTION_AR = SECTION_AR,
    },
    -- The error of a message that is not the answer to what has been asked.
    STRAY = "id mismatch",
}

local ERRORS = { "format error", "server failure", "name error", "not implemented", "refused" }

local QR, TC, RD, RCODE = 0x8000, 0x0200, 0x0100, 0x000f

local HEAD = 12
-- A record's type, class, time to live and length.
local FIXED = 10

local MAX_LABEL = 63
local MAX_NAME = 255

local TRUNCATED = "truncated"

-- Queries

-- n as two bytes, as the length in front of a message over TCP is, too.
local function two_bytes(n)
    return (char(rshift(n, 8), band(n, 0xff)))
end
M.two_bytes = two_bytes

-- A name as labels, or nil.
local function encoded(name)
    if gsub(name, "%.$", "") ~= "" and match(name, "^%.") or match(name, "%.%.") then
        return nil
    end
    local labels = {}
    for label in gmatch(name, "[^.]+") do
        if #label > MAX_LABEL then
            return nil
        end
        labels[#labels + 1] = char(#label) .. label
    end
    local bytes = concat(labels) .. "\0"
    return #bytes <= MAX_NAME and bytes or nil
end

-- The message that asks: id, name, type. nil and an error.
function M.query(asked, recursion)
    local name = encoded(asked.name)
    if not name then
        return nil, "bad name"
    end
    return two_bytes(asked.id) .. two_bytes(recursion and RD or 0) .. "\0\1\0\0\0\0\0\0" .. name
        .. two_bytes(asked.type) .. two_bytes(CLASS_IN)
end

-- Answers. All that is read below has been seen to be there.

local function uint16(buf, pos)
    local a, b = byte(buf, pos, pos + 1)
    return a * 256 + b
end

local function uint32(buf, pos)
    local a, b, c, d = byte(buf, pos, pos + 3)
    return a * 16777216 + b * 65536 + c * 256 + d
end

-- The name at pos, and where what follows it begins; nil and an error. A pointer has to lead back: so none leads in a circle.
local function name_at(buf, pos)
    local labels = {}
    local size = 0
    local after
    local limit = pos
    while true do
        local n = byte(buf, pos)
        if not n then
            return nil, TRUNCATED
        elseif n == 0 then
            return concat(labels, "."), after or pos + 1
        elseif n >= 0xc0 then
            local low = byte(buf, pos + 1)
            if not low then
                return nil, TRUNCATED
            end
            after = after or pos + 2
            pos = band(n, 0x3f) * 256 + low + 1
            if pos >= limit then
                return nil, "bad pointer in a name"
            end
            limit = pos
        elseif n > MAX_LABEL then
            return nil, "bad label in a name"
        else
            size = size + n + 1
            if size > MAX_NAME then
                return nil, "name too long"
            elseif pos + n > #buf then
                return nil, TRUNCATED
            end
            labels[#labels + 1] = sub(buf, pos + 1, pos + n)
            pos = pos + n + 1
        end
    end
end

-- A name that fills a record's data up to its end.
local function whole_name(buf, pos, last, kind)
    local name, after = name_at(buf, pos)
    if name and after ~= last + 1 then
        return nil, format("bad %s record length: %d ~= %d", kind, after - pos, last + 1 - pos)
    end
    return name, after
end

-- Reads the data from pos to last into the record, by type; answers true, or nil and an error.
local readers = {}

readers[A] = function(record, buf, pos, last)
    if last - pos ~= 3 then
        return nil, "bad A record value length: " .. last - pos + 1
    end
    record.address = concat({ byte(buf, pos, last) }, ".")
    return true
end

readers[AAAA] = function(record, buf, pos, last)
    if last - pos ~= 15 then
        return nil, "bad AAAA record value length: " .. last - pos + 1
    end
    local groups = {}
    for i = pos, last, 2 do
        groups[#groups + 1] = format("%x", uint16(buf, i))
    end
    record.address = concat(groups, ":")
    return true
end

local function reader_of_name(field, kind)
    return function(record, buf, pos, last)
        local name, err = whole_name(buf, pos, last, kind)
        record[field] = name
        return name and true, err
    end
end

readers[CNAME] = reader_of_name("cname", "cname")
readers[NS] = reader_of_name("nsdname", "ns")
readers[PTR] = reader_of_name("ptrdname", "ptr")

readers[MX] = function(record, buf, pos, last)
    if last - pos < 2 then
        return nil, "bad MX record value length: " .. last - pos + 1
    end
    record.preference = uint16(buf, pos)
    local name, err = whole_name(buf, pos + 2, last, "mx")
    record.exchange = name
    return name and true, err
end

readers[SRV] = function(record, buf, pos, last)
    if last - pos < 6 then
        return nil, "bad SRV record value length: " .. last - pos + 1
    end
    record.priority, record.weight, record.port = uint16(buf, pos), uint16(buf, pos + 2), uint16(buf, pos + 4)
    local name, err = whole_name(buf, pos + 6, last, "srv")
    record.target = name
    return name and true, err
end

readers[SOA] = function(record, buf, pos, last)
    local name, after = name_at(buf, pos)
    if not name then
        return nil, after
    end
    record.mname = name
    name, after = name_at(buf, after)
    if not name then
        return nil, after
    elseif after + 19 ~= last then
        return nil, "bad SOA record value length: " .. last - pos + 1
    end
    record.rname = name
    for i, field in ipairs { "serial", "refresh", "retry", "expire", "minimum" } do
        record[field] = uint32(buf, after + (i - 1) * 4)
    end
    return true
end

-- One string, or a list of several. A string that would go beyond the record ends with it.
local function reader_of_text(field)
    return function(record, buf, pos, last)
        local texts = {}
        while pos <= last do
            local to = pos + byte(buf, pos)
            texts[#texts + 1] = sub(buf, pos + 1, to < last and to or last)
            pos = to + 1
        end
        record[field] = #texts > 1 and texts or texts[1] or ""
        return true
    end
end

readers[TXT] = reader_of_text("txt")
readers[SPF] = reader_of_text("spf")

local function raw(record, buf, pos, last)
    record.rdata = sub(buf, pos, last)
    return true
end

-- Adds n records from pos on to `records`, which may be nil; answers where they end, or nil and an error.
local function section(records, number, buf, pos, n)
    for _ = 1, n do
        local name, at = name_at(buf, pos)
        if not name then
            return nil, at
        elseif at + FIXED - 1 > #buf then
            return nil, TRUNCATED
        end
        local record = { section = number, name = name, type = uint16(buf, at), class = uint16(buf, at + 2),
            ttl = uint32(buf, at + 4) }
        pos = at + FIXED
        local last = pos + uint16(buf, at + 8) - 1
        if last > #buf then
            return nil, TRUNCATED
        end
        local ok, err = (readers[record.type] or raw)(record, buf, pos, last)
        if not ok then
            return nil, err
        end
        if records then
            records[#records + 1] = record
        end
        pos = last + 1
    end
    return pos
end

-- Where the question's answer begins; nil and an error, STRAY for another question than the one that was asked.
local function question(buf, asked)
    local name, pos = name_at(buf, HEAD + 1)
    if not name then
        return nil, pos
    elseif pos + 3 > #buf then
        return nil, TRUNCATED
    end
    local class = uint16(buf, pos + 2)
    if class ~= CLASS_IN then
        return nil, format("unknown query class %d in DNS response", class)
    elseif uint16(buf, pos) ~= asked.type or lower(name) ~= lower((gsub(asked.name, "%.$", ""))) then
        return nil, M.STRAY
    end
    return pos + 4
end

-- The records that answer what has been asked: id, name, type, and whether authority and additional sections are wanted. With
-- errcode and errstr if the server says that it failed. nil and an error; "truncated" is worth a try over TCP.
function M.parse(buf, asked)
    if #buf < HEAD then
        return nil, TRUNCATED
    elseif uint16(buf, 1) ~= asked.id then
        ngx.log(ngx.DEBUG, "id mismatch in the DNS reply: ", uint16(buf, 1), " ~= ", asked.id)
        return nil, M.STRAY
    end
    local flags = uint16(buf, 3)
    if band(flags, QR) == 0 then
        return nil, "bad QR flag in the DNS response"
    elseif band(flags, TC) ~= 0 then
        return nil, TRUNCATED
    elseif uint16(buf, 5) ~= 1 then
        return nil, format("bad number of questions in DNS response: %d", uint16(buf, 5))
    end
    local pos, err = question(buf, asked)
    if not pos then
        return nil, err
    end
    local records = {}
    local code = band(flags, RCODE)
    if code ~= 0 then
        records.errcode, records.errstr = code, ERRORS[code] or "unknown"
    end
    local authority = asked.authority or asked.type == SOA
    pos, err = section(records, SECTION_AN, buf, pos, uint16(buf, 7))
    if pos and (authority or asked.additional) then
        pos, err = section(authority and records or nil, SECTION_NS, buf, pos, uint16(buf, 9))
    end
    if pos and asked.additional then
        pos, err = section(records, SECTION_AR, buf, pos, uint16(buf, 11))
    end
    if not pos then
        return nil, err
    end
    return records
end

return M
