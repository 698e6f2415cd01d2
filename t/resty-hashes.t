resty.md5, resty.sha1 and its relatives, resty.aes.

=== digests of data in pieces
--- config
location / {
    content_by_lua_block {
        local to_hex = require("resty.string").to_hex
        for _, name in ipairs { "md5", "sha1", "sha224", "sha256", "sha384", "sha512" } do
            local class = require("resty." .. name)
            local whole, pieces = class:new(), class:new()
            assert(whole:update("night" .. "jar"))
            local hex = to_hex(whole:final())
            assert(pieces:update("night") and pieces:update("") and pieces:update("jar"))
            assert(to_hex(pieces:final()) == hex)
            ngx.say(name, " ", hex)
            assert(pieces:reset())
            ngx.say(to_hex(pieces:final()))
            local big = class:new()
            for i = 1, 1000 do
                big:update(("x"):rep(i))
            end
            ngx.say(to_hex(big:final()):sub(1, 16))
        end
    }
}
--- request
GET /
--- response_body
md5 43a1ea6d499f04c780219c8b0bd9126b
d41d8cd98f00b204e9800998ecf8427e
ca8698f7124990ec
sha1 3ff80a7b0a680e446fe334c4640f81313e716e32
da39a3ee5e6b4b0d3255bfef95601890afd80709
d6d23cb260190622
sha224 a622a7fae6062c9ec33ebe0085c4808721a17d91c03d87436b7f4064
d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f
56ada0b177f58e75
sha256 43775932ce106a474e91158de24cfbba11d6f58e1d4e344ff7297ad1288dd084
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
c9c2682ed7d331d4
sha384 18e521f8c09c6e98e1790d0be2cb17abca87e8bc1ed778a455e06ea78e150773128ea09b93a09e44c0e8b6833bf548e6
38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b
2258af31df85e45d
sha512 94a0e90cc710a2d0de3537a024da78dbfe3185e7cc490888e1841ea7fb4d83027271fc57aa451486d3dbd1f2a20883d6c2a861101e33c64297dad40128181d58
cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e
70e06215565fec41

=== AES with keys made of a password, as openssl enc makes them
--- config
location / {
    content_by_lua_block {
        local aes = require "resty.aes"
        local text = "attack at dawn, or later"
        for _, mode in ipairs { "cbc", "ecb", "ctr" } do
            for _, size in ipairs { 128, 192, 256 } do
                local a = assert(aes:new("secret", "\1\2\3\4\5\6\7\8", aes.cipher(size, mode)))
                local encrypted = a:encrypt(text)
                ngx.say(size, " ", mode, " ", ngx.encode_base64(encrypted), " ", a:decrypt(encrypted) == text)
            end
        end
        local a = aes:new("secret", nil, nil, aes.hash.sha256)
        ngx.say(ngx.encode_base64(a:encrypt("attack")))
        a = aes:new("secret", nil, nil, aes.hash.sha256, 1000)
        ngx.say(a:decrypt(a:encrypt("attack")))
        for _, size in ipairs { 0, 15, 16, 4096, 4097, 100000 } do
            local data = ("x"):rep(size)
            assert(a:decrypt(a:encrypt(data)) == data)
        end
    }
}
--- request
GET /
--- response_body
128 cbc GTZ+6o4gSBXRIbdxoiEfhsYB+5FXTPtA9CcFawH6tfU= true
192 cbc GWPh4frIXw6oSYe/fxKKR8geJzT1dtIbzVUMOAXhvUs= true
256 cbc scsb0Vz3UpPFNIl9ClD3FzKXly96MCOnbjikYghpDyw= true
128 ecb 05XP8SCS37FnTp7vSDegPMpTf13ewLXOXHY/7evS6uA= true
192 ecb GETJzWxP7GjzIbJ2dWRUKY2VTOYScTa0mN6mU7H3wcI= true
256 ecb aBZRNTPymZ2rInzuVFLJ9j6H8CMdT/JC9KevorXN/L8= true
128 ctr Y2CqcPW90N9XAGRH/Y84Nb5g4ozRcxId true
192 ctr 7r0f1Ypw77JNJr+DBWUT4JsA7E/E0+YZ true
256 ctr BeY60/WI7/IJAVvQgAm73o5XCalVp3ow true
38OkxsHK1yVQtCdOXKAyGQ==
attack

=== AES with a key and a vector that are given
--- config
location / {
    content_by_lua_block {
        local aes = require "resty.aes"
        local b64 = ngx.encode_base64
        local key = "0123456789abcdef"
        local gcm = assert(aes:new(key, nil, aes.cipher(128, "gcm"), { iv = "initvector12" }))
        local sealed = gcm:encrypt("attack at dawn", "header")
        ngx.say(b64(sealed[1]), " ", b64(sealed[2]))
        ngx.say(gcm:decrypt(sealed[1], sealed[2], "header"))
        ngx.say(gcm:decrypt(sealed[1], sealed[2], "other"))
        ngx.say(gcm:decrypt(sealed[1], ("x"):rep(16), "header"))
        ngx.say(gcm:decrypt(sealed[1], sealed[2], "header"))
        ngx.say(gcm:decrypt(sealed[1]))
        ngx.say(b64(gcm:encrypt("attack at dawn")[2]))

        local cbc = aes:new("not the key", nil, nil, { iv = "0123456789abcdef", method = function() return key end })
        ngx.say(cbc:decrypt(cbc:encrypt("attack")))
        ngx.say(cbc:decrypt("no block"))
        local bare = aes:new(key, nil, nil, { iv = key }, nil, nil, false)
        ngx.say(#bare:encrypt(key), " ", bare:decrypt(bare:encrypt(key)), " ", select(2, bare:encrypt("odd")))
    }
}
--- request
GET /
--- response_body
/FueKfTBLE4IiKKKkSQ= rBbYVbCZUxAG/wEheaEWNg==
attack at dawn
nilEVP_DecryptFinal_ex failed
nilEVP_DecryptFinal_ex failed
attack at dawn
nilEVP_DecryptFinal_ex failed
3Kc+hZxI8DUaq1EfeOcMyg==
attack
nilEVP_DecryptFinal_ex failed
16 0123456789abcdef EVP_EncryptFinal_ex failed

=== what AES does not take
--- config
location / {
    content_by_lua_block {
        local aes = require "resty.aes"
        ngx.say(aes:new("secret", "a salt"))
        ngx.say(aes:new("secret", nil, nil, {}))
        ngx.say(aes:new("secret", nil, nil, { iv = ("x"):rep(17) }))
        ngx.say(aes:new("secret", nil, nil, { iv = ("x"):rep(16) }))
        ngx.say(aes:new("secret", nil, nil, { iv = ("x"):rep(16), method = function() return "short" end }))
        ngx.say(pcall(aes:new("secret").encrypt, "text"))
    }
}
--- request
GET /
--- response_body
nilsalt must be 8 characters or nil
niliv is needed
nilbad iv length
nilbad key length
nilbad key length
falsebad argument #1 self: table expected, got string
