package nightjar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples that need redis, started by their `run`, each in a copy and on a port of its own.
final class ExamplesTest {
    private static final int START_SECONDS = 60, ANSWER_SECONDS = 20;

    @TempDir
    Path dir;
    private int port;
    private @Nullable Process running;
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() throws Exception {
        client.close();
        if (running == null) return;
        running.destroy();
        assertThat(running.waitFor(ANSWER_SECONDS, SECONDS)).as("ends at SIGTERM").isTrue();
        assertThat(ProgramServer.accepts(port)).as("the server has ended, too").isFalse();
    }

    private static boolean installed(String program) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + program).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    }

    private void start(String example) throws Exception {
        assumeTrue(installed("redis-server"), "redis-server is not installed");
        var from = Path.of("examples").toAbsolutePath();
        var copied = new ProcessBuilder("cp", "-r", from.resolve(example).toString(), from.resolve("with-redis").toString(), dir.toString());
        assertThat(copied.inheritIO().start().waitFor()).isZero();
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var conf = dir.resolve(example + "/conf/nginx.conf");
        Files.writeString(conf, Files.readString(conf).replace("listen 8080;", "listen 127.0.0.1:" + port + ";"));
        var command = new ProcessBuilder(dir.resolve(example + "/run").toString());
        command.environment().put("NIGHTJAR", Path.of("bin/nightjar").toAbsolutePath().toString());
        var output = dir.resolve("output");
        running = command.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        long end = System.nanoTime() + SECONDS.toNanos(START_SECONDS);
        while (!ProgramServer.accepts(port)) {
            if (System.nanoTime() > end || running.waitFor(50, MILLISECONDS)) {
                throw new AssertionError("does not start: " + Files.readString(output));
            }
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> shorten(String url) throws Exception {
        var form = BodyPublishers.ofString("url=" + URLEncoder.encode(url, UTF_8));
        var request = HttpRequest.newBuilder(uri("/new")).header("Content-Type", "application/x-www-form-urlencoded").POST(form);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("");
    }

    @Test
    void shortenerLeadsWhereItSaysAndCounts() throws Exception {
        start("shortener");
        String target = "https://example.com/a?b=1&c='2'#d";
        var made = shorten(" " + target + " ");
        assertThat(made.statusCode()).isEqualTo(303);
        String about = URI.create(location(made)).getPath();
        assertThat(about).matches("/[A-Za-z0-9]{7}\\+");
        String code = about.substring(0, about.length() - 1);

        var followed = get(code + "?url=http://evil.test/");
        assertThat(followed.statusCode()).isEqualTo(302);
        assertThat(location(followed)).isEqualTo(target);
        assertThat(followed.headers().firstValue("Cache-Control")).contains("no-store");
        get(code);
        assertThat(get(about).body()).contains("a?b=1&amp;c=&#39;2&#39;#d</dd>").contains("<dd class=\"visits\">2</dd>");
        assertThat(location(shorten(target))).isNotEqualTo(location(made));
        assertThat(get("/abcdefg").statusCode()).isEqualTo(404);
        assertThat(get("/abcdefg+").body()).contains("There is no such link");
        assertThat(get("/new").statusCode()).isEqualTo(405);
        assertThat(get("/").headers().firstValue("Content-Security-Policy")).contains("default-src 'self'; img-src 'self' data:");
    }

    @Test
    void shortenerRefusesWhatMisleads() throws Exception {
        start("shortener");
        for (String url : new String[] {"", "example.com", "ftp://example.com/", "javascript:alert(1)", "//example.com", "http://",
                "http://user@example.com/", "http://a b/", "http://example.com/\r\nSet-Cookie: a=b", "http://a..b/", "http://a:0/",
                "http://a:65536/", "http://" + "a".repeat(2000), "http://exämple.com/", "http://127.0.0.1:" + port + "/abcdefg",
                "http://a/\"><script>"}) {
            var refused = shorten(url);
            assertThat(refused.statusCode()).as(url).isEqualTo(422);
            assertThat(refused.body()).contains("role=\"alert\"").doesNotContain("<script");
        }
    }

    /// A person in the room.
    private final class Person implements WebSocket.Listener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        final WebSocket socket;

        Person(String name) {
            var at = URI.create("ws://127.0.0.1:" + port + "/room?name=" + URLEncoder.encode(name, UTF_8).replace("+", "%20"));
            socket = client.newWebSocketBuilder().buildAsync(at, this).join();
        }

        void says(String text) {
            socket.sendText(text, true).join();
        }

        /// The next message without its number, with "|" between its parts.
        String hears() throws InterruptedException {
            String message = heard.poll(ANSWER_SECONDS, SECONDS);
            return message == null ? "nothing" : message.replaceFirst("^\\d*\t", "").replace('\t', '|');
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            heard.add(data.toString());
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            heard.add("\tclosed\t" + code);
            return null;
        }
    }

    @Test
    void chatPassesOnWhatIsSaid() throws Exception {
        start("chat");
        var ada = new Person("Ada");
        assertThat(ada.hears()).isEqualTo("came|Ada|");
        ada.says("<b>hello</b>\tthere");
        assertThat(ada.hears()).isEqualTo("text|Ada|<b>hello</b> there");
        var bob = new Person("Bób & Co");
        assertThat(bob.hears()).isEqualTo("text|Ada|<b>hello</b> there");
        assertThat(bob.hears()).isEqualTo("came|Bób & Co|");
        assertThat(ada.hears()).isEqualTo("came|Bób & Co|");
        bob.socket.sendText("in ", false).join();
        bob.socket.sendText("two 🐦", true).join();
        assertThat(ada.hears()).isEqualTo("text|Bób & Co|in two 🐦");
        assertThat(bob.hears()).isEqualTo("text|Bób & Co|in two 🐦");
        bob.socket.sendClose(1000, "").join();
        assertThat(bob.hears()).isEqualTo("closed|1000");
        assertThat(ada.hears()).isEqualTo("left|Bób & Co|");
        for (int i = 0; i < 11; i++) ada.says("again");
        for (int i = 0; i < 9; i++) assertThat(ada.hears()).isIn("text|Ada|again", "error||Slowly, please: that was not sent.");
        ada.says("x".repeat(3000));
        String heard;
        do heard = ada.hears(); while (!heard.startsWith("closed") && !heard.equals("nothing"));
        assertThat(heard).isEqualTo("closed|1008");
    }

    @Test
    void chatKeepsStrangersOut() throws Exception {
        start("chat");
        assertThat(get("/").body()).contains("role=\"log\"");
        assertThat(get("/room").statusCode()).isEqualTo(400);
        assertThat(get("/room?name=Ada").statusCode()).isEqualTo(400);
        assertThat(get("/room?name=%ff").statusCode()).isEqualTo(400);
        var stranger = HttpRequest.newBuilder(uri("/room?name=Ada")).header("Origin", "http://elsewhere.test").build();
        assertThat(client.send(stranger, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    }

    @Test
    void saysWhatToInstall() throws Exception {
        var from = Path.of("examples").toAbsolutePath();
        var command = new ProcessBuilder("/bin/bash", from.resolve("with-redis").toString(), from.resolve("shortener").toString());
        Path bin = Files.createDirectory(dir.resolve("bin"));
        for (String needed : new String[] {"dirname", "basename"}) Files.createSymbolicLink(bin.resolve(needed), which(needed));
        command.environment().put("PATH", bin.toString());
        var process = command.redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEqualTo("shortener needs redis-server: apt install redis-server\n");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    private static Path which(String program) throws IOException {
        var process = new ProcessBuilder("sh", "-c", "command -v " + program).start();
        return Path.of(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
    }
}
