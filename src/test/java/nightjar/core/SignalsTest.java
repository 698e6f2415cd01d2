package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SignalsTest {
    /// Says which signals it gets.
    static final class Listener {
        static void main() throws Exception {
            for (var name : List.of("QUIT", "TERM", "INT", "HUP", "USR1", "WINCH")) {
                boolean had = Signals.on(name, () -> System.out.println("got " + name));
                System.out.println((had ? "takes " : "cannot take ") + name);
            }
            System.out.println("ready");
            Thread.sleep(60_000);
        }
    }

    /// Says whether a thread waits for QUIT: when it was asked for, and after the end.
    static final class Leaver {
        static void main() throws Exception {
            Signals.end();
            Signals.on("QUIT", () -> System.out.println("got QUIT"));
            var reader = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("quit")).findAny().orElseThrow();
            System.out.println("alive " + reader.isAlive());
            Signals.end();
            reader.join(10_000);
            System.out.println("alive " + reader.isAlive());
            System.out.println("ready");
        }
    }

    private static Process listener(String redirection) throws Exception {
        return start(Listener.class, redirection);
    }

    private static Process start(Class<?> program, String redirection) throws Exception {
        var java = System.getProperty("java.home") + "/bin/java";
        return new ProcessBuilder("sh", "-c", "exec env --default-signal=HUP,INT,QUIT,TERM,USR1,WINCH \"$@\" " + redirection, "sh", java, "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), program.getName())
                .redirectErrorStream(true).start();
    }

    private static List<String> untilReady(BufferedReader out) throws Exception {
        var lines = new ArrayList<String>();
        for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
            assertThat(line).isNotNull();
            lines.add(line);
        }
        return lines;
    }

    @Test
    @Timeout(60)
    void takesEverySignalEveryTime() throws Exception {
        var child = listener("3</dev/null");
        try (var out = child.inputReader()) {
            assertThat(untilReady(out)).contains("takes QUIT");
            for (int round = 0; round < 5; round++) {
                for (var name : List.of("QUIT", "TERM", "INT", "HUP", "USR1", "WINCH")) {
                    assertThat(new ProcessBuilder("kill", "-" + name, "" + child.pid()).start().waitFor()).isZero();
                    assertThat(out.readLine()).isEqualTo("got " + name);
                }
            }
        } finally {
            child.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Test
    @Timeout(60)
    void leavesQuitAloneWithoutItsDescriptor() throws Exception {
        var child = listener("3</dev/zero");
        try (var out = child.inputReader()) {
            assertThat(untilReady(out)).contains("cannot take QUIT", "takes TERM");
        } finally {
            child.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Test
    @Timeout(60)
    void theEndLeavesNoThreadThatWaitsForQuit() throws Exception {
        var child = start(Leaver.class, "3</dev/null");
        try (var out = child.inputReader()) {
            assertThat(untilReady(out)).containsExactly("alive true", "alive false");
        } finally {
            child.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }
}
