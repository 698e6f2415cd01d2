-- LuaJIT compiles no function that takes `...`, and a chunk is one. This makes of a chunk that does not use its `...` the
-- same function without: its dump with one flag cleared (lj_bcdump.h, version 2). All that names it, "main chunk" and its
-- lines, stays. What it does not understand, it gives back as it is.

local byte = string.byte
local char = string.char
local dump = string.dump
local floor = math.floor
local loadstring = loadstring
local sub = string.sub

local HEADER = "\27LJ\2"
local BIG_ENDIAN, STRIPPED = 0x01, 0x02     -- flags of the dump
local VARARG = 0x02                         -- flag of a function
local INSTRUCTION = 4

local function has(flags, flag)
    return floor(flags / flag) % 2 == 1
end

-- The number at `p` in 7 bits a byte, the lowest first, and where it ends.
local function uleb128(s, p)
    local v, unit = 0, 1
    local b = byte(s, p)
    while b >= 128 do
        v = v + (b - 128) * unit
        unit = unit * 128
        p = p + 1
        b = byte(s, p)
    end
    return v + b * unit, p + 1
end

-- Where the chunk's own function lies: behind those in it. Nil when the dump is none that we know.
local function last_function(s)
    if sub(s, 1, #HEADER) ~= HEADER then
        return nil
    end
    local flags, p = uleb128(s, #HEADER + 1)
    if has(flags, BIG_ENDIAN) or has(flags, STRIPPED) then
        return nil
    end
    local size, found
    size, p = uleb128(s, p)
    p = p + size
    size, p = uleb128(s, p)
    while size > 0 do
        found = p
        size, p = uleb128(s, p + size)
    end
    return found
end

-- Where a function's instructions begin, and how many they are.
local function instructions(s, at)
    local _, p = uleb128(s, at + 4)         -- flags, parameters, frame size, upvalues; constants that are collected,
    _, p = uleb128(s, p)                    -- numbers,
    local n
    n, p = uleb128(s, p)
    local lines
    lines, p = uleb128(s, p)
    if lines > 0 then
        _, p = uleb128(s, p)
        _, p = uleb128(s, p)
    end
    return p, n
end

-- The operation that reads `...`, as this LuaJIT numbers it.
local READS_VARARG
do
    local s = dump(loadstring "local _ = ...")
    local at = last_function(s)
    READS_VARARG = at and byte(s, (instructions(s, at)))
end

return function(f)
    local s = READS_VARARG and dump(f)
    local at = s and last_function(s)
    if not at or not has(byte(s, at), VARARG) then
        return f
    end
    local p, n = instructions(s, at)
    for i = p, p + (n - 1) * INSTRUCTION, INSTRUCTION do
        if byte(s, i) == READS_VARARG then
            return f
        end
    end
    return loadstring(sub(s, 1, at - 1) .. char(byte(s, at) - VARARG) .. sub(s, at + 1)) or f
end
