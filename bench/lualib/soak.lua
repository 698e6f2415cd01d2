-- What the requests of bench/soak do, and what of theirs is alive.
--
-- Each function of `work` answers always the same, which bench/soak compares.

local ffi = require "ffi"
local semaphore = require "ngx.semaphore"

local M = {}
local work = {}

-- Coroutines and semaphores that nobody has collected yet. Those that the server itself makes are used again when they have
-- ended: they count while they have not.
local function weak()
    return setmetatable({}, { __mode = "k" })
end
local coroutines, entries, semaphores = weak(), weak(), weak()

local peer, closed
local gate, slots, meeting
local SLOTS = 5
local leaked

local function counted(f)
    return function(...)
        coroutines[coroutine.running()] = true
        return f(...)
    end
end

local function spawn(f, ...)
    return ngx.thread.spawn(counted(f), ...)
end

local function entered(f)
    return function(premature, ...)
        entries[coroutine.running()] = true
        return f(...)
    end
end

local function at(delay, f, ...)
    assert(ngx.timer.at(delay, entered(f), ...))
end

local function new_semaphore(n)
    local s = assert(semaphore.new(n))
    semaphores[s] = true
    return s
end

-- Sleeps for up to `msec` milliseconds, 4 unless given.
local function nap(msec)
    ngx.sleep(math.random(0, msec or 4) / 1000)
end

-- init_worker. `leak`: requests leave something behind, so that bench/soak has something to find.
function M.start(peer_port, closed_port, leak)
    peer, closed = peer_port, closed_port
    leaked = leak and {}
    gate, slots, meeting = new_semaphore(0), new_semaphore(SLOTS), new_semaphore(0)
    assert(ngx.timer.every(0.02, entered(function()
        local waiting = -gate:count()
        if waiting > 0 then
            gate:post(waiting)
        end
    end)))
end

function M.nap()
    entries[coroutine.running()] = true
    nap()
    return ""
end

function M.subrequest()
    entries[coroutine.running()] = true
    nap()
    ngx.req.read_body()
    ngx.print(ngx.var.arg_n, ngx.req.get_body_data() or "")
end

function M.run(name, on_abort)
    entries[coroutine.running()] = true
    if leaked then
        leaked[#leaked + 1] = { name }
    end
    if on_abort then
        ngx.on_abort(counted(function()
            nap()
            ngx.exit(499)
        end))
    end
    local text = work[name]()
    if text then
        ngx.say(text)
    end
end

function work.sleep()
    for _ = 1, 3 do
        nap(8)
    end
    return "slept"
end

function work.threads()
    local function late(n)
        nap()
        return n
    end
    local at_once = spawn(function() return 1 end)
    local nested = spawn(function()
        return select(2, ngx.thread.wait(spawn(late, 2)))
    end)
    local failing = spawn(function()
        nap()
        error("thrown")
    end)
    local killed = spawn(ngx.sleep, 60)
    -- Nobody waits for these two: the request ends with the first, the second has ended before.
    spawn(late, 3)
    spawn(function() end)
    local _, one = ngx.thread.wait(at_once)
    local _, two = ngx.thread.wait(nested)
    local ok = ngx.thread.wait(failing, killed)
    assert(ngx.thread.kill(killed))
    return "threads " .. one + two .. " " .. tostring(ok)
end

-- A thread ends the request while others wait.
function work.exit()
    spawn(ngx.sleep, 60)
    spawn(function()
        new_semaphore(0):wait(60)
    end)
    spawn(function()
        nap()
        ngx.say("left")
        ngx.exit(200)
    end)
    ngx.sleep(60)
end

function work.semaphore()
    local own = new_semaphore(0)
    at(0.003, function() own:post(2) end)
    assert(own:wait(10))
    assert(own:wait(10))
    local _, late = own:wait(0.003)
    assert(gate:wait(10))
    meeting:wait(0.01)
    if slots:wait(0.05) then
        -- Given back by a timer, which a client that leaves does not stop.
        at(0.002, function() slots:post() end)
    end
    return "semaphore " .. late
end

function work.post()
    if meeting:count() < 0 then
        meeting:post()
    end
    return "posted"
end

function work.timer()
    local done = new_semaphore(0)
    at(0, function(n)
        nap()
        done:post(n)
    end, 1)
    at(0.004, function() error("thrown") end)
    local function again(left)
        if left > 0 then
            at(left / 1000, again, left - 1)
        else
            done:post()
        end
    end
    at(0, again, 3)
    at(0, function()
        spawn(nap)
        spawn(ngx.exit, 0)
        ngx.sleep(60)
    end)
    assert(done:wait(10))
    assert(done:wait(10))
    return "timer"
end

function work.capture()
    local nap_thread = spawn(nap, 10)
    local one = ngx.location.capture("/sub?n=1", { method = ngx.HTTP_POST, body = string.rep("b", 100), ctx = {} })
    local two, file, three = ngx.location.capture_multi {
        { "/sub?n=2" }, { "/static/1k.txt" }, { "/plain/generator" },
    }
    ngx.thread.wait(nap_thread)
    return #one.body .. " " .. two.body .. " " .. #file.body .. " " .. three.body
end

function work.generator()
    local function range(n)
        return coroutine.wrap(counted(function()
            for i = 1, n do
                if i % 20 == 0 then
                    nap(1)
                end
                coroutine.yield(i)
            end
        end))
    end
    local sum = 0
    for i in range(50) do
        sum = sum + i
    end
    -- One that is left in the middle, one that fails, one that is never begun.
    range(50)()
    local failing = coroutine.create(counted(function()
        nap(1)
        error("thrown")
    end))
    local ok = coroutine.resume(failing)
    coroutine.create(print)
    return "generator " .. sum .. " " .. tostring(ok)
end

local function connected()
    local sock = ngx.socket.tcp()
    sock:settimeouts(10000, 10000, 10000)
    assert(sock:connect("127.0.0.1", peer))
    return sock
end

function work.cosocket()
    local kept = connected()
    assert(kept:send("echo one\n"))
    local one = assert(kept:receive())
    -- One thread reads what another sends.
    local reader = spawn(function()
        return kept:receiveuntil("end\n")()
    end)
    nap()
    assert(kept:send("bytes 20000\necho end\n"))
    local _, bytes = ngx.thread.wait(reader)
    assert(kept:setkeepalive(500, 8))

    local silent = connected()
    silent:settimeout(3)
    local _, late = silent:receive()
    local dropped = connected()
    assert(dropped:send("drop\n"))
    local _, gone = dropped:receive()
    local _, refused = ngx.socket.tcp():connect("127.0.0.1", closed)
    -- Nobody closes this one.
    assert(connected():send("echo left\n"))
    return table.concat({ one, #bytes, late, gone, refused }, " ")
end

-- 1 MB, as fast as the client takes it.
function work.large()
    local piece = string.rep("x", 65536)
    for _ = 1, 16 do
        ngx.print(piece)
        ngx.flush(true)
    end
end

function work.body()
    ngx.req.read_body()
    local data = ngx.req.get_body_data()
    if not data then
        local file = assert(io.open(ngx.req.get_body_file(), "rb"))
        data = file:read("*a")
        file:close()
    end
    nap()
    return ngx.md5(data)
end

-- The body as it comes, to the peer and back.
function work.stream()
    local from, to = assert(ngx.req.socket()), connected()
    local size = tonumber(ngx.var.http_content_length)
    assert(to:send("take " .. size .. "\n"))
    local left = size
    while left > 0 do
        local piece = from:receiveany(16384)
        if not piece then
            ngx.exit(400)
        end
        left = left - #piece
        assert(to:send(piece))
    end
    local answer = assert(to:receive())
    to:setkeepalive(500, 8)
    return answer
end

function work.exec()
    spawn(ngx.sleep, 60)
    nap()
    ngx.exec("/sub", { n = "executed" })
end

function work.fail()
    spawn(ngx.sleep, 60)
    nap()
    error("thrown")
end

local function length(t)
    local n = 0
    for _ in pairs(t) do
        n = n + 1
    end
    return n
end

ffi.cdef [[
struct soak_mallinfo {
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};
struct soak_mallinfo mallinfo2(void);
]]

-- Lines of a name and a number. Memory is in bytes, without what LuaJIT has compiled: it goes on compiling what is rare, and
-- bounds that itself.
function M.counts()
    jit.flush()
    collectgarbage()
    collectgarbage()
    local alive = length(coroutines)
    for co in pairs(entries) do
        if coroutine.status(co) ~= "dead" and co ~= coroutine.running() then
            alive = alive + 1
        end
    end
    local waiting = 0
    for s in pairs(semaphores) do
        waiting = waiting + math.max(0, -s:count())
    end
    local malloc = ffi.C.mallinfo2()
    ngx.say("lua ", collectgarbage("count") * 1024)
    ngx.say("native ", tonumber(malloc.uordblks + malloc.hblkhd))
    ngx.say("coroutines ", alive)
    ngx.say("pending ", ngx.timer.pending_count())
    ngx.say("running ", ngx.timer.running_count())
    ngx.say("semaphores ", length(semaphores))
    ngx.say("waiting ", waiting)
    ngx.say("slots ", slots:count())
    ngx.say("connections ", ngx.var.connections_active)
end

return M
