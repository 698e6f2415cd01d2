package nightjar.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Any bytes: the decoder neither fails nor hangs, pieces change nothing, and a body it takes is one that a plain
/// reading of the grammar takes, with the same data and the same end.
class ChunkedParserFuzzTest {
    private static final int SIZE_LIMIT = 1 << 16;
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]+)(?:[; \t][^\r\n]*+)?\r\n");
    private static final Pattern TRAILERS = Pattern.compile("(?:[^\r\n]++\r\n)*+\r\n");

    @FuzzTest(maxDuration = "10m")
    void decodesAnyBytesInOneWay(byte[] data) {
        if (data.length > SIZE_LIMIT) {
            return;
        }
        var chunks = new Chunks();
        chunks.decode(data, Math.max(1, data.length));
        String outcome = chunks.outcome();
        boolean done = chunks.code == ChunkedParser.DONE;
        String text = new String(data, StandardCharsets.ISO_8859_1);
        assertThat(done).isEqualTo(chunks.code != ChunkedParser.BAD && plainEnd(text, new StringBuilder()) >= 0);
        if (done) {
            var body = new StringBuilder();
            assertThat(plainEnd(text, body)).isEqualTo(chunks.used);
            assertThat(chunks.body).hasToString(body.toString());
        }
        int spread = Math.max(1, data.length / 16);
        for (int cut = 0; cut <= data.length; cut += cut < 64 ? 1 : spread) {
            chunks.decodeInTwo(data, cut);
            assertThat(chunks.outcome()).as("cut at %d", cut).isEqualTo(outcome);
        }
        chunks.decode(data, 1);
        assertThat(chunks.outcome()).as("byte by byte").isEqualTo(outcome);
    }

    /// The end of the body by the grammar, -1 when it is none or not complete; the data goes to `body`.
    private static int plainEnd(String text, StringBuilder body) {
        var chunk = CHUNK.matcher(text);
        int at = 0;
        while (chunk.region(at, text.length()).lookingAt()) {
            String digits = chunk.group(1).replaceFirst("^0+(?=.)", "");
            long size = digits.length() > 8 ? Long.MAX_VALUE : Long.parseLong(digits, 16);
            at = chunk.end();
            if (size == 0) {
                var trailers = TRAILERS.matcher(text);
                return trailers.region(at, text.length()).lookingAt() ? trailers.end() : -1;
            }
            if (size > text.length() - at || !text.startsWith("\r\n", at + (int) size)) {
                return -1;
            }
            body.append(text, at, at + (int) size);
            at += (int) size + 2;
        }
        return -1;
    }
}
