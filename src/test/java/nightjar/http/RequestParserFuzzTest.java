package nightjar.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import nightjar.core.Bytes;

/// Any bytes: the parser neither fails nor hangs, pieces change nothing, and what it accepts can be read in one way
/// only. `JAZZER_FUZZ=1 mvn test -Dtest=RequestParserFuzzTest` searches; otherwise the kept inputs are replayed.
class RequestParserFuzzTest {
    private static final int SIZE_LIMIT = 1 << 16;
    private static final HeadRules SMALL = new HeadRules(48, 2, 96, 6, true, true, false);
    private static final HeadRules WIDE = new HeadRules(1 << 20, 4, 1 << 20, 100_000, true, false, true);
    private static final HeadRules WIDE_SMALL = new HeadRules(1 << 20, 4, 1 << 20, 100_000, true, true, false);

    @FuzzTest(maxDuration = "10m")
    void readsAnyBytesInOneWay(byte[] data) {
        if (data.length > SIZE_LIMIT) {
            return;
        }
        check(data, HeadRules.DEFAULT, WIDE);
        check(data, SMALL, WIDE_SMALL);
    }

    private static void check(byte[] head, HeadRules rules, HeadRules wide) {
        var heads = new Heads(rules);
        int code = heads.parse(head, head.length);
        String outcome = heads.outcome();
        String reading = code > 0 ? heads.reading() : "";
        String written = code > 0 ? heads.written() : "";

        int spread = Math.max(1, head.length / 16);
        for (int cut = 0; cut <= head.length; cut += cut < 64 ? 1 : spread) {
            heads.parseInTwo(head, cut);
            assertThat(heads.outcome()).as("cut at %d", cut).isEqualTo(outcome);
        }
        heads.parse(head, 1);
        assertThat(heads.outcome()).as("byte by byte").isEqualTo(outcome);

        if (code > 0) {
            assertThat(code).isLessThanOrEqualTo(head.length);
            hidesNoFraming(new String(head, 0, code, StandardCharsets.ISO_8859_1), heads);
            var again = Heads.of(wide, written);
            assertThat(again.code).isEqualTo(written.length());
            assertThat(again.reading()).isEqualTo(reading);
        }
    }

    /// The most lenient reader of the same bytes, which takes CR and LF alike as line ends and sees a framing header
    /// through any white space or control bytes, must find no more framing than the parser said.
    private static void hidesNoFraming(String head, Heads heads) {
        for (String text : head.split("[\r\n]")) {
            int colon = text.indexOf(':');
            String name = Bytes.lower(text.substring(0, Math.max(colon, 0)).replaceAll("[\\x00-\\x20\\x7f]", ""));
            if (name.equals("content-length")) {
                assertThat(Long.parseLong(text.substring(colon + 1).replace(" ", "")))
                        .isEqualTo(heads.h.contentLength());
            } else if (name.equals("transfer-encoding")) {
                assertThat(heads.h.chunked()).isTrue();
            }
        }
        assertThat(heads.h.chunked() && heads.h.contentLength() >= 0).isFalse();
    }
}
