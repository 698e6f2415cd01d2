-- Runs a command to its end, with what it reads given and what it writes returned.

local signal = require "resty.signal"
local spawn_process = require("ngx.pipe").spawn

local concat = table.concat
local kill = signal.kill
local sleep = ngx.sleep
local spawn = ngx.thread.spawn
local tostring = tostring
local wait = ngx.thread.wait

local OPTIONS = { buffer_size = 32768 }
local DEFAULT_MAX_SIZE = 131072
-- Seconds between the polite signal and the other.
local GRACE = 0.001

local M = { version = 0.03 }

-- Ends a process that is not to go on. What to say: `err`, and what went wrong here besides.
local function give_up(proc, err)
    local pid = proc:pid()
    local ok, why = kill(pid, "TERM")
    if not ok then
        return err .. "; failed to kill process " .. pid .. ": " .. why
    end
    sleep(GRACE)
    kill(pid, "KILL")
    return err
end

-- Reads a stream to its end into `pieces`; nothing, or why it was not all.
local function read_all(read, proc, pieces, max_size)
    local size = 0
    repeat
        local data, err, partial = read(proc, max_size - size + 1)
        local piece = data or partial
        if piece then
            pieces[#pieces + 1] = piece
            size = size + #piece
        end
        if not data then
            return err ~= "closed" and err or nil
        end
    until size > max_size
    return "too much data"
end

-- What a light thread that reads has come to: nothing, or what went wrong with the stream of this name.
local function outcome(thread, name)
    local ok, err = wait(thread)
    if not ok then
        return "failed to wait " .. name .. " thread: " .. tostring(err)
    elseif err then
        return "failed to read " .. name .. ": " .. err
    end
end

-- `cmd`: a line for the shell, or a list. `stdin`: what it reads. `timeout`: for each of its pipes and its end, in
-- milliseconds. `max_size`: of what it may write to each, in bytes.
--
-- Whether it has exited with 0, what it has written to its stdout and to its stderr, "exit" or "signal", and the exit code
-- or the signal. Or nil, what of that there is, and what went wrong.
function M.run(cmd, stdin, timeout, max_size)
    max_size = max_size or DEFAULT_MAX_SIZE
    local proc, err = spawn_process(cmd, OPTIONS)
    if not proc then
        return nil, nil, nil, "failed to spawn: " .. err
    end
    proc:set_timeouts(timeout, timeout, timeout, timeout)

    local ok
    if stdin and stdin ~= "" then
        ok, err = proc:write(stdin)
        if not ok then
            return nil, nil, nil, "failed to write to stdin: " .. give_up(proc, err)
        end
    end
    ok, err = proc:shutdown("stdin")
    if not ok then
        return nil, nil, nil, "failed to shutdown stdin: " .. give_up(proc, err)
    end

    local out, errors = {}, {}
    local out_thread = spawn(read_all, proc.stdout_read_any, proc, out, max_size)
    local error_thread = spawn(read_all, proc.stderr_read_any, proc, errors, max_size)
    local reason, status
    ok, reason, status = proc:wait()
    if ok == nil and reason ~= "exited" then
        return nil, concat(out), concat(errors), "failed to wait for process: " .. give_up(proc, reason)
    end
    err = outcome(out_thread, "stdout") or outcome(error_thread, "stderr")
    if err then
        return nil, concat(out), concat(errors), err
    end
    return ok, concat(out), concat(errors), reason, status
end

return M
