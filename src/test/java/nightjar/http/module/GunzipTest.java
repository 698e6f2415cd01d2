package nightjar.http.module;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class GunzipTest {
    @Test
    void unpacksMembersThatComeByteByByte() throws IOException, DataFormatException {
        var packed = new ByteArrayOutputStream();
        packed.writeBytes(gzip("first "));
        packed.writeBytes(gzip("second"));
        var unpacker = new Gunzip.Unpacker();
        var text = new ByteArrayOutputStream();
        for (byte b : packed.toByteArray()) {
            unpacker.feed(new byte[] {b});
            assertThat(unpacker.unpack(text)).isTrue();
        }
        assertThat(text.toString(ISO_8859_1)).isEqualTo("first second");
        unpacker.end();
    }

    @Test
    void stopsWhenEnoughIsMade() throws IOException, DataFormatException {
        var unpacker = new Gunzip.Unpacker();
        unpacker.feed(gzip("0123456789".repeat(100_000)));
        int total = 0;
        for (boolean all = false; !all; ) {
            var part = new ByteArrayOutputStream();
            all = unpacker.unpack(part);
            assertThat(part.size()).isLessThan(100_000);
            total += part.size();
        }
        assertThat(total).isEqualTo(1_000_000);
        unpacker.end();
    }

    @Test
    void skipsNamesAndCommentsInTheHead() throws DataFormatException {
        byte[] head = {0x1f, (byte) 0x8b, 8, 8 | 16 | 4 | 2, 0, 0, 0, 0, 0, 3, 2, 0, 'x', 'x', 'n', 0, 'c', 'c', 0, 1, 2};
        assertThat(Gunzip.Unpacker.headLength(head, 0)).isEqualTo(head.length);
        assertThat(Gunzip.Unpacker.headLength(Arrays.copyOf(head, head.length - 1), 0)).isEqualTo(-1);
    }

    @Test
    void refusesOtherFormats() {
        assertThatThrownBy(() -> Gunzip.Unpacker.headLength("<html>".getBytes(ISO_8859_1), 0)).isInstanceOf(DataFormatException.class);
    }

    private static byte[] gzip(String text) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(ISO_8859_1));
        }
        return out.toByteArray();
    }
}
