package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.junit.jupiter.api.Test;

final class HashApiTest {
    private final HashApi api = new HashApi();
    private final long dst = Mem.alloc(64);

    @Test void md5OfRfc1321() {
        assertThat(md5("")).isEqualTo("d41d8cd98f00b204e9800998ecf8427e");
        assertThat(md5("abc")).isEqualTo("900150983cd24fb0d6963f7d28e17f72");
        assertThat(md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890"))
                .isEqualTo("57edf4a22be3c955ac49da2e2107b67a");
    }

    @Test void md5TakesBytesAsTheyAre() {
        assertThat(md5("\0\377")).isEqualTo("d07d34efac6328007ad67c7e0a985e00");
        assertThat(md5("a".repeat(10_000))).isEqualTo("0d0c9c4db6953fee9e03f528cafd7d3e");
    }

    @Test void md5BinIsTheSameSum() {
        api.md5Bin(Native.of("abc"), 3, dst);
        assertThat(Bytes.hex(Mem.bytes(dst, 16))).isEqualTo("900150983cd24fb0d6963f7d28e17f72");
    }

    @Test void sha1OfRfc3174() {
        assertThat(sha1("abc")).isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
        assertThat(sha1("")).isEqualTo("da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assertThat(sha1("a".repeat(1_000_000))).isEqualTo("34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    }

    @Test void hmacSha1OfRfc2202() {
        assertThat(hmac("\013".repeat(20), "Hi There")).isEqualTo("b617318655057264e28bc0b6fb378c8ef146be00");
        assertThat(hmac("Jefe", "what do ya want for nothing?")).isEqualTo("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assertThat(hmac("\252".repeat(80), "Test Using Larger Than Block-Size Key - Hash Key First"))
                .isEqualTo("aa4ae5e15272d00e95705637ce8a3b55ed402112");
    }

    @Test void hmacTakesAnEmptyKey() {
        assertThat(hmac("", "")).isEqualTo("fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
    }

    @Test void crc32IsUnsigned() {
        assertThat(api.crc32Short(Native.of("123456789"), 9)).isEqualTo(0xcbf43926L);
        assertThat(api.crc32Long(Native.of("123456789"), 9)).isEqualTo(0xcbf43926L);
        assertThat(api.crc32Long(Native.of(""), 0)).isZero();
    }

    private String md5(String s) {
        api.md5(Native.of(s), s.length(), dst);
        return Mem.string(dst, 32);
    }

    private String sha1(String s) {
        assertThat(api.sha1Bin(Native.of(s), s.length(), dst)).isEqualTo(1);
        return Bytes.hex(Mem.bytes(dst, 20));
    }

    private String hmac(String key, String s) {
        api.hmacSha1(Native.of(key), key.length(), Native.of(s), s.length(), dst);
        return Bytes.hex(Mem.bytes(dst, 20));
    }
}
