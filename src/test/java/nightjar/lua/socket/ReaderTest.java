package nightjar.lua.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nightjar.core.Mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Results do not depend on how the bytes arrive.
final class ReaderTest {
    private static final int STRUCT = 64;

    private final long u = Mem.alloc(STRUCT);
    private final Input input = new Input();
    private final Reader reader = new Reader();
    private String stream = "";
    private int sent;
    private int step = 1;
    private boolean ended;

    ReaderTest() {
        Mem.fill(u, STRUCT, 0);
    }

    @AfterEach
    void free() {
        input.free(u);
        Mem.free(u);
    }

    /// The next read's result; null when the stream ends before it.
    private String read() {
        for (;;) {
            switch (reader.look(u, ended)) {
                case YES -> { return take(); }
                case NEVER -> {
                    reader.partial(u);
                    return null;
                }
                case NOT_YET -> { }
            }
            if (sent == stream.length()) {
                ended = true;
                continue;
            }
            long at = input.room(u, 4);
            int n = Math.min(Math.min(step, input.left(u)), stream.length() - sent);
            Mem.put(at, stream.substring(sent, sent + n));
            Struct.last(u, at + n);
            sent += n;
            if (n == step) input.widen(u);
        }
    }

    private String take() {
        long pos = Struct.pos(u);
        int length = Mem.i(u + 40), skip = Mem.i(u + 44);
        var text = Mem.string(pos, length);
        Struct.pos(u, pos + skip);
        return text;
    }

    private String read(int mode, int size) {
        reader.begin(mode, size);
        return read();
    }

    private void stream(String text, int step) {
        stream = text;
        this.step = step;
        sent = 0;
        ended = false;
        input.free(u);
    }

    @Test
    void linesAreWithoutTheirEndsAndAllReturns() {
        for (int step = 1; step < 12; step++) {
            stream("one\r\n\n\rt\rwo\nrest", step);
            assertThat(read(Reader.LINE, 0)).isEqualTo("one");
            assertThat(read(Reader.LINE, 0)).isEmpty();
            assertThat(read(Reader.LINE, 0)).isEqualTo("two");
            assertThat(read(Reader.LINE, 0)).isNull();
            assertThat(take()).isEqualTo("rest");
        }
    }

    @Test
    void sizesAreMetExactly() {
        for (int step = 1; step < 9; step++) {
            stream("abcdefgh", step);
            assertThat(read(Reader.BYTES, 3)).isEqualTo("abc");
            assertThat(read(Reader.BYTES, 5)).isEqualTo("defgh");
            assertThat(read(Reader.BYTES, 1)).isNull();
            assertThat(take()).isEmpty();
        }
    }

    @Test
    void allIsEverythingAndAnyIsWhatIsThere() {
        stream("abcdef", 4);
        assertThat(read(Reader.ANY, 3)).isEqualTo("abc");
        assertThat(read(Reader.ANY, 3)).isEqualTo("d");
        assertThat(read(Reader.ALL, 0)).isEqualTo("ef");
        assertThat(read(Reader.ALL, 0)).isEmpty();
        assertThat(read(Reader.ANY, 3)).isNull();
    }

    @Test
    void aPatternIsFoundHoweverItsBytesCome() {
        var random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            var pattern = word(random, 1 + random.nextInt(5));
            stream(word(random, random.nextInt(40)), 1 + random.nextInt(6));
            var left = stream;
            long p = compile(pattern), text = Mem.allocCstring(pattern);
            int at;
            while ((at = left.indexOf(pattern)) >= 0) {
                reader.begin(p, text, 0, 0);
                assertThat(read()).as("%s in %s", pattern, stream).isEqualTo(left.substring(0, at));
                left = left.substring(at + pattern.length());
            }
            reader.begin(p, text, 0, 0);
            assertThat(read()).as("%s in %s", pattern, stream).isNull();
            assertThat(left).startsWith(take());
            Mem.free(p);
            Mem.free(text);
        }
    }

    @Test
    void piecesMakeUpWhatIsBeforeThePattern() {
        var random = new Random(8);
        for (int round = 0; round < 3000; round++) {
            var pattern = word(random, 1 + random.nextInt(5));
            var before = word(random, random.nextInt(30));
            stream(before + pattern + "!", 1 + random.nextInt(6));
            int size = 1 + random.nextInt(5);
            long p = compile(pattern), text = Mem.allocCstring(pattern);
            List<String> pieces = new ArrayList<>();
            do {
                reader.begin(p, text, size, Until.state(p));
                pieces.add(read());
            } while (Until.state(p) != Until.FOUND);
            assertThat(String.join("", pieces)).as("%s in %s", pattern, stream).isEqualTo(stream.substring(0, stream.indexOf(pattern)));
            Mem.free(p);
            Mem.free(text);
        }
    }

    private static String word(Random random, int n) {
        var b = new StringBuilder();
        for (int i = 0; i < n; i++) b.append((char) ('a' + random.nextInt(2)));
        return b.toString();
    }

    /// As `socket.lua` does.
    private static long compile(String pattern) {
        int n = pattern.length();
        long p = Mem.alloc(16 + 4L * n);
        Mem.fill(p, 16 + 4L * n, 0);
        Mem.i(p + 8, n);
        int k = 0;
        for (int i = 1; i < n; i++) {
            while (k > 0 && pattern.charAt(k) != pattern.charAt(i)) k = Until.fail(p, k - 1);
            if (pattern.charAt(k) == pattern.charAt(i)) k++;
            Mem.i(p + 16 + 4L * i, k);
        }
        return p;
    }
}
