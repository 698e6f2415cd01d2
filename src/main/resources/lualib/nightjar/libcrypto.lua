-- OpenSSL's libcrypto, loaded when it is first asked for. Who calls it declares what it needs under names of its own, by
-- `__asm__`, since scripts may declare the same functions with other types.

local ffi = require "ffi"

local ipairs = ipairs
local pcall = pcall

local NAMES = { "libcrypto.so.3", "libcrypto.so.1.1", "crypto" }

local library

-- The library; or nil and why there is none.
return function()
    if library then
        return library
    end
    for _, name in ipairs(NAMES) do
        local ok, found = pcall(ffi.load, name)
        if ok then
            library = found
            return found
        end
    end
    return nil, "OpenSSL's libcrypto is not installed"
end
