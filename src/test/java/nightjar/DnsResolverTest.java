package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `resty.dns.resolver` against name servers that are slow, silent, or answer something else.
final class DnsResolverTest {
    private static final String CONF = """
            worker_processes 1;
            daemon off;
            master_process off;
            pid logs/nginx.pid;
            error_log logs/error.log notice;
            events {
            }
            http {
                access_log off;
                lua_socket_log_errors off;
                server {
                    listen 127.0.0.1:%d;
                    location = /ask {
                        content_by_lua_block {
                            local servers = {}
                            for port in ngx.var.arg_ports:gmatch("%%d+") do
                                servers[#servers + 1] = { "127.0.0.1", tonumber(port) }
                            end
                            local r = assert(require("resty.dns.resolver"):new { nameservers = servers, no_random = true,
                                retrans = tonumber(ngx.var.arg_retrans) or 2, timeout = tonumber(ngx.var.arg_timeout) or 3000 })
                            local method = ngx.var.arg_method or "query"
                            for i = 1, tonumber(ngx.var.arg_times) or 1 do
                                local tries = {}
                                local answers, err = r[method](r, method == "reverse_query" and "10.1.2.3" or "a.test", nil, tries)
                                ngx.print(answers and (answers[1] and answers[1].address or answers.errstr or "none") or err, ".")
                                for _, try in ipairs(tries) do
                                    ngx.print(" [", try, "]")
                                end
                            end
                        }
                    }
                }
            }
            """;

    private static final int TRUNCATED = 0x0200, NAME_ERROR = 3;

    @TempDir
    Path dir;
    private int port;
    private TestServer server;
    private Nameserver first, second;

    /// What a name server answers.
    private interface Behaviour {
        /// @return messages to send back
        List<byte[]> answer(byte[] query) throws Exception;
    }

    /// A name server on one port, over UDP and TCP.
    private static final class Nameserver implements AutoCloseable {
        private final ServerSocket tcp;
        private final Thread server;
        final DatagramSocket udp;
        final List<String> asked = new CopyOnWriteArrayList<>();
        /// How long to wait before each message, in milliseconds.
        volatile long pauseMsec;
        /// How many messages have gone over UDP.
        final AtomicInteger sent = new AtomicInteger();
        volatile Behaviour overUdp = _ -> List.of(), overTcp = _ -> List.of();

        Nameserver() throws IOException {
            ServerSocket stream;
            DatagramSocket datagrams = null;
            do {
                stream = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                try {
                    datagrams = new DatagramSocket(stream.getLocalPort(), InetAddress.getLoopbackAddress());
                } catch (BindException _) {
                    // the port is another's over UDP
                    stream.close();
                }
            } while (datagrams == null);
            tcp = stream;
            udp = datagrams;
            Thread.ofVirtual().start(this::serveUdp);
            server = Thread.ofVirtual().start(this::serveTcp);
        }

        int port() {
            return udp.getLocalPort();
        }

        /// Nobody listens when this returns: a socket that a thread accepts from is closed by that thread.
        void closeTcp() throws IOException, InterruptedException {
            tcp.close();
            server.join();
        }

        private void serveUdp() {
            try {
                while (true) {
                    var packet = new DatagramPacket(new byte[512], 512);
                    udp.receive(packet);
                    var query = new byte[packet.getLength()];
                    System.arraycopy(packet.getData(), 0, query, 0, query.length);
                    asked.add("udp");
                    for (var reply : overUdp.answer(query)) {
                        Thread.sleep(pauseMsec);
                        sent.incrementAndGet();
                        udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                    }
                }
            } catch (Exception e) {
                if (!udp.isClosed()) asked.add(e.toString());
            }
        }

        private void serveTcp() {
            try {
                while (true) {
                    try (var s = tcp.accept()) {
                        answerTcp(s);
                    }
                }
            } catch (Exception e) {
                if (!tcp.isClosed()) asked.add(e.toString());
            }
        }

        private void answerTcp(Socket s) throws Exception {
            var in = new DataInputStream(s.getInputStream());
            var query = in.readNBytes(in.readUnsignedShort());
            asked.add("tcp");
            var out = new DataOutputStream(s.getOutputStream());
            for (var reply : overTcp.answer(query)) {
                out.writeShort(reply.length);
                out.write(reply);
            }
        }

        @Override
        public void close() throws IOException {
            udp.close();
            tcp.close();
        }
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
        first = new Nameserver();
        second = new Nameserver();
    }

    @AfterEach
    void stop() throws Exception {
        first.close();
        second.close();
        server.close();
    }

    /// The reply to a query: an A record 10.0.0.`last`.
    private static byte[] reply(byte[] query, int flags, int last) {
        var reply = new byte[query.length + 16];
        System.arraycopy(query, 0, reply, 0, query.length);
        reply[2] = (byte) (0x81 | flags >> 8);
        reply[3] = (byte) (0x80 | flags);
        reply[7] = 1;
        byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, (byte) last};
        System.arraycopy(record, 0, reply, query.length, record.length);
        return reply;
    }

    /// The reply with its byte at `index` changed.
    private static byte[] changed(byte[] reply, int index) {
        reply[index] ^= 1;
        return reply;
    }

    private String ask(String more) throws IOException {
        try (var s = new Socket(InetAddress.getLoopbackAddress(), port)) {
            s.setSoTimeout(20000);
            String uri = "/ask?ports=" + first.port() + "," + second.port() + more;
            s.getOutputStream().write(("GET " + uri + " HTTP/1.0\r\n\r\n").getBytes(ISO_8859_1));
            var answer = new String(s.getInputStream().readAllBytes(), ISO_8859_1);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    @Test
    void asksOneServerAfterTheOther() throws Exception {
        first.overUdp = q -> List.of(reply(q, 0, 1));
        second.overUdp = q -> List.of(reply(q, 0, 2));
        assertThat(ask("&times=3")).isEqualTo("10.0.0.1.10.0.0.2.10.0.0.1.");
    }

    @Test
    void triesTheNextWhereOneIsSilent() throws Exception {
        second.overUdp = q -> List.of(reply(q, 0, 2));
        assertThat(ask("&timeout=500")).isEqualTo("10.0.0.2. [failed to receive reply from UDP server 127.0.0.1:" + first.port() + ": timeout]");
        assertThat(ask("&timeout=100&retrans=1")).startsWith("failed to receive reply from UDP server 127.0.0.1:" + first.port() + ": timeout.");
        assertThat(second.asked).containsExactly("udp");
    }

    @Test
    void passesOverWhatAnswersAnotherQuestion() throws Exception {
        first.overUdp = q -> List.of(changed(reply(q, 0, 6), 0), changed(reply(q, 0, 6), 13), changed(reply(q, 0, 6), 21), reply(q, 0, 1));
        assertThat(ask("")).isEqualTo("10.0.0.1.");
    }

    @Test
    void straysDoNotMakeATryLonger() throws Exception {
        first.pauseMsec = 100;
        first.overUdp = q -> Collections.nCopies(20, changed(reply(q, 0, 6), 0));
        var sent = new AtomicInteger();
        second.overUdp = q -> {
            sent.set(first.sent.get());
            return List.of(reply(q, 0, 2));
        };
        assertThat(ask("&timeout=500")).startsWith("10.0.0.2.");
        assertThat(sent.get()).isBetween(1, 15);
    }

    @Test
    void goesOnOverTcpWhereItWasTooLong() throws Exception {
        first.overUdp = q -> List.of(reply(q, TRUNCATED, 6));
        first.overTcp = q -> List.of(reply(q, 0, 1));
        assertThat(ask("")).isEqualTo("10.0.0.1.");
        assertThat(first.asked).containsExactly("udp", "tcp");
    }

    @Test
    void isToldWhatIsWrongOverTcp() throws Exception {
        String name = "127.0.0.1:" + first.port();
        assertThat(ask("&method=tcp_query"))
                .isEqualTo("failed to receive the reply length field from TCP server " + name + ": closed.");
        first.overTcp = q -> List.of(changed(reply(q, 0, 1), 0));
        assertThat(ask("&method=tcp_query")).isEqualTo("failed to parse the reply from the TCP server " + name + ": id mismatch.");
        first.closeTcp();
        assertThat(ask("&method=tcp_query")).isEqualTo("failed to connect to TCP server " + name + ": connection refused.");
    }

    @Test
    void answersWithTheServersError() throws Exception {
        first.overUdp = q -> {
            var reply = reply(q, NAME_ERROR, 1);
            reply[7] = 0;
            return List.of(reply);
        };
        assertThat(ask("")).isEqualTo("name error.");
        assertThat(ask("&method=reverse_query")).isEqualTo("name error.");
    }

    @Test
    void takesAnotherTryForAnAnswerThatCannotBeRead() throws Exception {
        first.overUdp = q -> {
            var reply = reply(q, 0, 1);
            reply[reply.length - 5] = 3;
            return List.of(reply);
        };
        second.overUdp = q -> List.of(reply(q, 0, 2));
        assertThat(ask("")).isEqualTo("10.0.0.2. [bad A record value length: 3]");
    }
}
