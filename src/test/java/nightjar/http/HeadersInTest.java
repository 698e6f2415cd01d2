package nightjar.http;

import static org.assertj.core.api.Assertions.assertThat;

import nightjar.core.Mem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadersInTest {
    private static HeadersIn head(String... lines) {
        return Heads.of("GET / HTTP/1.0\r\n" + String.join("\r\n", lines) + "\r\n\r\n").h;
    }

    private static String lines(HeadersIn h) {
        var all = new StringBuilder();
        for (int i = 0; i < h.count(); i++) {
            all.append(h.name(i)).append('=').append(h.value(i)).append(' ');
        }
        return all.toString().stripTrailing();
    }

    @Test
    void findsHeadersInAnyCase() {
        var h = head("X-Foo: 1", "uSER-aGENT: me");
        assertThat(h.get("x-foo")).isEqualTo("1");
        assertThat(h.get("user-agent")).isEqualTo("me");
        assertThat(h.known(KnownHeader.USER_AGENT)).isEqualTo("me");
        assertThat(h.get("x-fo")).isNull();
        assertThat(h.has(KnownHeader.COOKIE)).isFalse();
    }

    @Test
    void tellsNamesWithOneHashApart() {
        assertThat("x-0n".hashCode()).isEqualTo("x-20".hashCode());
        assertThat(head("x-0n: a", "x-20: b").get("x-20")).isEqualTo("b");
    }

    @Test
    void joinsSeveralLinesAsVariablesDo() {
        var h = head("Cookie: a=b", "X-Forwarded-For: 1", "Cookie: c=d", "X-Forwarded-For: 2", "A: x");
        assertThat(h.joined("cookie")).isEqualTo("a=b; c=d");
        assertThat(h.joined("x-forwarded-for")).isEqualTo("1, 2");
        assertThat(h.variable("x_forwarded_for")).isEqualTo("1, 2");
        assertThat(h.variable("cookie")).isEqualTo("a=b; c=d");
        assertThat(h.variable("a")).isEqualTo("x");
        assertThat(h.variable("b_c")).isNull();
        assertThat(h.last("cookie")).isEqualTo("c=d");
        assertThat(h.all("cookie")).containsExactly("a=b", "c=d");
    }

    @Test
    void setsInPlaceAndDropsTheOthers() {
        var h = head("A: 1", "X-B: 2", "C: 3", "x-b: 4", "D: 5");
        assertThat(h.set("x-B", "new")).isTrue();
        assertThat(lines(h)).isEqualTo("A=1 X-B=new C=3 D=5");
        h.set("E", "6");
        assertThat(lines(h)).isEqualTo("A=1 X-B=new C=3 D=5 E=6");
        h.remove("a");
        assertThat(lines(h)).isEqualTo("X-B=new C=3 D=5 E=6");
        assertThat(h.get("d")).isEqualTo("5");
    }

    @Test
    void givesTheClientsBytesWhereTheyAre() {
        var h = head("A: 1", "X-B: 22");
        h.set("a", "new");
        h.add("C", "3");
        assertThat(Mem.string(h.nameAddress(1), h.nameLength(1))).isEqualTo("X-B");
        assertThat(Mem.string(h.valueAddress(1), h.valueLength(1))).isEqualTo("22");
        assertThat(Mem.string(h.nameAddress(0), h.nameLength(0))).isEqualTo("A");
        assertThat(h.valueAddress(0)).isZero();
        assertThat(h.valueLength(0)).isEqualTo(3);
        assertThat(h.nameAddress(2)).isZero();
        assertThat(h.nameLength(2)).isEqualTo(1);
    }

    @Test
    void findsTheOnlyLineOfAVariable() {
        var h = head("A: 1", "X-B: 2", "x-b: 3");
        assertThat(h.onlyLine("http_a", 5)).isZero();
        assertThat(h.onlyLine("http_x_b", 5)).isEqualTo(-2);
        assertThat(h.onlyLine("http_c", 5)).isEqualTo(-1);
    }

    @Test
    void addsOnlyWhatMayComeTwice() {
        var h = head("Referer: a", "Cookie: b");
        h.add("referer", "c");
        h.add("cookie", "d");
        h.add("X", "1");
        h.add("X", "2");
        assertThat(lines(h)).isEqualTo("Referer=c Cookie=b cookie=d X=1 X=2");
    }

    @Test
    void keepsWhatHeadersMeanInStep() {
        var h = head("Host: one", "Content-Length: 5", "Connection: close", "User-Agent: Opera");
        assertThat(h.contentLength()).isEqualTo(5);
        assertThat(h.set("content-length", "7")).isTrue();
        assertThat(h.contentLength()).isEqualTo(7);
        assertThat(h.set("content-length", "7x")).isFalse();
        assertThat(h.get("content-length")).isEqualTo("7");
        h.remove("Content-Length");
        assertThat(h.contentLength()).isEqualTo(-1);
        assertThat(h.set("Host", "Two.Example:80")).isTrue();
        assertThat(h.server()).isEqualTo("two.example");
        assertThat(h.set("Host", "a/b")).isFalse();
        h.set("Connection", "keep-alive");
        assertThat(h.keepAlive()).isTrue();
        assertThat(h.opera()).isTrue();
        h.set("User-Agent", "Mozilla/4.0 (compatible; MSIE 6.0)");
        assertThat(h.opera()).isFalse();
        assertThat(h.msie6()).isTrue();
        h.remove("user-agent");
        assertThat(h.msie()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Opera/9 MSIE 6.0 x, opera", "MSIE 7.0 x, msie", "MSIE 6.0 x, msie msie6", "MSIE 6.0 SV1, msie",
        "MSIE 5.5 x, msie msie6", "x Gecko/1 Chrome/2, gecko", "Chrome/1 Safari/2, chrome",
        "Mac OS X Safari/2, safari", "Safari/2, ''", "Konqueror, konqueror", "curl, ''", "MSIE 6, ''",
    })
    void knowsBrowsers(String agent, String flags) {
        var h = head("User-Agent: " + agent);
        String seen = (h.msie() ? "msie " : "") + (h.msie6() ? "msie6 " : "") + (h.opera() ? "opera " : "")
                + (h.gecko() ? "gecko " : "") + (h.chrome() ? "chrome " : "") + (h.safari() ? "safari " : "")
                + (h.konqueror() ? "konqueror " : "");
        assertThat(seen.stripTrailing()).isEqualTo(flags);
    }

    @Test
    void outlivesItsBuffer() {
        var h = head("Host: a", "X: y");
        int n = h.rawLength();
        long moved = Mem.alloc(n);
        Mem.copy(h.rawAddress(), moved, n);
        Mem.fill(h.rawAddress(), n, 0);
        h.rebase(moved);
        assertThat(h.get("x")).isEqualTo("y");
        assertThat(h.line.uri()).isEqualTo("/");
        assertThat(h.rawHead(true)).isEqualTo("GET / HTTP/1.0\r\nHost: a\r\nX: y\r\n\r\n");
        Mem.free(moved);
    }

    @Test
    void givesASubrequestItsOwnList() {
        var h = head("A: 1", "B: 2");
        var copy = h.copy();
        copy.remove("a");
        copy.set("b", "3");
        assertThat(lines(h)).isEqualTo("A=1 B=2");
        assertThat(lines(copy)).isEqualTo("B=3");
        assertThat(copy.line.uri()).isEqualTo("/");
    }

    @Test
    void leavesASubrequestItsListWhateverBecomesOfItsOwn() {
        var h = head("A: 1", "B: 2");
        var first = h.copy();
        var second = h.copy();
        h.set("b", "3");
        h.add("C", "4");
        assertThat(lines(first)).isEqualTo("A=1 B=2");
        first.clear();
        assertThat(lines(first)).isEmpty();
        assertThat(first.get("a")).isNull();
        assertThat(lines(h)).isEqualTo("A=1 B=3 C=4");
        var third = h.copy();
        h.reset();
        assertThat(h.count()).isZero();
        assertThat(lines(second)).isEqualTo("A=1 B=2");
        assertThat(lines(third)).isEqualTo("A=1 B=3 C=4");
    }

    @Test
    void holdsManyLinesAndForgetsThem() {
        var h = head("X: y\r\n".repeat(99) + "Last: z");
        assertThat(h.count()).isEqualTo(100);
        assertThat(h.get("last")).isEqualTo("z");
        h.reset();
        assertThat(h.count()).isZero();
        assertThat(h.get("last")).isNull();
    }
}
