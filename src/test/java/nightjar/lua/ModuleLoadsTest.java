package nightjar.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `require` and `dofile` of what waits: `loading.lua` and [ModuleLoads].
class ModuleLoadsTest {
    @TempDir
    Path dir;
    private TestVm t;

    @BeforeEach
    void open() {
        t = new TestVm(LuaVmTest.path(dir + "/?.lua"));
    }

    @AfterEach
    void close() {
        t.close();
    }

    private void module(String name, String lua) throws IOException {
        Files.writeString(dir.resolve(name + ".lua"), lua);
    }

    /// Runs what was put off to later events.
    private void settle() {
        for (Runnable event; (event = t.events.poll()) != null; ) event.run();
    }

    @Test
    void aModulesChunkMayWait() throws IOException {
        module("slow", "local v = test.sleep() test.sleep() return { name = ..., value = v }");
        var task = t.run("ngx.print(require('slow').name, ' ', require('slow').value)");
        t.wake(0, "woken");
        assertThat(task.end).isNull();
        t.wake(1);
        assertThat(task.out).hasToString("slow woken");
    }

    @Test
    void itMayWaitInsideCoroutinesOfTheScript() throws IOException {
        module("slow", "coroutine.wrap(function() test.sleep() end)() return 'loaded'");
        var task = t.run("local co = coroutine.create(function() return require 'slow' end) ngx.print(select(2, coroutine.resume(co)))");
        t.wake(0);
        assertThat(task.out).hasToString("loaded");
    }

    @Test
    void aModuleIsLoadedOnceThoughSeveralRequireIt() throws IOException {
        module("slow", "loads = (loads or 0) + 1 test.sleep() return { 'loaded' }");
        var first = t.run("mod = require 'slow' ngx.print(mod[1])");
        var second = t.run("local m = require 'slow' ngx.print(m == mod, ' ', loads)");
        var third = t.run("ngx.print(require('slow')[1])");
        assertThat(t.sleepers).hasSize(1);
        assertThat(second.end).isNull();
        t.wake(0);
        assertThat(first.out).hasToString("loaded");
        assertThat(second.end).isNull();
        settle();
        assertThat(second.out).hasToString("true 1");
        assertThat(third.out).hasToString("loaded");
    }

    @Test
    void itIsWaitedForThoughPackageLoadedHasAHalfOfItAlready() throws IOException {
        module("half", "local m = {} package.loaded[...] = m test.sleep() m.whole = 'whole'");
        t.run("require 'half'");
        var second = t.run("ngx.print(require('half').whole)");
        assertThat(second.end).isNull();
        t.wake(0);
        settle();
        assertThat(second.out).hasToString("whole");
    }

    @Test
    void anErrorReachesAllWhoWait() throws IOException {
        module("bad", "test.sleep() error({ code = 7 })");
        var lua = "local ok, e = pcall(require, 'bad') ngx.print(ok, ' ', e.code) test.sleep()";
        var first = t.run(lua);
        var second = t.run(lua);
        t.wake(0);
        settle();
        assertThat(first.out).hasToString("false 7");
        assertThat(second.out).hasToString("false 7");
        assertThat(t.run("ngx.print(select(2, pcall(require, 'bad')))").out).hasToString("loop or previous error loading module 'bad'");
    }

    @Test
    void aModuleWhoseLoadWasKilledIsLoadedAnew() throws IOException {
        module("slow", "loads = (loads or 0) + 1 package.loaded[...] = { 'half' } test.sleep() return { 'whole' }");
        var killed = t.run("require 'slow'");
        var waiting = t.run("ngx.print(require('slow')[1], loads)");
        t.worker.scheduler().kill(killed);
        settle();
        assertThat(t.sleepers).hasSize(2);
        t.wake(1);
        assertThat(waiting.out).hasToString("whole2");
    }

    @Test
    void oneThatNobodyWaitedForIsLoadedAnewToo() throws IOException {
        module("slow", "test.sleep() return 'loaded'");
        t.worker.scheduler().kill(t.run("require 'slow'"));
        t.run("require 'slow'");
        t.wake(1);
        assertThat(t.run("ngx.print(require 'slow')").out).hasToString("loaded");
    }

    @Test
    void aLoadEndsWithTheLightThreadThatLeftItInACoroutine() throws IOException {
        module("stuck", "coroutine.yield() return 'loaded'");
        t.run("coroutine.wrap(function() require 'stuck' end)()");
        var task = t.run("local f = coroutine.wrap(function() return require 'stuck' end) f() ngx.print(f())");
        assertThat(task.out).hasToString("loaded");
    }

    @Test
    void whoWaitsCanBeKilled() throws IOException {
        module("slow", "test.sleep() return 'loaded'");
        var loader = t.run("ngx.print(require 'slow')");
        var waiting = t.run("ngx.print(require 'slow')");
        t.worker.scheduler().kill(waiting);
        t.wake(0);
        settle();
        assertThat(loader.out).hasToString("loaded");
        assertThat(waiting.out).hasToString("");
    }

    @Test
    void aModuleThatRequiresItselfIsALoop() throws IOException {
        module("a", "local b = require 'b' return b");
        module("b", "local a = require 'a' return a");
        var task = t.run("ngx.print(select(2, pcall(require, 'a')))");
        assertThat(task.out).hasToString(dir + "/b.lua:1: loop or previous error loading module 'a'");
    }

    @Test
    void lightThreadsDoNotWaitForEachOther() throws IOException {
        module("a", "test.sleep() local b = require 'b' return b");
        module("b", "test.sleep() local a = require 'a' return a");
        var first = t.run("ngx.print(select(2, pcall(require, 'a')))");
        var second = t.run("ngx.print(select(2, pcall(require, 'b')))");
        t.wake(0);
        assertThat(first.end).isNull();
        t.wake(1);
        settle();
        var loop = dir + "/b.lua:1: loop or previous error loading module 'a'";
        assertThat(second.out).hasToString(loop);
        assertThat(first.out).hasToString(loop);
    }

    @Test
    void belowACFunctionItStillCannotWait() throws IOException {
        module("slow", "test.sleep() return 'loaded'");
        var loader = t.run("ngx.print(require 'slow')");
        var task = t.run("ngx.print(pcall(string.gsub, 'x', 'x', function() return require 'slow' end))");
        assertThat(task.out.toString()).startsWith("false").endsWith("attempt to yield across C-call boundary");
        t.wake(0);
        settle();
        assertThat(loader.out).hasToString("loaded");
    }

    @Test
    void searchersMayWaitToo() {
        var task = t.run("""
                table.insert(package.loaders, 1, function(name)
                    local source = test.sleep()
                    return function(...) return source .. ' ' .. ... end
                end)
                ngx.print(require 'remote')""");
        t.wake(0, "got");
        assertThat(task.out).hasToString("got remote");
    }

    @Test
    void aModuleThatWasNotFoundIsSearchedAnewByWhoWaited() {
        t.run("table.insert(package.loaders, 1, function() if not test.sleep() then return '\\n\\tnot yet' end return function() return 'late' end end)");
        var first = t.run("ngx.print(select(2, pcall(require, 'x')))");
        var second = t.run("ngx.print(require 'x')");
        t.wake(0);
        settle();
        assertThat(first.out.toString()).startsWith("module 'x' not found:\n\tnot yet\n\tno field package.preload['x']\n\tno file '" + dir + "/x.lua'");
        t.wake(1, "now");
        assertThat(second.out).hasToString("late");
    }

    @Test
    void dofileMayWait() throws IOException {
        module("script", "return 1, test.sleep(), nil");
        var task = t.run("ngx.print(select('#', dofile('" + dir + "/script.lua')))");
        t.wake(0, "x");
        assertThat(task.out).hasToString("3");
    }

    @Test
    void theTracebackBeginsAtRequireAsUpstreams() throws IOException {
        module("bad", "error('oops')");
        assertThat(t.run("require 'bad'").log).containsExactly("""
                [error] lua entry thread aborted: runtime error: DIR/bad.lua:1: oops
                stack traceback:
                coroutine 0:
                \t[C]: in function 'require'
                \tcontent_by_lua(nginx.conf:12):1: in main chunk""".replace("DIR", dir.toString()));
    }

    @Test
    void aModuleThatOverflowsTheStackSaysSo() throws IOException {
        module("deep", "local function f() return 1 + f() end\nf()");
        assertThat(t.run("ngx.print(select(2, pcall(require, 'deep')))").out.toString()).endsWith("deep.lua:1: stack overflow");
    }
}
