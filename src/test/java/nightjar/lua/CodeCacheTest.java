package nightjar.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeCacheTest {
    final TestVm t = new TestVm();
    final TestTask task = new TestTask();

    @AfterEach
    void close() {
        t.close();
    }

    static Path file(String name, byte[] content) throws IOException {
        return Files.write(Files.createTempDirectory("nightjar").resolve(name), content);
    }

    static Path file(String lua) throws IOException {
        return file("a.lua", lua.getBytes(StandardCharsets.ISO_8859_1));
    }

    TestTask run(LuaCode code) {
        var event = t.worker.scheduler().start(task, t.vm, code);
        if (event != LuaEvent.WAITING) task.end = event;
        return task;
    }

    @Test
    void theSameTextUnderTheSameDirectiveIsCompiledOnce() {
        task.debug = true;
        var one = LuaCode.inline("content_by_lua", "return 1", "=content_by_lua(nginx.conf:1)");
        var two = LuaCode.inline("content_by_lua", "return 1", "=content_by_lua(nginx.conf:9)");
        for (var code : new LuaCode[] {one, one, two, two}) run(code);
        var key = one.key();
        assertThat(key).matches("content_by_lua_nhli_[0-9a-f]{32}");
        assertThat(task.log.stream().filter(l -> l.contains("code cache"))).containsExactly(
                "[debug] code cache lookup (key='" + key + "', ref=-1)", "[debug] code cache miss (key='" + key + "', ref=-1)",
                "[debug] code cache lookup (key='" + key + "', ref=1)", "[debug] code cache hit (key='" + key + "', ref=1)",
                "[debug] code cache lookup (key='" + key + "', ref=-1)", "[debug] code cache setting ref (key='" + key + "', ref=1)",
                "[debug] code cache hit (key='" + key + "', ref=1)",
                "[debug] code cache lookup (key='" + key + "', ref=1)", "[debug] code cache hit (key='" + key + "', ref=1)");
    }

    @Test
    void namesADirectivesChunkAsUpstreamDoes() {
        assertThat(LuaCode.chunkName("content_by_lua", "/srv/conf/nginx.conf", "/srv/conf/", 12)).isEqualTo("=content_by_lua(nginx.conf:12)");
        assertThat(LuaCode.chunkName("log_by_lua", "/srv/conf/sites/a.conf", "/srv/conf/", 3)).isEqualTo("=log_by_lua(sites/a.conf:3)");
        assertThat(LuaCode.chunkName("log_by_lua", "/etc/a.conf", "/srv/conf/", 3)).isEqualTo("=log_by_lua(/etc/a.conf:3)");
        assertThat(LuaCode.chunkName("header_filter_by_lua", "/tmp/12345678901234567890123456789012345.conf", "/srv/conf/", 1))
                .isEqualTo("=header_filter_by_lua(...901234567890123456789012345.conf:1)");
    }

    @Test
    void tellsWhereALineDoesNotCompile() {
        var code = LuaCode.inline("header_filter_by_lua", "\n'for end';", "=header_filter_by_lua(nginx.conf:41)");
        assertThatThrownBy(() -> run(code)).isInstanceOf(LuaLoadException.class).hasMessage(
                "failed to load inlined Lua code: header_filter_by_lua(nginx.conf:41):2: unexpected symbol near ''for end''");
        assertThat(t.run("ngx.print('fine')").out).hasToString("fine");
    }

    @Test
    void runsAFileByItsPath() throws IOException {
        var path = file("#!/usr/bin/env resty\nerror('x')");
        assertThat(run(LuaCode.file(path.toString())).end).isEqualTo(new LuaEvent.Failed(path + ":2: x"));
    }

    @ParameterizedTest
    @CsvSource({"n = n + 1, true", "n = n + select('#'%c ...) + 1, false"})
    void aChunkThatDoesNotReadItsArgumentsIsCompiled(String text, boolean compiled) {
        t.run("""
                n, stops = 0, 0
                require("jit").attach(function(what) if what == "stop" then stops = stops + 1 end end, "trace")""");
        var code = LuaCode.inline("log_by_lua", text.formatted(','), "=log_by_lua(nginx.conf:1)");
        for (int i = 0; i < 300; i++) run(code);
        assertThat(t.run("jit.attach(function() end) ngx.print(n, ' ', stops > 0)").out).hasToString("300 " + compiled);
    }

    @Test
    void runsBytecode() throws IOException {
        var dump = t.run("ngx.print(string.dump(loadstring('ngx.say(7)')))").out.toString();
        var path = file("a.luac", dump.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(run(LuaCode.file(path.toString())).out).hasToString("7\n");
    }

    @Test
    void rejectsBytecodeBehindAFirstLine() throws IOException {
        var path = file("#!x\n\033LJ...");
        assertThatThrownBy(() -> run(LuaCode.file(path.toString()))).hasMessage(
                "failed to load external Lua file \"" + path + "\": bad byte-code header in " + path);
    }

    @Test
    void aMissingFileIsA404() {
        assertThatThrownBy(() -> run(LuaCode.file("/nowhere/a.lua"))).isInstanceOfSatisfying(LuaLoadException.class, e -> {
            assertThat(e.status).isEqualTo(404);
            assertThat(e).hasMessage("failed to load external Lua file \"/nowhere/a.lua\": "
                    + "cannot open /nowhere/a.lua: No such file or directory");
        });
    }
}
