package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/nightjar` as a program: its command line, its files and its signals.
final class ProgramTest {
    private static final Path PROGRAM = Path.of("bin/nightjar").toAbsolutePath();
    private static final long SECONDS_TO_WAIT = 20;

    @TempDir
    Path dir;
    private int port;

    private record Result(int code, String out, String err) {}

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.exists(Path.of("target/nightjar.jar")), "the jar is not built");
        Files.createDirectories(dir.resolve("conf"));
        Files.createDirectories(dir.resolve("logs"));
        port = freePort();
    }

    @AfterEach
    void stopWhatRuns() throws Exception {
        // a test of the configuration leaves an empty one
        if (Files.exists(pidFile()) && Files.size(pidFile()) > 0) {
            var server = server();
            server.destroyForcibly();
            server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        }
    }

    @Test
    void aTestOfTheConfigurationSaysSoThoughTheAddressIsInUse() throws Exception {
        conf("", "a");
        try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            var r = run("-t");
            assertThat(r.err).isEqualTo("nginx: the configuration file " + dir + "/conf/nginx.conf syntax is ok\n"
                    + "nginx: configuration file " + dir + "/conf/nginx.conf test is successful\n");
            assertThat(r.code).isZero();
        }
    }

    @Test
    void aBadConfigurationIsToldOnStandardErrorAndInTheLog() throws Exception {
        conf("error_log logs/other.log; foo;", "a");
        var r = run("-t");
        assertThat(r.err).isEqualTo("nginx: [emerg] unknown directive \"foo\" in " + dir + "/conf/nginx.conf:2\n"
                + "nginx: configuration file " + dir + "/conf/nginx.conf test failed\n");
        assertThat(r.code).isEqualTo(1);
        assertThat(log()).contains("[emerg] ").contains("unknown directive \"foo\" in ");
        assertThat(dir.resolve("logs/other.log")).doesNotExist();
        assertThat(run("-s", "reload").err).startsWith("nginx: [emerg] unknown directive");
    }

    @Test
    void aLogThatCannotBeOpenedFailsAfterTheSyntax() throws Exception {
        conf("", "a");
        var r = run("-t", "-g", "error_log none/x.log;");
        assertThat(r.err).contains("syntax is ok\nnginx: [emerg] open() \"" + dir + "/none/x.log\" failed (2: No such file or directory)\n");
        assertThat(r.code).isEqualTo(1);
    }

    @Test
    void signalsNeedAPidFile() throws Exception {
        conf("", "a");
        assertThat(run("-s", "stop").err)
                .isEqualTo("nginx: [error] open() \"" + dir + "/logs/nginx.pid\" failed (2: No such file or directory)\n");
        Files.writeString(pidFile(), "x\n");
        assertThat(run("-s", "stop").err).isEqualTo("nginx: [error] invalid PID number \"x\" in \"" + dir + "/logs/nginx.pid\"\n");
        Files.delete(pidFile());
        assertThat(log()).contains("[notice] ").contains("signal process started");
    }

    @Test
    void thePrefixMayBeRelative() throws Exception {
        conf("", "one");
        Files.createDirectories(dir.resolve("pages"));
        Files.writeString(dir.resolve("pages/file"), "here");
        var relative = Path.of("").toAbsolutePath().relativize(dir.toAbsolutePath());
        assertThat(run("-p", relative + "/").code).isZero();
        assertThat(get("/file")).isEqualTo("here");
    }

    @Test
    void reloadsKeepTheOldConfigurationUntilANewOneIsGood() throws Exception {
        conf("error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        assertThat(get()).isEqualTo("one");

        conf("error_log logs/error.log notice; foo;", "bad");
        signal("HUP");
        await(() -> log().contains("unknown directive \"foo\" in " + dir + "/conf/nginx.conf:2\n"));
        assertThat(get()).isEqualTo("one");

        int other = port;
        port = freePort();
        conf("error_log logs/error.log notice; worker_processes 3;", "two");
        signal("HUP");
        await(() -> answers(port));
        assertThat(get()).isEqualTo("two");
        await(() -> !answers(other));

        Files.move(dir.resolve("logs/error.log"), dir.resolve("logs/rotated"));
        signal("USR1");
        await(() -> Files.exists(dir.resolve("logs/error.log")));

        var server = server();
        signal("TERM");
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        assertThat(pidFile()).doesNotExist();
        assertThat(log()).contains("signal 15 (SIGTERM) received, exiting\n").endsWith(": exit\n");
    }

    @Test
    void workersThatCountInOneDictLoseNothing() throws Exception {
        conf("worker_processes 2; error_log logs/error.log notice;", """
                lua_shared_dict counts 100k;
                init_worker_by_lua_block {
                    local counts = ngx.shared.counts
                    counts:add("text", ("a"):rep(50))
                    ngx.timer.at(0, function()
                        local last = 0
                        for n = 1, 100000 do
                            local seen = counts:incr("n", 1, 0)
                            local now = counts:get("n")
                            if seen <= last or now < seen then ngx.log(ngx.ERR, "it went back") end
                            last = now
                            local text = counts:get("text")
                            if text ~= text:sub(1, 1):rep(50) then ngx.log(ngx.ERR, "torn") end
                            counts:set("text", (n % 2 == 0 and "b" or "c"):rep(50))
                            if n % 5000 == 0 then ngx.sleep(0) end
                        end
                        if counts:incr("ended", 1, 0) == 2 then ngx.log(ngx.NOTICE, "counted to ", counts:get("n")) end
                    end)
                }
                """, "one");
        assertThat(run().code).isZero();
        await(() -> log().contains("counted to 200000"));
        assertThat(log()).doesNotContain("it went back").doesNotContain("torn");
    }

    @Test
    void aGracefulStopLetsRequestsEndAndClosesIdleConnections() throws Exception {
        conf("master_process off; error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        try (var idle = connect(); var busy = connect()) {
            send(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(idle.getInputStream().read()).isEqualTo('H');
            send(busy, "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12");
            var server = server();
            Thread.sleep(100);
            signal("QUIT");
            await(() -> log().contains("gracefully shutting down"));
            idle.getInputStream().readAllBytes();
            assertThat(server.isAlive()).isTrue();
            send(busy, "345");
            assertThat(text(busy.getInputStream())).contains("\r\n12345\r\n");
            server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        }
        assertThat(log()).containsSubsequence("gracefully shutting down\n", ": exiting\n", ": exit\n");
    }

    @Test
    void aGracefulStopWaitsForRequestsThatSleep() throws Exception {
        conf("error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        var server = server();
        try (var sleeping = sleeping("0.7")) {
            signal("QUIT");
            assertThat(text(sleeping.getInputStream())).contains("true\n");
        }
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        assertThat(log()).contains("signal 3 (SIGQUIT) received, shutting down\n").endsWith(": exit\n");
    }

    @Test
    void aConnectionResetInTheMiddleOfABodyIsNotWaitedFor() throws Exception {
        conf("error_log logs/error.log info;", "one");
        assertThat(run().code).isZero();
        try (var broken = connect()) {
            send(broken, "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12");
            // the worker has seen the request when it has answered a later one
            assertThat(get()).isEqualTo("one");
            broken.setSoLinger(true, 0);
        }
        await(() -> log().contains("reset by peer) while reading client request body"));
        var server = server();
        signal("QUIT");
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
    }

    @Test
    void afterWorkerShutdownTimeoutWhatIsLeftIsEnded() throws Exception {
        conf("worker_shutdown_timeout 300ms; error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        var server = server();
        try (var reading = connect()) {
            send(reading, "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12");
            try (var sleeping = sleeping("60")) {
                signal("QUIT");
                assertThat(text(sleeping.getInputStream())).doesNotContain("true");
            }
            assertThat(text(reading.getInputStream())).isEmpty();
            server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        }
        assertThat(log()).containsSubsequence("gracefully shutting down\n", ": exiting\n", ": exit\n");
    }

    @Test
    void aGracefulStopWaitsForALogPhaseAndAnExitWorkerThatSleep() throws Exception {
        conf("error_log logs/error.log notice;", """
                lua_yield_everywhere on;
                log_by_lua_block {
                    ngx.log(ngx.NOTICE, "log begins")
                    ngx.sleep(0.7)
                    ngx.log(ngx.NOTICE, "log ends")
                }
                exit_worker_by_lua_block {
                    ngx.sleep(0.2)
                    ngx.log(ngx.NOTICE, "exit_worker ends")
                }
                """, "one");
        assertThat(run().code).isZero();
        var server = server();
        assertThat(get()).isEqualTo("one");
        await(() -> log().contains("log begins"));
        signal("QUIT");
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        assertThat(log()).containsSubsequence("gracefully shutting down\n", "log ends", ": exiting\n", "exit_worker ends", ": exit\n");
    }

    @Test
    void workerShutdownTimeoutEndsAnExitWorkerThatWaits() throws Exception {
        var exitWorker = "lua_yield_everywhere on; exit_worker_by_lua_block { ngx.sleep(60) }";
        conf("worker_shutdown_timeout 300ms; error_log logs/error.log notice;", exitWorker, "one");
        assertThat(run().code).isZero();
        var server = server();
        signal("QUIT");
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        assertThat(log()).contains("exit_worker_by_lua error: given up while it waited").endsWith(": exit\n");
    }

    @Test
    void anExitWorkerThatBeginsAfterWorkerShutdownTimeoutDoesNotWait() throws Exception {
        var exitWorker = "lua_yield_everywhere on; exit_worker_by_lua_block { ngx.sleep(60) }";
        conf("worker_shutdown_timeout 300ms; error_log logs/error.log notice;", exitWorker, "one");
        assertThat(run().code).isZero();
        var server = server();
        try (var sleeping = sleeping("60")) {
            signal("QUIT");
            assertThat(text(sleeping.getInputStream())).doesNotContain("true");
            server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        }
        assertThat(log()).containsSubsequence(": exiting\n", "exit_worker_by_lua error: given up while it waited", ": exit\n");
    }

    @Test
    void initTalksToTheServerBeforeAReload() throws Exception {
        conf("error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        conf("error_log logs/error.log notice;", """
                lua_yield_everywhere on;
                init_by_lua_block {
                    local sock = ngx.socket.tcp()
                    assert(sock:connect("127.0.0.1", %d))
                    assert(sock:send("GET / HTTP/1.0\\r\\n\\r\\n"))
                    said = sock:receive("*a"):match("\\r\\n\\r\\n(.*)")
                }
                init_worker_by_lua_block { ngx.log(ngx.NOTICE, "the server before said ", said) }
                """.formatted(port), "two");
        signal("HUP");
        await(() -> answers("two"));
        assertThat(log()).contains("the server before said one");
    }

    @Test
    void aReloadEndsOldRequestsAfterWorkerShutdownTimeout() throws Exception {
        conf("worker_shutdown_timeout 300ms; error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        try (var sleeping = sleeping("60")) {
            conf("error_log logs/error.log notice;", "two");
            signal("HUP");
            assertThat(text(sleeping.getInputStream())).doesNotContain("true");
        }
        assertThat(get()).isEqualTo("two");
        await(() -> log().contains(": exit\n"));
    }

    @Test
    void aStopWaitsForRequestsOfTheConfigurationBeforeAReload() throws Exception {
        conf("error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        var server = server();
        try (var old = sleeping("2.5")) {
            conf("error_log logs/error.log notice;", "two");
            signal("HUP");
            await(() -> answers("two"));
            try (var sleeping = sleeping("0.3")) {
                assertThat(text(sleeping.getInputStream())).doesNotContain("true");
            }
            signal("QUIT");
            signal("HUP");
            signal("QUIT");
            assertThat(text(old.getInputStream())).contains("true\n");
        }
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        assertThat(log()).endsWith(": exit\n");
    }

    @Test
    void aFastStopDoesNotWaitForAGracefulOne() throws Exception {
        conf("error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        var server = server();
        try (var sleeping = sleeping("60")) {
            signal("QUIT");
            await(() -> log().contains("gracefully shutting down"));
            signal("TERM");
            server.onExit().get(SECONDS_TO_WAIT, SECONDS);
            assertThat(text(sleeping.getInputStream())).doesNotContain("true");
        }
    }

    @Test
    void aFastStopUnderLoadGoesOnToItsEnd() throws Exception {
        conf("error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        var server = server();
        var answered = new AtomicInteger();
        for (int i = 0; i < 20; i++) Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    get("/sleep?s=0.001");
                    answered.incrementAndGet();
                }
            } catch (IOException _) {
                // the server has stopped
            }
        });
        await(() -> answered.get() > 200);
        signal("TERM");
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        assertThat(log()).endsWith(": exit\n");
        assertThat(pidFile()).doesNotExist();
    }

    @Test
    void aFastStopEndsRequestsOfTheConfigurationBeforeAReload() throws Exception {
        conf("error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        var server = server();
        try (var sleeping = sleeping("60")) {
            signal("HUP");
            await(() -> log().contains("gracefully shutting down"));
            signal("TERM");
            server.onExit().get(SECONDS_TO_WAIT, SECONDS);
            assertThat(text(sleeping.getInputStream())).doesNotContain("true");
        }
        assertThat(log()).endsWith(": exit\n");
        assertThat(pidFile()).doesNotExist();
    }

    @Test
    void aSingleProcessEndsOnHup() throws Exception {
        conf("master_process off; error_log logs/error.log notice;", "one");
        assertThat(run().code).isZero();
        var server = server();
        signal("HUP");
        server.onExit().get(SECONDS_TO_WAIT, SECONDS);
        assertThat(log()).endsWith(": exit\n").doesNotContain(": reconfiguring");
    }

    // --- the program

    private void conf(String main, String answer) throws IOException { conf(main, "", answer); }

    private void conf(String main, String http, String answer) throws IOException {
        Files.writeString(dir.resolve("conf/nginx.conf"), """
                pid logs/nginx.pid;
                %s
                events { }
                http {
                    access_log off;
                    %s
                    server {
                        listen 127.0.0.1:%d;
                        location / { return 200 "%s"; }
                        location /file { root pages; }
                        location /sleep {
                            content_by_lua_block {
                                ngx.say(ngx.worker.exiting())
                                ngx.flush(true)
                                ngx.sleep(tonumber(ngx.var.arg_s))
                                ngx.say(ngx.worker.exiting())
                            }
                        }
                        location /body {
                            content_by_lua_block { ngx.req.read_body() ngx.print(ngx.req.get_body_data()) }
                        }
                    }
                }
                """.formatted(main, http, port, answer));
    }

    private boolean answers(String answer) {
        try {
            return get().equals(answer);
        } catch (IOException _) {
            return false;
        }
    }

    /// A connection whose request sleeps, having said that the worker is not exiting.
    private Socket sleeping(String seconds) throws IOException {
        var socket = connect();
        send(socket, "GET /sleep?s=" + seconds + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var said = new StringBuilder();
        while (said.indexOf("false\n") < 0) {
            int b = socket.getInputStream().read();
            assertThat(b).as("the end of: %s", said).isNotNegative();
            said.append((char) b);
        }
        return socket;
    }

    private Result run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(PROGRAM.toString(), "-p", dir + "/", "-e", "logs/error.log"));
        command.addAll(List.of(arguments));
        Path out = dir.resolve("out"), err = dir.resolve("err");
        var process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(process.waitFor(60, SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readString(out, ISO_8859_1), Files.readString(err, ISO_8859_1));
    }

    private Path pidFile() { return dir.resolve("logs/nginx.pid"); }

    private ProcessHandle server() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip())).orElseThrow();
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(server().pid())).start().waitFor()).isZero();
    }

    private String log() {
        try {
            return Files.readString(dir.resolve("logs/error.log"), ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + SECONDS.toNanos(SECONDS_TO_WAIT);
        while (!condition.getAsBoolean() && System.nanoTime() < end) Thread.sleep(10);
        assertThat(condition.getAsBoolean()).isTrue();
    }

    // --- clients

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Socket connect() throws IOException { return new Socket(InetAddress.getLoopbackAddress(), port); }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private String get() throws IOException { return get("/"); }

    private String get(String path) throws IOException {
        try (var socket = connect()) {
            send(socket, "GET " + path + " HTTP/1.0\r\n\r\n");
            var text = text(socket.getInputStream());
            return text.substring(text.indexOf("\r\n\r\n") + 4);
        }
    }

    private static void send(Socket to, String text) throws IOException { to.getOutputStream().write(text.getBytes(ISO_8859_1)); }

    private static String text(InputStream from) throws IOException { return new String(from.readAllBytes(), ISO_8859_1); }
}
