package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Mem;
import org.junit.jupiter.api.Test;

final class UriApiTest {
    private static final int URI = 0;
    private static final int ARGS = 1;
    private static final int COMPONENT = 2;
    private static final int MEMCACHED = 5;

    private final LuaResult result = new LuaResult(Mem.alloc(40));
    private final UriApi api = new UriApi(result);

    @Test void escapesAllButUnreservedInAComponent() {
        assertThat(escape("a-b_c.d~e!f'(g)*", COMPONENT)).isEqualTo("a-b_c.d~e!f'(g)*");
        assertThat(escape(" \"#$%&+,/:;<=>?@[\\]^`{|}\177", COMPONENT))
                .isEqualTo("%20%22%23%24%25%26%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D%7F");
        assertThat(escape("\0\t\377", COMPONENT)).isEqualTo("%00%09%FF");
    }

    @Test void escapesByTheKindOfPlace() {
        assertThat(escape("a b+c?d&e", URI)).isEqualTo("a%20b+c%3Fd&e");
        assertThat(escape("a b+c?d&e", ARGS)).isEqualTo("a%20b%2Bc%3Fd&e");
        assertThat(escape("a b\177\377%", MEMCACHED)).isEqualTo("a%20b\177\377%25");
    }

    @Test void saysWhenNothingIsToEscape() {
        assertThat(api.escape(Native.of("abc"), 3, COMPONENT)).isZero();
    }

    @Test void abiFormsAgree() {
        long src = Native.of("a b");
        assertThat(api.escapedLength(src, 3, COMPONENT)).isEqualTo(5);
        long dst = Mem.alloc(5);
        api.escape(src, 3, dst, COMPONENT);
        assertThat(Mem.string(dst, 5)).isEqualTo("a%20b");
    }

    @Test void unescapes() {
        assertThat(unescape("a%20b+c%2B")).isEqualTo("a b c+");
        assertThat(unescape("%C3%a9%00")).isEqualTo("\303\251\0");
        assertThat(unescape("plain")).isEqualTo("plain");
    }

    @Test void leavesBrokenEscapesAlone() {
        assertThat(unescape("%")).isEqualTo("%");
        assertThat(unescape("%4")).isEqualTo("%4");
        assertThat(unescape("%zz%41%")).isEqualTo("%zzA%");
        assertThat(unescape("%%41")).isEqualTo("%A");
    }

    @Test void takesArgumentsApart() {
        assertThat(parse("a=1&b&c=&a=2", 0)).containsExactly("a=1", "b", "c=", "a=2");
        assertThat(parse("a=b=c&%3d=%26", 0)).containsExactly("a=b=c", "==&");
        assertThat(parse("", 0)).isEmpty();
    }

    @Test void passesOverEmptyKeys() {
        assertThat(parse("&&a&=b&&", 0)).containsExactly("a");
        assertThat(query("=&=1&&", 0)).isEmpty();
    }

    @Test void stopsAtTheLimit() {
        assertThat(parse("a=1&b=2&c=3", 2)).containsExactly("a=1", "b=2");
        assertThat(result.truncated()).isTrue();
        assertThat(parse("a=1&b=2", 2)).containsExactly("a=1", "b=2");
        assertThat(result.truncated()).isFalse();
    }

    @Test void countsEmptyKeysAndAFinalAmpersandWhenParsingText() {
        assertThat(parse("&a&b", 2)).containsExactly("a");
        assertThat(result.truncated()).isTrue();
        assertThat(parse("a&", 1)).containsExactly("a");
        assertThat(result.truncated()).isTrue();
    }

    @Test void countsReturnedPairsWhenParsingTheRequestsQuery() {
        assertThat(query("&a&b&c", 2)).containsExactly("a", "b");
        assertThat(result.truncated()).isTrue();
        assertThat(query("a=1&b=2", 2)).containsExactly("a=1", "b=2");
        assertThat(result.truncated()).isFalse();
        assertThat(query("a=1&", 1)).containsExactly("a=1");
        assertThat(result.truncated()).isTrue();
    }

    @Test void takesMorePairsThanThereWasRoomFor() {
        var text = new StringBuilder();
        for (int k = 0; k < 1000; k++) text.append("key").append(k).append("=value").append(k).append('&');
        var pairs = parse(text.toString(), 0);
        assertThat(pairs).hasSize(1000).contains("key0=value0", "key999=value999");
    }

    private String escape(String s, int type) {
        int rc = api.escape(Native.of(s), s.length(), type);
        return rc == 0 ? s : result.string();
    }

    private String unescape(String s) {
        int rc = api.unescape(Native.of(s), s.length());
        long dst = Mem.alloc(s.length());
        var abi = Mem.string(dst, api.unescape(Native.of(s), s.length(), dst));
        var own = rc == 0 ? s : result.string();
        assertThat(abi).isEqualTo(own);
        return own;
    }

    private List<String> parse(String s, int max) {
        return pairs(api.parse(Native.of(s), s.length(), max));
    }

    private List<String> query(String s, int max) {
        return pairs(api.parseQuery(Native.of(s), s.length(), max));
    }

    private List<String> pairs(int n) {
        var pairs = new ArrayList<String>();
        for (int i = 0; i < n; i++) {
            var value = result.value(i);
            pairs.add(value == null ? result.key(i) : result.key(i) + "=" + value);
        }
        return pairs;
    }
}
