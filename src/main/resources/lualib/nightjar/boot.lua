-- Runs first in every VM, before any library: makes Java's exports look like C functions and gives Java the few Lua
-- functions that its scheduler calls.
--
-- Compiled under the chunk name [C] and without line numbers, as are the files it loads here: an error raised here
-- with level 2 names the script's line, and a traceback shows these functions as it shows C's.

-- border: address of the struct below; raise: what a failed Lua C function returns first; resolve(name): C type and
-- address of an export, or a Lua C function; resource(name): the source of a module packed with Nightjar; compile(source,
-- chunk name): without names and lines; functions: the names of Lua C functions; path, cpath: the configuration's, or nil;
-- cached_threads: lua_thread_cache_max_entries
local border, raise, null, resolve, resource, compile, functions, path, cpath, cached_threads = ...

local error = error
local ffi = require "ffi"
local find = string.find
local gsub = string.gsub
local pcall = pcall

-- Kept in step with Border.java.
ffi.cdef [[
typedef struct {
    struct ngx_http_request_s *request;     /* what runs now, NULL outside of requests */
    unsigned char *out;     /* response body gathered so far: pos of cap bytes; cap 0: Java has to be asked first */
    int pos;
    int cap;
    int waits;              /* an API function, not the script, made the coroutine yield: 1 to wait, 2 to end the task */
    int spawned;            /* reference of a coroutine to be run as a light thread, 0: none */
    int posted;             /* other light threads of the task have their turn before the one that runs has it again */
    int child;              /* 1: Lua runs a light thread inside the one that made it; 2: and Java has made it one of its own */
    int adopted;            /* reference of that light thread's coroutine, when it has spawned another, 0: none */
    struct {
        const unsigned char *data;
        int len;            /* -1: there is none */
    } variables[7];         /* values of var.lua's ready ones */
    int ready;              /* a bit for each of them that holds */
    void *changing;         /* nightjar_dict_user_t of the dict that Lua is changing, or was when an error ended the run */
} nightjar_border_t;
]]

local W = ffi.cast("nightjar_border_t *", border)

-- Functions of ngx_lua's C API and of nginx that are Lua here, and the modules that have them.
local in_lua = {
    ngx_hex_dump = "nightjar.core_ffi",
    ngx_atoi = "nightjar.core_ffi",
    ngx_http_lua_ffi_pcre_version = "nightjar.regex_ffi",
    ngx_http_lua_ffi_compile_regex = "nightjar.regex_ffi",
    ngx_http_lua_ffi_exec_regex = "nightjar.regex_ffi",
    ngx_http_lua_ffi_destroy_regex = "nightjar.regex_ffi",
    ngx_http_lua_ffi_compile_replace_template = "nightjar.regex_ffi",
    ngx_http_lua_ffi_create_script_engine = "nightjar.regex_ffi",
    ngx_http_lua_ffi_init_script_engine = "nightjar.regex_ffi",
    ngx_http_lua_ffi_destroy_script_engine = "nightjar.regex_ffi",
    ngx_http_lua_ffi_script_eval_len = "nightjar.regex_ffi",
    ngx_http_lua_ffi_script_eval_data = "nightjar.regex_ffi",
    ngx_http_lua_ffi_set_jit_stack_size = "nightjar.regex_ffi",
}

-- ffi.C: Java's exports by name, made on first use; then the real C namespace, in which scripts find OpenSSL, too, as they
-- do in nginx. It is loaded when it is first missed.
local real = ffi.C
local openssl_wanted = false

local function real_name(name)
    return real[name]
end

local function find_real(name)
    local ok, found = pcall(real_name, name)
    if not ok and not openssl_wanted and find(found, "undefined symbol", 1, true) then
        openssl_wanted = true
        if not pcall(ffi.load, "libssl.so.3", true) then
            pcall(ffi.load, "libssl.so.1.1", true)
        end
        ok, found = pcall(real_name, name)
    end
    if not ok then
        error((gsub(found, "^%[C%]:0: ", "")), 2)
    end
    return found
end

-- A variable's value, which may be a pointer to a function, is none.
local function is_function(v)
    if type(v) ~= "cdata" then
        return false
    end
    local ctype = tostring(ffi.typeof(v))
    return find(ctype, "(", 1, true) and not find(ctype, "(*", 1, true)
end

local C = setmetatable({}, {
    __index = function(t, name)
        local f
        if in_lua[name] then
            f = require(in_lua[name])[name]
            rawset(t, name, f)
            return f
        end
        local ctype, address = resolve(name)
        if address then
            f = ffi.cast(ctype, address)
            rawset(t, name, f)
            return f
        end
        if name:find("^ngx_http_lua_") then
            -- lua-resty-core takes all of them when it loads.
            f = function()
                error(name .. " is not supported by this version of Nightjar", 2)
            end
            rawset(t, name, f)
            return f
        end
        f = find_real(name)
        if is_function(f) then
            rawset(t, name, f)
        end
        return f
    end,
    __newindex = real,
})
ffi.C = C

-- Lua C functions by their dotted names; each is made on its first call.
local function check(first, ...)
    if first == raise then
        -- No Java frame is left here.
        error((...), 2)
    end
    return first, ...
end

local function lazy(name)
    local f
    return function(...)
        if not f then
            f = resolve(name)
        end
        return check(f(...))
    end
end

ngx = { null = null }
package.loaded.ngx = ngx
for i = 1, #functions do
    local owner, name = _G, functions[i]
    for word in name:gmatch("([^.]+)%.") do
        owner[word] = owner[word] or {}
        owner = owner[word]
    end
    owner[name:match("[^.]+$")] = lazy(name)
end

local function part(name)
    return compile(resource(name), "=[C]")(W, C, null, cached_threads)
end

part "nightjar.tables"
compile(resource "nightjar.packages", "=[C]")(resource, compile, path, cpath)
part "nightjar.loading"
local coroutines = part "nightjar.coroutines"
package.loaded["nightjar.coroutines"] = coroutines
local traceback = compile(resource "nightjar.traceback", "=[C]")(coroutines)
coroutines.traceback = traceback
part "nightjar.output"

local create = coroutine._create
local function none() end
return function()
    return create(none)
end, traceback, function()
    -- Once ngx.log is there: the warning about globals. Its own chunk name and lines, which the log line shows.
    assert(loadstring(resource "nightjar.guard", "=_G write guard"))()
end, require, function(t)
    -- Where the function of a timer is defined, for Java's error log.
    local at = debug.getinfo(t[1], "S")
    return at.source .. ":" .. at.linedefined
end, part "nightjar.compilable"
