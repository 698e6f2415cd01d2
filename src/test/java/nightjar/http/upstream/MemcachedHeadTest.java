package nightjar.http.upstream;

import static nightjar.http.upstream.HeadText.parse;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.http.upstream.MemcachedHead.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemcachedHeadTest {
    private final List<String> told = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();

    private MemcachedHead head(Kind kind) {
        return new MemcachedHead(kind, "cmd", "some%20key", flags::add, (_, text) -> told.add(text));
    }

    @Test
    void theLineBeforeAValueIsItsHead() {
        var head = head(Kind.VALUE);
        var line = "VALUE some%20key 7 5\r\n";
        for (int n = 1; n < line.length(); n++) assertThat(parse(head, line.substring(0, n))).isEqualTo(ResponseHead.MORE);
        assertThat(parse(head, line + "hello\r\nEND\r\n")).isEqualTo(line.length());
        assertThat(head.status).isEqualTo(200);
        assertThat(head.contentLength).isEqualTo(5);
        assertThat(head.trailer).isEqualTo(Bytes.of("\r\nEND\r\n"));
        assertThat(flags).containsExactly("7");
    }

    @Test
    void noValueIs404() {
        var head = head(Kind.VALUE);
        assertThat(parse(head, "END\r\n")).isEqualTo(5);
        assertThat(head.status).isEqualTo(404);
        assertThat(told).containsExactly("key: \"some%20key\" was not found by memcached");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "VALUE other 0 5       | memcached sent invalid key in response \"VALUE other 0 5\" for key \"some%20key\"",
        "VALUE some%20keys 0 5 | memcached sent invalid response: \"VALUE some%20keys 0 5\"",
        "VALUE some%20key      | memcached sent invalid response: \"VALUE some%20key\"",
        "VALUE some%20key 0 x  | memcached sent invalid length in response \"VALUE some%20key 0 x\" for key \"some%20key\"",
        "ERROR                 | memcached sent invalid response: \"ERROR\"",
    })
    void whatIsNoValueIsInvalid(String line, String problem) {
        var head = head(Kind.VALUE);
        assertThat(parse(head, line + "\r\n")).isEqualTo(ResponseHead.INVALID);
        assertThat(head.problem).isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "STORAGE, STORED, 201", "STORAGE, NOT_STORED, 200", "STORAGE, EXISTS, 200", "STORAGE, ERROR, 502",
        "STORAGE, SERVER_ERROR no memory, 502", "FLUSH, OK, 200", "DELETE, DELETED, 200", "NUMBER, 12, 201", "NUMBER, 7  , 201",
        "NUMBER, CLIENT_ERROR not a number, 502", "VERSION, VERSION 1.6.18, 200", "STATISTICS, END, 200",
    })
    void anAnswerIsABody(Kind kind, String answer, int status) {
        var head = head(kind);
        var text = answer + "\r\n";
        for (int n = 1; n < text.length(); n++) assertThat(parse(head, text.substring(0, n))).isEqualTo(ResponseHead.MORE);
        assertThat(parse(head, text)).isZero();
        assertThat(head.status).isEqualTo(status);
        assertThat(head.contentLength).isEqualTo(text.length());
        assertThat(head.close).isFalse();
    }

    @Test
    void statisticsAreManyLines() {
        var head = head(Kind.STATISTICS);
        var text = "STAT pid 1\r\nSTAT uptime 2\r\nEND\r\n";
        for (int n = 1; n < text.length(); n++) assertThat(parse(head, text.substring(0, n))).isEqualTo(ResponseHead.MORE);
        assertThat(parse(head, text)).isZero();
        assertThat(head.contentLength).isEqualTo(text.length());
    }

    @ParameterizedTest
    @CsvSource({"STORAGE", "DELETE", "NUMBER"})
    void aMissingKeyIs404WithoutABody(Kind kind) {
        var head = head(kind);
        assertThat(parse(head, "NOT_FOUND\r\n")).isEqualTo(11);
        assertThat(head.status).isEqualTo(404);
        assertThat(head.contentLength).isZero();
    }

    @ParameterizedTest
    @CsvSource({"STORAGE, STOP, STO", "STORAGE, NOT_X, NOT_", "NUMBER, 12x, 12", "FLUSH, OKAY, OK", "VERSION, hello, ''", "DELETE, SERVER x, SERVER"})
    void anotherAnswerIs502(Kind kind, String answer, String fits) {
        var head = head(kind);
        parse(head, answer + "\r\n");
        assertThat(head.status).isEqualTo(502);
        assertThat(head.close).isTrue();
        assertThat(told).containsExactly("memcached sent invalid response for command \"cmd\" at pos " + fits.length() + ": " + fits);
    }
}
