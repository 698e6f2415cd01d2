package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemTest {
    private final long at = Mem.alloc(512);

    @AfterEach
    void free() {
        Mem.free(at);
    }

    @Test
    void readsWhatItWroteAtAnyAlignment() {
        for (int k = 0; k < 9; k++) {
            Mem.l(at + k, 0x0123456789abcdefL);
            assertThat(Mem.l(at + k)).isEqualTo(0x0123456789abcdefL);
            Mem.d(at + k, 0.5);
            assertThat(Mem.d(at + k)).isEqualTo(0.5);
            Mem.i(at + k, -2);
            assertThat(Mem.i(at + k)).isEqualTo(-2);
            Mem.s(at + k, 0x8001);
            assertThat(Mem.s(at + k)).isEqualTo((short) 0x8001);
            Mem.b(at + k, 0xff);
            assertThat(Mem.b(at + k)).isEqualTo((byte) -1);
        }
    }

    @Test
    void copiesEveryLengthAndNothingBeside() {
        for (int n = 0; n <= 130; n++) {
            for (int k = 0; k < 256; k++) Mem.b(at + k, k);
            Mem.fill(at + 256, 256, '.');
            Mem.copy(at + 3, at + 260, n);
            for (int k = 0; k < n; k++) assertThat(Mem.b(at + 260 + k)).isEqualTo((byte) (k + 3));
            assertThat(Mem.b(at + 259)).isEqualTo((byte) '.');
            assertThat(Mem.b(at + 260 + n)).isEqualTo((byte) '.');
        }
    }

    @Test
    void copiesDownwardsOntoItself() {
        for (int n = 0; n <= 130; n++) {
            for (int k = 0; k < 256; k++) Mem.b(at + k, k);
            Mem.copy(at + 5, at + 4, n);
            for (int k = 0; k < n; k++) assertThat(Mem.b(at + 4 + k)).isEqualTo((byte) (k + 5));
        }
    }

    @Test
    void findsAByteAsASlowLoopDoes() {
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            int n = random.nextInt(40);
            for (int k = 0; k < 48; k++) Mem.b(at + k, random.nextInt(256));
            byte wanted = Mem.b(at + random.nextInt(48));
            long expected = at;
            while (expected < at + n && Mem.b(expected) != wanted) expected++;
            assertThat(Mem.indexOf(at, at + n, wanted)).isEqualTo(expected);
        }
    }

    @Test
    void keepsLatin1Losslessly() {
        var all = new StringBuilder();
        for (int c = 0; c < 256; c++) all.append((char) c);
        for (var s : new String[] {"", "short", all.substring(200), all.toString()}) {
            assertThat(Mem.put(at, s)).isEqualTo(at + s.length());
            assertThat(Mem.string(at, s.length())).isEqualTo(s);
            assertThat(Mem.equals(at, s.length(), s)).isTrue();
            assertThat(Mem.equals(at, Bytes.of(s), s.length())).isTrue();
        }
    }

    @Test
    void copiesPartsOfArraysOfAnyLength() {
        var bytes = new byte[160];
        for (int k = 0; k < bytes.length; k++) bytes[k] = (byte) (k * 7 + 1);
        long a = Mem.alloc(bytes.length);
        try {
            for (int n = 0; n <= 140; n++) {
                Mem.fill(a, bytes.length, 0);
                Mem.put(a + 1, bytes, 3, n);
                var expected = new byte[bytes.length];
                System.arraycopy(bytes, 3, expected, 1, n);
                assertThat(Mem.bytes(a, bytes.length)).as("put %d", n).isEqualTo(expected);
                var to = new byte[bytes.length];
                Mem.get(a + 1, to, 5, n);
                assertThat(to).as("get %d", n).startsWith(new byte[5]).endsWith(new byte[bytes.length - 5 - n]);
                assertThat(Arrays.copyOfRange(to, 5, 5 + n)).isEqualTo(Arrays.copyOfRange(bytes, 3, 3 + n));
            }
        } finally {
            Mem.free(a);
        }
    }

    @Test
    void bytesAreEqualOnlyIfAllAre() {
        long a = Mem.alloc(64), b = Mem.alloc(64);
        Mem.fill(a, 64, 7);
        for (int n = 0; n < 40; n++) {
            Mem.fill(b, 64, 8);
            Mem.fill(b, n, 7);
            assertThat(Mem.equals(a, b, n)).isTrue();
            for (int k = 0; k < n; k++) {
                Mem.b(b + k, 9);
                assertThat(Mem.equals(a, b, n)).as("byte %d of %d", k, n).isFalse();
                Mem.b(b + k, 7);
            }
        }
        Mem.free(a);
        Mem.free(b);
    }
}
