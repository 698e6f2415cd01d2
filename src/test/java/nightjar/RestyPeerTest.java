package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `resty.redis`, `resty.memcached` and `resty.mysql` with a server on the other end that follows a script: ways of logging
/// in that MariaDB does not have, and answers that no server should give.
final class RestyPeerTest {
    private static final String CONF = """
            daemon off;
            master_process off;
            pid logs/nginx.pid;
            error_log logs/error.log info;
            events {
            }
            http {
                access_log off;
                lua_socket_log_errors off;
                server {
                    listen 127.0.0.1:%d;
                    location / {
                        content_by_lua_block {
                            ngx.req.read_body()
                            local function show(...)
                                local parts = {}
                                for i = 1, select("#", ...) do
                                    parts[i] = tostring((select(i, ...)))
                                end
                                ngx.print(table.concat(parts, "|"))
                            end
                            local port = tonumber(ngx.var.arg_port)
                            show(assert(loadstring(ngx.req.get_body_data(), "=script"))(port, show))
                        }
                    }
                }
            }
            """;

    private static final String REDIS = """
            local port = ...
            local red = require("resty.redis"):new()
            red:set_timeout(2000)
            assert(red:connect("127.0.0.1", port))
            """;
    private static final String MEMCACHED = """
            local port = ...
            local memc = require("resty.memcached"):new()
            memc:set_timeout(2000)
            assert(memc:connect("127.0.0.1", port))
            """;
    private static final String MYSQL = """
            local port = ...
            local db = require("resty.mysql"):new()
            db:set_timeout(2000)
            local ok, err, number, state = db:connect { host = "127.0.0.1", port = port, user = "bird", password = "secret" }
            if not ok then
                return ok, err, number, state
            end
            """;

    private static final byte[] SCRAMBLE = "12345678abcdefghijkl".getBytes(ISO_8859_1);
    private static final String OK = "\0\0\0\2\0\0\0";
    private static final String EOF = "\u00fe\0\0\2\0";

    @TempDir
    static Path dir;
    private static int port;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(dir.resolve("conf"));
        Files.createDirectories(dir.resolve("logs"));
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(dir.resolve("conf/nginx.conf"), CONF.formatted(port));
        server = ProgramServer.launcher(Path.of("bin/nightjar").toAbsolutePath()).start(dir, port);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    /// What the peer does with a connection, after which it is closed.
    private interface Talk {
        void with(Peer peer) throws Exception;
    }

    /// One end of a connection, in bytes and in packets of MySQL.
    private record Peer(Socket socket) {
        /// @throws IOException also if fewer bytes come
        byte[] read(int size) throws IOException {
            byte[] bytes = socket.getInputStream().readNBytes(size);
            if (bytes.length < size) throw new IOException("the client has closed");
            return bytes;
        }

        void expect(String bytes) throws IOException {
            assertThat(new String(read(bytes.length()), ISO_8859_1)).isEqualTo(bytes);
        }

        void send(String bytes) throws IOException {
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        }

        void sendPacket(int number, String bytes) throws IOException {
            int n = bytes.length();
            send("" + (char) (n & 0xff) + (char) (n >> 8 & 0xff) + (char) (n >> 16) + (char) number + bytes);
        }

        byte[] readPacket(int number) throws IOException {
            byte[] head = read(4);
            assertThat(head[3]).isEqualTo((byte) number);
            return read((head[0] & 0xff) + (head[1] & 0xff) * 0x100 + (head[2] & 0xff) * 0x10000);
        }

        void expectPacket(int number, byte[] bytes) throws IOException {
            assertThat(readPacket(number)).isEqualTo(bytes);
        }

        void greet(String plugin) throws IOException {
            sendPacket(0, greeting(plugin));
        }

        /// The user's response to the greeting.
        byte[] readLogin() throws IOException {
            byte[] packet = readPacket(1);
            int at = 32 + "bird\0".length();
            assertThat(new String(packet, 32, 5, ISO_8859_1)).isEqualTo("bird\0");
            return Arrays.copyOfRange(packet, at + 1, at + 1 + packet[at]);
        }

        /// The greeting, a login by `mysql_native_password`, and a query.
        void acceptQuery() throws IOException {
            greet("mysql_native_password");
            readLogin();
            sendPacket(2, OK);
            readPacket(0);
        }
    }

    private static String greeting(String plugin) {
        String scramble = new String(SCRAMBLE, ISO_8859_1);
        return "\n8.0.1-test\0" + "\1\2\0\0" + scramble.substring(0, 8) + "\0" + "\u00ff\u00ff" + "\41" + "\2\0" + "\u00ff\u0081" + "\25"
                + "\0".repeat(10) + scramble.substring(8) + "\0" + plugin + "\0";
    }

    /// Runs a script against a peer.
    /// @return what it returned, with `|` between the values
    private static String run(String script, Talk talk) throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var done = new CompletableFuture<Void>();
            Thread.ofVirtual().start(() -> {
                try (var socket = listener.accept()) {
                    socket.setSoTimeout(5000);
                    talk.with(new Peer(socket));
                    done.complete(null);
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
            var uri = URI.create("http://127.0.0.1:" + port + "/?port=" + listener.getLocalPort());
            try (var client = HttpClient.newHttpClient()) {
                var request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(script)).build();
                String body = client.send(request, HttpResponse.BodyHandlers.ofString(ISO_8859_1)).body();
                done.get(10, TimeUnit.SECONDS);
                return body;
            }
        }
    }

    // redis

    /// What a `get` answers to some bytes after which the connection ends.
    private static String redisReply(String bytes) throws Exception {
        return run(REDIS + "return red:get('a')", peer -> {
            peer.expect("*2\r\n$3\r\nget\r\n$1\r\na\r\n");
            peer.send(bytes);
        });
    }

    @Test
    void redisReplies() throws Exception {
        assertThat(redisReply("$3\r\nabc\r\n")).isEqualTo("abc");
        assertThat(redisReply("$-1\r\n")).isEqualTo("userdata: NULL");
        assertThat(redisReply("*-1\r\n")).isEqualTo("userdata: NULL");
        assertThat(redisReply(":-12\r\n")).isEqualTo("-12");
        assertThat(redisReply("+\r\n")).isEqualTo("");
        assertThat(redisReply("-ERR it is\r\n")).isEqualTo("false|ERR it is");
    }

    @Test
    void badRedisReplies() throws Exception {
        assertThat(redisReply("?what\r\n")).isEqualTo("nil|unknown prefix: \"63\"");
        assertThat(redisReply("\r\n")).isEqualTo("nil|unknown prefix: \"nil\"");
        assertThat(redisReply("$abc\r\n")).isEqualTo("nil|bad length: \"$abc\"");
        assertThat(redisReply("*\r\n")).isEqualTo("nil|bad length: \"*\"");
        assertThat(redisReply("")).isEqualTo("nil|closed");
        assertThat(redisReply("$5\r\nab")).isEqualTo("nil|closed");
        assertThat(redisReply("$2\r\nab")).isEqualTo("nil|closed");
        assertThat(redisReply("*2\r\n:1\r\n")).isEqualTo("nil|closed");
        assertThat(redisReply("*2000000000\r\n:1\r\n")).isEqualTo("nil|closed");
        assertThat(redisReply("*1\r\n*1\r\n*1\r\n!\r\n")).isEqualTo("nil|unknown prefix: \"33\"");
    }

    @Test
    void redisPipelineIsOnePieceAndEndsWithTheConnection() throws Exception {
        String answer = run(REDIS + "red:init_pipeline() red:get('a') red:set('b', 7) return red:commit_pipeline()", peer -> {
            peer.expect("*2\r\n$3\r\nget\r\n$1\r\na\r\n*3\r\n$3\r\nset\r\n$1\r\nb\r\n$1\r\n7\r\n");
            peer.send(":1\r\n");
        });
        assertThat(answer).isEqualTo("nil|closed");
    }

    @Test
    void messagesAmongTheAnswersOfSubscribe() throws Exception {
        String script = REDIS + """
                local replies = red:subscribe("a", "b")
                return #replies, replies[2][2], red:read_reply()[3], red:read_reply()
                """;
        assertThat(run(script, peer -> {
            peer.expect("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n$1\r\nb\r\n");
            peer.send("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
            peer.send("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n");
            peer.send("*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
        })).isEqualTo("2|b|hi|nil|closed");
    }

    // memcached

    private static String memcachedReply(String call, String command, String bytes) throws Exception {
        return run(MEMCACHED + "return memc:" + call, peer -> {
            peer.expect(command + "\r\n");
            peer.send(bytes);
        });
    }

    @Test
    void badMemcachedReplies() throws Exception {
        assertThat(memcachedReply("get('a')", "get a", "VALUE a 0 2\r\nhi\r\nEND\r\n")).isEqualTo("hi|0");
        assertThat(memcachedReply("get('a')", "get a", "VALUE a\r\n")).isEqualTo("nil|nil|VALUE a");
        assertThat(memcachedReply("get('a')", "get a", "VALUE a 0 2\r\nhi")).isEqualTo("nil|nil|closed");
        assertThat(memcachedReply("get('a')", "get a", "")).isEqualTo("nil|nil|closed");
        assertThat(memcachedReply("get({'a','b'})", "get a b", "VALUE a 0 2\r\nhi\r\n")).isEqualTo("nil|closed");
        assertThat(memcachedReply("get({'a','b'})", "get a b", "SERVER_ERROR full\r\n")).isEqualTo("nil|SERVER_ERROR full");
        assertThat(memcachedReply("gets('a')", "gets a", "VALUE a 0 2\r\n")).isEqualTo("nil|nil|nil|VALUE a 0 2");
        assertThat(memcachedReply("gets('a')", "gets a", "VALUE a 0 2 9\r\nh")).isEqualTo("nil|nil|nil|closed");
        assertThat(memcachedReply("set('a', 'hi', 5, 6)", "set a 6 5 2\r\nhi", "what\r\n")).isEqualTo("nil|what");
        assertThat(memcachedReply("incr('a', 1)", "incr a 1", "1x\r\n")).isEqualTo("nil|1x");
        assertThat(memcachedReply("touch('a', 1)", "touch a 1", "STORED\r\n")).isEqualTo("1");
        assertThat(memcachedReply("version()", "version", "VERSIO\r\n")).isEqualTo("nil|VERSIO");
        assertThat(memcachedReply("stats()", "stats", "STAT a 1\r\n")).isEqualTo("nil|closed");
    }

    // MySQL

    private static byte[] digest(String algorithm, byte[]... parts) throws Exception {
        var digest = MessageDigest.getInstance(algorithm);
        for (var part : parts) digest.update(part);
        return digest.digest();
    }

    private static byte[] xor(byte[] data, byte[] key) {
        byte[] result = data.clone();
        for (int i = 0; i < data.length; i++) result[i] ^= key[i % key.length];
        return result;
    }

    private static byte[] secret() {
        return "secret".getBytes(ISO_8859_1);
    }

    private static byte[] sha2Response(byte[] scramble) throws Exception {
        byte[] once = digest("SHA-256", secret());
        return xor(once, digest("SHA-256", digest("SHA-256", once), scramble));
    }

    private static byte[] nativeResponse(byte[] scramble) throws Exception {
        byte[] once = digest("SHA-1", secret());
        return xor(once, digest("SHA-1", scramble, digest("SHA-1", once)));
    }

    private static KeyPair keys() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String pem(KeyPair keys) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(keys.getPublic().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n";
    }

    private static String decrypted(KeyPair keys, byte[] data) throws Exception {
        var cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
        cipher.init(Cipher.DECRYPT_MODE, keys.getPrivate());
        return new String(xor(cipher.doFinal(data), SCRAMBLE), ISO_8859_1);
    }

    private static String logIn(Talk talk) throws Exception {
        return run(MYSQL + "return ok, db:server_ver()", talk);
    }

    @Test
    void cachingSha2WithAKnownPassword() throws Exception {
        assertThat(logIn(peer -> {
            peer.greet("caching_sha2_password");
            assertThat(peer.readLogin()).isEqualTo(sha2Response(SCRAMBLE));
            peer.sendPacket(2, "\1\3");
            peer.sendPacket(3, OK);
        })).isEqualTo("1|8.0.1-test");
    }

    @Test
    void cachingSha2InFull() throws Exception {
        var keys = keys();
        assertThat(logIn(peer -> {
            peer.greet("caching_sha2_password");
            peer.readLogin();
            peer.sendPacket(2, "\1\4");
            peer.expectPacket(3, new byte[] {2});
            peer.sendPacket(4, "\1" + pem(keys));
            assertThat(decrypted(keys, peer.readPacket(5))).isEqualTo("secret\0");
            peer.sendPacket(6, OK);
        })).isEqualTo("1|8.0.1-test");
    }

    @Test
    void cachingSha2WithAWrongPassword() throws Exception {
        assertThat(logIn(peer -> {
            peer.greet("caching_sha2_password");
            peer.readLogin();
            peer.sendPacket(2, "\u00ff\25\4#28000Access denied");
        })).isEqualTo("nil|Access denied|1045|28000");
        assertThat(logIn(peer -> {
            peer.greet("caching_sha2_password");
            peer.readLogin();
            peer.sendPacket(2, "\1\4");
            peer.readPacket(3);
            peer.sendPacket(4, "\1no key");
        })).isEqualTo("nil|bad public key|nil|nil");
    }

    @Test
    void sha256Password() throws Exception {
        var keys = keys();
        assertThat(logIn(peer -> {
            peer.greet("sha256_password");
            assertThat(peer.readLogin()).isEqualTo(new byte[] {1});
            peer.sendPacket(2, "\1" + pem(keys));
            assertThat(decrypted(keys, peer.readPacket(3))).isEqualTo("secret\0");
            peer.sendPacket(4, OK);
        })).isEqualTo("1|8.0.1-test");
    }

    @Test
    void switchesToAnotherPlugin() throws Exception {
        String scramble = "ABCDEFGHIJKLMNOPQRST";
        assertThat(logIn(peer -> {
            peer.greet("caching_sha2_password");
            peer.readLogin();
            peer.sendPacket(2, "\u00femysql_native_password\0" + scramble + "\0");
            peer.expectPacket(3, nativeResponse(scramble.getBytes(ISO_8859_1)));
            peer.sendPacket(4, OK);
        })).isEqualTo("1|8.0.1-test");
        assertThat(logIn(peer -> {
            peer.greet("mysql_native_password");
            assertThat(peer.readLogin()).isEqualTo(nativeResponse(SCRAMBLE));
            peer.sendPacket(2, "\u00fecaching_sha2_password\0" + scramble + "\0");
            peer.expectPacket(3, sha2Response(scramble.getBytes(ISO_8859_1)));
            peer.sendPacket(4, "\1\3");
            peer.sendPacket(5, OK);
        })).isEqualTo("1|8.0.1-test");
        assertThat(logIn(peer -> {
            peer.greet("mysql_native_password");
            peer.readLogin();
            peer.sendPacket(2, "\u00femysql_clear_password\0");
            peer.expectPacket(3, "secret\0".getBytes(ISO_8859_1));
            peer.sendPacket(4, OK);
        })).isEqualTo("1|8.0.1-test");
        assertThat(logIn(peer -> {
            peer.greet("mysql_native_password");
            peer.readLogin();
            peer.sendPacket(2, "\u00fenobody_knows\0" + scramble);
        })).isEqualTo("nil|unknown plugin: nobody_knows|nil|nil");
    }

    @Test
    void badGreetings() throws Exception {
        assertThat(logIn(peer -> peer.sendPacket(0, "\u00ff\20\4#08004Too many connections"))).isEqualTo("nil|Too many connections|1040|08004");
        assertThat(logIn(peer -> peer.sendPacket(0, "\u00ff\20\4Host is blocked"))).isEqualTo("nil|Host is blocked|1040|nil");
        assertThat(logIn(peer -> peer.sendPacket(0, "\t3.2\0")))
                .isEqualTo("nil|unsupported protocol version 9, version 10 or higher is required|nil|nil");
        assertThat(logIn(peer -> peer.sendPacket(0, "\n8.0"))).isEqualTo("nil|bad handshake initialization packet: bad server version|nil|nil");
        assertThat(logIn(peer -> peer.sendPacket(0, "\n8.0\0\1\2\3"))).isEqualTo("nil|bad handshake initialization packet: it is too short|nil|nil");
        assertThat(logIn(peer -> peer.sendPacket(0, ""))).isEqualTo("nil|empty packet|nil|nil");
        assertThat(logIn(peer -> peer.send("\1\0"))).isEqualTo("nil|failed to receive packet header: closed|nil|nil");
        assertThat(logIn(peer -> peer.send("\5\0\0\0\n8"))).isEqualTo("nil|failed to read packet content: closed|nil|nil");
        assertThat(logIn(peer -> peer.send("\0\0\40\0"))).isEqualTo("nil|packet size too big: 2097152|nil|nil");
        assertThat(logIn(peer -> peer.greet("nobody_knows"))).isEqualTo("nil|unknown plugin: nobody_knows|nil|nil");
    }

    @Test
    void badAnswersToALogin() throws Exception {
        assertThat(logIn(peer -> {
            peer.greet("mysql_native_password");
            peer.readLogin();
        })).isEqualTo("nil|failed to receive the result packet: failed to receive packet header: closed|nil|nil");
        assertThat(logIn(peer -> {
            peer.greet("mysql_native_password");
            peer.readLogin();
            peer.sendPacket(2, "\7what");
        })).isEqualTo("nil|bad packet type: DATA|nil|nil");
        assertThat(logIn(peer -> {
            peer.greet("mysql_native_password");
            peer.readLogin();
            peer.sendPacket(2, "\1more");
        })).isEqualTo("nil|malformed packet|nil|nil");
        assertThat(logIn(peer -> {
            peer.greet("mysql_native_password");
            peer.readLogin();
            peer.sendPacket(2, "\u00femysql_native_password");
        })).isEqualTo("nil|malformed packet|nil|nil");
        assertThat(logIn(peer -> {
            peer.greet("caching_sha2_password");
            peer.readLogin();
            for (int i = 0; i < 8; i++) peer.sendPacket(2, "\1\3");
        })).isEqualTo("nil|malformed packet|nil|nil");
    }

    @Test
    void tlsIsNotThere() throws Exception {
        String script = MYSQL.replace("user = \"bird\"", "ssl = true, user = \"bird\"") + "return ok";
        assertThat(run(script, peer -> {
            peer.greet("mysql_native_password");
            assertThat(peer.readPacket(1)).hasSize(32);
        })).isEqualTo("nil|failed to do ssl handshake: TLS is not supported by this version of Nightjar|nil|nil");
    }

    /// A column of type int called `a`.
    private static final String COLUMN = "\3def\4test\1t\1t\1a\1a\f\77\0\13\0\0\0\3\0\0\0\0\0";

    private static String query(Talk answer) throws Exception {
        String script = MYSQL + """
                local res, err, number, state = db:query("select a from t")
                return res and (res[1] and res[1].a or res.message), err, number, state, db.state
                """;
        return run(script, peer -> {
            peer.acceptQuery();
            answer.with(peer);
        });
    }

    @Test
    void results() throws Exception {
        assertThat(query(peer -> {
            peer.sendPacket(1, "\1");
            peer.sendPacket(2, COLUMN);
            peer.sendPacket(3, EOF);
            peer.sendPacket(4, "\00212");
            peer.sendPacket(5, EOF);
        })).isEqualTo("12|nil|nil|nil|1");
        assertThat(query(peer -> peer.sendPacket(1, "\0\u00fc\0\1\u00fd\1\0\0\2\0\0\0\5words"))).isEqualTo("words|nil|nil|nil|1");
    }

    @Test
    void badResults() throws Exception {
        assertThat(query(peer -> peer.sendPacket(1, "\u00fb/etc/passwd"))).isEqualTo("nil|packet type LOCALINFILE not supported|nil|nil|nil");
        assertThat(query(peer -> {
            peer.sendPacket(1, "\1");
            peer.sendPacket(2, "\3def\4te");
        })).isEqualTo("nil|bad field packet type: DATA|nil|nil|2");
        assertThat(query(peer -> {
            peer.sendPacket(1, "\1");
            peer.sendPacket(2, "\u00ff\1\4#42000no column");
        })).isEqualTo("nil|no column|1025|42000|1");
        assertThat(query(peer -> {
            peer.sendPacket(1, "\1");
            peer.sendPacket(2, COLUMN);
            peer.sendPacket(3, "\00212");
        })).isEqualTo("nil|unexpected packet type DATA while eof packet is expected|nil|nil|2");
        assertThat(query(peer -> {
            peer.sendPacket(1, "\1");
            peer.sendPacket(2, COLUMN);
            peer.sendPacket(3, EOF);
            peer.sendPacket(4, "\u00fc");
        })).isEqualTo("nil|malformed row|nil|nil|2");
        assertThat(query(peer -> {
            peer.sendPacket(1, "\1");
            peer.sendPacket(2, COLUMN);
            peer.sendPacket(3, EOF);
            peer.sendPacket(4, "\u00ff\45\5#70100interrupted");
        })).isEqualTo("nil|interrupted|1317|70100|1");
        assertThat(query(peer -> {
            peer.sendPacket(1, "\1");
            peer.sendPacket(2, COLUMN);
        })).isEqualTo("nil|failed to receive packet header: closed|nil|nil|2");
    }
}
