-- AES by OpenSSL, with keys made from passwords or given.

local ffi = require "ffi"
local load = require "nightjar.libcrypto"

local assert = assert
local error = error
local ffi_copy = ffi.copy
local ffi_gc = ffi.gc
local ffi_new = ffi.new
local ffi_str = ffi.string
local format = string.format
local ipairs = ipairs
local max = math.max
local setmetatable = setmetatable
local type = type

ffi.cdef [[
void *nightjar_cipher_ctx_new(void) __asm__("EVP_CIPHER_CTX_new");
void nightjar_cipher_ctx_free(void *ctx) __asm__("EVP_CIPHER_CTX_free");
int nightjar_cipher_ctx_ctrl(void *ctx, int type, int n, void *p) __asm__("EVP_CIPHER_CTX_ctrl");
int nightjar_cipher_ctx_set_padding(void *ctx, int padding) __asm__("EVP_CIPHER_CTX_set_padding");
int nightjar_cipher_init(void *ctx, const void *cipher, void *engine, const char *key, const char *iv, int encrypt)
    __asm__("EVP_CipherInit_ex");
int nightjar_cipher_update(void *ctx, unsigned char *out, int *out_size, const char *in, int in_size)
    __asm__("EVP_CipherUpdate");
int nightjar_cipher_final(void *ctx, unsigned char *out, int *out_size) __asm__("EVP_CipherFinal_ex");
int nightjar_bytes_to_key(const void *cipher, const void *md, const char *salt, const char *data, int size, int rounds,
    char *key, char *iv) __asm__("EVP_BytesToKey");
void nightjar_err_clear(void) __asm__("ERR_clear_error");
]]

local SIZES = { 128, 192, 256 }
local MODES = { "ecb", "cbc", "cfb1", "cfb8", "cfb128", "ofb", "ctr", "gcm" }
local HASHES = { "md5", "sha1", "sha224", "sha256", "sha384", "sha512" }

local SET_IV_SIZE, GET_TAG, SET_TAG = 0x9, 0x10, 0x11
local TAG_SIZE = 16
local SALT_SIZE = 8
-- The largest initialization vector that OpenSSL makes of a password.
local MAX_IV = 16
-- How much more than was put in can come out.
local MORE = 64
local ENCRYPT, DECRYPT, UNCHANGED = 1, 0, -1

local crypto = assert(load())

-- The function without arguments that OpenSSL calls `name`.
local function constant(name)
    ffi.cdef(format('const void *nightjar_%s(void) __asm__("%s");', name, name))
    return crypto["nightjar_" .. name]
end

local M = { _VERSION = "0.17", hash = {} }
local metatable = { __index = M }

for _, name in ipairs(HASHES) do
    M.hash[name] = constant("EVP_" .. name)()
end

local methods = {}
for _, size in ipairs(SIZES) do
    for _, mode in ipairs(MODES) do
        local name = format("EVP_aes_%d_%s", size, mode)
        methods[name] = constant(name)
    end
end

-- What `new` takes as its cipher: by default AES-128 in CBC mode. nil if there is no such.
function M.cipher(size, mode)
    size = size or 128
    mode = mode or "cbc"
    local method = methods["EVP_aes_" .. size .. "_" .. mode]
    return method and { size = size, cipher = mode, method = method() }
end

-- OpenSSL keeps what went wrong for whoever asks next on this thread, which must not be a TLS connection.
local function failed(text)
    crypto.nightjar_err_clear()
    return nil, text
end

-- The key and the initialization vector that a caller has.
local function copy_given(given, key, key_size, key_to, iv_to)
    if given.method then
        key = given.method(key)
    end
    if #key ~= key_size then
        return nil, "bad key length"
    end
    ffi_copy(key_to, key, key_size)
    ffi_copy(iv_to, given.iv, #given.iv)
    return true
end

-- Those that OpenSSL makes of a password.
local function derive(cipher, hash, salt, password, rounds, key_to, iv_to)
    if salt and #salt ~= SALT_SIZE then
        return nil, "salt must be 8 characters or nil"
    end
    if crypto.nightjar_bytes_to_key(cipher.method, hash, salt, password, #password, rounds, key_to, iv_to) ~= cipher.size / 8 then
        return failed("failed to generate key and iv")
    end
    return true
end

-- One direction's context.
local function context(cipher, iv_size, padding, direction)
    local ctx = crypto.nightjar_cipher_ctx_new()
    if ctx == nil then
        return nil, "no memory"
    end
    ffi_gc(ctx, crypto.nightjar_cipher_ctx_free)
    if crypto.nightjar_cipher_init(ctx, cipher.method, nil, nil, nil, direction) == 0 then
        return failed("failed to init ctx")
    end
    if cipher.cipher == "gcm" and crypto.nightjar_cipher_ctx_ctrl(ctx, SET_IV_SIZE, iv_size, nil) <= 0 then
        return failed("failed to set IV length")
    end
    if crypto.nightjar_cipher_ctx_set_padding(ctx, padding) == 0 then
        return failed("failed to set padding for " .. (direction == ENCRYPT and "encrypt" or "decrypt") .. " context")
    end
    return ctx
end

-- `hash` is one of M.hash, by which the key is made from a password `key` and a salt of 8 bytes, in so many rounds. Or it
-- is a table with the initialization vector, `iv`; then `key` is the key, or what `method` makes one of.
function M.new(_, key, salt, cipher, hash, rounds, iv_size, enable_padding)
    cipher = cipher or M.cipher()
    hash = hash or M.hash.md5
    local key_size = cipher.size / 8
    iv_size = iv_size or key_size
    if type(hash) == "table" then
        if not hash.iv then
            return nil, "iv is needed"
        end
        iv_size = #hash.iv
        if iv_size > key_size then
            return nil, "bad iv length"
        end
    end

    local key_bytes = ffi_new("char[?]", key_size)
    local iv_bytes = ffi_new("char[?]", max(iv_size, MAX_IV))
    local ok, err
    if type(hash) == "table" then
        ok, err = copy_given(hash, key, key_size, key_bytes, iv_bytes)
    else
        ok, err = derive(cipher, hash, salt, key, rounds or 1, key_bytes, iv_bytes)
    end
    if not ok then
        return nil, err
    end

    local padding = (enable_padding == nil or enable_padding) and 1 or 0
    local encrypting, decrypting
    encrypting, err = context(cipher, iv_size, padding, ENCRYPT)
    if not encrypting then
        return nil, err
    end
    decrypting, err = context(cipher, iv_size, padding, DECRYPT)
    if not decrypting then
        return nil, err
    end
    return setmetatable({
        encrypting = encrypting,
        decrypting = decrypting,
        tagged = cipher.cipher == "gcm",
        key = key_bytes,
        iv = iv_bytes,
    }, metatable)
end

local SMALL = 4096
local small = ffi_new("unsigned char[?]", SMALL + MORE)
local tag_bytes = ffi_new("unsigned char[?]", TAG_SIZE)
local sizes = ffi_new("int[2]")
local rest = sizes + 1

-- Puts data through a context: what comes out; or nil and what has failed. `tag`: what it must have.
local function run(self, ctx, data, aad, tag, failure)
    if crypto.nightjar_cipher_init(ctx, nil, nil, self.key, self.iv, UNCHANGED) == 0 then
        return failed(failure.init)
    end
    if tag then
        ffi_copy(tag_bytes, tag, TAG_SIZE)
        if crypto.nightjar_cipher_ctx_ctrl(ctx, SET_TAG, TAG_SIZE, tag_bytes) <= 0 then
            return failed(failure.final)
        end
    end
    if aad and self.tagged and crypto.nightjar_cipher_update(ctx, nil, sizes, aad, #aad) == 0 then
        return failed(failure.update)
    end
    local size = #data
    local out = size <= SMALL and small or ffi_new("unsigned char[?]", size + MORE)
    if crypto.nightjar_cipher_update(ctx, out, sizes, data, size) == 0 then
        return failed(failure.update)
    end
    if crypto.nightjar_cipher_final(ctx, out + sizes[0], rest) <= 0 then
        return failed(failure.final)
    end
    return ffi_str(out, sizes[0] + sizes[1])
end

local function failures(direction)
    return {
        init = "EVP_" .. direction .. "Init_ex failed",
        update = "EVP_" .. direction .. "Update failed",
        final = "EVP_" .. direction .. "Final_ex failed",
    }
end
local encrypt_failures, decrypt_failures = failures "Encrypt", failures "Decrypt"

local function expect_object(self)
    if type(self) ~= "table" then
        error("bad argument #1 self: table expected, got " .. type(self), 3)
    end
end

-- The encrypted data; in GCM mode a table with it and its tag, which is also that of `aad`. Or nil and what has failed.
function M:encrypt(data, aad)
    expect_object(self)
    local ctx = self.encrypting
    local encrypted, err = run(self, ctx, data, aad, nil, encrypt_failures)
    if not encrypted or not self.tagged then
        return encrypted, err
    end
    if crypto.nightjar_cipher_ctx_ctrl(ctx, GET_TAG, TAG_SIZE, tag_bytes) <= 0 then
        return failed(encrypt_failures.final)
    end
    return { encrypted, ffi_str(tag_bytes, TAG_SIZE) }
end

-- The plain data; or nil and what has failed. In GCM mode nothing is decrypted without its tag.
function M:decrypt(data, tag, aad)
    expect_object(self)
    if not self.tagged then
        return run(self, self.decrypting, data, nil, nil, decrypt_failures)
    elseif not tag or #tag ~= TAG_SIZE then
        return nil, decrypt_failures.final
    end
    return run(self, self.decrypting, data, aad, tag, decrypt_failures)
end

return M
