package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Random;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class Base64ApiTest {
    private final Base64Api api = new Base64Api();
    private final long dst = Mem.alloc(4096);
    private final long len = Mem.alloc(8);

    @Test void encodesAsRfc4648() {
        assertThat(encode("", true)).isEmpty();
        assertThat(encode("f", true)).isEqualTo("Zg==");
        assertThat(encode("fo", true)).isEqualTo("Zm8=");
        assertThat(encode("foo", true)).isEqualTo("Zm9v");
        assertThat(encode("f", false)).isEqualTo("Zg");
        assertThat(encode("fo", false)).isEqualTo("Zm8");
        assertThat(encode("\373\377", true)).isEqualTo("+/8=");
    }

    @Test void encodesWhatTheJdkEncodes() {
        var random = new Random(1);
        for (int n = 0; n < 200; n++) {
            var b = new byte[n];
            random.nextBytes(b);
            var s = Bytes.string(b);
            var text = encode(s, true);
            assertThat(text).isEqualTo(Bytes.string(Base64.getEncoder().encode(b)));
            assertThat(decode(text)).isEqualTo(s);
            assertThat(decodeMime(text)).isEqualTo(s);
            assertThat(encodeUrl(s)).isEqualTo(Bytes.string(Base64.getUrlEncoder().withoutPadding().encode(b)));
            assertThat(decodeUrl(encodeUrl(s))).isEqualTo(s);
        }
    }

    @Test void decodesWithoutPadding() {
        assertThat(decode("Zm8")).isEqualTo("fo");
        assertThat(decode("Zg")).isEqualTo("f");
        assertThat(decode("Zg=anything at all")).isEqualTo("f");
        assertThat(decode("")).isEmpty();
        assertThat(decode("====")).isEmpty();
    }

    @Test void refusesWhatIsNotBase64() {
        assertThat(decode("Zm9v!")).isNull();
        assertThat(decode("Zm9v\n")).isNull();
        assertThat(decode("Zm9vZ")).isNull();
        assertThat(decode("-_")).isNull();
        assertThat(decode("\377\377")).isNull();
    }

    @Test void mimePassesOverOtherCharacters() {
        assertThat(decodeMime("Zm\r\n9v !!")).isEqualTo("foo");
        assertThat(decodeMime("Z-g=")).isEqualTo("f");
        assertThat(decodeMime("\r\n")).isEmpty();
        assertThat(decodeMime("Zm9vZ")).isNull();
    }

    @Test void urlHasItsOwnAlphabet() {
        assertThat(encodeUrl("\373\377")).isEqualTo("-_8");
        assertThat(decodeUrl("-_8")).isEqualTo("\373\377");
        assertThat(decodeUrl("-_8=")).isEqualTo("\373\377");
        assertThat(decodeUrl("+/8")).isNull();
    }

    private String encode(String s, boolean padded) {
        int n = api.encode(Native.of(s), s.length(), dst, padded ? 0 : 1);
        return Mem.string(dst, n);
    }

    private @Nullable String decode(String s) {
        int ok = api.decode(Native.of(s), s.length(), dst, len);
        return ok == 0 ? null : Mem.string(dst, (int) Mem.l(len));
    }

    private @Nullable String decodeMime(String s) {
        int ok = api.decodeMime(Native.of(s), s.length(), dst, len);
        return ok == 0 ? null : Mem.string(dst, (int) Mem.l(len));
    }

    private String encodeUrl(String s) {
        long to = str(dst, 0);
        api.encodeUrl(to, str(Native.of(s), s.length()));
        return Mem.string(dst, (int) Mem.l(to));
    }

    private @Nullable String decodeUrl(String s) {
        long to = str(dst, 0);
        return api.decodeUrl(to, str(Native.of(s), s.length())) < 0 ? null : Mem.string(dst, (int) Mem.l(to));
    }

    private static long str(long data, int len) {
        long a = Mem.alloc(16);
        Mem.l(a, len);
        Mem.l(a + 8, data);
        return a;
    }
}
