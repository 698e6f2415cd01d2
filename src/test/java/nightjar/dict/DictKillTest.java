package nightjar.dict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import nightjar.core.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed (`kill -9`) in the middle of writes to a dict in a file. `-Dnightjar.kills=200` has more rounds.
final class DictKillTest {
    private static final int ROUNDS = Integer.getInteger("nightjar.kills", 4);
    private static final long SIZE = 1 << 20;
    private static final int KEYS = 2000;
    private static final long SECONDS = 60;
    private static final int SIGKILL = 9;

    @TempDir
    Path dir;

    @Test
    void whatAKilledProcessLeavesIsWhole() throws Exception {
        var path = dir.resolve("dict").toString();
        var random = new Random(11);
        for (int round = 0; round < ROUNDS; round++) {
            long told = writeUntilKilled(path, random.nextInt(60));
            var refused = new ArrayList<String>();
            var file = DictFile.open(path, "kill", SIZE, false, refused::add);
            try (var dict = new TestDict(new SharedDict(file.entries(), SIZE))) {
                assertThat(refused).as("round " + round).isEmpty();
                Inspection.inspect(file.entries());
                assertThat((Double) dict.get("count")).isGreaterThanOrEqualTo(told);
                for (int k = 0; k < KEYS; k++) check(k, dict.get("key" + k));
                // every other time the next process finds the file closed
                if (round % 2 == 0) file.seal();
            } finally {
                file.close();
            }
        }
    }

    /// Returns what the process last said that it had counted.
    private long writeUntilKilled(String path, int msec) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        var process = new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), Writer.class.getName(), path)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var out = new BufferedReader(process.inputReader(StandardCharsets.ISO_8859_1))) {
            var first = out.readLine();
            assertThat(first).isNotNull();
            Thread.sleep(msec);
            // as destroyForcibly(), which throws away what the process has said, too
            Posix.kill((int) process.pid(), SIGKILL);
            long told = Long.parseLong(first);
            for (String line; (line = out.readLine()) != null; ) {
                if (line.endsWith(".")) told = Long.parseLong(line.substring(0, line.length() - 1));
            }
            return told;
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void check(int key, Object value) {
        if (value == null || value == Answer.IS_A_LIST) return;
        var text = (String) value;
        assertThat(text).isEqualTo(value(key, text.charAt(text.length() - 1), text.length()));
    }

    private static String value(int key, char c, int length) {
        var head = key + ":";
        return length <= head.length() ? String.valueOf(c).repeat(length) : head + String.valueOf(c).repeat(length - head.length());
    }

    /// Writes without end, into a dict that is too small for it.
    static final class Writer {
        public static void main(String[] args) {
            List<String> refused = new ArrayList<>();
            var file = DictFile.open(args[0], "kill", SIZE, false, refused::add);
            if (!refused.isEmpty()) throw new IllegalStateException(refused.getFirst());
            var dict = new TestDict(new SharedDict(file.entries(), SIZE));
            var random = new Random();
            dict.incr("count", 0, 0, 0);
            long count = ((Double) dict.get("count")).longValue();
            System.out.println(count);
            while (true) {
                for (int n = 0; n < 5; n++) write(dict, random);
                // so often that it is never the oldest
                dict.incr("count", 1);
                System.out.println(++count + ".");
            }
        }

        private static void write(TestDict dict, Random random) {
            int k = random.nextInt(KEYS);
            dict.now++;
            int length = 1 + (random.nextInt(8) == 0 ? random.nextInt(9000) : random.nextInt(50) * 40);
            char c = (char) ('a' + random.nextInt(26));
            switch (random.nextInt(8)) {
                case 0 -> dict.set("key" + k, null);
                case 1 -> {
                    for (int n = random.nextInt(20); n > 0; n--) dict.push(random.nextBoolean(), "list" + k % 9, value(k, c, length / 20));
                }
                case 2 -> dict.pop(random.nextBoolean(), "list" + k % 9);
                case 3 -> dict.get("key" + k);
                case 4 -> dict.store(0, "key" + k, value(k, c, length), 200);
                case 5 -> dict.incr("n" + k % 20, 1, 0, 500);
                // in the place of a value of the same length
                default -> dict.set("key" + k, value(k, c, k % 200 * 20 + 3));
            }
        }
    }
}
