-- What logging in to MySQL needs of OpenSSL.

local ffi = require "ffi"
local load = require "nightjar.libcrypto"

local ffi_new = ffi.new
local ffi_str = ffi.string

ffi.cdef [[
unsigned char *nightjar_sha256(const char *data, size_t size, unsigned char *digest) __asm__("SHA256");
void *nightjar_bio_new_mem_buf(const char *data, int size) __asm__("BIO_new_mem_buf");
int nightjar_bio_free(void *bio) __asm__("BIO_free");
void *nightjar_pem_read_bio_pubkey(void *bio, void *key, void *callback, void *arg) __asm__("PEM_read_bio_PUBKEY");
void nightjar_pkey_free(void *key) __asm__("EVP_PKEY_free");
void *nightjar_pkey_ctx_new(void *key, void *engine) __asm__("EVP_PKEY_CTX_new");
void nightjar_pkey_ctx_free(void *ctx) __asm__("EVP_PKEY_CTX_free");
int nightjar_pkey_ctx_ctrl(void *ctx, int type, int operation, int command, int p1, void *p2) __asm__("EVP_PKEY_CTX_ctrl");
int nightjar_pkey_encrypt_init(void *ctx) __asm__("EVP_PKEY_encrypt_init");
int nightjar_pkey_encrypt(void *ctx, unsigned char *out, size_t *out_size, const char *in, size_t in_size)
    __asm__("EVP_PKEY_encrypt");
]]

local ANY_TYPE, ANY_OPERATION = -1, -1
local CTRL_RSA_PADDING = 0x1001
local RSA_OAEP_PADDING = 4

local digest = ffi_new("unsigned char[32]")

local M = {}

-- The 32 bytes of a string's SHA-256; or nil and why.
function M.sha256(data)
    local crypto, err = load()
    if not crypto then
        return nil, err
    end
    crypto.nightjar_sha256(data, #data, digest)
    return (ffi_str(digest, 32))
end

local function encrypt(crypto, ctx, data)
    if crypto.nightjar_pkey_encrypt_init(ctx) <= 0
        or crypto.nightjar_pkey_ctx_ctrl(ctx, ANY_TYPE, ANY_OPERATION, CTRL_RSA_PADDING, RSA_OAEP_PADDING, nil) <= 0 then
        return nil, "not an RSA key"
    end
    local size = ffi_new("size_t[1]")
    if crypto.nightjar_pkey_encrypt(ctx, nil, size, data, #data) <= 0 then
        return nil, "RSA encryption failed"
    end
    local out = ffi_new("unsigned char[?]", size[0])
    if crypto.nightjar_pkey_encrypt(ctx, out, size, data, #data) <= 0 then
        return nil, "RSA encryption failed"
    end
    return (ffi_str(out, size[0]))
end

-- Encrypts with a public key (PEM) in RSA's OAEP mode; or nil and why not.
function M.rsa_encrypt(pem, data)
    local crypto, err = load()
    if not crypto then
        return nil, err
    end
    local bio = crypto.nightjar_bio_new_mem_buf(pem, #pem)
    local key = crypto.nightjar_pem_read_bio_pubkey(bio, nil, nil, nil)
    crypto.nightjar_bio_free(bio)
    if key == nil then
        return nil, "bad public key"
    end
    local ctx = crypto.nightjar_pkey_ctx_new(key, nil)
    local encrypted
    encrypted, err = encrypt(crypto, ctx, data)
    crypto.nightjar_pkey_ctx_free(ctx)
    crypto.nightjar_pkey_free(key)
    return encrypted, err
end

return M
