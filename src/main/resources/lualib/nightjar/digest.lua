-- OpenSSL's hash functions as classes. Each object keeps the state of one in its own memory, so nothing has to be freed.

local ffi = require "ffi"
local load = require "nightjar.libcrypto"

local assert = assert
local ffi_new = ffi.new
local ffi_str = ffi.string
local gsub = string.gsub
local setmetatable = setmetatable

-- The largest state, that of SHA-512, in bytes; the largest digest.
local STATE = ffi.typeof("uint64_t[27]")
local MAX_DIGEST = 64

local FUNCTIONS = [[
int nightjar_NAME_init(void *state) __asm__("NAME_Init");
int nightjar_NAME_update(void *state, const void *data, size_t size) __asm__("NAME_Update");
int nightjar_NAME_final(unsigned char *digest, void *state) __asm__("NAME_Final");
]]

local digest = ffi_new("unsigned char[?]", MAX_DIGEST)

-- A class for the function that OpenSSL calls `name`, with digests of `size` bytes.
return function(name, size)
    local crypto = assert(load())
    ffi.cdef((gsub(FUNCTIONS, "NAME", name)))
    local prefix = "nightjar_" .. name
    local init, update, final = crypto[prefix .. "_init"], crypto[prefix .. "_update"], crypto[prefix .. "_final"]

    local M = { _VERSION = "0.17" }
    local metatable = { __index = M }

    -- nil if OpenSSL does not allow this function.
    function M.new(_)
        local state = ffi_new(STATE)
        if init(state) ~= 1 then
            return nil
        end
        return setmetatable({ state = state }, metatable)
    end

    -- Goes on with a string, or with `len` bytes of what `data` points to.
    function M:update(data, len)
        return update(self.state, data, len or #data) == 1
    end

    -- The digest's bytes, or nil; what comes next must be reset().
    function M:final()
        if final(digest, self.state) ~= 1 then
            return nil
        end
        return ffi_str(digest, size)
    end

    function M:reset()
        return init(self.state) == 1
    end

    return M
end
