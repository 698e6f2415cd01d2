package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Cosockets against other ends that misbehave: what the script is told, and that nothing is left behind.
final class CosocketFaultTest {
    private static final String CONF = """
            worker_processes 1;
            daemon off;
            pid logs/nginx.pid;
            error_log logs/error.log notice;
            events {
                worker_connections 16384;
            }
            http {
                access_log off;
                lua_socket_log_errors off;
                server {
                    listen 127.0.0.1:%d backlog=8192;
                    location = /line {
                        content_by_lua_block {
                            local sock = ngx.socket.tcp()
                            sock:settimeouts(2000, 2000, tonumber(ngx.var.arg_wait) or 2000)
                            local ok, err = sock:connect("127.0.0.1", tonumber(ngx.var.arg_port))
                            if not ok then
                                return ngx.print("connect: ", err)
                            end
                            sock:send("x")
                            local line, err, partial = sock:receive()
                            ngx.print(line or err .. ": " .. partial)
                        }
                    }
                    location = /keep {
                        content_by_lua_block {
                            local sock = assert(ngx.socket.connect("127.0.0.1", tonumber(ngx.var.arg_port)))
                            ngx.print(sock:getreusedtimes(), " ", sock:setkeepalive(0))
                        }
                    }
                    location = /count {
                        content_by_lua_block {
                            local sock = assert(ngx.socket.connect("127.0.0.1", tonumber(ngx.var.arg_port)))
                            local n = 0
                            while true do
                                local data, err, partial = sock:receive(65536)
                                n = n + #(data or partial)
                                if not data then
                                    break
                                end
                            end
                            ngx.print(n)
                        }
                    }
                    location = /send {
                        content_by_lua_block {
                            local sock = assert(ngx.socket.connect("127.0.0.1", tonumber(ngx.var.arg_port)))
                            sock:settimeout(100)
                            local piece, ok, err = ("x"):rep(1048576)
                            for i = 1, 1024 do
                                ok, err = sock:send(piece)
                                if not ok then
                                    return ngx.print(err)
                                end
                            end
                        }
                    }
                }
            }
            """;

    @TempDir
    Path dir;
    private int port;
    private TestServer server;
    private ServerSocket peer;

    /// What the other end does with a connection.
    private interface Behaviour {
        void serve(Socket s) throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(dir.resolve("conf"));
        Files.createDirectories(dir.resolve("logs"));
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.writeString(dir.resolve("conf/nginx.conf"), CONF.formatted(port));
        server = ProgramServer.launcher(Path.of("bin/nightjar").toAbsolutePath()).start(dir, port);
        // it accepts connections a little before it writes this
        while (!Files.exists(dir.resolve("logs/nginx.pid")) || pid().isEmpty()) Thread.sleep(5);
        peer = new ServerSocket(0, 8192, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws Exception {
        peer.close();
        server.close();
    }

    private void peer(Behaviour behaviour) {
        Thread.ofVirtual().start(() -> {
            while (!peer.isClosed()) {
                try {
                    var s = peer.accept();
                    Thread.ofVirtual().start(() -> {
                        try (s) {
                            behaviour.serve(s);
                        } catch (Exception _) {
                            // the other side has had enough
                        }
                    });
                } catch (IOException _) {
                    return;
                }
            }
        });
    }

    private String get(String uri) throws IOException {
        try (var s = new Socket(InetAddress.getLoopbackAddress(), port)) {
            s.getOutputStream().write(("GET " + uri + " HTTP/1.0\r\n\r\n").getBytes(ISO_8859_1));
            var answer = new String(s.getInputStream().readAllBytes(), ISO_8859_1);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    private String ask(String what) throws IOException {
        return get(what + (what.contains("?") ? "&" : "?") + "port=" + peer.getLocalPort());
    }

    private String pid() throws IOException {
        return Files.readString(dir.resolve("logs/nginx.pid")).trim();
    }

    private long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc", pid(), "fd"))) {
            return list.count();
        }
    }

    /// Resident memory in megabytes.
    private long memory() throws IOException {
        return Files.readAllLines(Path.of("/proc", pid(), "status")).stream().filter(l -> l.startsWith("VmRSS:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024).findFirst().orElseThrow();
    }

    private void nothingIsLeft(long before) throws Exception {
        long end = System.nanoTime() + SECONDS.toNanos(10);
        while (descriptors() > before && System.nanoTime() < end) Thread.sleep(20);
        assertThat(descriptors()).isLessThanOrEqualTo(before);
    }

    @Test
    void eachFaultHasItsWordAndLeavesNothing() throws Exception {
        peer(s -> s.getInputStream().read());
        assertThat(ask("/line")).isEqualTo("closed: ");
        long before = descriptors();
        for (int i = 0; i < 20; i++) assertThat(ask("/line")).isEqualTo("closed: ");
        peer.close();
        assertThat(ask("/line")).isEqualTo("connect: connection refused");
        nothingIsLeft(before);
    }

    @Test
    void aSilentPeerIsWaitedForAndNoLonger() throws Exception {
        peer(s -> s.getInputStream().readAllBytes());
        assertThat(ask("/line?wait=100")).isEqualTo("timeout: ");
    }

    @Test
    void halfALineIsNotLost() throws Exception {
        peer(s -> {
            s.getInputStream().read();
            s.getOutputStream().write("half".getBytes(ISO_8859_1));
        });
        assertThat(ask("/line")).isEqualTo("closed: half");
    }

    @Test
    void aResetIsTold() throws Exception {
        peer(s -> {
            s.getInputStream().read();
            s.setSoLinger(true, 0);
        });
        assertThat(ask("/line")).isEqualTo("connection reset by peer: ");
    }

    @Test
    void bytesMayComeOneByOne() throws Exception {
        var line = "a line that takes its time";
        peer(s -> {
            s.setTcpNoDelay(true);
            for (byte b : (line + "\n").getBytes(ISO_8859_1)) {
                s.getOutputStream().write(b);
                Thread.sleep(1);
            }
        });
        assertThat(ask("/line")).isEqualTo(line);
    }

    @Test
    void aPoolEndsWithItsConfiguration() throws Exception {
        var ended = new CountDownLatch(1);
        peer(s -> {
            assertThat(s.getInputStream().read()).isEqualTo(-1);
            ended.countDown();
        });
        assertThat(ask("/keep")).isEqualTo("0 1");
        assertThat(ask("/keep")).isEqualTo("1 1");
        assertThat(ended.getCount()).isEqualTo(1);
        new ProcessBuilder("kill", "-HUP", pid()).start().waitFor();
        assertThat(ended.await(10, SECONDS)).isTrue();
        assertThat(ask("/keep")).isEqualTo("0 1");
    }

    @Test
    void aGigabyteNeedsNoMemory() throws Exception {
        long total = 1L << 30;
        peer(s -> {
            var out = s.getOutputStream();
            var block = new byte[1 << 20];
            for (long n = 0; n < total; n += block.length) out.write(block);
        });
        long before = memory();
        assertThat(ask("/count")).isEqualTo(Long.toString(total));
        assertThat(memory()).isLessThan(before + 100);
    }

    @Test
    void whoDoesNotReadIsGivenUp() throws Exception {
        peer(s -> Thread.sleep(10_000));
        assertThat(ask("/send")).isEqualTo("timeout");
        assertThat(memory()).isLessThan(600);
    }

    @Test
    void aStormOfConnectionsPasses() throws Exception {
        int count = 5000;
        peer(s -> {
            s.getInputStream().read();
            s.getOutputStream().write("ok\n".getBytes(ISO_8859_1));
        });
        assertThat(ask("/line")).isEqualTo("ok");
        long before = descriptors();
        var request = ByteBuffer.wrap(("GET /line?wait=30000&port=" + peer.getLocalPort() + " HTTP/1.0\r\n\r\n").getBytes(ISO_8859_1));
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            client.write(request.duplicate());
            clients.add(client);
        }
        int good = 0;
        for (var client : clients) {
            var answer = new String(client.socket().getInputStream().readAllBytes(), ISO_8859_1);
            if (answer.endsWith("\r\n\r\nok")) good++;
            client.close();
        }
        assertThat(good).isEqualTo(count);
        nothingIsLeft(before);
    }
}
