package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs the blocks of one file, one after another; keeps the server of the last block that brought one.
final class BlockRunner {
    private static final int TIMEOUT_MSEC = 5000;
    private static final int LOG_MSEC = 3000;
    private static final int ABORT_MSEC = 100;
    private static final int IDLE_MSEC = 60;
    /// The modification time of every file in `user_files`.
    private static final Instant FILE_TIME = Instant.parse("2026-01-02T03:04:05Z");

    private final TestServer.Launcher launcher;
    private final String main;
    private @Nullable Block wanted;
    private @Nullable TestServer server;
    private @Nullable Path prefix;
    private int port;
    /// What stands for itself in a block only: `%PORT%` and the like, and what is put in its place.
    private Map<String, String> words = Map.of();
    private @Nullable String refusal;

    /// @param main text for the head of each configuration
    BlockRunner(TestServer.Launcher launcher, String main) {
        this.launcher = launcher;
        this.main = main;
    }

    /// The blocks that follow are about the server that this one describes.
    void use(Block block) throws IOException, InterruptedException {
        close();
        wanted = block;
    }

    /// What is not as the block says; empty if all is.
    List<String> run(Block block) throws IOException, InterruptedException {
        if (wanted != null) start(wanted);
        wanted = null;
        var complaints = new ArrayList<String>();
        long logged = block.ownsServer() ? 0 : Files.size(log());
        if (block.has("must_die")) {
            // it may take connections while it still finds out that it cannot serve
            if (refusal == null && !server.ends()) complaints.add("the server has started");
        } else if (refusal != null) {
            return List.of("the server has not started: " + refusal);
        } else {
            for (var exchange : block.exchanges()) talk(exchange, complaints);
        }
        checkLog(block, logged, complaints);
        return complaints;
    }

    /// Ends the server and deletes its directory.
    void close() throws IOException, InterruptedException {
        try {
            if (server != null) server.close();
        } finally {
            server = null;
            if (prefix != null) delete(prefix);
            prefix = null;
        }
    }

    private void start(Block block) throws IOException, InterruptedException {
        var services = new HashMap<String, String>();
        for (var service : block.needs()) {
            service.start();
            services.put("%" + service + "_PORT%", "" + service.port());
            services.put("%" + service + "_SOCKET%", "" + service.socket());
        }
        prefix = Files.createTempDirectory("nightjar-t");
        for (var folder : List.of("conf", "logs", "html", "tmp")) Files.createDirectory(prefix.resolve(folder));
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        words = services;
        words.put("%PORT%", "" + port);
        words.put("%PREFIX%", "" + prefix);
        Files.createFile(log());
        Files.writeString(prefix.resolve("conf/nginx.conf"), configuration(block), ISO_8859_1);
        writeFiles(text(block, "user_files"));
        openToAll(prefix);
        refusal = null;
        try {
            server = launcher.start(prefix, port);
        } catch (TestServer.StartException e) {
            refusal = e.getMessage();
        }
    }

    private String configuration(Block block) {
        var level = block.text("log_level");
        return """
                %s
                daemon off;
                master_process off;
                worker_processes 1;
                pid logs/nginx.pid;
                error_log logs/error.log %s;
                %s
                events {
                    worker_connections 256;
                }
                http {
                    access_log logs/access.log;
                    default_type text/plain;
                    client_body_temp_path tmp/body;
                    proxy_temp_path tmp/proxy;
                    fastcgi_temp_path tmp/fastcgi;
                    uwsgi_temp_path tmp/uwsgi;
                    scgi_temp_path tmp/scgi;
                %s
                    server {
                        listen 127.0.0.1:%d;
                        server_name localhost;
                %s
                    }
                }
                """.formatted(main, level == null ? "info" : level.strip(), text(block, "main_config"), text(block, "http_config"), port, text(block, "config"));
    }

    private String text(Block block, String section) {
        var text = block.text(section);
        return text == null ? "" : own(text);
    }

    private void writeFiles(String text) throws IOException {
        for (String part : text.split("(?m)^>>> ")) {
            int end = part.indexOf('\n');
            if (end < 0) continue;
            var path = prefix.resolve("html").resolve(part.substring(0, end).strip()).normalize();
            Files.createDirectories(path.getParent());
            Files.writeString(path, part.substring(end + 1), ISO_8859_1);
            Files.setLastModifiedTime(path, FileTime.from(FILE_TIME));
        }
    }

    private void talk(Block.Exchange exchange, List<String> complaints) throws IOException, InterruptedException {
        boolean raw = exchange.request().name().equals("raw_request");
        String text = own(exchange.request().value());
        var pieces = raw ? Escapes.wire(text) : List.of(plain(text));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MSEC);
            for (int i = 0; i < pieces.size(); i++) {
                if (i > 0) Thread.sleep(30);
                socket.getOutputStream().write(pieces.get(i).getBytes(ISO_8859_1));
            }
            if (exchange.responses().getFirst().containsKey("abort")) {
                Thread.sleep(ABORT_MSEC);
                return;
            }
            var in = new BufferedInputStream(socket.getInputStream());
            int number = 0;
            for (var expected : exchange.responses()) {
                String at = "response " + ++number + " to line " + exchange.request().line() + ": ";
                try {
                    check(WireResponse.read(in, text.startsWith("HEAD ")), expected, s -> complaints.add(at + s));
                    if (expected.containsKey("closes") && in.read() >= 0) complaints.add(at + "more than the response has come");
                    if (expected.containsKey("stays_open") && !silent(socket, in)) complaints.add(at + "the connection does not stay open");
                } catch (IOException e) {
                    complaints.add(at + e);
                    return;
                }
            }
        }
    }

    private static boolean silent(Socket socket, BufferedInputStream in) throws IOException {
        socket.setSoTimeout(IDLE_MSEC);
        try {
            in.read();
            return false;
        } catch (SocketTimeoutException _) {
            return true;
        } finally {
            socket.setSoTimeout(TIMEOUT_MSEC);
        }
    }

    /// A `request` section as it goes over the wire.
    static String plain(String text) {
        int blank = text.indexOf("\n\n");
        String head = blank < 0 ? text : text.substring(0, blank + 1);
        String body = blank < 0 ? "" : text.substring(blank + 2);
        if (body.endsWith("\n")) body = body.substring(0, body.length() - 1);
        var lines = new ArrayList<>(head.lines().toList());
        if (!Pattern.compile(" HTTP/\\S+$").matcher(lines.getFirst()).find()) lines.set(0, lines.getFirst() + " HTTP/1.1");
        addHeader(lines, "Host", "localhost");
        addHeader(lines, "Connection", "close");
        if (!body.isEmpty()) addHeader(lines, "Content-Length", "" + body.length());
        return String.join("\r\n", lines) + "\r\n\r\n" + body;
    }

    private static void addHeader(List<String> lines, String name, String value) {
        if (lines.stream().noneMatch(l -> l.regionMatches(true, 0, name + ":", 0, name.length() + 1))) lines.add(name + ": " + value);
    }

    private interface Complaints {
        void add(String text);
    }

    private void check(@Nullable WireResponse response, Map<String, Block.Section> expected, Complaints complaints) {
        if (expected.containsKey("no_response")) {
            if (response != null) complaints.add("came, and should not: " + response);
            return;
        }
        if (response == null) {
            complaints.add("the connection was closed");
            return;
        }
        var code = expected.get("error_code");
        int status = code == null ? 200 : Integer.parseInt(code.value().strip());
        if (response.status() != status) complaints.add("status is " + response.status() + ", not " + status + "; " + shown(response.body()));
        if (expected.get("response_headers") instanceof Block.Section s) s.lines().forEach(l -> checkHeader(response, own(l), complaints));
        if (expected.get("response_body") instanceof Block.Section s && !response.body().equals(own(s.value()))) {
            complaints.add("the body is\n" + shown(response.body()) + "\nnot\n" + shown(own(s.value())));
        }
        if (expected.get("response_body_like") instanceof Block.Section s && !find(s.value().strip(), response.body())) {
            complaints.add("the body is not like " + s.value().strip() + ":\n" + shown(response.body()));
        }
        if (expected.get("response_body_unlike") instanceof Block.Section s && find(s.value().strip(), response.body())) {
            complaints.add("the body is like " + s.value().strip() + ":\n" + shown(response.body()));
        }
    }

    private String own(String text) {
        for (var word : words.entrySet()) text = text.replace(word.getKey(), word.getValue());
        return text;
    }

    private static void checkHeader(WireResponse response, String line, Complaints complaints) {
        if (line.startsWith("!")) {
            var values = response.values(line.substring(1).strip());
            if (!values.isEmpty()) complaints.add("has " + line.substring(1) + ": " + values);
            return;
        }
        int end = line.indexOf(" ~ ") > 0 && !line.matches("[\\w-]+: .*") ? line.indexOf(" ~ ") : line.indexOf(':');
        boolean like = line.startsWith(" ~ ", end);
        var values = response.values(line.substring(0, end));
        String wanted = line.substring(end + (like ? 3 : 1)).strip();
        String found = String.join(", ", values);
        if (values.isEmpty() || (like ? !find(wanted, found) : !found.equals(wanted))) {
            complaints.add("header " + line.substring(0, end) + " is " + (values.isEmpty() ? "missing" : '"' + found + '"') + ", not " + wanted);
        }
    }

    private static boolean find(String regex, String text) {
        return Pattern.compile(regex, Pattern.DOTALL).matcher(text).find();
    }

    private static String shown(String body) {
        return body.length() > 2000 ? body.substring(0, 2000) + "… (" + body.length() + " bytes)" : body;
    }

    private Path log() {
        return prefix.resolve("logs/error.log");
    }

    /// The log may be a little behind the response: what must be there is waited for.
    private void checkLog(Block block, long from, List<String> complaints) throws IOException, InterruptedException {
        var wanted = block.sections().get("error_log");
        var missing = wanted == null ? List.<String>of() : wanted.lines();
        long end = System.nanoTime() + MILLISECONDS.toNanos(LOG_MSEC);
        while (!missing.isEmpty()) {
            var lines = lines(from);
            missing = missing.stream().filter(m -> lines.stream().noneMatch(l -> logged(own(m), l))).toList();
            if (missing.isEmpty() || System.nanoTime() > end) break;
            Thread.sleep(5);
        }
        var lines = lines(from);
        for (String m : missing) complaints.add("not in the error log: " + own(m) + "\n" + String.join("\n", lines));
        if (block.sections().get("no_error_log") instanceof Block.Section s) {
            for (String m : s.lines()) lines.stream().filter(l -> logged(own(m), l)).forEach(l -> complaints.add("in the error log: " + l));
        }
        if (wanted == null) lines.stream().filter(l -> find("\\[(alert|crit|emerg)\\]", l)).forEach(l -> complaints.add("in the error log: " + l));
    }

    private List<String> lines(long from) throws IOException {
        byte[] all = Files.readAllBytes(log());
        var text = new String(all, (int) from, all.length - (int) from, ISO_8859_1);
        return Stream.concat(text.lines(), refusal == null ? Stream.of() : refusal.lines()).toList();
    }

    private static boolean logged(String wanted, String line) {
        boolean regex = wanted.length() > 2 && wanted.startsWith("/") && wanted.endsWith("/");
        return regex ? find(wanted.substring(1, wanted.length() - 1), line) : line.contains(wanted);
    }

    /// A server started by root may hand its work to another user.
    private static void openToAll(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
