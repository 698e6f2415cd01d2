package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/resty` as a program: scripts on the console.
final class RestyTest {
    private static final Path PROGRAM = Path.of("bin/resty").toAbsolutePath();
    private static final long SECONDS_TO_WAIT = 20;

    @TempDir
    Path dir;

    private record Result(int code, String out, String err) {}

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.exists(Path.of("target/nightjar.jar")), "the jar is not built");
        Files.createDirectory(dir.resolve("tmp"));
    }

    /// No test leaves a temporary file behind.
    @AfterEach
    void nothingIsLeft() throws IOException {
        try (var left = Files.list(dir.resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void runsCodeWithTheApi() throws Exception {
        assertThat(run("", "-e", """
                print("a", 1, nil, true, ngx.null, { "x", { "y" } })
                ngx.say("said ", ngx.get_phase(), " ", ngx.config.is_console)
                ngx.print("printed\\n")
                ngx.sleep(0.01)
                local ok, n = ngx.thread.wait(ngx.thread.spawn(function() ngx.sleep(0.001) return 5 end))
                print(n, " ", require("cjson").encode({ 1 }))
                io.write("no line feed")"""))
                .isEqualTo(new Result(0, "a1niltruenullxy\nsaid timer true\nprinted\n5 [1]\nno line feed", ""));
    }

    @Test
    void runsAFileWithArgumentsAndStandardInput() throws Exception {
        var file = Files.writeString(dir.resolve("script.lua"), """
                print(arg[0], "|", arg[1], "|", arg[2], "|", #arg)
                print(io.read("*l"), " ", io.read("*n"), " ", os.getenv("GREETING"))
                io.stderr:write("on standard error")
                os.exit(7)""");
        var r = run("line one\n12\n", file.toString(), "a b", "c\"\n]]d");
        assertThat(r).isEqualTo(new Result(7, file + "|a b|c\"\n]]d|2\nline one 12 hello\n", "on standard error"));
    }

    @Test
    void codeRunsBeforeTheFileAndLibrariesAreFoundInAddedDirectories() throws Exception {
        Files.writeString(dir.resolve("greet.lua"), "return 'hello from ' .. ...");
        var file = Files.writeString(dir.resolve("script.lua"), "print('the file, ', ...)");
        assertThat(run("", "-I", dir.toString(), "-l", "greet", "-e", "print(package.loaded.greet)", file.toString()))
                .isEqualTo(new Result(0, "hello from greet\nthe file, \n", ""));
    }

    @Test
    void anErrorIsToldWithItsTraceback() throws Exception {
        var r = run("", "-e", "local function f() error('oops') end", "-e", "f()");
        assertThat(r.code).isEqualTo(1);
        assertThat(r.err).startsWith("ERROR: (command line -e):1: oops\nstack traceback:\n\t(command line -e):1: in function 'f'\n");
        assertThat(run("", "-e", "local x").code).isZero();
        r = run("", "-e", "x =");
        assertThat(r.code).isEqualTo(1);
        assertThat(r.err).isEqualTo("ERROR: (command line -e):1: unexpected symbol near '<eof>'\n");
    }

    @Test
    void configurationGoesToItsPlace() throws Exception {
        var include = Files.writeString(dir.resolve("a.conf"), "lua_shared_dict cats 1m;");
        assertThat(run("", "--shdict", "dogs 1m", "--http-include=" + include, "--http-conf", "lua_shared_dict birds 1m;", "-e",
                "ngx.shared.dogs:set('a', 1) print(ngx.shared.dogs:get('a'), ngx.shared.cats ~= nil, ngx.shared.birds ~= nil)"))
                .isEqualTo(new Result(0, "1truetrue\n", ""));
        var r = run("", "--main-conf", "foo;", "-e", "print(1)");
        assertThat(r.code).isEqualTo(1);
        assertThat(r.err).startsWith("nginx: [emerg] unknown directive \"foo\" in ");
        assertThat(run("", "--errlog-level", "info", "-e", "ngx.log(ngx.INFO, 'told')").err).contains("[info] ").contains("told");
        assertThat(run("", "-e", "ngx.log(ngx.INFO, 'told')").err).isEmpty();
    }

    @Test
    void timersThatArePendingFirePrematurely() throws Exception {
        assertThat(run("", "-e", "ngx.timer.at(100, function(premature) print(premature) end)"))
                .isEqualTo(new Result(0, "true\n", ""));
    }

    @Test
    void wrongOptionsAreRefused() throws Exception {
        assertThat(run("")).isEqualTo(new Result(2, "", "Neither Lua input file nor -e \"\" option specified.\n"));
        assertThat(run("", "none.lua")).isEqualTo(new Result(2, "", "Lua input file none.lua not found.\n"));
        assertThat(run("", "-e")).isEqualTo(new Result(255, "", "option -e takes an argument but found none.\n"));
        assertThat(run("", "-c", "x", "-e", "")).isEqualTo(new Result(255, "", "option -c value must be a number but found 'x'.\n"));
        assertThat(run("", "--shdict=dogs", "-e", "")).isEqualTo(new Result(255, "",
                "ERROR: invalid --shdict option value: dogs\n  (expecting NAME SIZE)\n"));
        assertThat(run("", "--ns", "invalid", "-e", "").err).isEqualTo("ERROR: Invalid --ns option value: invalid\n  (expecting an IP address)\n");
        assertThat(run("", "--gdb", "-e", "").err).isEqualTo("ERROR: option --gdb is for the C program nginx, which does not run here.\n");
        assertThat(run("", "--stream-conf", "x", "-e", "").err).isEqualTo("ERROR: option --stream-conf is not supported: there is no stream {}.\n");
        var unknown = run("", "--unknown");
        assertThat(unknown.code).isEqualTo(1);
        assertThat(unknown.err).startsWith("ERROR: unknown option --unknown\n\nresty [options]");
        assertThat(run("", "-h").out).startsWith("resty [options] [lua-file [args]]\n");
        assertThat(run("", "-V").err).startsWith("resty (nightjar ").contains("nginx version: ");
    }

    @Test
    void theConfigurationCanBeSeen() throws Exception {
        var r = run("", "--dump-nginx-conf", "-c", "10", "--ns", "127.0.0.1", "-I", "a\"b", "-e", "print(1)");
        assertThat(r.code).isZero();
        assertThat(r.out).contains("worker_connections 10;", "resolver 127.0.0.1 ipv6=off;", "lua_package_path \"a\\\"b/?.ljbc;", "env \"GREETING\";");
    }

    @Test
    void signalsEndTheScript() throws Exception {
        assertThat(signalled("TERM", "io.write('begun\\n') io.flush() ngx.sleep(100)")).isEqualTo(143);
        assertThat(signalled("INT", "io.write('begun\\n') io.flush() while true do end")).isEqualTo(130);
    }

    private int signalled(String signal, String code) throws Exception {
        var process = builder("-e", code).start();
        assertThat(process.getInputStream().read()).isEqualTo('b');
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        assertThat(process.waitFor(SECONDS_TO_WAIT, SECONDS)).isTrue();
        return process.exitValue();
    }

    private ProcessBuilder builder(String... words) {
        var command = new ArrayList<>(List.of(PROGRAM.toString()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command);
        builder.environment().put("NIGHTJAR_NO_BUILD", "1");
        builder.environment().put("TMPDIR", dir.resolve("tmp").toString());
        builder.environment().put("GREETING", "hello");
        return builder;
    }

    private Result run(String input, String... words) throws Exception {
        var out = dir.resolve("out");
        var err = dir.resolve("err");
        var process = builder(words).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(ISO_8859_1));
        }
        if (!process.waitFor(SECONDS_TO_WAIT, SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("resty does not end: " + List.of(words));
        }
        return new Result(process.exitValue(), Files.readString(out, ISO_8859_1), Files.readString(err, ISO_8859_1));
    }
}
