package nightjar.lua;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoroutineTest {
    final TestVm t = new TestVm();

    @AfterEach
    void close() {
        t.close();
    }

    String run(String lua) {
        var task = t.run(lua);
        assertThat(task.log).isEmpty();
        assertThat(task.end).isEqualTo(LuaEvent.ENDED);
        return task.out.toString();
    }

    @Test
    void generatorsYieldAndEnd() {
        assertThat(run("""
                local function generate(n)
                    return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, -i) end end)
                end
                for a, b in generate(3) do ngx.print(a, b, ' ') end""")).isEqualTo("1-1 2-2 3-3 ");
    }

    @Test
    void resumePassesValuesBothWays() {
        assertThat(run("""
                local co = coroutine.create(function(a, b)
                    local c = coroutine.yield(a + b)
                    return c, 'end'
                end)
                ngx.say(coroutine.resume(co, 1, 2)) ngx.say(coroutine.resume(co, 'c')) ngx.say(coroutine.resume(co))
                ngx.say(coroutine.status(co))""")).isEqualTo("true3\ntruecend\nfalsecannot resume dead coroutine\ndead\n");
    }

    @Test
    void toldWhyACoroutineCannotBeResumed() {
        assertThat(run("""
                ngx.say(coroutine.resume(coroutine.running()))
                local a, b
                a = coroutine.create(function() coroutine.resume(b) end)
                b = coroutine.create(function() ngx.say(coroutine.status(a), ' ', coroutine.resume(a)) end)
                coroutine.resume(a)"""))
                .isEqualTo("falsecannot resume running coroutine\nnormal falsecannot resume normal coroutine\n");
    }

    @Test
    void wrongArgumentsAreErrorsAtTheCallersLine() {
        assertThat(run("""
                ngx.say(pcall(coroutine.create)) ngx.say(pcall(coroutine.resume, 1)) ngx.say(pcall(coroutine.status))
                local ok, e = pcall(function()
                    coroutine.wrap(3)
                end)
                ngx.say(e)""")).isEqualTo("""
                falsebad argument #1 to 'create' (Lua function expected)
                falsebad argument #1 to 'resume' (coroutine expected)
                falsebad argument #1 to 'status' (coroutine expected)
                content_by_lua(nginx.conf:12):3: bad argument #1 to 'wrap' (Lua function expected)
                """);
    }

    @Test
    void anApiFunctionWaitsThroughCoroutinesOfAnyDepth() {
        var task = t.run("""
                local function leaf(x) local got = test.sleep() coroutine.yield(x .. got) return 'last' end
                local co = coroutine.create(function(x)
                    local gen = coroutine.wrap(leaf)
                    coroutine.yield(gen(x) .. '!')
                    return gen()
                end)
                ngx.say(coroutine.resume(co, 'x')) ngx.say(coroutine.resume(co)) ngx.say(coroutine.status(co))""");
        assertThat(task.end).isNull();
        t.wake(0, "y");
        assertThat(task.log).isEmpty();
        assertThat(task.out).hasToString("truexy!\ntruelast\ndead\n");
    }

    @Test
    void aCoroutineThatWaitsIsRunningToOthers() {
        t.run("co = coroutine.create(function() test.sleep() end) coroutine.resume(co)");
        var other = t.run("ngx.say(coroutine.status(co), coroutine.resume(co))");
        assertThat(other.out).hasToString("runningfalsecannot resume running coroutine\n");
        t.wake(0);
        assertThat(t.run("ngx.say(coroutine.status(co))").out).hasToString("dead\n");
    }

    @Test
    void pcallWorksAroundWaits() {
        var task = t.run("ngx.say(pcall(function() test.sleep() error('after', 0) end))");
        t.wake(0);
        assertThat(task.out).hasToString("falseafter\n");
    }

    @Test
    void yieldOutsideOfACoroutineGoesOnAtOnce() {
        assertThat(run("ngx.say(coroutine.yield(1, 2)) ngx.say('on')")).isEqualTo("\non\n");
    }

    @Test
    void aWaitWhereLuaCannotYieldIsAnErrorAndUndone() {
        var task = t.run("""
                local ok, e = pcall(string.gsub, 'x', 'x', function() test.sleep() end)
                ngx.say(e)
                coroutine.yield()
                ngx.say('on')""");
        assertThat(task.out).hasToString(
                "content_by_lua(nginx.conf:12):1: attempt to yield across C-call boundary\non\n");
        assertThat(task.end).isEqualTo(LuaEvent.ENDED);
        assertThat(t.cancelled).isEqualTo(1);
    }

    @Test
    void theOriginalsAreKept() {
        assertThat(run("""
                local co = coroutine._create(function() coroutine._yield(7) end)
                ngx.say(coroutine._resume(co)) ngx.say(coroutine._status(co))
                ngx.say(coroutine == package.loaded.coroutine)""")).isEqualTo("true7\nsuspended\ntrue\n");
    }
}
