-- Sends signals to processes.

local ffi = require "ffi"

local assert = assert
local error = error
local ffi_str = ffi.string
local format = string.format
local type = type

ffi.cdef [[
int nightjar_kill(int32_t pid, int signal) __asm__("kill");
char *nightjar_strerror(int number) __asm__("strerror");
]]
local C = ffi.C

-- Linux's numbers.
local signals = {
    NONE = 0, HUP = 1, INT = 2, QUIT = 3, ILL = 4, TRAP = 5, ABRT = 6, BUS = 7, FPE = 8, KILL = 9, USR1 = 10, SEGV = 11, USR2 = 12,
    PIPE = 13, ALRM = 14, TERM = 15, CHLD = 17, CONT = 18, STOP = 19, TSTP = 20, TTIN = 21, TTOU = 22, URG = 23, XCPU = 24,
    XFSZ = 25, VTALRM = 26, PROF = 27, WINCH = 28, IO = 29, PWR = 30, SYS = 31,
}

-- Other systems have these; the numbers are what the error says.
local foreign = { EMT = 31, INFO = 33 }

local M = { version = 0.04 }

-- The number of a signal, which may be a number already; or nil and why there is none.
function M.signum(name)
    if type(name) == "number" then
        return name
    end
    local number = signals[name]
    if number then
        return number
    elseif foreign[name] then
        error(format("missing C def for signal %s = %d", name, foreign[name]), 2)
    end
    return nil, "unknown signal name"
end

-- Sends a signal, by its name or number, "NONE" to see whether the process is there; true, or nil and why not.
function M.kill(pid, signal)
    local number, err = M.signum(assert(signal))
    if not number then
        return nil, err
    elseif C.nightjar_kill(assert(pid), number) == 0 then
        return true
    end
    return nil, ffi_str(C.nightjar_strerror(ffi.errno()))
end

return M
