ngx.timer and ngx.semaphore.

=== a timer runs once, with its arguments, after the request
--- config
location = /t {
    content_by_lua_block {
        ngx.say(ngx.timer.at(0.02, function(premature, a, b, c)
            ngx.log(ngx.WARN, "ran ", tostring(premature), " ", a, " ", tostring(b), " ", c, " ", ngx.get_phase(), " ",
                ngx.timer.pending_count(), " ", ngx.timer.running_count())
        end, 1, nil, "x"))
        ngx.say(ngx.timer.pending_count(), " ", ngx.timer.running_count())
        ngx.sleep(0.5)
        ngx.say(ngx.timer.pending_count(), " ", ngx.timer.running_count())
    }
}
--- request
GET /t
--- response_body
1
1 0
0 0
--- error_log
ran false 1 nil x timer 0 1, context: ngx.timer, client: 127.0.0.1, server: 127.0.0.1:

=== a timer of no delay runs soon, and may wait
--- config
location = /t {
    content_by_lua_block {
        local log = {}
        ngx.timer.at(0, function()
            log[#log + 1] = "timer"
            ngx.sleep(0.01)
            log[#log + 1] = "slept"
            ngx.thread.wait(ngx.thread.spawn(function() ngx.sleep(0.01) log[#log + 1] = "thread" end))
        end)
        log[#log + 1] = "handler"
        ngx.sleep(0.6)
        ngx.say(table.concat(log, " "))
    }
}
--- request
GET /t
--- response_body
handler timer slept thread

=== ngx.timer.every runs again and again, each with a ctx of its own
--- config
location = /t {
    content_by_lua_block {
        local n, seen = 0, 0
        ngx.say(ngx.timer.every(0.01, function(premature, add)
            if ngx.ctx.mark then seen = seen + 1 end
            ngx.ctx.mark = true
            n = n + add
        end, 1))
        for i = 1, 300 do
            if n >= 3 then break end
            ngx.sleep(0.01)
        end
        ngx.say(n >= 3, " ", seen)
    }
}
--- request
GET /t
--- response_body
1
true 0

=== arguments that are wrong
--- config
location = /t {
    content_by_lua_block {
        local function f() end
        ngx.say(select(2, pcall(ngx.timer.at, 1)))
        ngx.say(select(2, pcall(ngx.timer.at, "x", f)))
        ngx.say(select(2, pcall(ngx.timer.at, 1, 2)))
        ngx.say(select(2, pcall(ngx.timer.every, 0, f)))
    }
}
--- request
GET /t
--- response_body
expecting at least 2 arguments but got 1
bad argument #1 to '?' (number expected, got string)
bad argument #2 to '?' (Lua function expected)
delay cannot be zero

=== an error ends its timer alone
--- config
location = /t {
    content_by_lua_block {
        ngx.timer.at(0, function() error("in a timer") end)
        ngx.timer.at(0, function() ngx.exit(500) end)
        ngx.timer.at(0, function() ngx.say("x") end)
        ngx.sleep(0.5)
        ngx.say(ngx.timer.running_count())
    }
}
--- request
GET /t
--- response_body
0
--- error_log
lua entry thread aborted: runtime error: content_by_lua(nginx.conf
in a timer
API disabled in the context of ngx.timer

=== there may be so many that are pending
--- http_config
lua_max_pending_timers 2;
--- config
location = /t {
    content_by_lua_block {
        local function f() end
        ngx.say(ngx.timer.at(0.2, f))
        ngx.say(ngx.timer.at(0.2, f))
        ngx.say(ngx.timer.at(0.2, f))
        ngx.sleep(0.7)
        ngx.say(ngx.timer.at(0.01, f))
    }
}
--- request
GET /t
--- response_body
1
1
niltoo many pending timers
1

=== there may be so many that run
--- http_config
lua_max_running_timers 1;
--- config
location = /t {
    content_by_lua_block {
        local n = 0
        local function f() n = n + 1 ngx.sleep(0.8) end
        ngx.timer.at(0, f)
        ngx.timer.at(0.2, f)
        ngx.sleep(1)
        ngx.say(n)
    }
}
--- request
GET /t
--- response_body
1
--- error_log
lua failed to run timer with function defined at =content_by_lua(nginx.conf
:3: 1 lua_max_running_timers are not enough

=== timers made where there is no client
--- http_config
init_worker_by_lua_block {
    n = 0
    ngx.timer.at(0, function() n = n + 1 ngx.timer.at(0, function() n = n + 1 end) end)
}
--- config
location = /t {
    content_by_lua_block {
        ngx.sleep(0.3)
        ngx.say(n)
    }
}
--- request
GET /t
--- response_body
2

=== without a code cache, a timer keeps the VM of its request
--- config
lua_code_cache off;
location = /t {
    content_by_lua_block {
        package.loaded.kept = "kept"
        ngx.timer.at(0.02, function() ngx.log(ngx.WARN, "still ", package.loaded.kept) end)
        ngx.say("made")
    }
}
location = /later {
    content_by_lua_block {
        ngx.sleep(0.05)
        ngx.say(tostring(package.loaded.kept))
    }
}
--- request
GET /t
--- response_body
made
--- request
GET /later
--- response_body
nil
--- error_log
still kept

=== a semaphore wakes those that wait, the first one first
--- config
location = /t {
    content_by_lua_block {
        local semaphore = require "ngx.semaphore"
        local sem = semaphore.new(1)
        ngx.say(sem:count(), " ", tostring(sem:wait(0)), " ", sem:count())
        ngx.say(sem:wait(0))
        local function f(name)
            local ok, err = sem:wait(1)
            ngx.say(name, " ", tostring(ok), " ", tostring(err))
        end
        ngx.thread.spawn(f, "a")
        ngx.thread.spawn(f, "b")
        ngx.say(sem:count())
        ngx.say(sem:post(3))
        ngx.sleep(0)
        ngx.say(sem:count())
        local begun = ngx.now()
        sem:wait(1)
        ngx.say(sem:wait(0.02))
        ngx.update_time()
        ngx.say(ngx.now() - begun >= 0.019)
    }
}
--- request
GET /t
--- response_body
1 true 0
niltimeout
-2
true
a true nil
b true nil
1
falsetimeout
true

=== what waits for a semaphore can be killed; other requests post
--- config
location = /wait {
    content_by_lua_block {
        package.loaded.sem = require("ngx.semaphore").new()
        local sem = package.loaded.sem
        local t = ngx.thread.spawn(function() sem:wait(10) end)
        ngx.thread.kill(t)
        ngx.say(sem:count())
        ngx.timer.at(0.01, function() sem:post() end)
        ngx.say(sem:wait(10))
    }
}
--- request
GET /wait
--- response_body
0
truenil

=== wrong calls of a semaphore
--- config
location = /t {
    content_by_lua_block {
        local semaphore = require "ngx.semaphore"
        local sem = semaphore.new()
        ngx.say(select(2, pcall(semaphore.new, -1)))
        ngx.say(select(2, pcall(sem.wait, sem, -1)))
        ngx.say(select(2, pcall(sem.post, sem, 0)))
        ngx.say(select(2, pcall(sem.post, {})))
        ngx.say(select(2, pcall(sem.count)))
    }
    header_filter_by_lua_block {
        -- up to what Nightjar adds
        ngx.header["X-Wait"] = select(2, require("ngx.semaphore").new():wait(1)):gsub(" %(.*", "")
    }
}
--- request
GET /t
--- response_body
no negative number
no negative number
positive number required
not a semaphore instance
not a semaphore instance
--- response_headers
X-Wait: API disabled in the context of header_filter_by_lua*

=== what a timer keeps in ngx.ctx is given back
--- config
location = /t {
    content_by_lua_block {
        ngx.timer.at(0, function() ngx.ctx.kept = "x" end)
        ngx.sleep(0.1)
    }
}
--- log_level: debug
--- request
GET /t
--- response_body:
--- error_log
lua release ngx.ctx at ref 

=== a semaphore that is collected before its waiter's turn
--- config
location = /inner {
    content_by_lua_block {
        local sem = require("ngx.semaphore").new()
        ngx.thread.spawn(function() sem:wait(10) ngx.log(ngx.WARN, "it goes on") end)
        sem:post()
        ngx.say("posted")
        ngx.exit(200)
    }
}
location = /t {
    content_by_lua_block {
        local res = ngx.location.capture("/inner")
        collectgarbage()
        collectgarbage()
        ngx.sleep(0.01)
        ngx.print(res.body)
    }
}
--- request
GET /t
--- response_body
posted
--- no_error_log
it goes on
[alert]

=== no time at all is time enough for others
--- config
location = /t {
    content_by_lua_block {
        local function elapsed(begun)
            ngx.update_time()
            return ngx.now() - begun
        end
        local function watch(name, spin)
            local begun, done = ngx.now(), false
            spin(function() return not done and elapsed(begun) < 3 end)
            ngx.sleep(0.02)
            done = true
            ngx.say(name, " ", elapsed(begun) < 0.5)
        end
        watch("sleep", function(more)
            ngx.thread.spawn(function()
                while more() do ngx.sleep(0) end
            end)
        end)
        watch("timer", function(more)
            local function again()
                if more() then ngx.timer.at(0, again) end
            end
            ngx.timer.at(0, again)
        end)
    }
}
--- request
GET /t
--- response_body
sleep true
timer true
