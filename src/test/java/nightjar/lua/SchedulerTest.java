package nightjar.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    final TestVm t = new TestVm();

    @AfterEach
    void close() {
        t.close();
    }

    @Test
    void runsAChunkToItsEnd() {
        var task = t.run("ngx.say('hello ', 1, ' ', 2.5, ' ', 'x') ngx.print('y')");
        assertThat(task.end).isEqualTo(LuaEvent.ENDED);
        assertThat(task.out).hasToString("hello 1 2.5 x\ny");
        assertThat(task.opened).isEqualTo(1);
        assertThat(task.outputs).isEqualTo(1);
        assertThat(task.log).isEmpty();
    }

    @Test
    void usesAnEndedCoroutineAgain() {
        t.run("first = tostring(coroutine.running())");
        var task = t.run("ngx.print(first == tostring(coroutine.running()))");
        assertThat(task.out).hasToString("true");
    }

    @Test
    void doesNotUseACoroutineAgainWhoseEnvironmentWasReplaced() {
        t.run("local g = setmetatable({}, { __index = _G }) setfenv(0, g)");
        var task = t.run("ngx.print(getfenv(0) == _G)");
        assertThat(task.out).hasToString("true");
    }

    @Test
    void waitsAndWakesWithValues() {
        var task = t.run("ngx.say('before') ngx.say('woken with ', test.sleep(), ' and ', (test.sleep()))");
        assertThat(task.end).isNull();
        assertThat(task.out).hasToString("before\n");
        t.wake(0, "a");
        assertThat(task.end).isNull();
        t.wake(1, "b", "c");
        assertThat(task.end).isEqualTo(LuaEvent.ENDED);
        assertThat(task.out).hasToString("before\nwoken with a and b\n");
        assertThat(t.cancelled).isZero();
    }

    @Test
    void anFfiFunctionWaitsByYieldingAfterIt() {
        var task = t.run("require('ffi').C.test_sleep() ngx.say(coroutine._yield())");
        t.wake(0, "done");
        assertThat(task.out).hasToString("done\n");
    }

    @Test
    void wakesOnlyOncePerWait() {
        var task = t.run("test.sleep() ngx.say('one') test.sleep() ngx.say('two')");
        t.wake(0);
        t.wake(1);
        t.wake(0);
        t.wake(1);
        assertThat(task.out).hasToString("one\ntwo\n");
    }

    @Test
    void aWakeFromInsideLuaComesLater() {
        var sleeper = t.run("test.sleep() ngx.say('woken')");
        var waker = new TestTask();
        waker.onOutput = () -> t.wake(0);
        t.run(waker, "ngx.say('x')");
        assertThat(sleeper.end).isNull();
        t.wake(0);
        assertThat(sleeper.end).isEqualTo(LuaEvent.ENDED);
    }

    @Test
    void exitLeavesTheCoroutineBehind() {
        var task = t.run("ngx.say('a') require('ffi').C.test_exit(403) coroutine._yield() ngx.say('b')");
        assertThat(task.end).isEqualTo(new LuaEvent.Exit(403));
        assertThat(task.out).hasToString("a\n");
    }

    @Test
    void exitWorksInsideCoroutinesOfTheScript() {
        var task = t.run("""
                local f = coroutine.wrap(function() require('ffi').C.test_exit(404) coroutine._yield() end)
                pcall(function() f() end)
                ngx.say('unreachable')""");
        assertThat(task.end).isEqualTo(new LuaEvent.Exit(404));
        assertThat(task.out).hasToString("");
    }

    @Test
    void killUndoesTheWait() {
        var task = t.run("test.sleep() ngx.say('never')");
        t.worker.scheduler().kill(task);
        assertThat(t.cancelled).isEqualTo(1);
        t.wake(0);
        assertThat(task.out).hasToString("");
    }

    @Test
    void namesChunkAndLineOfAnError() {
        var task = t.run("\n\nerror('oops')");
        assertThat(task.end).isEqualTo(new LuaEvent.Failed("content_by_lua(nginx.conf:12):3: oops"));
        assertThat(task.log).containsExactly("""
                [error] lua entry thread aborted: runtime error: content_by_lua(nginx.conf:12):3: oops
                stack traceback:
                coroutine 0:
                \t[C]: in function 'error'
                \tcontent_by_lua(nginx.conf:12):3: in main chunk""");
    }

    @Test
    void tracesFunctionsLikeUpstream() {
        var task = t.run("""
                local function bar()
                    return lua_concat(3)
                end
                local function foo()
                    bar()
                end
                foo()""");
        assertThat(task.log).containsExactly("""
                [error] lua entry thread aborted: runtime error: content_by_lua(nginx.conf:12):2: \
                attempt to call global 'lua_concat' (a nil value)
                stack traceback:
                coroutine 0:
                \tcontent_by_lua(nginx.conf:12): in function 'bar'
                \tcontent_by_lua(nginx.conf:12):5: in function 'foo'
                \tcontent_by_lua(nginx.conf:12):7: in main chunk""");
    }

    @Test
    void tracesApiFunctionsAsCFunctions() {
        assertThat(t.run("\nngx.say(print)").log.getFirst()).endsWith("""
                coroutine 0:
                \t[C]: in function 'say'
                \tcontent_by_lua(nginx.conf:12):2: in main chunk""");
        assertThat(t.run("coroutine.resume(1)").log.getFirst()).endsWith("""
                coroutine 0:
                \t[C]: in function 'resume'
                \tcontent_by_lua(nginx.conf:12):1: in main chunk""");
    }

    @Test
    void anErrorThatIsNoStringHasAnUnknownReason() {
        assertThat(t.run("error(nil)").log.getFirst()).startsWith("[error] lua entry thread aborted: runtime error: unknown reason\n");
        assertThat(t.run("error({})").log.getFirst()).startsWith("[error] lua entry thread aborted: runtime error: unknown reason\n");
        assertThat(t.run("error(42, 0)").log.getFirst()).startsWith("[error] lua entry thread aborted: runtime error: 42\n");
    }

    @Test
    void anErrorAtTheCallersLevelHasNoPositionInAMainChunk() {
        var task = t.run("error('x', 2)");
        assertThat(task.end).isEqualTo(new LuaEvent.Failed("x"));
    }

    @Test
    void debugTracebackEndsAtTheMainChunk() {
        var task = t.run("local function f() return (debug.traceback('', 1)) end ngx.print((f()))");
        assertThat(task.out).hasToString("""

                stack traceback:
                \tcontent_by_lua(nginx.conf:12):1: in function 'f'
                \tcontent_by_lua(nginx.conf:12):1: in main chunk""");
    }

    @Test
    void showsAtMost22LevelsOfFiveCoroutines() {
        var task = t.run("""
                local function deep(n) if n == 0 then error('x') end deep(n - 1) return 1 end
                local f = function() deep(40) end
                for i = 1, 7 do local inner = f f = function() return (coroutine.wrap(inner)()) end end
                f()""");
        assertThat(task.log.getFirst()).contains("coroutine 4:").doesNotContain("coroutine 5:").contains("\n\t...\ncoroutine 1:");
        assertThat(task.log.getFirst().split("\ncoroutine 1:")[0].lines().filter(l -> l.startsWith("\t"))).hasSize(23);
    }

    @Test
    void anErrorInAWrappedCoroutineIsTracedFromItsOrigin() {
        var task = t.run("""
                local f = coroutine.wrap(function() error('deep') end)
                local g = coroutine.wrap(function() f() end)
                g()""");
        assertThat(task.log.getFirst()).startsWith("""
                [error] lua entry thread aborted: runtime error: content_by_lua(nginx.conf:12):1: deep
                stack traceback:
                coroutine 0:
                \t[C]: in function 'error'
                \tcontent_by_lua(nginx.conf:12):1: in function <content_by_lua(nginx.conf:12):1>
                coroutine 1:
                """).contains("\ncoroutine 2:\n");
    }

    @Test
    void javaExceptionsAreLuaErrorsThatPcallCatches() {
        var task = t.run("ngx.say(pcall(test.bug)) ngx.say(pcall(test.refuse, 'way')) ngx.say(require('ffi').C.test_bug())");
        assertThat(task.out).hasToString("""
                falseinternal error: java.lang.IllegalStateException: a bug
                falseno way
                -100
                """);
        assertThat(t.alerts).hasSize(2).allSatisfy(a -> assertThat(a)
                .startsWith("lua: java.lang.IllegalStateException: a bug\n\tat nightjar.lua.TestVm."));
        task = t.run("\ntest.refuse('thanks')");
        assertThat(task.end).isEqualTo(new LuaEvent.Failed("content_by_lua(nginx.conf:12):2: no thanks"));
        assertThat(task.log.getFirst()).contains("in function 'refuse'\n\tcontent_by_lua(nginx.conf:12):2: in main chunk");
    }

    @Test
    void aRunInsideARunHasItsOwnOutputAndRequest() {
        var outer = new TestTask();
        var inner = new TestTask();
        outer.mode = LuaTask.SEND;
        var request = "tostring(require('thread.exdata')())";
        outer.onOutput = () -> t.run(inner, "ngx.print('inner ', " + request + ", ' ')");
        t.run(outer, "local r = " + request + " ngx.say('a') ngx.say('b') assert(r == " + request + ") assert(ngx.say(r) == 1)");
        assertThat(outer.end).isEqualTo(LuaEvent.ENDED);
        var expected = "cdata<struct ngx_http_request_s *>: 0x" + "%08x".formatted(inner.handle);
        assertThat(outer.out).hasToString("a\nb\ncdata<struct ngx_http_request_s *>: 0x" + "%08x".formatted(outer.handle) + "\n");
        assertThat(inner.out).hasToString(("inner " + expected + " ").repeat(3));
        assertThat(outer.outputs).isEqualTo(3);
    }

    @Test
    void stackOverflowIsAnOrdinaryError() throws InterruptedException {
        var error = new AtomicReference<Throwable>();
        var deep = new Thread(null, () -> {
            try (var own = new TestVm()) {
                for (int round = 0; round < 2; round++) {
                    assertThat(own.run("local function f() return 1 + f() end f()").end.toString()).contains("stack overflow");
                    assertThat(own.run("local function f(s) return (s:gsub('.', f)) end f('x')").end.toString())
                            .contains("stack overflow");
                    assertThat(own.run("local m = {} m.__index = function(t, k) return t[k] end return setmetatable({}, m).x").end
                            .toString()).contains("stack overflow");
                    assertThat(own.run("local function f(s) require('ffi').C.test_bug() return (s:gsub('.', f)) end f('x')").end
                            .toString()).contains("stack overflow");
                    assertThat(own.run("return loadstring('return ' .. ('('):rep(1e6))()").end)
                            .isInstanceOf(LuaEvent.Failed.class);
                    assertThat(own.run("ngx.say('fine')").out).hasToString("fine\n");
                }
            } catch (Throwable e) {
                error.set(e);
            }
        }, "deep", 128 << 20);
        deep.start();
        deep.join();
        assertThat(error.get()).isNull();
    }

    @Test
    void memoryLimitIsAnOrdinaryErrorAndTheVmRecovers() {
        try (var small = new TestVm(new LuaVm.Options(null, null, 32 << 20, 16))) {
            for (int round = 0; round < 3; round++) {
                var task = small.run("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end");
                assertThat(task.log.getFirst()).startsWith(
                        "[error] lua entry thread aborted: memory allocation error: not enough memory\nstack traceback:\ncoroutine 0:");
                assertThat(small.run("ngx.say('fine')").out).hasToString("fine\n");
                assertThat(small.vm.heap()).isLessThan(4 << 20);
            }
        }
    }
}
