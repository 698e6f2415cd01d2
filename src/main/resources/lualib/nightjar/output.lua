-- ngx.print and ngx.say: the body is gathered in the border's buffer, and Java is called only at the first output, when
-- the buffer is full and when the script waits or ends.

local W, C, null = ...

local concat = table.concat
local co_yield = coroutine._yield
local copy = require("ffi").copy
local error = error
local floor = math.floor
local getinfo = debug.getinfo
local next = next
local pcall = pcall
local rawget = rawget
local select = select
local send = ngx._send
local tostring = tostring
local type = type

-- What nightjar_ffi_open_output answers, besides errors below 0.
local DONE = 0      -- nothing
local GATHER = 1    -- the buffer is open
local SEND = 2      -- each call goes through, by ngx._send
local REFUSED = 3   -- nothing can be sent, the reason is the result's text

-- What nightjar_ffi_output answers besides: sent, but the script is to wait, as so much waits behind a filter.
local FULL = 4

ngx._send = nil

-- Longer strings than this go to Java where they are: copying them costs more than the call.
local LARGE = 16384

-- Values that a call of emit() takes.
local MAX_PARAMETERS = 12

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
        return (tostring(v))
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
    return (concat(parts))
end

-- Waits until there is room for more output, unless that is not possible here.
local function wait()
    C.nightjar_ffi_await_output()
    pcall(co_yield)
    return 1
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
        local ok, why = send(s)
        if ok == 0 then
            return wait()
        end
        return ok, why
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
    elseif rc == FULL then
        return wait()
    elseif rc == REFUSED then
        return nil, reason()
    end
    error(reason(), 2)
end

-- The position after `v`, nil when through() has to do it.
local function put(v, p, cap)
    if type(v) ~= "string" then
        if type(v) ~= "number" and type(v) ~= "boolean" and v ~= nil then
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

-- The position after `n` values and the newline, nil when through() has to do it.
local function put_all(newline, p, cap, n, a, b, c, d, e, f, g, h, i, j, k, l)
    if n > 0 then p = put(a, p, cap) end
    if n > 1 then p = p and put(b, p, cap) end
    if n > 2 then p = p and put(c, p, cap) end
    if n > 3 then p = p and put(d, p, cap) end
    if n > 4 then p = p and put(e, p, cap) end
    if n > 5 then p = p and put(f, p, cap) end
    if n > 6 then p = p and put(g, p, cap) end
    if n > 7 then p = p and put(h, p, cap) end
    if n > 8 then p = p and put(i, p, cap) end
    if n > 9 then p = p and put(j, p, cap) end
    if n > 10 then p = p and put(k, p, cap) end
    if n > 11 then p = p and put(l, p, cap) end
    if newline and p then
        if p >= cap then
            return nil
        end
        W.out[p] = 10
        p = p + 1
    end
    return p
end

-- Sees that the buffer is open, if it can be. What each call is to do: GATHER, SEND, REFUSED, or to raise an error.
local function open()
    if W.cap > 0 then
        return GATHER
    end
    return (C.nightjar_ffi_open_output(W.request))
end

-- Puts values in the buffer: DONE, else what is left to do.
--
-- LuaJIT starts no trace at a function with `...`, and a script that prints once in straight code would be interpreted
-- for ever: so up to twelve values are parameters. Nor does it compile more than fifteen tail calls in a row: so the usual
-- way has none.
local function gather(newline, n, a, b, c, d, e, f, g, h, i, j, k, l)
    local mode = open()
    if mode == GATHER then
        local p = put_all(newline, W.pos, W.cap, n, a, b, c, d, e, f, g, h, i, j, k, l)
        if p then
            W.pos = p
            return DONE
        end
    end
    return mode
end

-- The rest of ngx.print and ngx.say, which raises at their caller.
local function emit(mode, newline, n, ...)
    if mode == GATHER or mode == SEND then
        return through(mode, newline, n, ...)
    elseif mode == REFUSED then
        return nil, reason()
    end
    error(reason(), 2)
end

function ngx.print(...)
    local n = select("#", ...)
    local mode
    if n <= MAX_PARAMETERS then
        mode = gather(false, n, ...)
    else
        mode = open()
    end
    if mode == DONE then
        return 1
    end
    return emit(mode, false, n, ...)
end

function ngx.say(...)
    local n = select("#", ...)
    local mode
    if n <= MAX_PARAMETERS then
        mode = gather(true, n, ...)
    else
        mode = open()
    end
    if mode == DONE then
        return 1
    end
    return emit(mode, true, n, ...)
end
