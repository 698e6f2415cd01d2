package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import nightjar.core.Mem;
import org.junit.jupiter.api.Test;

final class StringApiTest {
    private final LuaResult result = new LuaResult(Mem.alloc(40));
    private final StringApi api = new StringApi(result);

    @Test void quotesForMysql() {
        assertThat(quote("")).isEqualTo("''");
        assertThat(quote("a\n\r\t\b\\'\"\0\032b")).isEqualTo("'a\\n\\r\\t\\b\\\\\\'\\\"\\0\\Zb'");
        assertThat(quote("\351\377%_")).isEqualTo("'\351\377%_'");
    }

    @Test void replacesACharacterInPlace() {
        long a = Native.of("a_b_c");
        api.replaceChar(a, 5, '_', '-');
        assertThat(Mem.string(a, 5)).isEqualTo("a-b-c");
    }

    private String quote(String s) {
        api.quoteSqlStr(Native.of(s), s.length());
        return result.string();
    }
}
