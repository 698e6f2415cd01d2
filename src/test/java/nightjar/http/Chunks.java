package nightjar.http;

import java.nio.charset.StandardCharsets;
import nightjar.core.Bytes;
import nightjar.core.Mem;

/// Decodes chunked bodies given as text, for the tests of this package.
final class Chunks {
    private static final long ROOM = Mem.alloc(1 << 17);

    final ChunkedParser parser = new ChunkedParser();
    final StringBuilder body = new StringBuilder();
    int code;
    int used;

    static Chunks of(String body) {
        var chunks = new Chunks();
        chunks.decode(Bytes.of(body), Math.max(1, body.length()));
        return chunks;
    }

    /// Shows `step` bytes at a time, each piece at the same address.
    void decode(byte[] bytes, int step) {
        parser.reset();
        body.setLength(0);
        code = ChunkedParser.MORE;
        used = 0;
        while (code == ChunkedParser.MORE && used < bytes.length) {
            piece(bytes, Math.min(step, bytes.length - used));
        }
    }

    /// Shows the first `cut` bytes, then the others.
    void decodeInTwo(byte[] bytes, int cut) {
        parser.reset();
        body.setLength(0);
        used = 0;
        piece(bytes, cut);
        if (code == ChunkedParser.MORE) {
            piece(bytes, bytes.length - cut);
        }
    }

    private void piece(byte[] bytes, int n) {
        Mem.put(ROOM, bytes, used, n);
        long limit = ROOM + n;
        code = parser.next(ROOM, limit);
        while (code == ChunkedParser.DATA) {
            body.append(new String(Mem.bytes(parser.data(), parser.length()), StandardCharsets.ISO_8859_1));
            code = parser.next(parser.position(), limit);
        }
        used += (int) (parser.position() - ROOM);
    }

    String outcome() {
        return code + " " + used + ' ' + parser.received() + ' ' + (code == ChunkedParser.MORE ? parser.expected() : 0)
                + ' ' + body;
    }
}
