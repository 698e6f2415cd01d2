package nightjar.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeadersOutTest {
    private final HeadersOut out = new HeadersOut();

    private List<String> lines() {
        return out.list().stream().map(h -> h.name + ": " + h.value).toList();
    }

    @Test void anOverrideKeepsThePlaceOfTheFirstAndItsSpelling() {
        out.add("X-A", "1");
        out.add("X-B", "2");
        out.add("x-a", "3");
        out.assign("x-A", "4", true);
        assertThat(lines()).containsExactly("X-A: 4", "X-B: 2");
    }

    @Test void anEmptyValueRemovesAll() {
        out.add("X-A", "1");
        out.add("x-a", "2");
        out.assign("X-a", "", true);
        assertThat(lines()).isEmpty();
    }

    @Test void addedHeadersStandBesideTheOld() {
        out.assign("Set-Cookie", "a", true);
        out.assign("Set-Cookie", "b", false);
        out.assign("Set-Cookie", "", false);
        assertThat(lines()).containsExactly("Set-Cookie: a", "Set-Cookie: b");
    }

    @Test void aHeaderThatAResponseHasOnceIsReplacedEvenWhenAdded() {
        out.assign("Refresh", "1", true);
        out.assign("Refresh", "2", false);
        assertThat(lines()).containsExactly("Refresh: 2");
    }

    @Test void nginxsOwnServerAndDateGiveWay() {
        out.assign("server", "mine", true);
        out.assign("Date", "", true);
        assertThat(out.server).isEmpty();
        assertThat(out.date).isEmpty();
        assertThat(lines()).containsExactly("server: mine");
    }

    @Test void theFieldsFollow() {
        assertThat(out.assign("content-LENGTH", "12", true)).isTrue();
        assertThat(out.assign("Content-Length", "1x", true)).isFalse();
        out.assign("Content-Type", "text/html; charset=utf-8", true);
        out.assign("ETag", "\"a\"", true);
        out.assign("Last-Modified", "Thu, 18 Nov 2010 11:27:35 GMT", true);
        assertThat(out.contentLength).isEqualTo(12);
        assertThat(out.contentType).isEqualTo("text/html; charset=utf-8");
        assertThat(out.etag).isEqualTo("\"a\"");
        assertThat(out.lastModified).isEqualTo(1290079655);
        assertThat(lines()).isEmpty();
        out.assign("Last-Modified", "", true);
        assertThat(out.lastModified).isEqualTo(-1);
    }

    @Test void aLocationIsSentAsItIs() {
        out.location = "/made/absolute";
        out.assign("Location", "/x", true);
        assertThat(out.location).isNull();
        assertThat(lines()).containsExactly("Location: /x");
    }
}
