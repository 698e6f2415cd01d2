package nightjar.http.module;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import nightjar.conf.Args;
import nightjar.core.Bytes;

/// A `charset_map`: how text in one charset is written in another, both ways. Source: ngx_http_charset_filter_module.c.
///
/// @param out for each byte in `from` its bytes in `to`
/// @param back for each character in `to` (a byte, or a code point up to U+FFFF) its byte in `from`; 0: none
record CharsetMap(String from, String to, boolean utf8, byte[][] out, byte[] back) {
    private static final byte[] UNKNOWN = {'?'};
    /// The longest form of a character in UTF-8, in bytes.
    private static final int LONGEST = 4;

    static CharsetMap read(Args a) {
        String from = a.word(1), to = a.word(2);
        if (Bytes.equalsIgnoreCase(from, to)) {
            throw a.fail("\"charset_map\" between the same charsets \"" + from + "\" and \"" + to + "\"");
        }
        if (Bytes.equalsIgnoreCase(from, "utf-8")) throw a.fail("\"charset_map\" with \"utf-8\" charset should be given in the second column");
        boolean utf8 = Bytes.equalsIgnoreCase(to, "utf-8");
        var map = new CharsetMap(from, to, utf8, new byte[256][], new byte[utf8 ? 0x10000 : 256]);
        Arrays.fill(map.out, UNKNOWN);
        if (!utf8) Arrays.fill(map.back, (byte) '?');
        for (int i = 0; i < 128; i++) {
            map.out[i] = new byte[] {(byte) i};
            map.back[i] = (byte) i;
        }
        a.readLinesOnly(map::line);
        return map;
    }

    private void line(Args line) {
        if (line.count() != 1) throw line.fail("invalid parameters number");
        int byteFrom = hex(line, line.name());
        var text = line.word(1);
        if (!utf8) {
            int byteTo = hex(line, text);
            out[byteFrom] = new byte[] {(byte) byteTo};
            back[byteTo] = (byte) byteFrom;
            return;
        }
        if (text.length() / 2 > LONGEST || text.length() % 2 != 0) throw line.fail("invalid value \"" + text + "\"");
        var bytes = new byte[text.length() / 2];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) hex(line, text.substring(2 * i, 2 * i + 2));
        long decoded = decode(bytes, 0, bytes.length);
        if (decoded < 0 || (decoded >>> 32) > 0xffff) throw line.fail("invalid value \"" + text + "\"");
        out[byteFrom] = bytes;
        back[(int) (decoded >>> 32)] = (byte) byteFrom;
    }

    private static int hex(Args line, String text) {
        long v = Bytes.parseHex(text);
        if (v < 0 || v > 255) throw line.fail("invalid value \"" + text + "\"");
        return (int) v;
    }

    boolean joins(String a, String b) {
        return Bytes.equalsIgnoreCase(from, a) && Bytes.equalsIgnoreCase(to, b) || Bytes.equalsIgnoreCase(from, b) && Bytes.equalsIgnoreCase(to, a);
    }

    /// Text on its way from one charset to the other, in pieces.
    final class Recoding {
        private final boolean forward;
        /// The beginning of a character whose rest has to come.
        private byte[] kept = {};

        Recoding(String source) { forward = Bytes.equalsIgnoreCase(source, from); }

        byte[] recode(byte[] text) {
            if (!forward && utf8) return fromUtf8(text);
            var made = new ByteArrayOutputStream(text.length + text.length / 2);
            for (byte b : text) {
                if (forward) made.writeBytes(out[b & 0xff]); else made.write(back[b & 0xff]);
            }
            return made.toByteArray();
        }

        private byte[] fromUtf8(byte[] piece) {
            var text = piece;
            if (kept.length > 0) {
                text = Arrays.copyOf(kept, kept.length + piece.length);
                System.arraycopy(piece, 0, text, kept.length, piece.length);
                kept = new byte[0];
            }
            var made = new ByteArrayOutputStream(text.length);
            for (int i = 0; i < text.length; ) {
                if (text[i] >= 0) { made.write(text[i++]); continue; }
                long decoded = decode(text, i, text.length);
                if (decoded == INCOMPLETE) {
                    kept = Arrays.copyOfRange(text, i, text.length);
                    break;
                }
                if (decoded < 0) { made.write('?'); i++; continue; }
                int c = (int) (decoded >>> 32);
                if (c < 0x10000 && back[c] != 0) made.write(back[c]); else made.writeBytes(Bytes.of("&#" + c + ";"));
                i += (int) decoded;
            }
            return made.toByteArray();
        }
    }

    private static final long INCOMPLETE = -2;

    /// The character at `i`: its code point in the upper half, its length in the lower; -1 when it is none, or [#INCOMPLETE].
    private static long decode(byte[] b, int i, int end) {
        if (i >= end) return -1;
        int first = b[i] & 0xff;
        if (first < 0x80) return (long) first << 32 | 1;
        int more = first >= 0xf8 ? -1 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
        if (more < 0) return -1;
        int c = first & 0x3f >> more;
        for (int n = 1; n <= more; n++) {
            if (i + n >= end) return INCOMPLETE;
            int next = b[i + n] & 0xff;
            if (next >> 6 != 2) return -1;
            c = c << 6 | next & 0x3f;
        }
        int least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
        return c < least || c > 0x10ffff ? -1 : (long) c << 32 | more + 1;
    }
}
