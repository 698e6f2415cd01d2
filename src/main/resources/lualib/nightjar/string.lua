-- ngx.quote_sql_str, ngx.hmac_sha1.

local ffi = require "ffi"
local border = require "nightjar.border"
local check = require "nightjar.check"

local C = ffi.C
local ffi_str = ffi.string
local result = border.result
local error = error
local select = select

local SHA1_LEN = 20
local digest = ffi.new("unsigned char[?]", SHA1_LEN)

local M = {}

function M.quote_sql_str(...)
    local count = select("#", ...)
    if count ~= 1 then
        error("expecting one argument", 2)
    end
    local s = ...
    s = check.string(s, 1, count)
    C.nightjar_ffi_quote_sql_str(s, #s)
    return (ffi_str(result.data, result.len))
end

function M.hmac_sha1(...)
    local count = select("#", ...)
    if count ~= 2 then
        error("expecting 2 arguments, but got " .. count, 2)
    end
    local key, text = ...
    key = check.string(key, 1, count)
    text = check.string(text, 2, count)
    C.nightjar_ffi_hmac_sha1(key, #key, text, #text, digest)
    return (ffi_str(digest, SHA1_LEN))
end

return M
