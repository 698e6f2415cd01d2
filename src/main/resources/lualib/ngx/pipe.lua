-- ngx.pipe: programs, and pipes to what they read and write.

local ffi = require "ffi"
local base = require "resty.core.base"
local check = require "nightjar.check"

base.allows_subsystem("http")

local C = ffi.C
local FFI_AGAIN, FFI_BAD_CONTEXT, FFI_DECLINED = base.FFI_AGAIN, base.FFI_BAD_CONTEXT, base.FFI_DECLINED
local FFI_ERROR, FFI_NO_REQ_CTX, FFI_OK = base.FFI_ERROR, base.FFI_NO_REQ_CTX, base.FFI_OK
local co_yield = coroutine._yield
local concat = table.concat
local error = error
local ffi_new = ffi.new
local ffi_str = ffi.string
local find = string.find
local get_phase = ngx.get_phase
local get_request = base.get_request
local ipairs = ipairs
local tonumber = tonumber
local tostring = tostring
local type = type
local used = check.used

-- Proc.java has the same.
ffi.cdef [[
typedef struct {
    int _pid;
    uintptr_t write_timeout;
    uintptr_t stdout_read_timeout;
    uintptr_t stderr_read_timeout;
    uintptr_t wait_timeout;
    void *pipe;
} ngx_http_lua_ffi_pipe_proc_t;
]]

-- PipeInput.java has the same.
local ALL, BYTES, LINE, ANY = 0, 1, 2, 3
local STDOUT, STDERR = 0, 1

-- Milliseconds.
local DEFAULT_TIMEOUT, MAX_TIMEOUT = 10000, 0xffffffff
local DEFAULT_BUFFER_SIZE = 4096
local SMALL = 512
local MAX_ERROR = 256

local small = ffi_new("char[?]", SMALL)
local buffer = ffi_new("char *[1]")
local size = ffi_new("size_t[1]")
local text = ffi_new("char[?]", MAX_ERROR)
local text_size = ffi_new("size_t[1]")
local reason = ffi_new("char *[1]")
local status = ffi_new("int[1]")

-- To be called before each call that may leave a text or a result.
local function prepare()
    buffer[0] = small
    size[0] = SMALL
    text_size[0] = MAX_ERROR
end

local function message()
    return ffi_str(text, text_size[0])
end

-- The request, for a method that the script calls.
local function expect(proc)
    if type(proc) ~= "cdata" then
        error("not a process instance", 3)
    end
    local r = get_request()
    if not r then
        error("no request found", 3)
    end
    return r
end

-- Raises what stands in the way of a call that may wait. `level` is that of the script.
local function raise(rc, level)
    if rc == FFI_NO_REQ_CTX then
        error("no request ctx found", level + 1)
    elseif rc == FFI_BAD_CONTEXT then
        error(message(), level + 1)
    end
end

local M = { version = base.version }
local methods = {}

-- What is read; or nil, why there is no more, and what there is.
local function read(r, proc, stream, mode, length)
    prepare()
    local rc = C.ngx_http_lua_ffi_pipe_proc_read(r, proc, stream, mode, length, buffer, size, text, text_size)
    raise(rc, 3)
    if rc == FFI_AGAIN then
        co_yield()
        prepare()
        rc = C.ngx_http_lua_ffi_pipe_get_read_result(r, proc, stream, buffer, size, text, text_size)
    end
    if rc == FFI_ERROR then
        return nil, message()
    end
    local bytes = small
    if buffer[0] == nil then
        bytes = ffi_new("char[?]", size[0])
        buffer[0] = bytes
        text_size[0] = MAX_ERROR
        C.ngx_http_lua_ffi_pipe_get_read_result(r, proc, stream, buffer, size, text, text_size)
    end
    used(proc)
    local data = ffi_str(bytes, size[0])
    if rc == FFI_DECLINED then
        return nil, message(), data
    end
    return data
end

-- Makes the four methods that read a stream.
local function add_readers(prefix, stream)
    -- All until the stream ends.
    methods[prefix .. "_read_all"] = function(proc)
        local data, err, partial = read(expect(proc), proc, stream, ALL, 0)
        return data, err, partial
    end

    methods[prefix .. "_read_line"] = function(proc)
        local data, err, partial = read(expect(proc), proc, stream, LINE, 0)
        return data, err, partial
    end

    methods[prefix .. "_read_bytes"] = function(proc, length)
        local r = expect(proc)
        if length < 0 then
            error("bad len argument", 2)
        elseif length == 0 then
            return ""
        end
        local data, err, partial = read(r, proc, stream, BYTES, length)
        return data, err, partial
    end

    -- What there is, up to `max` bytes.
    methods[prefix .. "_read_any"] = function(proc, max)
        local r = expect(proc)
        max = tonumber(max)
        if not max or max <= 0 then
            error("bad max argument", 2)
        end
        local data, err, partial = read(r, proc, stream, ANY, max)
        return data, err, partial
    end
end

add_readers("stdout", STDOUT)
add_readers("stderr", STDERR)

-- How many bytes were written, all of them; or nil and why not.
function methods.write(proc, data)
    local r = expect(proc)
    local t = type(data)
    if t == "table" then
        data = concat(data)
    elseif t == "number" then
        data = tostring(data)
    elseif t ~= "string" then
        error("bad data arg: string, number, or table expected, got " .. t, 2)
    end
    prepare()
    local rc = C.ngx_http_lua_ffi_pipe_proc_write(r, proc, data, #data, text, text_size)
    raise(rc, 2)
    if rc == FFI_AGAIN then
        co_yield()
        prepare()
        rc = C.ngx_http_lua_ffi_pipe_get_write_result(r, proc, text, text_size)
        used(proc)
    end
    if rc == FFI_ERROR then
        return nil, message()
    end
    return rc
end

-- Whether the program has exited with 0, "exit" or "signal", and the exit code or the signal; or nil and why it cannot be
-- waited for. Its pipes are closed then.
function methods.wait(proc)
    local r = expect(proc)
    prepare()
    local rc = C.ngx_http_lua_ffi_pipe_proc_wait(r, proc, reason, status, text, text_size)
    raise(rc, 2)
    if rc == FFI_ERROR then
        return nil, message()
    elseif rc ~= FFI_AGAIN then
        return rc == FFI_OK, ffi_str(reason[0]), status[0]
    end
    local ok, why, code = co_yield()
    used(proc)
    return ok, why, code
end

local shutdowns = {
    stdin = C.ngx_http_lua_ffi_pipe_proc_shutdown_stdin,
    stdout = C.ngx_http_lua_ffi_pipe_proc_shutdown_stdout,
    stderr = C.ngx_http_lua_ffi_pipe_proc_shutdown_stderr,
}

-- Closes one of "stdin", "stdout", "stderr"; true, or nil and why not.
function methods.shutdown(proc, stream)
    if type(proc) ~= "cdata" then
        error("not a process instance", 2)
    end
    local shutdown = shutdowns[stream]
    if not shutdown then
        error("bad shutdown arg: " .. tostring(stream), 2)
    end
    prepare()
    if shutdown(proc, text, text_size) == FFI_ERROR then
        return nil, message()
    end
    return true
end

-- Sends a signal, by its number; true, or nil and why not.
function methods.kill(proc, signal)
    if type(proc) ~= "cdata" then
        error("not a process instance", 2)
    elseif type(signal) ~= "number" then
        error("bad signal arg: number expected, got " .. tostring(signal), 2)
    end
    prepare()
    if C.ngx_http_lua_ffi_pipe_proc_kill(proc, signal, text, text_size) == FFI_ERROR then
        return nil, message()
    end
    return true
end

function methods.pid(proc)
    return proc._pid
end

local function timeout(msec, default, name)
    msec = msec or default
    if msec < 0 or msec > MAX_TIMEOUT then
        error("bad " .. name .. " option", 4)
    end
    return msec
end

local function set_timeouts(proc, write, stdout_read, stderr_read, wait)
    proc.write_timeout = timeout(write, proc.write_timeout, "write_timeout")
    proc.stdout_read_timeout = timeout(stdout_read, proc.stdout_read_timeout, "stdout_read_timeout")
    proc.stderr_read_timeout = timeout(stderr_read, proc.stderr_read_timeout, "stderr_read_timeout")
    proc.wait_timeout = timeout(wait, proc.wait_timeout, "wait_timeout")
end

-- In milliseconds, 0: none. Those that are nil stay as they are.
function methods.set_timeouts(proc, write, stdout_read, stderr_read, wait)
    set_timeouts(proc, write, stdout_read, stderr_read, wait)
end

local process = ffi.metatype("ngx_http_lua_ffi_pipe_proc_t", {
    __index = methods,
    __gc = C.ngx_http_lua_ffi_pipe_proc_destroy,
})

-- Strings as C wants them, with a null at the end. They stay where they are for as long as `list` does.
local function strings(list)
    local n = #list
    local array = ffi_new("const char *[?]", n + 1, list)
    array[n] = nil
    return array
end

local function arguments(args)
    local t = type(args)
    if t == "string" then
        return { "/bin/sh", "-c", args }
    elseif t ~= "table" then
        error("bad args arg: table expected, got " .. t, 3)
    elseif args[1] == nil then
        error("bad args arg: non-empty table expected", 3)
    end
    local list = {}
    for i, arg in ipairs(args) do
        list[i] = tostring(arg)
    end
    return list
end

-- The environment that `opts` want, or nil: this process's own.
local function environment(environ)
    if not environ then
        return nil
    elseif type(environ) ~= "table" then
        error("bad environ option: table expected, got " .. type(environ), 3)
    end
    local list = {}
    for i, entry in ipairs(environ) do
        if type(entry) ~= "string" then
            error("bad value at index " .. i .. " of environ option: string expected, got " .. type(entry), 3)
        elseif not find(entry, "=", 2, true) then
            error("bad value at index " .. i .. " of environ option: 'name=[value]' format expected, got '" .. entry .. "'", 3)
        end
        list[i] = entry
    end
    return list[1] and list
end

-- Starts a program: a list of its name and its arguments, or a line for the shell.
--
-- opts: merge_stderr; buffer_size, of what is read; environ, a list of "name=value"; and in milliseconds, 0 for none,
-- write_timeout, stdout_read_timeout, stderr_read_timeout and wait_timeout. The process, or nil and why there is none.
function M.spawn(args, opts)
    if get_phase() == "init" then
        error("API disabled in the current context", 2)
    end
    opts = opts or {}
    local argv = arguments(args)
    local buffer_size = tonumber(opts.buffer_size or DEFAULT_BUFFER_SIZE)
    if not buffer_size or buffer_size < 1 then
        error("bad buffer_size option", 2)
    end
    local environ = environment(opts.environ)
    local proc = process()
    set_timeouts(proc, opts.write_timeout or DEFAULT_TIMEOUT, opts.stdout_read_timeout or DEFAULT_TIMEOUT,
        opts.stderr_read_timeout or DEFAULT_TIMEOUT, opts.wait_timeout or DEFAULT_TIMEOUT)
    prepare()
    local rc = C.ngx_http_lua_ffi_pipe_spawn(get_request(), proc, argv[1], strings(argv), opts.merge_stderr and 1 or 0, buffer_size,
        environ and strings(environ), text, text_size)
    if rc == FFI_ERROR then
        return nil, message()
    end
    return proc
end

return M
