package nightjar.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadTest {
    private final List<String> warnings = new ArrayList<>();
    private final HttpHead head = new HttpHead((_, text) -> warnings.add(text));

    private int parse(String text) {
        return HeadText.parse(head, text);
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    @Test
    void readsStatusAndHeaders() {
        var text = lines("HTTP/1.1 200 Very Well", "Content-Length:  12 ", "X-a: b c", "Empty");
        assertThat(parse(text + "body")).isEqualTo(text.length());
        assertThat(head.status).isEqualTo(200);
        assertThat(head.statusLine).isEqualTo("200 Very Well");
        assertThat(head.contentLength).isEqualTo(12);
        assertThat(head.get("x-A").value).isEqualTo("b c");
        assertThat(head.get("empty").value).isEmpty();
        assertThat(head.close).isFalse();
    }

    @Test
    void readsAHeadThatComesByteByByte() {
        var text = lines("HTTP/1.1 404 Not Found", "Transfer-Encoding: Chunked", "Connection: Keep, Close");
        for (int n = 1; n < text.length(); n++) assertThat(parse(text.substring(0, n))).as("after " + n).isEqualTo(ResponseHead.MORE);
        assertThat(parse(text)).isEqualTo(text.length());
        assertThat(head.chunked).isTrue();
        assertThat(head.close).isTrue();
    }

    @Test
    void readsOverInterimResponses() {
        var text = lines("HTTP/1.1 100 Continue") + lines("HTTP/1.1 103 Early", "Content-Length: 5") + lines("HTTP/1.1 204 No Content");
        assertThat(parse(text)).isEqualTo(text.length());
        assertThat(head.status).isEqualTo(204);
        assertThat(head.headers).isEmpty();
        assertThat(head.contentLength).isEqualTo(-1);
    }

    @Test
    void anOldServersConnectionIsNotKept() {
        parse(lines("HTTP/1.0 200 OK"));
        assertThat(head.close).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello world\r\n", "HTTP/1.1\r\n", "HTTP/x.1 200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000\r\n", "HTTX"})
    void whatIsNoStatusLineIsNoHead(String text) {
        assertThat(parse(text)).isEqualTo(ResponseHead.NO_HEAD);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {
        "'Foo bar: x', 'upstream sent invalid header: \"Foo\\x20...\"'",
        "': x', 'upstream sent invalid header: \"\\x3a...\"'",
        "'Content-Length: -1', 'upstream sent invalid \"Content-Length\" header: \"Content-Length: -1\"'",
        "'Transfer-Encoding: gzip', 'upstream sent unknown \"Transfer-Encoding\": \"gzip\"'"})
    void refusesBadLines(String line, String problem) {
        assertThat(parse(lines("HTTP/1.1 200 OK", line))).isEqualTo(ResponseHead.INVALID);
        assertThat(head.problem).isEqualTo(problem);
    }

    @Test
    void refusesTwoFramings() {
        assertThat(parse(lines("HTTP/1.1 200 OK", "Content-Length: 1", "Transfer-Encoding: chunked"))).isEqualTo(ResponseHead.INVALID);
        assertThat(head.problem).isEqualTo("upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time");
    }

    @Test
    void refusesTwoLengths() {
        assertThat(parse(lines("HTTP/1.1 200 OK", "Content-Length: 1", "content-length: 1"))).isEqualTo(ResponseHead.INVALID);
        assertThat(head.problem).isEqualTo(
                "upstream sent duplicate header line: \"content-length: 1\", previous value: \"Content-Length: 1\"");
    }

    @Test
    void theFirstOfTwoTypesCounts() {
        parse(lines("HTTP/1.1 200 OK", "Content-Type: a/b", "Content-Type: c/d"));
        assertThat(head.get("content-type").value).isEqualTo("a/b");
        assertThat(head.headers).hasSize(1);
        assertThat(warnings).containsExactly(
                "upstream sent duplicate header line: \"Content-Type: c/d\", previous value: \"Content-Type: a/b\", ignored");
    }
}
