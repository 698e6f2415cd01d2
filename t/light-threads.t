ngx.thread.spawn, wait and kill.

=== threads run at once and wait at the same time
--- config
location = /t {
    content_by_lua_block {
        local function f(name, seconds)
            ngx.say(name, " begins")
            ngx.sleep(seconds)
            ngx.say(name, " ends")
            return name, seconds
        end
        local a = ngx.thread.spawn(f, "a", 0.04)
        local b = ngx.thread.spawn(f, "b", 0.02)
        ngx.say(type(a), " ", coroutine.status(a), " ", coroutine.status(b))
        ngx.say(tostring(ngx.thread.wait(a)))
        ngx.say(coroutine.status(a), " ", coroutine.status(b))
        local ok, name, seconds = ngx.thread.wait(b)
        ngx.say(tostring(ok), " ", name, " ", seconds)
        ngx.say(coroutine.status(b))
    }
}
--- request
GET /t
--- response_body
a begins
b begins
thread running running
b ends
a ends
true
dead zombie
true b 0.02
dead
--- no_error_log
[error]

=== the first of several to end wakes the one that waits for them
--- nightjar_only: nginx gives what else lies on the stack first
--- config
location = /t {
    content_by_lua_block {
        local function f(seconds) ngx.sleep(seconds) return seconds end
        local a = ngx.thread.spawn(f, 0.04)
        local b = ngx.thread.spawn(f, 0.01)
        ngx.say(select(2, ngx.thread.wait(a, b)))
        -- A sleep is not cut short by the other, which is not waited for any more.
        local begun = ngx.now()
        ngx.sleep(0.1)
        ngx.update_time()
        ngx.say(ngx.now() - begun >= 0.099)
        ngx.say(coroutine.status(a), " ", coroutine.status(b))
        ngx.say(select(2, ngx.thread.wait(b, a)))
    }
}
--- request
GET /t
--- response_body
0.01
true
zombie dead
0.04

=== an error ends its thread alone
--- config
location = /t {
    content_by_lua_block {
        local function f() error("of a thread") end
        local t = ngx.thread.spawn(f)
        ngx.say(coroutine.status(t))
        local ok, message = ngx.thread.wait(t)
        ngx.say(tostring(ok), " ", message)
        ngx.say(select("#", ngx.thread.wait(ngx.thread.spawn(function() ngx.sleep(0) error() end))))
        local ok, object = ngx.thread.wait(ngx.thread.spawn(function() ngx.sleep(0) error({ code = 7 }) end))
        ngx.say(tostring(ok), " ", object.code)
        local ok, message = ngx.thread.wait(ngx.thread.spawn(function()
            local nothing
            ngx.sleep(0)
            return (nothing).field
        end))
        ngx.say(tostring(ok), " ", (message:gsub("a nil value.*", "a nil value")))
    }
}
--- request
GET /t
--- response_body_like
^zombie
false of a thread
2
false 7
false content_by_lua\(nginx.conf:\d+\):13: attempt to index local .nothing. \(a nil value
$
--- error_log
lua user thread aborted: runtime error: content_by_lua(nginx.conf
lua user thread aborted: runtime error: unknown reason
in function <content_by_lua(nginx.conf
coroutine 1:
in main chunk

=== what waits, kills or resumes has to be the parent
--- config
location = /t {
    content_by_lua_block {
        local t = ngx.thread.spawn(function() ngx.sleep(0.02) end)
        local other = ngx.thread.spawn(function()
            ngx.say(pcall(ngx.thread.wait, t))
            ngx.say(ngx.thread.kill(t))
        end)
        ngx.say(coroutine.resume(t))
        ngx.say(coroutine.resume(other))
        ngx.say(pcall(ngx.thread.wait, coroutine.create(function() end)))
        ngx.say(ngx.thread.kill(coroutine.create(function() end)))
        ngx.say(pcall(ngx.thread.wait))
        ngx.say(pcall(ngx.thread.wait, 3))
        ngx.say(pcall(ngx.thread.spawn, 3))
        ngx.thread.wait(t)
        ngx.say(coroutine.resume(t))
        ngx.say(ngx.thread.wait(t))
    }
}
--- request
GET /t
--- response_body
falseonly the parent coroutine can wait on the thread
nilkiller not parent
falsecannot resume running coroutine
falsecannot resume zombie coroutine
falseattempt to wait on a coroutine that is not a user thread
nilnot user thread
falseat least one coroutine should be specified
falsebad argument #1 to '?' (lua thread expected)
falsebad argument #1 to '?' (Lua function expected)
falsecannot resume dead coroutine
nilalready waited or killed

=== killed where it waits
--- config
location = /t {
    content_by_lua_block {
        local function f() ngx.sleep(0.02) ngx.say("never") end
        local t = ngx.thread.spawn(f)
        ngx.say(ngx.thread.kill(t))
        ngx.say(coroutine.status(t))
        ngx.say(ngx.thread.kill(t))
        ngx.say(ngx.thread.wait(t))
        local short = ngx.thread.spawn(function() return 1 end)
        ngx.say(ngx.thread.kill(short))
        ngx.say(ngx.thread.wait(short))
        local posted = ngx.thread.spawn(function() coroutine.yield() ngx.say("never") end)
        ngx.say(ngx.thread.kill(posted))
        local capturing = ngx.thread.spawn(function() ngx.location.capture("/sub") ngx.say("captured") end)
        ngx.say(ngx.thread.kill(capturing))
        ngx.thread.wait(capturing)
        ngx.sleep(0.04)
        ngx.say("end")
    }
}
location = /sub { return 204; }
--- request
GET /t
--- response_body
1
dead
nilalready waited or killed
nilalready waited or killed
nilalready terminated
nilalready waited or killed
1
nilpending subrequests
captured
end

=== coroutine.yield gives the other threads their turn
--- config
location = /t {
    content_by_lua_block {
        local function f(name)
            for i = 1, 3 do
                ngx.say(name, i)
                coroutine.yield("lost")
            end
        end
        ngx.thread.spawn(f, "a")
        ngx.thread.spawn(f, "b")
        f("main")
    }
}
--- request
GET /t
--- response_body
a1
b1
a2
main1
b2
a3
main2
b3
main3

=== a thread made by a coroutine of the script's own belongs to that one
--- config
location = /t {
    content_by_lua_block {
        local t
        local co = coroutine.create(function()
            t = ngx.thread.spawn(function() ngx.sleep(0.01) return "value" end)
            coroutine.yield("made")
            local ok, value = ngx.thread.wait(t)
            coroutine.yield(value)
            ngx.sleep(0)
            return "done"
        end)
        ngx.say(select(2, coroutine.resume(co)))
        ngx.say(pcall(ngx.thread.wait, t))
        ngx.say(select(2, coroutine.resume(co)))
        ngx.say(select(2, coroutine.resume(co)))
        ngx.say(coroutine.status(co))
    }
}
--- request
GET /t
--- response_body
made
falseonly the parent coroutine can wait on the thread
value
done
dead

=== the request ends with its last thread
--- config
location = /t {
    content_by_lua_block {
        ngx.thread.spawn(function() ngx.sleep(0.02) ngx.say("second") end)
        ngx.say("first")
    }
}
--- request
GET /t
--- response_body
first
second

=== ngx.exit in one thread ends all of them
--- config
location = /t {
    access_by_lua_block {
        ngx.thread.spawn(function() ngx.sleep(0.01) ngx.exit(403) end)
        ngx.thread.spawn(function() ngx.sleep(10) end)
        ngx.sleep(10)
    }
    content_by_lua_block { ngx.say("never") }
}
--- request
GET /t
--- error_code: 403

=== an error of the entry thread ends the others
--- config
location = /t {
    content_by_lua_block {
        ngx.thread.spawn(function() ngx.sleep(10) end)
        ngx.sleep(0.01)
        error("enough")
    }
}
--- request
GET /t
--- error_code: 500
--- error_log
lua entry thread aborted: runtime error: content_by_lua(nginx.conf

=== threads in every phase that may wait, each before the next
--- config
location = /t {
    rewrite_by_lua_block {
        ngx.ctx.log = ""
        local function f(s) ngx.sleep(0.01) ngx.ctx.log = ngx.ctx.log .. s end
        ngx.thread.spawn(f, "r")
        ngx.thread.spawn(f, "R")
    }
    access_by_lua_block {
        ngx.thread.wait(ngx.thread.spawn(function() ngx.sleep(0.01) ngx.ctx.log = ngx.ctx.log .. "a" end))
    }
    content_by_lua_block {
        ngx.say(ngx.ctx.log)
    }
}
--- request
GET /t
--- response_body
rRa

=== many at once
--- config
location = /t {
    content_by_lua_block {
        local threads, sum = {}, 0
        for i = 1, 2000 do
            threads[i] = ngx.thread.spawn(function(n) ngx.sleep(n % 7 / 1000) return n end, i)
        end
        for i = 1, #threads do
            local _, n = ngx.thread.wait(threads[i])
            sum = sum + n
        end
        ngx.say(sum)
    }
}
--- request
GET /t
--- response_body
2001000

=== many values, in and out
--- config
location = /t {
    content_by_lua_block {
        local values = {}
        for i = 1, 500 do values[i] = i end
        local function same(...) ngx.sleep(0) return ... end
        ngx.say(select("#", ngx.thread.wait(ngx.thread.spawn(same, unpack(values)))))
        ngx.say((select(501, ngx.thread.wait(ngx.thread.spawn(same, unpack(values))))))
    }
}
--- request
GET /t
--- response_body
501
500

=== not where nothing may wait
--- config
location = /t {
    return 200 "x";
    log_by_lua_block {
        ngx.thread.spawn(function() end)
    }
}
--- request
GET /t
--- response_body: x
--- error_log
API disabled in the context of log_by_lua*

=== a thread is no child of its own
--- config
location = /t {
    content_by_lua_block {
        local running, kill = coroutine.running, ngx.thread.kill
        ngx.say(kill(running()))
        ngx.thread.spawn(function() ngx.say(kill(running())) end)
        ngx.thread.wait(ngx.thread.spawn(function() ngx.sleep(0) ngx.say(kill(running())) end))
        ngx.thread.spawn(function() ngx.say(select(2, pcall(ngx.thread.wait, running()))) end)
    }
}
--- request
GET /t
--- response_body
nilnot user thread
nilkiller not parent
nilkiller not parent
only the parent coroutine can wait on the thread

=== what has ended is another thread's coroutine next
--- config
location = /t {
    content_by_lua_block {
        local spawn, wait, status = ngx.thread.spawn, ngx.thread.wait, coroutine.status
        for round = 1, 3 do
            local threads = {}
            for i = 1, 3 do
                threads[i] = spawn(function(...)
                    if round == 2 and i == 2 then
                        ngx.sleep(0.001)
                    elseif round == 3 and i == 3 then
                        error("broken", 0)
                    end
                    return select("#", ...), ...
                end, round, i, nil)
            end
            for i = 1, 3 do
                ngx.say(status(threads[i]), " ", wait(threads[i]))
                ngx.say(status(threads[i]), " ", wait(threads[i]))
                ngx.say(coroutine.resume(threads[i]))
            end
        end
    }
}
--- request
GET /t
--- response_body
zombie true311nil
dead nilalready waited or killed
falsecannot resume dead coroutine
zombie true312nil
dead nilalready waited or killed
falsecannot resume dead coroutine
zombie true313nil
dead nilalready waited or killed
falsecannot resume dead coroutine
zombie true321nil
dead nilalready waited or killed
falsecannot resume dead coroutine
running true322nil
dead nilalready waited or killed
falsecannot resume dead coroutine
zombie true323nil
dead nilalready waited or killed
falsecannot resume dead coroutine
zombie true331nil
dead nilalready waited or killed
falsecannot resume dead coroutine
zombie true332nil
dead nilalready waited or killed
falsecannot resume dead coroutine
zombie falsebroken
dead nilalready waited or killed
falsecannot resume dead coroutine
--- error_log
lua user thread aborted: runtime error: broken

=== an environment goes with its coroutine
--- config
location = /t {
    content_by_lua_block {
        local function known()
            return tostring(getfenv(0).known)
        end
        local function mark()
            setfenv(0, setmetatable({ known = "here" }, { __index = _G }))
            return known()
        end
        for _ = 1, 2 do
            ngx.say(select(2, ngx.thread.wait(ngx.thread.spawn(mark))))
            ngx.say(select(2, ngx.thread.wait(ngx.thread.spawn(known))))
        end
    }
}
location = /mark {
    content_by_lua_block {
        setfenv(0, setmetatable({ known = "here" }, { __index = _G }))
        ngx.location.capture("/known")
        ngx.say("marked")
    }
}
location = /known {
    content_by_lua_block {
        ngx.say(tostring(getfenv(0).known))
    }
}
--- request
GET /t
--- response_body
here
nil
here
nil
--- request
GET /mark
--- response_body
marked
--- request
GET /known
--- response_body
nil
--- request
GET /known
--- response_body
nil

=== what an error leaves
--- config
location = /t {
    content_by_lua_block {
        local function values(...)
            ngx.say(select("#", ...), " ", (...), " ", tostring(select(2, ...)), " ", (tostring(select(-1, ...)):gsub(".*%d+: ", "at: ")))
        end
        for _, wait in ipairs { 0, 0.001 } do
            local function fail(how, ...)
                local thread = ngx.thread.spawn(function(...)
                    if wait > 0 then
                        ngx.sleep(wait)
                    end
                    how(...)
                end, ...)
                values(ngx.thread.wait(thread))
            end
            fail(error, "boom", 0)
            fail(error, "boom")
            fail(error)
            fail(error, true)
        end
    }
}
--- request
GET /t
--- response_body
2 false boom boom
3 false boom at: boom
2 false nil nil
2 false true true
2 false boom boom
3 false boom at: boom
2 false nil nil
2 false true true

=== the message of an error that Lua raises
--- nightjar_only: nginx gives what else lies on the stack first
--- config
location = /t {
    content_by_lua_block {
        for _, wait in ipairs { 0, 0.001 } do
            ngx.say(ngx.thread.wait(ngx.thread.spawn(function()
                if wait > 0 then
                    ngx.sleep(wait)
                end
                local nothing
                nothing()
            end)))
        end
    }
}
--- request
GET /t
--- response_body_like
^falsecontent_by_lua.*:8: attempt to call local 'nothing' .a nil value.
falsecontent_by_lua.*:8: attempt to call local 'nothing' .a nil value.
$
