package nightjar.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class RequestParserTest {
    private static final String OK = "Host: a\r\n\r\n";

    /// A head, the status it gets, the text for the log.
    record Refused(String head, int status, String text) {}

    static final List<Refused> refused = List.of(
            // request line
            new Refused("get / HTTP/1.1\r\n", 400, "client sent invalid method"),
            new Refused("\u0016\u0003\u0001", 400, "client sent invalid method"),
            new Refused("G=T / HTTP/1.1\r\n", 400, "client sent invalid method"),
            new Refused("GET\t/ HTTP/1.1\r\n", 400, "client sent invalid method"),
            new Refused("GET\r\n", 400, "client sent invalid method"),
            new Refused("OPTIONS * HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET a:80 HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /a b HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /a\tb HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /\0 HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /a\u007fb HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /?a\rb HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/1.1\rX", 400, "client sent invalid request"),
            new Refused("GET / HTTP/1.1\r\r\n", 400, "client sent invalid request"),
            new Refused("GET / http/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/1\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/0.9\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/1.1000\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/1.1 x\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/1.1\tx\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/2.0\r\n", 505, "client sent invalid version"),
            new Refused("PRI * HTTP/2.0\r\n", 400, "client sent invalid request"),
            new Refused("GET / HTTP/11.1\r\n", 505, "client sent invalid version"),
            new Refused("POST /\r\n", 400, "client sent invalid method in HTTP/0.9 request"),
            new Refused("HEAD / \n", 400, "client sent invalid method in HTTP/0.9 request"),
            // the path
            new Refused("GET /.. HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /a/../../b HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /%2e%2e/ HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /%00 HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /%4 HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /%zz HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET /% HTTP/1.1\r\n", 400, "client sent invalid request"),
            // absolute targets and CONNECT
            new Refused("GET http:/a/ HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET http:// HTTP/1.1\r\n", 400, "client sent invalid host in request line"),
            new Refused("GET http://a_b/ HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET http://a:x/ HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET http://u@a/ HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET http://a:65536/ HTTP/1.1\r\n", 400, "client sent invalid host in request line"),
            new Refused("GET http://a..b/ HTTP/1.1\r\n", 400, "client sent invalid host in request line"),
            new Refused("GET http://[::1/ HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("GET http://a#f HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("CONNECT a HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("CONNECT a: HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("CONNECT /a HTTP/1.1\r\n", 400, "client sent invalid request"),
            new Refused("CONNECT a:80 HTTP/1.1\r\n" + OK, 405, "client sent CONNECT method"),
            new Refused("TRACE / HTTP/1.1\r\n" + OK, 405, "client sent TRACE method"),
            // header lines
            header("X : 1", "X\\x20"),
            header("X\t: 1", "X\\x09"),
            header(" X: 1", "\\x20"),
            header("A: b\r\n c: d", "\\x20"),
            header("A: b\r\n\tfolded", "\\x09"),
            header(": 1", "\\x3a"),
            header("X\0: 1", "X\\x00"),
            header("X: a\0b", "X: a\\x00"),
            header("X: \0", "X: \\x00"),
            header("X: a \0", "X: a \\x00"),
            header("X: a\rb", "X: a\\x0d"),
            header("X: a\r\r", "X: a\\x0d"),
            header("X: a \rb", "X: a\\x20"),
            header("X\rY: b", "X\\x0d"),
            header("X\u007f: b", "X\\x7f"),
            header("a b", "a\\x20"),
            new Refused("GET / HTTP/1.1\r\nHost: a\r\n\rX", 400, "client sent invalid header line: \"\\x0d...\""),
            // Host
            new Refused("GET / HTTP/1.1\r\n\r\n", 400, "client sent HTTP/1.1 request without \"Host\" header"),
            new Refused("GET http://a/ HTTP/1.1\r\n\r\n", 400,
                    "client sent HTTP/1.1 request without \"Host\" header"),
            new Refused("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400,
                    "client sent duplicate host header: \"host: b\", previous value: \"Host: a\""),
            new Refused("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400,
                    "client sent duplicate host header: \"Host: a\", previous value: \"Host: a\""),
            host(""), host("."), host("a..b"), host("a b"), host("a/b"), host("a\\b"), host("a\"b"), host("a@b"),
            host("a:x"), host("a:65536"), host("a:80:80"), host("[::1"), host("[::1]x"), host("[::1]:x"),
            host("a,b c"), host("a\tb"), host("\ta"), host(":80"), host("a<b"), host("a\u00e9"),
            // framing
            length("5x"), length("+5"), length("-1"), length(""), length("5, 5"), length("5 5"), length("0x5"),
            length("9223372036854775808"), length("\t5"), length("5\t"), length("5;"), length("1e1"), length("\u00b2"),
            new Refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400,
                    "client sent duplicate header line: \"Content-Length: 6\", previous value: \"Content-Length: 5\""),
            new Refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\ncontent-length: 5\r\n\r\n", 400,
                    "client sent duplicate header line: \"content-length: 5\", previous value: \"Content-Length: 5\""),
            new Refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n", 400,
                    "client sent duplicate header line: \"Transfer-Encoding: x\", "
                            + "previous value: \"Transfer-Encoding: chunked\""),
            new Refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
                    "client sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time"),
            new Refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nContent-Length: 0\r\n\r\n", 400,
                    "client sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time"),
            new Refused("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
                    "client sent HTTP/1.0 request with \"Transfer-Encoding\" header"),
            encoding("gzip"), encoding("gzip, chunked"), encoding("chunked, chunked"), encoding("chunked;q=1"),
            encoding("identity"), encoding(""), encoding("\tchunked"), encoding("chunked,"), encoding("xchunked"),
            new Refused("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nExpect: y\r\n\r\n", 400,
                    "client sent duplicate header line: \"Expect: y\", previous value: \"Expect: x\""));

    private static Refused header(String line, String quoted) {
        return new Refused("GET / HTTP/1.1\r\n" + line + "\r\n" + OK, 400,
                "client sent invalid header line: \"" + quoted + "...\"");
    }

    private static Refused host(String value) {
        return new Refused("GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n", 400, "client sent invalid host header");
    }

    private static Refused length(String value) {
        return new Refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + value + "\r\n\r\n", 400,
                "client sent invalid \"Content-Length\" header");
    }

    private static Refused encoding(String value) {
        return new Refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + value + "\r\n\r\n", 501,
                "client sent unknown \"Transfer-Encoding\": \"" + value + '"');
    }

    @ParameterizedTest
    @FieldSource
    void refused(Refused refused) {
        var whole = Heads.of(refused.head());
        String outcome = whole.outcome();
        assertThat(whole.error()).isEqualTo(refused.text());
        assertThat(whole.status()).isEqualTo(refused.status());
        var bytewise = new Heads(HeadRules.DEFAULT);
        bytewise.parse(Bytes.of(refused.head()), 1);
        assertThat(bytewise.outcome()).isEqualTo(outcome);
    }

    /// A request target, and the path, arguments and extension it is read as.
    record Target(String target, String uri, String args, String extension) {}

    static final List<Target> targets = List.of(
            new Target("/", "/", "", null),
            new Target("/a.txt", "/a.txt", "", "txt"),
            new Target("/a.b/c", "/a.b/c", "", null),
            new Target("/a.tar.gz?x.y", "/a.tar.gz", "x.y", "gz"),
            new Target("/a.", "/a.", "", ""),
            new Target("/?", "/", "", null),
            new Target("/?a?b", "/", "a?b", null),
            new Target("/a+b", "/a+b", "", null),
            new Target("//a///b", "/a/b", "", null),
            new Target("/a/./b", "/a/b", "", null),
            new Target("/a/.", "/a/", "", null),
            new Target("/a/b/..", "/a/", "", null),
            new Target("/a/b/../c.d?e", "/a/c.d", "e", "d"),
            new Target("/a/..b", "/a/..b", "", null),
            new Target("/a/...", "/a/...", "", null),
            new Target("/.a", "/.a", "", null),
            new Target("/a/%2e%2E/b", "/b", "", null),
            new Target("/a%2Fb", "/a/b", "", null),
            new Target("/a%2fb.c", "/a/b.c", "", "c"),
            new Target("/%25%23%3f", "/%#?", "", null),
            new Target("/%3Fa?b", "/?a", "b", null),
            new Target("/a%20b.html?c%20d", "/a b.html", "c%20d", "html"),
            new Target("/a#f", "/a", "", null),
            new Target("/a?b#f", "/a", "b", null),
            new Target("/a#f?b", "/a", "", null),
            new Target("/a/..#f", "/", "", null),
            new Target("/\u00e9\"<>\\^`{|}", "/\u00e9\"<>\\^`{|}", "", null),
            new Target("http://h", "/", "", null),
            new Target("http://h/a//b", "/a/b", "", null),
            new Target("http://h?a=b", "/", "a=b", null),
            new Target("h+2.x-y://h/", "/", "", null),
            new Target("http://[::1]:8080/a", "/a", "", null));

    @ParameterizedTest
    @FieldSource("targets")
    void readsTargets(Target target) {
        var heads = Heads.of("GET " + target.target() + " HTTP/1.1\r\n" + OK);
        assertThat(heads.code).isPositive();
        assertThat(heads.h.line.uri()).isEqualTo(target.uri());
        assertThat(heads.h.line.args()).isEqualTo(target.args());
        assertThat(heads.h.line.extension()).isEqualTo(target.extension());
    }

    @Test
    void keepsSlashesWhenToldTo() {
        var rules = new HeadRules(1024, 4, 8192, 1000, true, false, false);
        assertThat(Heads.of(rules, "GET //a///b/./c//.. HTTP/1.0\r\n\r\n").h.line.uri()).isEqualTo("//a///b/c/");
    }

    @Test
    void givesTheLengthOfTheHeadAndLeavesWhatFollows() {
        String head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        assertThat(Heads.of(head + head).code).isEqualTo(head.length());
    }

    @Test
    void skipsEmptyLinesBeforeTheRequest() {
        var heads = Heads.of("\r\n\n\r\nGET / HTTP/1.1\r\n" + OK);
        assertThat(heads.code).isPositive();
        assertThat(heads.h.rawHead(true)).startsWith("GET / ");
        assertThat(heads.h.rawHead(false)).isEqualTo(OK);
    }

    @Test
    void takesLineFeedsAlone() {
        var heads = Heads.of("GET / HTTP/1.1\nHost: a\nX:  y  z  \nE:\nF\n\n");
        assertThat(heads.lines()).isEqualTo("Host: a\r\nX: y  z\r\nE: \r\nF: \r\n");
    }

    @Test
    void readsHttp09() {
        var heads = Heads.of("GET /a?b\r\n");
        assertThat(heads.code).isEqualTo(10);
        assertThat(heads.h.line.version()).isEqualTo(9);
        assertThat(heads.h.line.protocol()).isNull();
        assertThat(heads.h.line.args()).isEqualTo("b");
        assertThat(heads.h.keepAlive()).isFalse();
    }

    @Test
    void knowsEachMethod() {
        assertThat(Heads.of("PROPPATCH / HTTP/1.0\r\n\r\n").h.line.method()).isEqualTo(Method.PROPPATCH);
        var unknown = Heads.of("A_B-C / HTTP/1.0\r\n\r\n").h.line;
        assertThat(unknown.method()).isEqualTo(Method.UNKNOWN);
        assertThat(unknown.methodName()).isEqualTo("A_B-C");
    }

    @Test
    void takesSpacesAroundTheTarget() {
        var heads = Heads.of("GET   /a   HTTP/1.12  \r\n" + OK);
        assertThat(heads.h.line.uri()).isEqualTo("/a");
        assertThat(heads.h.line.version()).isEqualTo(1012);
        assertThat(heads.h.line.text()).isEqualTo("GET   /a   HTTP/1.12  ");
    }

    @Test
    void prefersTheHostOfTheRequestLine() {
        var h = Heads.of("GET http://ONE.example.:81/ HTTP/1.1\r\nHost: two\r\n\r\n").h;
        assertThat(h.server()).isEqualTo("one.example");
        assertThat(h.serverPort()).isEqualTo(81);
        assertThat(h.get("host")).isEqualTo("two");
    }

    @Test
    void ignoresInvalidNamesAndNotesThem() {
        var heads = Heads.of("GET / HTTP/1.0\r\nX_Y: 1\r\nA@b:2\r\nOk: 3\r\n\r\n");
        assertThat(heads.lines()).isEqualTo("Ok: 3\r\n");
        assertThat(heads.notes).containsExactly("client sent invalid header line: \"X_Y: 1\"",
                "client sent invalid header line: \"A@b:2\"");
    }

    @Test
    void keepsInvalidNamesAndUnderscoresWhenToldTo() {
        var all = new HeadRules(1024, 4, 8192, 1000, false, false, true);
        assertThat(Heads.of(all, "GET / HTTP/1.0\r\nX_Y: 1\r\nA@b:2\r\n\r\n").h.get("a@b")).isEqualTo("2");
        var underscores = new HeadRules(1024, 4, 8192, 1000, true, true, true);
        assertThat(Heads.of(underscores, "GET / HTTP/1.0\r\nX_Y: 1\r\nA@b:2\r\n\r\n").lines())
                .isEqualTo("X_Y: 1\r\n");
    }

    @Test
    void asksForTheRulesOfTheServerNamed() {
        var underscores = new HeadRules(1024, 4, 8192, 1000, true, true, true);
        var owner = new HeadOwner() {
            @Override
            public HeadRules rules() {
                return HeadRules.DEFAULT;
            }

            @Override
            public HeadRules serverNamed(HeadersIn h) {
                return h.server().equals("b") ? underscores : h.rules();
            }
        };
        byte[] head = Bytes.of("GET / HTTP/1.1\r\nx_1: a\r\nHost: B\r\nx_2: a\r\n\r\n");
        long at = Mem.alloc(head.length);
        Mem.put(at, head);
        var h = new HeadersIn();
        assertThat(new RequestParser().parse(h, owner, at, head.length, false)).isEqualTo(head.length);
        assertThat(h.get("x_1")).isNull();
        assertThat(h.get("x_2")).isEqualTo("a");
        Mem.free(at);
    }

    @Test
    void saysWhetherTheConnectionIsKept() {
        assertThat(keepAlive("1.1", "")).isTrue();
        assertThat(keepAlive("1.0", "")).isFalse();
        assertThat(keepAlive("1.1", "Connection: close\r\n")).isFalse();
        assertThat(keepAlive("1.0", "Connection: Keep-Alive\r\n")).isTrue();
        assertThat(keepAlive("1.1", "Connection: TE, Close\r\n")).isFalse();
        assertThat(keepAlive("1.0", "Connection: x, keep-alive\r\n")).isTrue();
    }

    private static boolean keepAlive(String version, String connection) {
        return Heads.of("GET / HTTP/" + version + "\r\n" + connection + OK).h.keepAlive();
    }

    @Test
    void readsFraming() {
        var fixed = Heads.of("POST / HTTP/1.1\r\nContent-Length: 0012\r\n" + OK).h;
        assertThat(fixed.contentLength()).isEqualTo(12);
        assertThat(fixed.chunked()).isFalse();
        var chunked = Heads.of("POST / HTTP/1.1\r\nTransfer-Encoding: CHUNKED\r\n" + OK).h;
        assertThat(chunked.contentLength()).isEqualTo(-1);
        assertThat(chunked.chunked()).isTrue();
    }

    @Test
    void limitsTheRequestLine() {
        String longest = "GET /" + "a".repeat(8192 - 16) + " HTTP/1.1\r\n";
        assertThat(Heads.of(longest).status()).isEqualTo(200);
        var over = Heads.of("GET /" + "a".repeat(8192 - 15) + " HTTP/1.1\r\n");
        assertThat(over.status()).isEqualTo(414);
        assertThat(over.error()).isEqualTo("client sent too long URI");
        assertThat(Heads.of("GET /" + "a".repeat(8192 - 5)).status()).isEqualTo(414);
        var none = new HeadRules(64, 0, 8192, 1000, true, false, true);
        assertThat(Heads.of(none, "GET /" + "a".repeat(60)).status()).isEqualTo(414);
    }

    @Test
    void limitsOneHeaderLine() {
        String start = "GET / HTTP/1.1\r\n" + "Host: a\r\n";
        assertThat(Heads.of(start + "X: " + "a".repeat(8192 - 5) + "\r\n\r\n").status()).isEqualTo(200);
        var over = Heads.of(start + "X: " + "a".repeat(8192 - 4) + "\r\n\r\n");
        assertThat(over.status()).isEqualTo(494);
        assertThat(over.error()).isEqualTo("client sent too long header line: \"X: " + "a".repeat(1745) + "...\"");
        assertThat(HeadError.lingers(over.code)).isTrue();
    }

    @Test
    void limitsAllLargeBuffersTogether() {
        String line = "X: " + "a".repeat(8000) + "\r\n";
        assertThat(Heads.of("GET / HTTP/1.1\r\nHost: a\r\n" + line.repeat(4) + "\r\n").status()).isEqualTo(200);
        assertThat(Heads.of("GET / HTTP/1.1\r\nHost: a\r\n" + line.repeat(5) + "\r\n").status()).isEqualTo(494);
        var none = new HeadRules(16, 0, 8192, 1000, true, false, true);
        assertThat(Heads.of(none, "GET / HTTP/1.1\r\n").error()).isEqualTo("client sent too large request");
    }

    @Test
    void limitsTheNumberOfLines() {
        var rules = new HeadRules(1024, 4, 8192, 3, true, false, true);
        assertThat(Heads.of(rules, "GET / HTTP/1.1\r\nA:1\r\nB:2\r\n" + OK).status()).isEqualTo(200);
        var over = Heads.of(rules, "GET / HTTP/1.1\r\nA:1\r\nB:2\r\nC:3\r\n" + OK);
        assertThat(over.status()).isEqualTo(494);
        assertThat(over.error()).isEqualTo("client sent too many header lines");
    }

    @Test
    void saysThatTheClientClosedInTheMiddle() {
        var h = new HeadersIn();
        long at = Mem.alloc(3);
        Mem.put(at, "GET");
        assertThat(new RequestParser().parse(h, new Heads(HeadRules.DEFAULT), at, 3, true))
                .isEqualTo(HeadError.CLOSED);
        Mem.free(at);
    }

    @Test
    void readsTheSameInPiecesOfAnySize() {
        String head = "\r\nPOST http://h:1/a%20b/../c.d?e#f HTTP/1.1\r\nHost: h\r\nx_y: 1\r\nCookie: a=b \r\n"
                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nrest";
        byte[] bytes = Bytes.of(head);
        String whole = Heads.of(head).outcome();
        IntStream.rangeClosed(1, bytes.length).forEach(step -> {
            var heads = new Heads(HeadRules.DEFAULT);
            heads.parse(bytes, step);
            assertThat(heads.outcome()).isEqualTo(whole);
            heads.parseInTwo(bytes, step);
            assertThat(heads.outcome()).isEqualTo(whole);
        });
    }
}
