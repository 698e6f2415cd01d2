-- The border with Java: C types, the request that runs now, and where a call's results lie.
--
-- A call that gives more than a number leaves it in `result`, one struct a VM that Java owns: a string in data/len
-- (for a failure, its text), a list of pairs in `pairs`. It is good until the next call; copy it at once.

local ffi = require "ffi"
local W = require("nightjar.coroutines").border

local C = ffi.C
local cast = ffi.cast
local ffi_str = ffi.string
local error = error
local type = type

if not pcall(ffi.typeof, "ngx_str_t") then
    ffi.cdef [[
    typedef struct { size_t len; const unsigned char *data; } ngx_str_t;
    ]]
end

if not pcall(ffi.typeof, "ngx_http_lua_ffi_str_t") then
    ffi.cdef [[
    typedef struct { int len; const unsigned char *data; } ngx_http_lua_ffi_str_t;
    ]]
end

-- context: the bit of the phase that runs, 0 when no Lua ran for this request yet
-- ctx_ref: where ngx.ctx lies in its table, below 0 when it was not touched
-- fake: 1 in a timer, init_worker and the like, where there is no client
-- log_level: what the request's error log lets through
ffi.cdef [[
struct ngx_http_request_s {
    int context;
    int ctx_ref;
    int fake;
    int log_level;
};
typedef struct ngx_http_request_s ngx_http_request_t;

typedef struct {
    ngx_http_lua_ffi_str_t key;
    ngx_http_lua_ffi_str_t value;   /* len -1: the key stands alone, its value is true */
} nightjar_pair_t;

typedef struct {
    nightjar_pair_t *pairs;
    const unsigned char *data;
    size_t len;
    int truncated;
    int index;
    int log_level;
    int count;
    double number;
} nightjar_result_t;
]]

local result = cast("nightjar_result_t *", C.nightjar_ffi_result())

local M = {
    result = result,
    OK = 0,
    ERROR = -1,
    AGAIN = -2,
    DECLINED = -5,
    NO_REQ_CTX = -100,
    BAD_CONTEXT = -101,
}

-- The request that runs now, or nil.
function M.request()
    local r = W.request
    if r ~= nil then
        return r
    end
end
local request = M.request

-- The string that the last call left.
function M.text()
    return (ffi_str(result.data, result.len))
end

-- Raises the text that the last call left, as an error of the API function that calls this.
function M.raise()
    error(ffi_str(result.data, result.len), 3)
end

-- The request, or upstream's error for an API function called where there is none or no client.
function M.client_request(text)
    local r = request()
    if not r then
        error(text or "no request object found", 3)
    end
    if r.fake ~= 0 then
        error("API disabled in the current context", 3)
    end
    return r
end

-- Pairs of the last call as a table: a key seen again gets a list of its values.
function M.collect(t, n)
    local p = result.pairs
    for i = 0, n - 1 do
        local pair = p[i]
        local key = ffi_str(pair.key.data, pair.key.len)
        local len = pair.value.len
        local value = len < 0 or ffi_str(pair.value.data, len)
        local old = t[key]
        if old == nil then
            t[key] = value
        elseif type(old) == "table" then
            old[#old + 1] = value
        else
            t[key] = { old, value }
        end
    end
    return t
end

return M
