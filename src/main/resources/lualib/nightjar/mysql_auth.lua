-- How a client of MySQL shows that it knows the password, for each of the server's authentication plugins.

local bit = require "bit"
local crypto = require "nightjar.crypto"
local new_tab = require "table.new"

local band = bit.band
local bxor = bit.bxor
local byte = string.byte
local char = string.char
local concat = table.concat
local floor = math.floor
local lshift = bit.lshift
local sha1 = ngx.sha1_bin
local sub = string.sub

-- The bytes of a string, each with the one of `key` at its place, which begins anew at its end.
local function xor(data, key)
    local size, period = #data, #key
    local bytes = new_tab(size, 0)
    for i = 1, size do
        bytes[i] = char(bxor(byte(data, i), byte(key, (i - 1) % period + 1)))
    end
    return (concat(bytes))
end

local function native(password, scramble)
    if password == "" then
        return ""
    end
    local once = sha1(password)
    return xor(once, sha1(scramble .. sha1(once)))
end

local function caching_sha2(password, scramble)
    if password == "" then
        return ""
    end
    local once, err = crypto.sha256(password)
    if not once then
        return nil, err
    end
    return xor(once, crypto.sha256(crypto.sha256(once) .. scramble))
end

-- MySQL's hash before 4.1: two numbers of 31 bits.
local function old_hash(text)
    local a, b, sum = 1345345333, 0x12345671, 7
    for i = 1, #text do
        local c = byte(text, i)
        if c ~= 32 and c ~= 9 then
            a = bxor(a, (band(a, 63) + sum) * c + lshift(a, 8))
            b = b + bxor(lshift(b, 8), a)
            sum = sum + c
        end
    end
    return band(a, 0x7fffffff), band(b, 0x7fffffff)
end

local OLD_MODULUS = 0x3fffffff
local OLD_SIZE = 8

local function old(password, scramble)
    if password == "" then
        return ""
    end
    local a, b = old_hash(password)
    local c, d = old_hash(sub(scramble, 1, OLD_SIZE))
    a, b = bxor(a, c) % OLD_MODULUS, bxor(b, d) % OLD_MODULUS
    local function random()
        a = (a * 3 + b) % OLD_MODULUS
        b = (a + b + 33) % OLD_MODULUS
        return (floor(a / OLD_MODULUS * 31))
    end
    local bytes = new_tab(OLD_SIZE, 0)
    for i = 1, OLD_SIZE do
        bytes[i] = char(random() + 64)
    end
    return xor(concat(bytes), char(random())) .. "\0"
end

-- What asks the server for its public key.
local CACHING_SHA2_KEY, SHA256_KEY = "\2", "\1"
-- What the server says of a password whose hash it had been sent: known, or to be shown in full.
local KNOWN, FULL = "\3", "\4"

local function clear(password)
    return password .. "\0"
end

-- The password for a server whose public key has come.
local function encrypted(password, scramble, pem)
    return crypto.rsa_encrypt(pem, xor(clear(password), scramble))
end

-- A plugin's `first` makes the response to a scramble, and `more` the one to further data, "" for none; each may answer
-- nil and why. `secret`: what is sent cannot be overheard.
local plugins = {
    mysql_native_password = { first = native },
    mysql_old_password = { first = old },
    mysql_clear_password = { first = clear },
    caching_sha2_password = {
        first = caching_sha2,
        more = function(password, scramble, data, secret)
            if data == KNOWN then
                return ""
            elseif data == FULL then
                return secret and clear(password) or CACHING_SHA2_KEY
            end
            return encrypted(password, scramble, data)
        end,
    },
    sha256_password = {
        first = function(password, _, secret)
            return (secret or password == "") and clear(password) or SHA256_KEY
        end,
        more = encrypted,
    },
}

local M = {}

-- The response to a server that asks for a plugin; or nil and why there is none.
function M.first(plugin, password, scramble, secret)
    local known = plugins[plugin]
    if not known then
        return nil, "unknown plugin: " .. plugin
    end
    return known.first(password, scramble, secret)
end

-- The response to what the plugin's other half has sent, "" if it does not wait for one; or nil and why there is none.
function M.more(plugin, password, scramble, data, secret)
    local more = plugins[plugin].more
    if not more then
        return nil, "malformed packet"
    end
    return more(password, scramble, data, secret)
end

return M
