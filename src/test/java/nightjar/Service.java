package nightjar;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A server of another kind that tests talk to: one a test run, started when a test first asks for it.
///
/// A shell guards it and waits for the end of its own standard input, which comes with the end of this JVM, however that
/// ends; then it kills the server and deletes its directory.
enum Service {
    REDIS("redis-server", "redis-server", """
            exec redis-server --bind 127.0.0.1 --port $port --unixsocket socket --save ''
            """),

    /// It listens on its port only.
    MEMCACHED("memcached", "memcached", """
            exec memcached -u $user -l 127.0.0.1 -p $port -U 0
            """),

    /// MariaDB, with a database `test` and an account for each way to log in; `secret` is the password.
    MYSQL("mariadbd", "mariadb-server-core", """
            cat > accounts.sql << END
            CREATE DATABASE test;
            CREATE USER native IDENTIFIED VIA mysql_native_password USING PASSWORD('secret');
            CREATE USER old IDENTIFIED VIA mysql_old_password USING '428567f408994404';
            CREATE USER open IDENTIFIED BY '';
            GRANT ALL ON *.* TO native, old, open;
            END
            mariadb-install-db --no-defaults --user=$user --datadir=$PWD/data --skip-test-db --auth-root-authentication-method=normal || exit
            exec mariadbd --no-defaults --user=$user --datadir=$PWD/data --init-file=$PWD/accounts.sql --bind-address=127.0.0.1 \
                --port=$port --socket=$PWD/socket --pid-file=$PWD/pid --skip-name-resolve --secure-auth=0 --innodb-buffer-pool-size=16M
            """);

    private static final int START_SECONDS = 60;
    /// Debian has some servers where not everyone's `PATH` looks.
    private static final String PATH = System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin";
    private static final String GUARD = """
            setsid sh -c "$1" < /dev/null > log 2>&1 &
            trap '' HUP INT TERM
            read -r end
            kill -s KILL -- -$!
            wait
            rm -rf "$PWD"
            """;

    private final String program;
    private final String debianPackage;
    private final String script;
    private int port;
    private Path dir;
    /// Held, since its pipe is closed when nothing refers to it any more.
    private @Nullable Process guard;

    /// @param script runs the server in the foreground of the current directory, at `$port`, as `$user`
    Service(String program, String debianPackage, String script) {
        this.program = program;
        this.debianPackage = debianPackage;
        this.script = script;
    }

    /// The one that a block of `t/` calls by its name in small letters.
    /// @throws IllegalArgumentException if there is none
    static Service named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /// Has it run and accept connections.
    /// @throws org.opentest4j.TestAbortedException if it is not installed
    synchronized void start() throws IOException, InterruptedException {
        if (guard != null) return;
        assumeTrue(installed(), () -> program + " is not installed (Debian's package " + debianPackage + ")");
        dir = Files.createTempDirectory("nightjar-" + program);
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var builder = new ProcessBuilder("/bin/sh", "-c", GUARD, "guard", script).directory(dir.toFile());
        builder.environment().put("PATH", PATH);
        builder.environment().put("port", "" + port);
        builder.environment().put("user", System.getProperty("user.name"));
        var process = builder.start();
        long end = System.nanoTime() + SECONDS.toNanos(START_SECONDS);
        while (!ProgramServer.accepts(port)) {
            if (System.nanoTime() > end) {
                var log = Files.readString(dir.resolve("log"));
                process.getOutputStream().close();
                throw new IOException(program + " has not started in " + START_SECONDS + " s: " + log);
            }
            Thread.sleep(10);
        }
        guard = process;
    }

    /// Its TCP port on the loopback address, once it has started.
    int port() {
        return port;
    }

    /// Its unix socket.
    Path socket() {
        return dir.resolve("socket");
    }

    private boolean installed() {
        return Stream.of(PATH.split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, program)));
    }
}
