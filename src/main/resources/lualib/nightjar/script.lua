-- What bin/resty's configuration runs: a script on the console, in a timer of the only worker.
--
-- Facts are those of OpenResty's resty: print and ngx.say write their arguments one behind the other, ngx.exit is os.exit, an
-- error goes to standard error and makes the exit code 1.

local ffi = require "ffi"

local C = ffi.C
local debug = debug
local error = error
local getinfo = debug.getinfo
local concat = table.concat
local ipairs = ipairs
local loadstring = loadstring
local maxn = table.maxn
local null = ngx.null
local open = io.open
local select = select
local stderr = io.stderr
local stdout = io.stdout
local tonumber = tonumber
local tostring = tostring
local type = type

ffi.cdef [[
int nightjar_fflush(void *stream) __asm__("fflush");
void nightjar_exit_at_once(int code) __asm__("_exit");
]]

local FAILED = 1
local COMMAND_LINE = "(command line -e)"

local M = {}

local function text_of(v)
    if v == null then
        return "null"
    elseif type(v) ~= "table" then
        return tostring(v)
    end
    local parts = {}
    for i = 1, maxn(v) do
        parts[i] = text_of(v[i])
    end
    return concat(parts)
end

local function write(...)
    local parts = {}
    for i = 1, select("#", ...) do
        parts[i] = text_of((select(i, ...)))
    end
    return stdout:write(concat(parts))
end

-- os.exit. C's own exit() runs what libraries have registered for the end, and those of a JVM may wait for each other then.
local function exit(code)
    C.nightjar_fflush(nil)
    C.nightjar_exit_at_once((code == nil or code == true) and 0 or code == false and FAILED or code)
end

-- In init_by_lua: has the API write to standard output.
function M.init()
    ngx.config.is_console = true
    ngx.orig_print, ngx.orig_say, ngx.orig_exit = ngx.print, ngx.say, ngx.exit
    ngx.print = write
    function ngx.say(...)
        local ok, err = write(...)
        if ok then
            return stdout:write("\n")
        end
        return ok, err
    end
    _G.print = ngx.say
    function ngx.flush()
        return stdout:flush()
    end
    function ngx.eof()
        return true
    end
    os.exit, ngx.exit = exit, exit
end

local function fail(message)
    stderr:write("ERROR: ", message, "\n")
    exit(FAILED)
end

-- Without error's own line. No tail call: it would take this function's level.
local function traceback(err)
    local level = getinfo(2, "f").func == error and 3 or 2
    local text = debug.traceback(tostring(err), level)
    return text
end

local function read(file)
    local f, err = open(file, "r")
    if not f then
        fail(err)
    end
    local text = f:read("*a")
    f:close()
    if not text then
        fail(file .. ": cannot be read")
    end
    return text
end

local function load(source, name)
    local chunk, err = loadstring(source, name)
    if not chunk then
        fail(err)
    end
    return chunk
end

-- What bin/resty left in its directory: the chunks to be run one after the other; sets the global `arg`.
local function script()
    local words = {}
    for word in read(ngx.config.prefix() .. "script"):gmatch("(%Z*)%z") do
        words[#words + 1] = word
    end
    local code, has_code, file, command, before = words[1], tonumber(words[2]) > 0, words[3], words[4], tonumber(words[5])
    local arguments = { [0] = file ~= "" and file or COMMAND_LINE, [-before] = command }
    for i = 6, #words do
        arguments[i - 5] = words[i]
    end
    _G.arg = arguments
    local chunks = {}
    if has_code then
        chunks[1] = load(code, "=" .. COMMAND_LINE)
    end
    if file ~= "" then
        chunks[#chunks + 1] = load(read(file), "@" .. file)
    end
    return chunks
end

local function run(premature, chunks)
    if premature then
        return
    end
    for _, chunk in ipairs(chunks) do
        -- By its global name, which the traceback shows.
        local ok, message = _G.xpcall(chunk, traceback)
        if not ok then
            fail(message)
        end
    end
    require("ngx.process").signal_graceful_exit()
end

-- In init_worker_by_lua: starts the script.
function M.start()
    local ok, err = ngx.timer.at(0, run, script())
    if not ok then
        fail(err)
    end
end

return M
