package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nightjar.core.Log.Level;
import nightjar.core.Log.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTest {
    private static final String STAMP = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ";

    @TempDir
    Path dir;

    private Log to(String name, Level level) throws Exception {
        return new Log(List.of(Target.file(LogFile.open(dir + "/" + name), level)));
    }

    private String text(String name) throws Exception {
        return Files.readString(dir.resolve(name), StandardCharsets.ISO_8859_1);
    }

    @Test
    void writesNginxsLines() throws Exception {
        var log = to("e", Level.INFO);
        log.write(Level.ERROR, 17, "one, client: 127.0.0.1");
        log.write(Level.NOTICE, "two\nlines \u00ff");
        log.write(Level.CRIT, 3, "open() \"/a\" failed", 2, ", client: x");
        var id = Posix.getpid() + "#" + Posix.gettid() + ": ";
        assertThat(text("e")).matches(STAMP + "\\[error] " + id + "\\*17 one, client: 127\\.0\\.0\\.1\n"
                + STAMP + "\\[notice] " + id + "two\nlines \u00ff\n"
                + STAMP + "\\[crit] " + id + "\\*3 open\\(\\) \"/a\" failed \\(2: No such file or directory\\), client: x\n");
    }

    @Test
    void writesTheGravestLevelWithoutAName() throws Exception {
        to("e", Level.EMERG).write(Level.STDERR, 17, "one");
        assertThat(text("e")).matches(STAMP + "\\[] \\d+#\\d+: \\*17 one\n");
    }

    @Test
    void cutsALineAt2048Bytes() throws Exception {
        var log = to("long", Level.INFO);
        log.write(Level.ERROR, 1, "x".repeat(5000), 0, ", tail");
        assertThat(text("long")).hasSize(2048).endsWith("xxx\n");
        log.write(Level.ERROR, 1, "y".repeat(5000), 13, "");
        assertThat(text("long")).hasSizeLessThan(4096).endsWith("y... (13: Permission denied)\n");
    }

    @Test
    void filtersByEachTargetsLevel() throws Exception {
        var log = new Log(List.of(
                Target.file(LogFile.open(dir + "/warn"), Level.WARN), Target.file(LogFile.open(dir + "/info"), Level.INFO)));
        assertThat(log.on(Level.INFO)).isTrue();
        assertThat(log.on(Level.DEBUG)).isFalse();
        log.write(Level.INFO, "a");
        log.write(Level.DEBUG, "b");
        assertThat(text("warn")).isEmpty();
        assertThat(text("info")).contains(": a\n").doesNotContain(": b\n");
        var all = log.debugging();
        assertThat(all.debug()).isTrue();
        all.write(Level.DEBUG, "c");
        assertThat(text("warn")).contains("[debug]");
        assertThat(Log.NONE.on(Level.EMERG)).isFalse();
    }

    @Test
    void goesOnInANewFileAfterReopening() throws Exception {
        var log = to("r", Level.INFO);
        log.write(Level.ERROR, "before");
        Files.move(dir.resolve("r"), dir.resolve("r.1"));
        log.write(Level.ERROR, "still the old one");
        assertThat(LogFile.reopenAll(-1)).noneMatch(failure -> failure.contains("/r\""));
        log.write(Level.ERROR, "after");
        assertThat(text("r.1")).contains("before", "still").doesNotContain("after");
        assertThat(text("r")).contains("after").doesNotContain("before");
        assertThat(LogFile.open(dir + "/r")).isSameAs(LogFile.open(dir + "/r"));
    }

    @Test
    void saysWhyAFileCannotBeOpened() {
        assertThatThrownBy(() -> LogFile.open(dir + "/no/file"))
                .hasMessage("open() \"" + dir + "/no/file\" failed (2: No such file or directory)");
    }

    @Test
    void sendsToSyslogWithTheLinesSeverity() throws Exception {
        try (var server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(5000);
            var syslog = Syslog.parse("server=127.0.0.1:" + server.getLocalPort() + ",facility=user,tag=bird,nohostname");
            new Log(List.of(Target.syslog(syslog, Level.INFO))).write(Level.WARN, 5, "hello");
            var packet = new DatagramPacket(new byte[4096], 4096);
            server.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1))
                    .matches("<12>[A-Z][a-z]{2} [ 1-3]\\d \\d\\d:\\d\\d:\\d\\d bird: " + STAMP + "\\[warn] \\d+#\\d+: \\*5 hello");
        }
    }

    @Test
    void reportsAFailingSyslogToTheFilesBesideIt() throws Exception {
        var syslog = Syslog.parse("server=unix:" + dir + "/none.sock");
        var log = new Log(List.of(Target.syslog(syslog, Level.INFO), Target.file(LogFile.open(dir + "/beside"), Level.ERROR)));
        log.write(Level.INFO, "lost");
        assertThat(text("beside")).contains("[alert]",
                "connect() failed (2: No such file or directory) while logging to syslog, server: unix:" + dir + "/none.sock\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "tag=a | no syslog server specified",
        "server=127.0.0.1,server=127.0.0.1 | duplicate syslog \"server\"",
        "server=127.0.0.1:0 | invalid port in syslog server \"127.0.0.1:0\"",
        "server=127.0.0.1,facility=x | unknown syslog facility \"x\"",
        "server=127.0.0.1,severity=err | unknown syslog severity \"err\"",
        "server=127.0.0.1,tag=a-b | syslog \"tag\" only allows alphanumeric characters and underscore",
        "server=127.0.0.1,tag=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | syslog tag length exceeds 32",
        "server=127.0.0.1,x | unknown syslog parameter \"x\""
    })
    void refusesBadSyslogParameters(String parameters, String message) {
        assertThatThrownBy(() -> Syslog.parse(parameters)).hasMessage(message);
    }
}
