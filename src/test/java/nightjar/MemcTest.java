package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `memc_pass`, with a small memcached server on the other end.
final class MemcTest {
    private static final String CONF = """
            daemon off;
            master_process off;
            pid logs/nginx.pid;
            error_log logs/error.log info;
            events {
            }
            http {
                access_log off;
                upstream kept {
                    server 127.0.0.1:%2$d;
                    keepalive 4;
                }
                server {
                    listen 127.0.0.1:%1$d;
                    location /one {
                        set $memc_key $arg_key;
                        set $memc_cmd $arg_cmd;
                        set $memc_flags $arg_flags;
                        set $memc_exptime $arg_exptime;
                        add_header X-Flags $memc_flags;
                        memc_pass 127.0.0.1:%2$d;
                    }
                    location /number {
                        set $memc_key $arg_key;
                        set $memc_cmd $arg_cmd;
                        set $memc_value $arg_by;
                        memc_pass 127.0.0.1:%2$d;
                    }
                    location /group {
                        set $memc_key $arg_key;
                        memc_pass $arg_group;
                    }
                    location /reading {
                        set $memc_key $arg_key;
                        set $memc_cmd $arg_cmd;
                        memc_cmds_allowed get version;
                        memc_pass kept;
                    }
                }
            }
            """;

    @TempDir
    Path dir;
    private int port;
    private TestServer server;
    private ServerSocket memcached;
    private final Map<String, String> values = new ConcurrentHashMap<>();
    /// Each command with what came with it.
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(dir.resolve("conf"));
        Files.createDirectories(dir.resolve("logs"));
        memcached = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.writeString(dir.resolve("conf/nginx.conf"), CONF.formatted(port, memcached.getLocalPort()));
        server = ProgramServer.launcher(Path.of("bin/nightjar").toAbsolutePath()).start(dir, port);
    }

    @AfterEach
    void stop() throws Exception {
        memcached.close();
        server.close();
    }

    private void accept() {
        while (!memcached.isClosed()) {
            try {
                var s = memcached.accept();
                connections.add(s);
                Thread.ofVirtual().start(() -> serve(s));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket s) {
        try (s) {
            var in = new BufferedInputStream(s.getInputStream());
            for (var line = line(in); line != null; line = line(in)) {
                var words = line.split(" ");
                if (words.length == 5) {
                    var value = new String(in.readNBytes(Integer.parseInt(words[4])), ISO_8859_1);
                    line(in);
                    asked.add(line + "=" + value);
                    values.put(words[1], words[2] + " " + value);
                    answer(s, "STORED\r\n");
                } else {
                    asked.add(line);
                    answer(s, answer(words));
                }
            }
        } catch (IOException _) {
            // the other side has had enough
        }
    }

    private String answer(String[] words) {
        var value = words.length > 1 ? values.get(words[1]) : null;
        return switch (words[0]) {
            case "get" -> value == null ? "END\r\n" : value.startsWith("!") ? value.substring(1) : "VALUE " + words[1] + " "
                    + value.substring(0, value.indexOf(' ')) + " " + (value.length() - value.indexOf(' ') - 1) + "\r\n"
                    + value.substring(value.indexOf(' ') + 1) + "\r\nEND\r\n";
            case "delete" -> values.remove(words[1]) == null ? "NOT_FOUND\r\n" : "DELETED\r\n";
            case "incr" -> value == null ? "NOT_FOUND\r\n" : words[2] + "\r\n";
            case "flush_all" -> "OK\r\n";
            case "version" -> "VERSION 1\r\n";
            case "stats" -> "STAT a 1\r\nSTAT b 2\r\nEND\r\n";
            default -> "ERROR\r\n";
        };
    }

    private static void answer(Socket s, String text) throws IOException {
        s.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /// A line without its end; null at the end of the connection.
    private static String line(InputStream in) throws IOException {
        var b = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) return null;
            if (c != '\r') b.append((char) c);
        }
        return b.toString();
    }

    /// The status, and the body unless it is a page.
    private String ask(String method, String uri, String body) throws IOException {
        var answer = whole(method, uri, body);
        var text = answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
        return answer.substring(9, 12) + (text.startsWith("<html>") ? "" : " " + text);
    }

    private String whole(String method, String uri, String body) throws IOException {
        try (var s = new Socket(InetAddress.getLoopbackAddress(), port)) {
            answer(s, method + " " + uri + " HTTP/1.0\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            return new String(s.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @Test
    void theMethodSaysWhatIsAsked() throws Exception {
        assertThat(ask("GET", "/one?key=a", "")).isEqualTo("404");
        assertThat(ask("PUT", "/one?key=a", "hello")).isEqualTo("201 STORED");
        assertThat(ask("GET", "/one?key=a", "")).isEqualTo("200 hello");
        assertThat(ask("POST", "/one?key=b&flags=3&exptime=60", "x")).isEqualTo("201 STORED");
        assertThat(whole("GET", "/one?key=b", "")).contains("\r\nX-Flags: 3\r\n", "\r\nContent-Length: 1\r\n", "\r\nServer: ");
        assertThat(ask("DELETE", "/one?key=a", "")).isEqualTo("200 DELETED");
        assertThat(ask("DELETE", "/one?key=a", "")).isEqualTo("404");
        assertThat(asked).containsExactly("get a", "set a 0 0 5=hello", "get a", "add b 3 60 1=x", "get b", "delete a", "delete a");
    }

    @Test
    void aVariableSaysWhatIsAsked() throws Exception {
        assertThat(ask("GET", "/one?cmd=flush_all&exptime=9", "")).isEqualTo("200 OK");
        assertThat(ask("GET", "/one?cmd=version", "")).isEqualTo("200 VERSION 1");
        assertThat(ask("GET", "/one?cmd=stats", "")).isEqualTo("200 STAT a 1\r\nSTAT b 2\r\nEND");
        assertThat(ask("POST", "/one?cmd=append&key=a%20b", "x")).isEqualTo("201 STORED");
        assertThat(ask("GET", "/number?cmd=incr&key=n&by=2", "")).isEqualTo("404");
        assertThat(ask("GET", "/number?cmd=set&key=n&by=2", "")).isEqualTo("201 STORED");
        assertThat(ask("GET", "/number?cmd=incr&key=n&by=2", "")).isEqualTo("201 2");
        assertThat(asked).containsExactly("flush_all 9", "version", "stats", "append a%2520b 0 0 1=x", "incr n 2", "set n 0 0 1=2", "incr n 2");
    }

    @Test
    void whatCannotBeAskedIsRefused() throws Exception {
        assertThat(ask("GET", "/one?cmd=gets&key=a", "")).isEqualTo("400");
        assertThat(ask("OPTIONS", "/one?key=a", "")).isEqualTo("400");
        assertThat(ask("GET", "/one", "")).isEqualTo("500");
        assertThat(ask("PUT", "/one?key=a", "")).isEqualTo("500");
        assertThat(ask("PUT", "/one?key=a&flags=x", "1")).isEqualTo("400");
        assertThat(ask("PUT", "/one?key=a&exptime=-1", "1")).isEqualTo("400");
        assertThat(ask("GET", "/number?cmd=incr&key=a&by=x", "")).isEqualTo("400");
        assertThat(ask("GET", "/number?cmd=decr&key=a", "")).isEqualTo("400");
        assertThat(ask("GET", "/reading?cmd=delete&key=a", "")).isEqualTo("403");
        assertThat(ask("GET", "/group?key=a&group=nobody", "")).isEqualTo("500");
        assertThat(asked).isEmpty();
        assertThat(Files.readString(dir.resolve("logs/error.log"))).contains("ngx_memc: unknown $memc_cmd \"gets\"",
                "ngx_memc: $memc_cmd variable not found for HTTP OPTIONS requests", "the \"$memc_key\" variable is not set",
                "neither the \"$memc_value\" variable nor the request body is available", "variable \"$memc_flags\" takes invalid value: x",
                "variable \"$memc_exptime\" takes invalid value: -1", "variable \"$memc_value\" is invalid for incr/decr: x",
                "the \"$memc_value\" variable is required for command \"decr\"", "ngx_memc: memcached command \"delete\" not allowed",
                "memc: upstream \"nobody\" not found");
    }

    @Test
    void aConnectionIsKeptAfterEveryAnswer() throws Exception {
        values.put("a", "0 hello");
        for (int i = 0; i < 3; i++) {
            assertThat(ask("GET", "/reading?key=a", "")).isEqualTo("200 hello");
            assertThat(ask("GET", "/reading?key=none", "")).isEqualTo("404");
            assertThat(ask("GET", "/reading?cmd=version", "")).isEqualTo("200 VERSION 1");
            assertThat(ask("GET", "/group?group=kept&key=a", "")).isEqualTo("200 hello");
        }
        assertThat(connections).hasSize(1);
    }

    @Test
    void aValueWithAnotherEndIsTheLastOnItsConnection() throws Exception {
        values.put("a", "!VALUE a 0 5\r\nhello\r\nMORE\r\n");
        assertThat(ask("GET", "/reading?key=a", "")).isEqualTo("200 hello");
        values.put("a", "0 again");
        assertThat(ask("GET", "/reading?key=a", "")).isEqualTo("200 again");
        assertThat(connections).hasSize(2);
        assertThat(Files.readString(dir.resolve("logs/error.log"))).contains("memcached sent invalid trailer");
    }

    @Test
    void whatIsNoAnswerIs502() throws Exception {
        values.put("a", "!VALUE b 0 5\r\nhello\r\nEND\r\n");
        assertThat(ask("GET", "/one?key=a", "")).isEqualTo("502");
        values.put("a", "!SERVER_ERROR out of memory\r\n");
        assertThat(ask("GET", "/one?key=a", "")).isEqualTo("502");
    }
}
