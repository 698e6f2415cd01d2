ngx.pipe, resty.shell, resty.signal. nginx as Debian has it was built without what ngx.pipe needs.

=== what a program writes is read as lines, bytes, whatever there is, or all
--- config
location / {
    content_by_lua_block {
        local pipe = require "ngx.pipe"
        local function show(...)
            local words = { ... }
            for i = 1, select("#", ...) do
                words[i] = tostring(words[i])
            end
            ngx.say(table.concat(words, " "))
        end
        local proc = assert(pipe.spawn { "printf", "one\\r\\ntwo\\nabcdefgh" })
        show(proc:stdout_read_line())
        show(proc:stdout_read_line())
        show(proc:stdout_read_bytes(0))
        show(proc:stdout_read_bytes(3))
        show(proc:stdout_read_any(2))
        show(proc:stdout_read_bytes(9))
        show(proc:stdout_read_line())
        show(proc:stdout_read_all())
        show(proc:wait())

        proc = pipe.spawn("echo out; echo err >&2; exit 3")
        show(proc:stdout_read_all())
        show(proc:stderr_read_all())
        show(proc:wait())
        show(proc:wait())
        show(proc:stdout_read_all())
        show(proc:kill(15))

        proc = pipe.spawn("echo out; echo err >&2", { merge_stderr = true, buffer_size = 2 })
        show(proc:stdout_read_all())
        show(proc:stderr_read_all())
        show(proc:shutdown("stderr"))

        proc = pipe.spawn { "head", "-c", "3000000", "/dev/zero" }
        ngx.say(#proc:stdout_read_all())
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /
--- response_body
one nil nil
two nil nil

abc nil nil
de nil nil
nil closed fgh
nil closed 
 nil nil
true exit 0
out
 nil nil
err
 nil nil
false exit 3
nil exited
nil closed nil
nil exited
out
err
 nil nil
nil merged to stdout nil
nil merged to stdout
3000000
--- no_error_log
[error]

=== what a program reads is written
--- config
location / {
    content_by_lua_block {
        local pipe = require "ngx.pipe"
        local proc = pipe.spawn { "cat" }
        ngx.say(proc:write("text"), " ", proc:write({ "a", 1 }), " ", proc:write(23))
        ngx.say((proc:stdout_read_bytes(8)))
        ngx.say(proc:shutdown("stdin"))
        ngx.say(proc:write("more"))
        ngx.say((select(2, proc:stdout_read_line())))

        -- More than a pipe holds: it is written as fast as it is read.
        proc = pipe.spawn { "wc", "-c" }
        ngx.say(proc:write(("x"):rep(1000000)))
        proc:shutdown("stdin")
        ngx.say((proc:stdout_read_line():gsub(" ", "")))

        proc = pipe.spawn({ "sleep", "10" }, { write_timeout = 20 })
        ngx.say(proc:write(("x"):rep(1000000)))
        proc = pipe.spawn { "true" }
        ngx.sleep(0.2)
        ngx.say(proc:write("nobody reads"))
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /
--- response_body
4 2 2
texta123
true
nilclosed
closed
1000000
1000000
niltimeout
nilclosed

=== timeouts, signals, one reader at a time
--- config
location / {
    content_by_lua_block {
        local pipe = require "ngx.pipe"
        local proc = pipe.spawn("echo -n half a line; sleep 10", { stdout_read_timeout = 200, wait_timeout = 20 })
        ngx.say(proc:stdout_read_line())
        ngx.say(select(2, proc:wait()))
        ngx.say(proc:kill(99))
        ngx.say(proc:kill(15))
        proc:set_timeouts(nil, nil, nil, 5000)
        ngx.say(proc:wait())

        proc = pipe.spawn { "sleep", "10" }
        local function read()
            return proc:stderr_read_line()
        end
        local function wait()
            return proc:wait()
        end
        local reader, waiter = ngx.thread.spawn(read), ngx.thread.spawn(wait)
        ngx.say(select(2, proc:stderr_read_line()))
        ngx.say(proc:wait())
        proc:shutdown("stderr")
        ngx.say(select(2, ngx.thread.wait(reader)))
        reader = ngx.thread.spawn(function() return proc:stdout_read_all() end)
        ngx.thread.kill(reader)
        proc:set_timeouts(nil, 10)
        ngx.say(proc:stdout_read_all())
        proc:kill(9)
        ngx.say(select(2, ngx.thread.wait(waiter)))
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /
--- response_body
niltimeouthalf a line
timeoutnil
nilinvalid signal
true
falsesignal15
pipe busy readingnil
nilpipe busy waiting
nilaborted
niltimeout
falsesignal9

=== a program has the environment it is given, no descriptors but its own, and no signals held back
--- config
location / {
    content_by_lua_block {
        local pipe = require "ngx.pipe"
        local function out(command, opts)
            local text = pipe.spawn(command, opts):stdout_read_all()
            return text
        end
        ngx.print(out({ "env" }, { environ = { "ONE=1", "TWO=two words" } }))
        ngx.print(out([[ls /proc/self/fd | tr '\n' ' '; echo]]))
        local status = out("cat /proc/self/status")
        ngx.say(status:match("SigBlk:\t(%x+)"))
        -- Signals 32 and 33 are libc's own.
        ngx.say(tonumber(status:match("SigIgn:\t%x+(%x%x%x%x%x%x%x%x)\n"), 16) % 2 ^ 31)
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /
--- response_body
ONE=1
TWO=two words
0 1 2 3 
0000000000000000
0

=== a program that is not there fails, and the log says why
--- config
location / {
    content_by_lua_block {
        local proc = require("ngx.pipe").spawn { "/no/such/program" }
        ngx.say(proc:stdout_read_line())
        ngx.say(proc:wait())
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /
--- response_body
nilclosed
falseexit1
--- error_log
lua pipe child execvp() failed while executing /no/such/program (2: No such file or directory)

=== a program ends with the request, or when no script holds it any more
--- config
location /start {
    content_by_lua_block {
        local spawn = require("ngx.pipe").spawn
        pids = { spawn({ "sleep", "100" }):pid() }
        collectgarbage()
        collectgarbage()
        local held = spawn { "sleep", "100" }
        pids[2] = held:pid()
        ngx.say(require("resty.signal").kill(held:pid(), "NONE"))
    }
}
location /look {
    content_by_lua_block {
        local kill = require("resty.signal").kill
        for _, pid in ipairs(pids) do
            for _ = 1, 300 do
                if not kill(pid, "NONE") then
                    break
                end
                ngx.sleep(0.01)
            end
            ngx.say(kill(pid, "NONE"))
        end
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /start
--- response_body
true
--- request
GET /look
--- response_body
nilNo such process
nilNo such process

=== what is said of wrong arguments
--- http_config
init_by_lua_block {
    from_init = { pcall(require("ngx.pipe").spawn, "true") }
}
--- config
location / {
    set_by_lua_block $from_set {
        local proc = require("ngx.pipe").spawn("true")
        return select(2, pcall(proc.wait, proc))
    }
    content_by_lua_block {
        local pipe = require "ngx.pipe"
        local function fails(f, ...)
            ngx.say((select(2, pcall(f, ...)):gsub("^.*: ", "")))
        end
        ngx.say(from_init[2])
        ngx.say(ngx.var.from_set)
        fails(pipe.spawn)
        fails(pipe.spawn, {})
        fails(pipe.spawn, "true", { buffer_size = 0 })
        fails(pipe.spawn, "true", { environ = "A=1" })
        fails(pipe.spawn, "true", { environ = { "A" } })
        fails(pipe.spawn, "true", { environ = { 1 } })
        fails(pipe.spawn, "true", { wait_timeout = -1 })
        local proc = pipe.spawn("true")
        fails(proc.set_timeouts, proc, 2 ^ 32)
        fails(proc.stdout_read_bytes, proc, -1)
        fails(proc.stderr_read_any, proc, 0)
        fails(proc.write, proc, true)
        fails(proc.shutdown, proc, "input")
        fails(proc.kill, proc, "TERM")
        fails(proc.wait, {})
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /
--- response_body
API disabled in the current context
API disabled in the context of set_by_lua* (lua_yield_everywhere)
table expected, got nil
non-empty table expected
bad buffer_size option
table expected, got string
'name=[value]' format expected, got 'A'
string expected, got number
bad wait_timeout option
bad write_timeout option
bad len argument
bad max argument
string, number, or table expected, got boolean
input
number expected, got TERM
not a process instance

=== resty.shell
--- config
location / {
    content_by_lua_block {
        local run = require("resty.shell").run
        local function show(ok, out, err, reason, status)
            ngx.say(tostring(ok), " '", out, "' '", err, "' ", reason, " ", status)
        end
        show(run("cat; echo oops >&2; exit 2", "text"))
        show(run { "echo", "-n", "a b", "$HOME" })
        show(run("kill -9 $$"))
        show(run("echo abcdef", nil, 1000, 3))
        show(run("echo some; sleep 10", nil, 100))
        show(run("true", ("x"):rep(1000000), 1000))
        local ok, out = run("cat", ("x"):rep(100000))
        ngx.say(ok, " ", #out)
    }
}
--- nightjar_only: nginx lacks what ngx.pipe needs
--- request
GET /
--- response_body
false 'text' 'oops
' exit 2
true 'a b $HOME' '' exit 0
false '' '' signal 9
nil 'abcd' '' failed to read stdout: too much data nil
nil 'some
' '' failed to wait for process: timeout nil
nil 'nil' 'nil' failed to write to stdin: closed nil
true 100000

=== resty.signal
--- config
location / {
    content_by_lua_block {
        local signal = require "resty.signal"
        ngx.say(signal.signum("NONE"), " ", signal.signum("TERM"), " ", signal.signum("SYS"), " ", signal.signum(64))
        ngx.say(signal.signum("NOTHING"))
        ngx.say((select(2, pcall(signal.signum, "INFO")):gsub("^.*:%d+: ", "")))
        ngx.say(signal.kill(ngx.worker.pid(), "NONE"))
        ngx.say(signal.kill(2 ^ 30, "TERM"))
        ngx.say(signal.kill(ngx.worker.pid(), "NOTHING"))
        ngx.say(signal.kill(ngx.worker.pid(), 1000))
    }
}
--- request
GET /
--- response_body
0 15 31 64
nilunknown signal name
missing C def for signal INFO = 33
true
nilNo such process
nilunknown signal name
nilInvalid argument
