-- str_replace_char.

local ffi = require "ffi"
local base = require "resty.core.base"

local byte = string.byte
local ffi_copy = ffi.copy
local ffi_str = ffi.string
local find = string.find
local get_string_buf = base.get_string_buf

-- `s` with each `from`, one character, as `to`.
local function str_replace_char(s, from, to)
    if not find(s, from, 1, true) then
        return s
    end
    local len = #s
    local buf = get_string_buf(len)
    ffi_copy(buf, s, len)
    local old, new = byte(from), byte(to)
    for i = 0, len - 1 do
        if buf[i] == old then
            buf[i] = new
        end
    end
    return (ffi_str(buf, len))
end

return { version = base.version, str_replace_char = str_replace_char }
