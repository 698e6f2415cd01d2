package nightjar.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, 80, true, '', 127.0.0.1:80",
        "127.0.0.1:8080/a?b, 127.0.0.1, 8080, false, /a?b, 127.0.0.1:8080",
        "foo?x=/y, foo, 80, true, ?x=/y, ",
        "[::1]:81/, [::1], 81, false, /, [::1]:81",
        "1.2.3, 1.2.3, 80, true, '', ",
        "unix:/a/b:/c:d, /a/b, 0, true, /c:d, unix:/a/b"})
    void readsPlaces(String text, String host, int port, boolean noPort, String uri, String address) throws Exception {
        var url = Url.parse(text, 80, true);
        assertThat(url.host()).isEqualTo(host);
        assertThat(url.port()).isEqualTo(port);
        assertThat(url.noPort()).isEqualTo(noPort);
        assertThat(url.uri()).isEqualTo(uri);
        assertThat(url.address() == null ? null : url.address().toString()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({"foo:, invalid port", "foo:70000/, invalid port", "/a, no host", ":80, no host", "[::1, invalid host",
        "[x]:80, invalid IPv6 address", "unix:, no path in the unix domain socket"})
    void saysWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> Url.parse(text, 80, true)).hasMessage(problem);
    }

    @Test
    void withoutAPathAllIsThePlace() throws Exception {
        assertThat(Url.parse("unix:/a:b", 80, false).host()).isEqualTo("/a:b");
    }
}
