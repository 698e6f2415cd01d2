package nightjar.pcre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nightjar.core.Mem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegexTest {
    @Test
    void fillsTheOffsetsOfGroups() {
        var regex = Regex.compile("^/(?<user>[a-z]+)/(\\d+)?(x)?", Regex.CASELESS);
        var offsets = new int[8];
        assertThat(regex.match("/Bob/z", offsets)).isEqualTo(2);
        assertThat(offsets).containsExactly(0, 5, 1, 4, -1, -1, -1, -1);
        assertThat(regex.match("nothing", offsets)).isEqualTo(Regex.NOMATCH);
        assertThat(regex.captures()).isEqualTo(3);
        assertThat(regex.names()).containsExactly(new Regex.Name("user", 1));
        assertThat(regex.jit()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "( | pcre2_compile() failed: missing closing parenthesis in \"(\"",
        "a)b | pcre2_compile() failed: unmatched closing parenthesis in \"a)b\" at \")b\"",
        "[a | pcre2_compile() failed: missing terminating ] for character class in \"[a\"",
    })
    void wordsABadPatternAsNginx(String pattern, String message) {
        assertThatThrownBy(() -> Regex.compile(pattern, 0)).isInstanceOf(PcreException.class).hasMessage(message);
    }

    @Test
    void tellsDuplicateNamesApart() {
        var regex = Regex.compile("(?<n>a)|(?<n>b)", Regex.DUPNAMES);
        assertThat(regex.names()).containsExactly(new Regex.Name("n", 1), new Regex.Name("n", 2));
        assertThat(regex.nameCount()).isEqualTo(2);
        assertThat(Mem.b(regex.nameTable() + regex.nameEntrySize() + 1)).isEqualTo((byte) 2);
    }

    @Test
    void matchesBytesUnlessToldThatTheyAreUtf8() {
        var twoBytes = "\u00c3\u00a4";
        assertThat(Regex.compile("^.$", 0).matches(twoBytes)).isFalse();
        assertThat(Regex.compile("^.$", Regex.UTF).matches(twoBytes)).isTrue();
        assertThat(Regex.compile("^.$", Regex.UTF).match("\u00ff", new int[2])).isLessThan(-1);
    }

    @Test
    void takesMoreGroupsAndLongerSubjectsThanUsual() {
        var offsets = new int[102];
        assertThat(Regex.compile("(.)".repeat(50), 0).match("x".repeat(60), offsets)).isEqualTo(51);
        assertThat(offsets[101]).isEqualTo(50);
        var subject = "ab".repeat(2_000_000);
        assertThat(Regex.compile("b$", 0).match(subject, offsets)).isEqualTo(1);
        assertThat(offsets[1]).isEqualTo(4_000_000);
    }

    @Test
    void endsARunawayMatch() {
        var regex = Regex.compile("(a+)+$", 0, false);
        assertThat(regex.match("a".repeat(40) + "b", new int[4])).isEqualTo(Regex.ERROR_MATCHLIMIT);
        assertThat(Pcre.errorText(Regex.ERROR_MATCHLIMIT)).isEqualTo("match limit exceeded");
    }

    @Test
    void matchesFromMemoryToMemory() {
        long at = Mem.alloc(64);
        Mem.put(at, "foobarfoo");
        var regex = Regex.compile("foo", 0);
        assertThat(regex.match(at, 9, 1, 0, 0, 0, at + 16, 4)).isEqualTo(1);
        assertThat(Mem.i(at + 16)).isEqualTo(6);
        assertThat(Mem.i(at + 20)).isEqualTo(9);
        assertThat(Regex.compile("foo|foobar", 0).dfaMatch(at, 9, 0, 0, 0, at + 16, 6)).isEqualTo(2);
        assertThat(Mem.i(at + 20)).isEqualTo(6);
        assertThat(Mem.i(at + 28)).isEqualTo(3);
        Mem.free(at);
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        var regex = Regex.compile("^(\\d+)-(\\d+)$", 0);
        var wrong = new AtomicInteger();
        try (var pool = Executors.newFixedThreadPool(100)) {
            for (int t = 0; t < 100; t++) {
                int id = t;
                pool.execute(() -> {
                    var offsets = new int[6];
                    var left = "1".repeat(id + 1);
                    for (int n = 0; n < 300; n++) {
                        if (regex.match(left + "-2", offsets) != 3 || offsets[3] != id + 1) wrong.incrementAndGet();
                    }
                });
            }
            pool.shutdown();
            assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(wrong).hasValue(0);
    }

    @Test
    void saysWhatToInstallWhereThereIsNoLibrary() throws Exception {
        var child = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "--enable-native-access=ALL-UNNAMED",
                "-Dnightjar.pcre=libnothing.so.9", "-cp", System.getProperty("java.class.path"), Compile.class.getName())
                .redirectErrorStream(true).start();
        assertThat(child.inputReader().readLine()).isEqualTo("PCRE2 is not there: cannot load \"libnothing.so.9\"; "
                + "install libpcre2-8-0 (Debian, Ubuntu) or pcre2 (Fedora, Alpine, Arch)");
        child.waitFor();
    }

    static final class Compile {
        static void main() {
            try {
                Regex.compile("a", 0);
            } catch (PcreException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
