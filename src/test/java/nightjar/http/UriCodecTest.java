package nightjar.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.http.UriCodec.Escape;
import nightjar.http.UriCodec.Unescape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UriCodecTest {
    private static final String PRINTABLE = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ09";

    @ParameterizedTest
    @CsvSource(delimiter = '\u00a7', quoteCharacter = '\u00b6', value = {
        "URI § %20!%22%23$%25&'()*+,-./:;%3C=%3E%3F@[%5C]%5E_%60%7B%7C%7D~aZ09",
        "ARGS § %20!%22%23$%25%26'()*%2B,-./:%3B%3C=%3E%3F@[%5C]%5E_%60%7B%7C%7D~aZ09",
        "HTML § %20!%22%23$%25&%27()*+,-./:;%3C=%3E?@[%5C]%5E_%60%7B%7C%7D~aZ09",
        "REFRESH § %20!%22#$%&%27()*+,-./:;%3C=%3E?@[%5C]%5E_%60%7B%7C}%7EaZ09",
        "MEMCACHED § %20!\"#$%25&'()*+,-./:;<=>?@[\\]^_`{|}~aZ09",
        "MAIL_XTEXT § +20!\"#$%&'()*+2B,-./:;<+3D>?@[\\]^_`{|}~aZ09",
        "LUA_URI § %20!\"%23$%25&'()*+,-./:;<=>%3F@[\\]^_`{|}~aZ09",
        "LUA_ARGS § %20!\"%23$%25&'()*%2B,-./:;<=>%3F@[\\]^_`{|}~aZ09",
        "LUA_URI_COMPONENT § %20!%22%23%24%25%26'()*%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~aZ09",
        "LUA_HEADER_NAME § %20!%22#$%&'%28%29*+%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D^_`%7B|%7D~aZ09",
        "LUA_HEADER_VALUE § ¶ !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ09¶",
    })
    void escapes(Escape kind, String escaped) {
        assertThat(UriCodec.escape(PRINTABLE, kind)).isEqualTo(escaped);
    }

    @Test
    void escapesControlAndHighBytes() {
        assertThat(UriCodec.escape("\0\t\u007f\u00ff", Escape.URI_COMPONENT)).isEqualTo("%00%09%7F%FF");
        assertThat(UriCodec.escape("\0\t\u007f\u00ff", Escape.MEMCACHED)).isEqualTo("%00%09\u007f\u00ff");
        assertThat(UriCodec.escape("\0\t\r\n\u007f\u00ff", Escape.LUA_HEADER_VALUE))
                .isEqualTo("%00\t%0D%0A%7F\u00ff");
    }

    @ParameterizedTest
    @EnumSource
    void doesTheSameByAddress(Escape kind) {
        String all = allBytes();
        long src = Mem.alloc(4 * 256);
        Mem.put(src, all);
        String escaped = UriCodec.escape(all, kind);
        assertThat(UriCodec.escapedLength(src, 256, kind)).isEqualTo(escaped.length());
        long dst = Mem.alloc(1024);
        long end = UriCodec.escape(dst, src, 256, kind);
        assertThat(Mem.string(dst, (int) (end - dst))).isEqualTo(escaped);
        Mem.free(src);
        Mem.free(dst);
    }

    @Test
    void undoesItself() {
        String escaped = UriCodec.escape(allBytes(), Escape.URI_COMPONENT);
        assertThat(UriCodec.unescape(escaped, Unescape.COMPONENT)).isEqualTo(allBytes());
        assertThat(UriCodec.luaUnescape(escaped)).isEqualTo(allBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "a%20b, COMPONENT, 'a b'", "%zzb, COMPONENT, zzb", "%4zb, COMPONENT, b", "a%, COMPONENT, a",
        "a%4, COMPONENT, a", "+, COMPONENT, +", "%3f%41, COMPONENT, ?A",
        "%41?%41, URI, A?%41", "%3f%41, URI, ?%41",
        "%41%20%25%7f%c3?%41, REDIRECT, A%20%25%7f%c3?%41", "%3F%41, REDIRECT, ?%41",
    })
    void unescapesAsNginx(String text, Unescape kind, String plain) {
        assertThat(UriCodec.unescape(text, kind)).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource({"a%20b+c, 'a b c'", "%zz, %zz", "%4, %4", "%, %", "%%41, %A", "a%4gb, a%4gb", "%41%, A%"})
    void unescapesAsLua(String text, String plain) {
        assertThat(UriCodec.luaUnescape(text)).isEqualTo(plain);
        long at = Mem.alloc(16);
        Mem.put(at, text);
        long end = UriCodec.luaUnescape(at, at, text.length());
        assertThat(Mem.string(at, (int) (end - at))).isEqualTo(plain);
        Mem.free(at);
    }

    @ParameterizedTest
    @CsvSource({"a%20b, 'a b'", "%zzb, zzb", "%4zb, b", "a%, a", "a%4, a"})
    void unescapesByAddress(String text, String plain) {
        long at = Mem.alloc(16);
        Mem.put(at, text);
        long end = UriCodec.unescape(at, at, text.length());
        assertThat(Mem.string(at, (int) (end - at))).isEqualTo(plain);
        Mem.free(at);
    }

    @Test
    void writesEntities() {
        assertThat(UriCodec.escapeHtml("a<b>&\"c'")).isEqualTo("a&lt;b&gt;&amp;&quot;c'");
        assertThat(UriCodec.escapeHtml("plain")).isSameAs("plain");
    }

    @Test
    void splitsTargetsOfInternalRedirects() {
        assertThat(UriParser.target("/a%20b?c%20d")).isEqualTo(new UriParser.Target("/a b", "c%20d"));
        assertThat(UriParser.target("/a")).isEqualTo(new UriParser.Target("/a", null));
        assertThat(UriParser.target("/a/..b")).isNotNull();
        for (String unsafe : new String[] {"", "?a", "..", "../a", "/..", "/a/../b", "/%2e%2e/a", "/a%00", "/a\0"}) {
            assertThat(UriParser.target(unsafe)).as(unsafe).isNull();
        }
    }

    private static String allBytes() {
        byte[] all = new byte[256];
        for (int c = 0; c < 256; c++) {
            all[c] = (byte) c;
        }
        assertThat(Bytes.string(all)).hasSize(256);
        return new String(all, StandardCharsets.ISO_8859_1);
    }
}
