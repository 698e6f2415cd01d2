-- Frames of the WebSocket protocol (RFC 6455, 5).

local bit = require "bit"
local ffi = require "ffi"
local random = require "resty.random"

local band, bor, bxor, lshift, rshift = bit.band, bit.bor, bit.bxor, bit.lshift, bit.rshift
local byte = string.byte
local cast = ffi.cast
local char = string.char
local copy = ffi.copy
local ffi_new = ffi.new
local ffi_string = ffi.string
local setmetatable = setmetatable
local sub = string.sub
local tostring = tostring
local type = type

local M = { _VERSION = "0.13", new_tab = require "table.new" }

local TYPES = { [0] = "continuation", [1] = "text", [2] = "binary", [8] = "close", [9] = "ping", [10] = "pong" }

-- Bit of the opcodes of control frames.
local CONTROL = 8
local CLOSE = 8
local MAX_CONTROL = 125

local bytes_t = ffi.typeof("uint8_t[?]")
local read_bytes_t = ffi.typeof("const uint8_t *")
local read_words_t = ffi.typeof("const uint32_t *")
local words_t = ffi.typeof("uint32_t *")

-- Room that is kept for frames that are not large.
local ROOM = 16384
local room = ffi_new(bytes_t, ROOM)

local function room_for(n)
    return n <= ROOM and room or ffi_new(bytes_t, n)
end

-- Writes n bytes from `from` to `to`, each combined with the byte of the key, four bytes, that is its turn. `to` may be `from`.
local function mask(to, from, n, key)
    local word = cast(read_words_t, key)[0]
    local to_words, from_words = cast(words_t, to), cast(read_words_t, from)
    local words = rshift(n, 2)
    for i = 0, words - 1 do
        to_words[i] = bxor(from_words[i], word)
    end
    for i = lshift(words, 2), n - 1 do
        to[i] = bxor(from[i], key[band(i, 3)])
    end
end

-- Keys of masks: a peer's neighbours must not be able to guess them (10.3).
local keys, next_key = "", 1

local function new_key()
    if next_key > #keys then
        keys, next_key = random.bytes(256), 1
    end
    local key = sub(keys, next_key, next_key + 3)
    next_key = next_key + 4
    return key
end

-- What has been received of a frame when a read timed out, by socket: the next recv_frame goes on there.
local begun = setmetatable({}, { __mode = "k" })

-- n bytes of a frame, behind those in `first` and `second`.
local function read(sock, kept, n, first, second)
    local have = ""
    if kept then
        local before = #first + #second
        have = sub(kept, before + 1, before + n)
        if #have == n then
            return have
        end
    end
    local data, err, partial = sock:receive(n - #have)
    if data then
        return kept and have .. data or data
    end
    if err == "timeout" then
        have = first .. second .. have .. (partial or "")
        if have ~= "" then
            begun[sock] = have
        end
    end
    return nil, err or "unknown"
end

-- The number that all bytes of `data` are; nil if it has more than 31 bits.
local function number(data)
    local n = 0
    for i = 1, #data do
        n = n * 256 + byte(data, i)
    end
    return n < 0x80000000 and n or nil
end

-- The payload of a frame whose `data` is that, behind the key that it is masked with.
local function unmasked(data, n)
    if n == 0 then
        return ""
    end
    local from = cast(read_bytes_t, data)
    local to = room_for(n)
    mask(to, from + 4, n, from)
    return (ffi_string(to, n))
end

-- The next frame: its payload, its type, and "again" if the message goes on in another frame. Of a close frame the third
-- value is the status code or nil. Else nil, nil and an error. After "...: timeout" it can be called again, and not after
-- any other. `must_be_masked`: the peer is a client.
function M.recv_frame(sock, max_payload_len, must_be_masked)
    local kept = begun[sock]
    if kept then
        begun[sock] = nil
    end
    local head, err = read(sock, kept, 2, "", "")
    if not head then
        return nil, nil, "failed to receive the first 2 bytes: " .. err
    end
    local first, second = byte(head, 1, 2)
    local fin = first >= 0x80
    local opcode = band(first, 0x0f)
    if band(first, 0x70) ~= 0 then
        return nil, nil, "bad RSV1, RSV2, or RSV3 bits"
    elseif not TYPES[opcode] then
        return nil, nil, opcode < CONTROL and "reserved non-control frames" or "reserved control frames"
    end
    local masked = second >= 0x80
    if must_be_masked and not masked then
        return nil, nil, "frame unmasked"
    end

    local length, extended = band(second, 0x7f), ""
    if length >= 126 then
        local size = length == 126 and 2 or 8
        extended, err = read(sock, kept, size, head, "")
        if not extended then
            return nil, nil, "failed to receive the " .. size .. " byte payload length: " .. err
        end
        length = number(extended)
        if not length then
            return nil, nil, "payload len too large"
        end
    end
    if opcode >= CONTROL then
        if length > MAX_CONTROL then
            return nil, nil, "too long payload for control frame"
        elseif not fin then
            return nil, nil, "fragmented control frame"
        end
    end
    if length > max_payload_len then
        return nil, nil, "exceeding max payload len"
    end

    local data = ""
    local rest = masked and length + 4 or length
    if rest > 0 then
        data, err = read(sock, kept, rest, head, extended)
        if not data then
            return nil, nil, "failed to read masking-len and payload: " .. err
        elseif masked then
            data = unmasked(data, length)
        end
    end
    if opcode ~= CLOSE then
        return data, TYPES[opcode], not fin and "again" or nil
    elseif length == 0 then
        return "", "close", nil
    elseif length == 1 then
        return nil, nil, "close frame with a body must carry a 2-byte status code"
    end
    local high, low = byte(data, 1, 2)
    return sub(data, 3), "close", high * 256 + low
end

-- A length in this many bytes, of which the highest ones are first.
local function big_endian(n)
    return (char(rshift(n, 24), band(rshift(n, 16), 0xff), band(rshift(n, 8), 0xff), band(n, 0xff)))
end

-- A frame's bytes; nil and an error.
function M.build_frame(fin, opcode, payload_len, payload, masking)
    local head
    local first = fin and bor(0x80, opcode) or opcode
    local bit_of_mask = masking and 0x80 or 0
    if payload_len <= 125 then
        head = char(first, bor(bit_of_mask, payload_len))
    elseif payload_len <= 65535 then
        head = char(first, bor(bit_of_mask, 126), rshift(payload_len, 8), band(payload_len, 0xff))
    elseif payload_len <= 0x7fffffff then
        head = char(first, bor(bit_of_mask, 127), 0, 0, 0, 0) .. big_endian(payload_len)
    else
        return nil, "payload too big"
    end
    if not masking then
        return head .. payload
    end
    local key = new_key()
    local n = #head
    local frame = room_for(n + 4 + payload_len)
    copy(frame, head, n)
    copy(frame + n, key, 4)
    mask(frame + n + 4, cast(read_bytes_t, payload), payload_len, cast(read_bytes_t, key))
    return (ffi_string(frame, n + 4 + payload_len))
end

-- Sends a frame. Answers how many bytes have been sent; nil and an error.
function M.send_frame(sock, fin, opcode, payload, max_payload_len, masking)
    if not payload then
        payload = ""
    elseif type(payload) ~= "string" then
        payload = tostring(payload)
    end
    local n = #payload
    if n > max_payload_len then
        return nil, "payload too big"
    elseif opcode >= CONTROL and n > MAX_CONTROL then
        return nil, "too much payload for control frame"
    elseif opcode >= CONTROL and not fin then
        return nil, "fragmented control frame"
    end
    local frame, err = M.build_frame(fin, opcode, n, payload, masking)
    if not frame then
        return nil, "failed to build frame: " .. err
    end
    local bytes
    bytes, err = sock:send(frame)
    if not bytes then
        return nil, "failed to send frame: " .. err
    end
    return bytes
end

return M
