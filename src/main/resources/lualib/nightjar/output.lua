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
local tostring = tostring
local type = type

-- What nightjar_ffi_open_output answers, besides errors below 0.
local GATHER = 1    -- the buffer is open
local SEND = 2      -- each call goes through, by ngx._send
local REFUSED = 3   -- nothing can be sent, the reason is the result's text

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
    local s = concat(parts)
    if mode == SEND then
        return ngx._send(s)
    end
    local size, p = #s, W.pos
    if p + size <= W.cap then
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
    if p + size > cap then
        return nil
    end
    copy(W.out + p, v, size)
    return p + size
end

local function emit(newline, n, ...)
    if W.cap == 0 then
        local mode = C.nightjar_ffi_open_output(W.request)
        if mode == SEND then
            return through(SEND, newline, n, ...)
        elseif mode == REFUSED then
            return nil, reason()
        elseif mode ~= GATHER then
            error(reason(), 2)
        end
    end
    local cap = W.cap
    local a, b, c, d = ...
    local p = W.pos
    if n > 0 then
        p = put(a, p, cap)
        if n > 1 and p then
            p = put(b, p, cap)
            if n > 2 and p then
                p = put(c, p, cap)
                if n > 3 and p then
                    p = put(d, p, cap)
                    for i = 5, n do
                        p = p and put((select(i, ...)), p, cap)
                    end
                end
            end
        end
    end
    if not p or newline and p >= cap then
        return through(GATHER, newline, n, ...)
    end
    if newline then
        W.out[p] = 10
        p = p + 1
    end
    W.pos = p
    return 1
end

function ngx.print(...)
    return emit(false, select("#", ...), ...)
end

function ngx.say(...)
    return emit(true, select("#", ...), ...)
end
