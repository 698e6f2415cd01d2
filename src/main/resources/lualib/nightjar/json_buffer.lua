-- The buffer in which JSON text is made: a table with `out`, the bytes, and `size`, how many there is room for; `marks`, of
-- which `marked` are set and `most` have room, say where strings begin and end in it. A VM keeps two from one call to the
-- next, unless they have grown large. A buffer belongs to who has taken it: other Lua may run meanwhile, in a metamethod
-- or a finalizer, and gets another.

local ffi = require "ffi"

local copy = ffi.copy
local max = math.max
local sizeof = ffi.sizeof

local bytes = ffi.typeof("uint8_t[?]")
local places = ffi.typeof("int32_t[?]")

local FIRST = 4 * 1024
local FIRST_MARKS = 256
-- A larger one is left to the collector.
local KEPT = 256 * 1024
local MOST_KEPT = 2

local kept, count = {}, 0

local M = {}

function M.take()
    if count > 0 then
        local buffer = kept[count]
        kept[count] = nil
        count = count - 1
        return buffer
    end
    return { out = bytes(FIRST), size = FIRST, marks = places(FIRST_MARKS), most = FIRST_MARKS, marked = 0 }
end

function M.give(buffer)
    if count < MOST_KEPT and buffer.size <= KEPT then
        buffer.marked = 0
        count = count + 1
        kept[count] = buffer
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

-- Makes room for more marks.
function M.grow_marks(buffer)
    local most = 2 * buffer.most
    local marks = places(most)
    copy(marks, buffer.marks, sizeof(buffer.marks))
    buffer.marks = marks
    buffer.most = most
end

return M
