package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program that takes nginx's command line: `bin/nightjar`, or nginx itself.
record ProgramServer(Process process) implements TestServer {
    private static final long START_SECONDS = 60;
    private static final long END_SECONDS = 20;

    static Launcher launcher(Path program) {
        return (prefix, port) -> start(program, prefix, port);
    }

    private static TestServer start(Path program, Path prefix, int port) throws IOException, InterruptedException, StartException {
        Path output = prefix.resolve("logs/output");
        Path errorLog = prefix.resolve("logs/error.log");
        var process = new ProcessBuilder(program.toString(), "-p", prefix + "/", "-c", "conf/nginx.conf", "-e", errorLog.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        var server = new ProgramServer(process);
        long end = System.nanoTime() + SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < end) {
            if (accepts(port)) return server;
            if (process.waitFor(2, MILLISECONDS)) throw new StartException(Files.readString(output, ISO_8859_1));
        }
        server.close();
        throw new StartException("not up after " + START_SECONDS + " s: " + Files.readString(output, ISO_8859_1));
    }

    /// Whether something listens on a port of the loopback address.
    static boolean accepts(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public boolean ends() throws InterruptedException {
        return process.waitFor(END_SECONDS, SECONDS);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(5, SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("the server did not end within 5 s of SIGTERM");
        }
    }
}
