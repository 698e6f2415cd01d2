-- ngx.print and ngx.say: the body is gathered in the border's buffer, and Java is called only at the first output, when
-- the buffer is full and when the script waits or ends.

local W, C, null = ...

local concat = table.concat
local copy = require("ffi").copy
local error = error
local floor = math.floor
local getinfo = debug.getinfo
local next = next
local rawget = rawget
local select = select
local send = ngx._send
local tostring = tostring
local type = type

-- What nightjar_ffi_open_output answers, besides errors below 0.
local GATHER = 1    -- the buffer is open
local SEND = 2      -- each call goes through, by ngx._send
local REFUSED = 3   -- nothing can be sent, the reason is the result's text

ngx._send = nil

-- Longer strings than this go to Java where they are: copying them costs more than the call.
local LARGE = 16384

local result
local function reason()
    result = result or require("nightjar.border").text
    return result()
end

local function bad(n, text)
    error("bad argument #" .. n .. " to '" .. (getinfo(2, "n").name or "?") .. "' (" .. text .. ")", 3)
end

local flatten

-- The text of one value, or nil and what is wrong with it.
local function text(v)
    local t = type(v)
    if t == "string" then
        return v
    elseif t == "number" or t == "boolean" or t == "nil" then
        return tostring(v)
    elseif t == "table" then
        return flatten(v)
    elseif v == null then
        return "null"
    end
end

function flatten(t)
    local max = 0
    for key in next, t do
        if type(key) ~= "number" or key < 1 or floor(key) ~= key then
            return nil, "non-array table found"
        end
        if key > max then
            max = key
        end
    end
    local parts = {}
    for i = 1, max do
        local v = rawget(t, i)
        local s, wrong = text(v)
        if not s then
            return nil, wrong or "bad data type " .. type(v) .. " found"
        end
        parts[i] = s
    end
    return concat(parts)
end

-- Everything put() leaves: values that are neither string nor number, what does not fit, and calls that go through.
local function through(mode, newline, n, ...)
    local parts = {}
    for i = 1, n do
        local v = select(i, ...)
        local s, wrong = text(v)
        if not s then
            bad(i, wrong or "string, number, boolean, nil, ngx.null, or array table expected, but got " .. type(v))
        end
        parts[i] = s
    end
    if newline then
        parts[n + 1] = "\n"
    end
    local s = (n == 1 and not newline) and parts[1] or concat(parts)
    if mode == SEND then
        return send(s)
    end
    local size, p = #s, W.pos
    if size <= LARGE and p + size <= W.cap then
        copy(W.out + p, s, size)
        W.pos = p + size
        return 1
    end
    local rc = C.nightjar_ffi_output(W.request, s, size)
    if rc == 0 then
        return 1
    elseif rc == REFUSED then
        return nil, reason()
    end
    error(reason(), 2)
end

-- The position after `v`, nil when through() has to do it.
local function put(v, p, cap)
    if type(v) ~= "string" then
        if type(v) ~= "number" then
            return nil
        end
        v = tostring(v)
    end
    local size = #v
    if size > LARGE or p + size > cap then
        return nil
    end
    copy(W.out + p, v, size)
    return p + size
end

-- What is left to do when `mode` is not GATHER.
local function refused(mode, newline, n, ...)
    if mode == SEND then
        return through(SEND, newline, n, ...)
    elseif mode == REFUSED then
        return nil, reason()
    end
    error(reason(), 2)
end

-- How much fits in the buffer once Java has opened it, else 0 and the mode.
local function open()
    local mode = C.nightjar_ffi_open_output(W.request)
    if mode == GATHER then
        return W.cap
    end
    return 0, mode
end

local function finish(newline, p, cap)
    if newline then
        if p >= cap then
            return false
        end
        W.out[p] = 10
        p = p + 1
    end
    W.pos = p
    return true
end

-- One, two and three values have functions of their own, since LuaJIT starts no trace at a function with `...`: a script
-- that prints once in straight code would be interpreted for ever.
local function emit1(newline, a)
    local cap, mode = W.cap, nil
    if cap == 0 then
        cap, mode = open()
        if mode then
            return refused(mode, newline, 1, a)
        end
    end
    local p = put(a, W.pos, cap)
    if p and finish(newline, p, cap) then
        return 1
    end
    return through(GATHER, newline, 1, a)
end

local function emit2(newline, a, b)
    local cap, mode = W.cap, nil
    if cap == 0 then
        cap, mode = open()
        if mode then
            return refused(mode, newline, 2, a, b)
        end
    end
    local p = put(a, W.pos, cap)
    p = p and put(b, p, cap)
    if p and finish(newline, p, cap) then
        return 1
    end
    return through(GATHER, newline, 2, a, b)
end

local function emit3(newline, a, b, c)
    local cap, mode = W.cap, nil
    if cap == 0 then
        cap, mode = open()
        if mode then
            return refused(mode, newline, 3, a, b, c)
        end
    end
    local p = put(a, W.pos, cap)
    p = p and put(b, p, cap)
    p = p and put(c, p, cap)
    if p and finish(newline, p, cap) then
        return 1
    end
    return through(GATHER, newline, 3, a, b, c)
end

local function emit(newline, n, ...)
    if W.cap == 0 then
        local _, mode = open()
        if mode then
            return refused(mode, newline, n, ...)
        end
    end
    local p, cap = W.pos, W.cap
    for i = 1, n do
        p = p and put((select(i, ...)), p, cap)
    end
    if p and finish(newline, p, cap) then
        return 1
    end
    return through(GATHER, newline, n, ...)
end

function ngx.print(...)
    local n = select("#", ...)
    if n == 1 then
        return emit1(false, ...)
    elseif n == 2 then
        return emit2(false, ...)
    elseif n == 3 then
        return emit3(false, ...)
    end
    return emit(false, n, ...)
end

function ngx.say(...)
    local n = select("#", ...)
    if n == 1 then
        return emit1(true, ...)
    elseif n == 2 then
        return emit2(true, ...)
    elseif n == 3 then
        return emit3(true, ...)
    end
    return emit(true, n, ...)
end
