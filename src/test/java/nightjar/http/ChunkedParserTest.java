package nightjar.http;

import static org.assertj.core.api.Assertions.assertThat;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedParserTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "3\r\nabc\r\n0\r\n\r\n",
        "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
        "0003\r\nabc\r\n000\r\n\r\n",
        "3;x=y;\"z\"\r\nabc\r\n0;x\r\n\r\n",
        "3 \r\nabc\r\n0 \r\n\r\n",
        "3\t;a\r\nabc\r\n0\r\n\r\n",
        "3\r\nabc\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n",
    })
    void decodes(String body) {
        var chunks = Chunks.of(body + "GET /");
        assertThat(chunks.code).isEqualTo(ChunkedParser.DONE);
        assertThat(chunks.body).hasToString("abc");
        assertThat(chunks.used).isEqualTo(body.length());
        assertThat(chunks.parser.received()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\r\n", "x\r\n", ";a\r\n", " 3\r\n", "-3\r\n", "+3\r\n", "0x3\r\n", "3,\r\n", "3_\r\n", "g\r\n",
        "3\nabc\r\n", "3\r\nabc\n", "3\r\nabcd\r\n", "3\r\nabc0\r\n", "3\r\nabc\rx", "3\rabc", "3;a\nabc", "3;a\rb",
        "3\0\r\n", "3\r\r\n", "0\n\n", "0\r\n\n", "0\r\nA: b\n", "0\r\nA: b\rc", "0\r\n\rx", "0;a\n", "0\rx", "0x\r\n",
        "8000000000000000\r\n", "10000000000000000\r\n", "7fffffffffffffff\r\n", "fffffffffffffffff\r\n",
    })
    void refuses(String body) {
        assertThat(Chunks.of(body).code).isEqualTo(ChunkedParser.BAD);
        var bytewise = new Chunks();
        bytewise.decode(Bytes.of(body), 1);
        assertThat(bytewise.code).isEqualTo(ChunkedParser.BAD);
    }

    @Test
    void decodesTheSameInPiecesOfAnySize() {
        byte[] body = Bytes.of("5;a=b\r\nhello\r\n6\r\n world\r\n10\r\n0123456789abcdef\r\n0\r\nT: u\r\n\r\n");
        var chunks = new Chunks();
        for (int step = 1; step <= body.length; step++) {
            chunks.decode(body, step);
            assertThat(chunks.code).isEqualTo(ChunkedParser.DONE);
            assertThat(chunks.body).hasToString("hello world0123456789abcdef");
        }
    }

    @Test
    void tellsEarlyThatABodyIsTooLong() {
        var parser = new ChunkedParser();
        String body = "5\r\nhello\r\nffffff\r\nx";
        long at = Mem.alloc(body.length());
        long limit = Mem.put(at, body);
        assertThat(parser.next(at, limit)).isEqualTo(ChunkedParser.DATA);
        assertThat(parser.exceeds(5)).isFalse();
        assertThat(parser.exceeds(4)).isTrue();
        assertThat(parser.next(parser.position(), limit)).isEqualTo(ChunkedParser.DATA);
        assertThat(parser.exceeds(0)).isFalse();
        assertThat(parser.exceeds(1 << 20)).isTrue();
        assertThat(parser.left()).isEqualTo(0xffffff - 1);
        Mem.free(at);
    }

    @Test
    void saysHowMuchIsStillToCome() {
        assertThat(Chunks.of("").parser.expected()).isEqualTo(5);
        assertThat(Chunks.of("5").parser.expected()).isEqualTo(14);
        assertThat(Chunks.of("5\r\nhel").parser.expected()).isEqualTo(9);
        assertThat(Chunks.of("0\r\n\r").parser.expected()).isEqualTo(1);
    }
}
