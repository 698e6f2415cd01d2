package nightjar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class BlockTest {
    @Test
    void readsBlocksSectionsAndResponses() {
        var blocks = Block.parse("a.t", """
                What stands here is for people.

                === one
                --- config
                location / {
                    return 200;
                }

                --- raw_request
                GET /a HTTP/1.1
                Host: a

                GET /b HTTP/1.1
                Host: a
                --- error_code: 200
                --- next
                --- error_code: 404

                === two
                --- request
                GET /
                --- response_body chop
                text
                """);
        assertThat(blocks).extracting(Block::title).containsExactly("one", "two");
        var one = blocks.getFirst();
        assertThat(one.text("config")).isEqualTo("location / {\n    return 200;\n}\n");
        assertThat(one.exchanges()).hasSize(1);
        assertThat(one.exchanges().getFirst().responses()).hasSize(2);
        assertThat(one.exchanges().getFirst().responses().get(1).get("error_code").value()).isEqualTo("404");
        var two = blocks.get(1);
        assertThat(two.ownsServer()).isFalse();
        assertThat(two.exchanges().getFirst().responses().getFirst().get("response_body").value()).isEqualTo("text");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> Block.parse("a.t", "=== a\n--- confg\n")).hasMessage("a.t:2: unknown section \"confg\"");
        assertThatThrownBy(() -> Block.parse("a.t", "=== a\n--- config trim\n")).hasMessage("a.t:2: unknown filter \"trim\"");
        assertThatThrownBy(() -> Block.parse("a.t", "=== a\n--- error_code: 200\n")).hasMessage("a.t:2: \"error_code\" before a request");
        assertThatThrownBy(() -> Block.parse("a.t", "=== a\n--- config\n")).hasMessage("a.t:1: nothing is tested");
        assertThatThrownBy(() -> Block.parse("a.t", "=== a\n--- request\nGET /\n")).hasMessage("a.t:1: the first block has no server");
        assertThatThrownBy(() -> Block.parse("a.t", "=== a\n--- needs: redis oracle\n")).hasMessageStartingWith("a.t:1: needs what is not there: ");
    }

    @Test
    void endsRawRequestsUnlessTold() {
        assertThat(Escapes.wire("GET / HTTP/1.1\nHost: a\n")).containsExactly("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(Escapes.wire("GET /\\w HTTP\\\n")).containsExactly("GET /", " HTTP");
        assertThat(Escapes.wire("a\\x00\\n\\\n\\\\b\\\n")).containsExactly("a\0\n\\b");
    }

    @Test
    void completesPlainRequests() {
        assertThat(BlockRunner.plain("GET /\n")).isEqualTo("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(BlockRunner.plain("POST /a HTTP/1.0\nhost: b\n\nbody\n"))
                .isEqualTo("POST /a HTTP/1.0\r\nhost: b\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody");
    }

    @Test
    void readsResponsesOneAfterAnother() throws IOException {
        var in = wire("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
                + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                + "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nX: a\r\nX: b\r\n\r\nrest");
        assertThat(WireResponse.read(in, false).body()).isEqualTo("hi");
        assertThat(WireResponse.read(in, false).body()).isEqualTo("abc");
        assertThat(WireResponse.read(in, false).status()).isEqualTo(304);
        var last = WireResponse.read(in, false);
        assertThat(last.body()).isEqualTo("rest");
        assertThat(last.values("x")).containsExactly("a", "b");
        assertThat(WireResponse.read(in, false)).isNull();
    }

    @Test
    void refusesBadFraming() {
        assertThatThrownBy(() -> WireResponse.read(wire("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi"), false)).hasMessageContaining("ends after 2");
        assertThatThrownBy(() -> WireResponse.read(wire("HTTP/1.1 200 OK\nA: b\n\n"), false)).hasMessageContaining("without CR");
        assertThatThrownBy(() -> WireResponse.read(wire("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n"), false))
                .hasMessageContaining("no CRLF after a chunk");
    }

    private static BufferedInputStream wire(String text) {
        return new BufferedInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
