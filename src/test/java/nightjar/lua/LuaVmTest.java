package nightjar.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LuaVmTest {
    static String run(LuaVm.Options options, String lua) {
        try (var t = new TestVm(options)) {
            var task = t.run(lua);
            assertThat(task.log).isEmpty();
            return task.out.toString();
        }
    }

    static String run(String lua) {
        return run(LuaVm.Options.DEFAULT, lua);
    }

    static LuaVm.Options path(String path) {
        return new LuaVm.Options(path, null, 0, 16);
    }

    static Path module(String name, String lua) throws IOException {
        var dir = Files.createTempDirectory("nightjar");
        var file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, lua);
        return dir;
    }

    @Test
    void findsPackedModulesAndPrefersThoseOfTheConfiguredPath() throws IOException {
        var dir = module("resty/core/utils.lua", "return 'mine'");
        assertThat(run(path(dir + "/?.lua;;"), "ngx.print(require 'resty.core.utils')")).isEqualTo("mine");
        assertThat(run(path(";;"), "ngx.print(type(package.loaders[2]('nightjar.tables')))")).isEqualTo("function");
        assertThat(run(path(";;"), "ngx.print(type(package.loaders[2]('nightjar.nowhere')))")).isEqualTo("nil");
    }

    @Test
    void twoSemicolonsStandForTheDefaultPath() {
        assertThat(run(path("/a/?.lua;;"), "ngx.print(package.path)")).startsWith("/a/?.lua;./?.lua;").endsWith(";");
        assertThat(run(path("/a/?.lua"), "ngx.print(package.path)")).isEqualTo("/a/?.lua");
    }

    @Test
    void hasTheTableFunctionsOfOpenRestysLuaJit() {
        assertThat(run("""
                local t = require('table.new')(4, 0)
                require('table.clear')(t)
                ngx.say(require('table.isempty')({}), require('table.isempty')({ 1 }), table.isempty({}))
                ngx.say(require('table.isarray')({ 1, 2 }), require('table.isarray')({ a = 1 }))
                ngx.say(require('table.nkeys')({ 1, 2, a = 3 }))
                local c = require('table.clone')({ 1, a = 2 })
                ngx.say(c[1], c.a)""")).isEqualTo("truefalsetrue\ntruefalse\n3\n12\n");
    }

    @Test
    void ffiCHasJavasExportsAndTheRealNamespace() {
        assertThat(run("""
                local ffi = require 'ffi'
                ffi.cdef 'int getpid(void); int nightjar_nowhere(void);'
                ngx.say(ffi.C.getpid() > 0, ' ', ffi.C.test_bug == ffi.C.test_bug)
                ngx.say((pcall(function() return ffi.C.nightjar_nowhere end)))"""))
                .isEqualTo("true true\nfalse\n");
    }

    @Test
    void warnsAboutGlobalsThatAHandlerMakes() {
        try (var t = new TestVm()) {
            t.run("ngx.WARN = 5 lines = {} ngx.get_phase = function() return phase end "
                    + "ngx.log = function(level, ...) lines[#lines + 1] = level .. table.concat({ ... }) end");
            t.vm.guardGlobals();
            t.run("rawset(_G, 'phase', 'init') a = 1");
            t.run("rawset(_G, 'phase', 'content')\nlocal function f()\nb = 1 end\nf() b = 2");
            assertThat(t.run("ngx.print(lines)").out).hasToString("5writing a global Lua variable ('b') which may lead to race "
                    + "conditions between concurrent requests, so prefer the use of 'local' variables"
                    + "\nstack traceback:\n\tcontent_by_lua(nginx.conf:12):3: in function 'f'"
                    + "\n\tcontent_by_lua(nginx.conf:12):4: in main chunk");
        }
    }

    @Test
    void aModuleThatFailsTellsWhy() throws IOException {
        var dir = module("bad.lua", "\nerror 'oops'");
        try (var t = new TestVm(path(dir + "/?.lua"))) {
            assertThatThrownBy(() -> t.vm.require("bad")).isInstanceOf(LuaLoadException.class).hasMessage(dir + "/bad.lua:2: oops");
            assertThatThrownBy(() -> t.vm.require("nowhere")).hasMessageContaining("module 'nowhere' not found:");
        }
    }

    @Test
    void vmsOfOneWorkerShareNothingInLua() {
        try (var t = new TestVm()) {
            t.run("x = 1");
            var other = new LuaVm(t.worker, LuaVm.Options.DEFAULT);
            var task = new TestTask();
            t.worker.scheduler().start(task, other, TestVm.code("ngx.print(x)"));
            assertThat(task.out).hasToString("nil");
            other.close();
        }
    }
}
