-- The buffer in which JSON text is made: a table with `out`, the bytes, and `size`, how many there is room for. A VM keeps
-- one from one call to the next, unless it has grown large. It belongs to who has taken it: other Lua may run meanwhile, in
-- a metamethod or a finalizer, and gets another.

local ffi = require "ffi"

local copy = ffi.copy
local max = math.max

local bytes = ffi.typeof("uint8_t[?]")

local FIRST = 4 * 1024
-- A larger one is left to the collector.
local KEPT = 256 * 1024

local kept

local M = {}

function M.take()
    local buffer = kept
    if buffer then
        kept = nil
        return buffer
    end
    return { out = bytes(FIRST), size = FIRST }
end

function M.give(buffer)
    if buffer.size <= KEPT then
        kept = buffer
    end
end

-- Makes room for `more` bytes behind the first `used` ones.
function M.grow(buffer, used, more)
    local size = max(2 * buffer.size, used + more)
    local out = bytes(size)
    copy(out, buffer.out, used)
    buffer.out = out
    buffer.size = size
end

return M
