-- Random bytes from the kernel, good enough for keys.

local ffi = require "ffi"

local C = ffi.C
local ffi_new = ffi.new
local ffi_string = ffi.string
local tonumber = tonumber

ffi.cdef "intptr_t getrandom(void *buf, size_t n, unsigned int flags);"

local EINTR = 4

local M = { _VERSION = "0.17" }

-- n random bytes, or nil if the kernel has none to give. Weaker ones would not come sooner, so nobody can ask for them.
function M.bytes(n)
    local buf = ffi_new("uint8_t[?]", n)
    local have = 0
    while have < n do
        local got = tonumber(C.getrandom(buf + have, n - have, 0))
        if got >= 0 then
            have = have + got
        elseif ffi.errno() ~= EINTR then
            return nil
        end
    end
    return (ffi_string(buf, n))
end

return M
