-- Cookies that their owner can read but not forge: value.time.signature, the signature over the other two and
-- the cookie's name, so that one cookie's value is worth nothing in another.

local _M = {}

local key

-- Reads the key from a file, or makes one: everyone stays logged in over a restart.
function _M.open(file)
    local input = io.open(file, "rb")
    if not input then
        local random = assert(io.open("/dev/urandom", "rb"))
        key = random:read(32)
        random:close()
        local output = assert(io.open(file, "wb"))
        output:write(key)
        output:close()
        return
    end
    key = input:read("*a")
    input:close()
end

local function signature(name, value, expires)
    return ngx.encode_base64(ngx.hmac_sha1(key, name .. "\0" .. value .. "\0" .. expires)):gsub("[+/=]", { ["+"] = "-", ["/"] = "_", ["="] = "" })
end

-- Every byte is compared, equal or not: the time tells nothing.
local function same(a, b)
    if #a ~= #b then
        return false
    end
    local difference = 0
    for i = 1, #a do
        difference = bit.bor(difference, bit.bxor(a:byte(i), b:byte(i)))
    end
    return difference == 0
end

local function send(text)
    local sent = ngx.header["Set-Cookie"] or {}
    if type(sent) == "string" then
        sent = { sent }
    end
    sent[#sent + 1] = text
    ngx.header["Set-Cookie"] = sent
end

function _M.set(name, value, seconds)
    local expires = ngx.time() + seconds
    local text = ngx.escape_uri(value) .. "." .. expires .. "." .. signature(name, value, expires)
    send(name .. "=" .. text .. "; Path=/; Max-Age=" .. seconds .. "; Expires=" .. ngx.cookie_time(expires) .. "; HttpOnly; SameSite=Lax")
end

function _M.clear(name)
    send(name .. "=; Path=/; Max-Age=0; Expires=" .. ngx.cookie_time(0) .. "; HttpOnly; SameSite=Lax")
end

-- The value of a cookie that is ours and has not expired.
function _M.get(name)
    local text = ngx.var["cookie_" .. name]
    local value, expires, signed = (text or ""):match("^(.*)%.(%d+)%.([%w_-]+)$")
    if not value then
        return nil
    end
    value = ngx.unescape_uri(value)
    if not same(signed, (signature(name, value, expires))) or tonumber(expires) < ngx.time() then
        return nil
    end
    return value
end

return _M
