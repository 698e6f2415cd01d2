package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BytesTest {
    @Test
    void changesTheCaseOfAsciiOnly() {
        assertThat(Bytes.lower("AbZ[\u00c0\u00b5")).isEqualTo("abz[\u00c0\u00b5");
        assertThat(Bytes.upper("aBz{\u00e0\u00b5\u00ff")).isEqualTo("ABZ{\u00e0\u00b5\u00ff");
        var same = "already lower";
        assertThat(Bytes.lower(same)).isSameAs(same);
    }

    @Test
    void readsNumbersAsNginxDoes() {
        assertThat(Bytes.parseInt("2147483647")).isEqualTo(2147483647);
        assertThat(Bytes.parseInt("2147483648")).isEqualTo(-1);
        assertThat(Bytes.parseInt("")).isEqualTo(-1);
        assertThat(Bytes.parseInt("+1")).isEqualTo(-1);
        assertThat(Bytes.parseInt(" 1")).isEqualTo(-1);
        assertThat(Bytes.parseLong("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(Bytes.parseLong("9223372036854775808")).isEqualTo(-1);
        assertThat(Bytes.parseLong("99999999999999999999")).isEqualTo(-1);
        assertThat(Bytes.parseHex("7fffffffffffffff")).isEqualTo(Long.MAX_VALUE);
        assertThat(Bytes.parseHex("8000000000000000")).isEqualTo(-1);
        assertThat(Bytes.parseHex("fg")).isEqualTo(-1);
    }

    @Test
    void writesNumbersAsJavaDoes() {
        long at = Mem.alloc(32);
        long[] numbers = {0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 1L << 62, Long.MAX_VALUE, -1, Long.MIN_VALUE};
        for (long n : numbers) {
            assertThat(Mem.string(at, (int) (Bytes.putDecimal(at, n) - at))).isEqualTo(Long.toString(n));
            assertThat(Mem.string(at, (int) (Bytes.putHex(at, n) - at))).isEqualTo(Long.toHexString(n));
        }
        Mem.free(at);
    }

    @Test
    void comparesAndTrims() {
        assertThat(Bytes.equalsIgnoreCase("Host", "hOST")).isTrue();
        assertThat(Bytes.equalsIgnoreCase("\u00e0", "\u00c0")).isFalse();
        assertThat(Bytes.startsWithIgnoreCase("BEARER x", "bearer ")).isTrue();
        assertThat(Bytes.endsWithIgnoreCase("a", "aa")).isFalse();
        assertThat(Bytes.trim(" \t a b\r\n")).isEqualTo("a b");
        assertThat(Bytes.trim("\u00a0")).isEqualTo("\u00a0");
        assertThat(Bytes.hex(new byte[] {0, -1, 0x1a})).isEqualTo("00ff1a");
        assertThat(Bytes.fromUtf8(Bytes.utf8("na\u00efve \u65e5"))).isEqualTo("na\u00efve \u65e5");
    }
}
