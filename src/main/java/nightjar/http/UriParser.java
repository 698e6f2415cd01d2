package nightjar.http;

import java.nio.charset.StandardCharsets;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// Turns the target of a request line into the path that locations see: percent-decoded, `.` and `..` resolved,
/// repeated slashes merged, cut at `?` and `#`. One a worker.
/// Source: nginx's ngx_http_process_request_uri and ngx_http_parse_complex_uri.
public final class UriParser {
    private static final int USUAL = 0;
    private static final int SLASH = 1;
    private static final int DOT = 2;
    private static final int DOT_DOT = 3;

    private byte[] out = new byte[1024];
    private int length;
    private int extension;

    /// Fills `line`'s uri, arguments and extension.
    ///
    /// @return false when the path climbs above the root, holds a NUL or a bad escape: a 400
    boolean parse(RequestLine line, boolean mergeSlashes) {
        line.argsEnd = line.uriEnd;
        if (!line.complexUri && !line.quotedUri && !line.emptyPath) {
            return true;
        }
        int n = line.uriEnd - line.uriStart;
        if (out.length < n + 1) {
            out = new byte[Math.max(n + 1, out.length * 2)];
        }
        length = 0;
        extension = -1;
        if (line.emptyPath) {
            out[length++] = '/';
        }
        line.argsStart = -1;
        int stop = decode(line, line.base + line.uriStart, n, mergeSlashes);
        if (stop < 0) {
            return false;
        }
        line.uri = new String(out, 0, length, StandardCharsets.ISO_8859_1);
        line.extensionStart = -1;
        line.extension = extension < 0 ? null : line.uri.substring(Math.min(extension, length));
        if (stop < n && Mem.b(line.base + line.uriStart + stop) == '?') {
            line.argsStart = line.uriStart + stop + 1;
            long end = line.base + line.uriEnd;
            line.argsEnd = (int) (Mem.indexOf(line.base + line.argsStart, end, (byte) '#') - line.base);
        }
        return true;
    }

    /// Decodes into `out`; gives the offset of the `?` or `#` that ended the path, `n` without one, -1 when bad.
    private int decode(RequestLine line, long addr, int n, boolean mergeSlashes) {
        int state = USUAL;
        int i = 0;
        while (i < n) {
            int at = i;
            int c = Mem.b(addr + i++) & 0xff;
            boolean plain = false;
            if (c == '%') {
                c = i + 2 <= n ? hexPair(addr + i) : -1;
                i += 2;
                if (c <= 0) {
                    return -1;
                }
                line.quotedUri = true;
                plain = c == '%' || c == '#' || c == '?';
            }
            if (plain) {
                state = USUAL;
                out[length++] = (byte) c;
                continue;
            }
            if (c == '+') {
                line.plusInUri = true;
            }
            boolean ends = c == '?' || c == '#';
            if (c == '/' || ends) {
                if (state == DOT) {
                    length--;
                } else if (state == DOT_DOT && !climb()) {
                    return -1;
                }
                if (ends) {
                    return at;
                }
                if (state == USUAL) {
                    extension = -1;
                }
                if (state == USUAL || state == SLASH && !mergeSlashes) {
                    out[length++] = '/';
                }
                state = SLASH;
            } else {
                if (c == '.' && state == USUAL) {
                    extension = length + 1;
                }
                state = c != '.' ? USUAL : state == SLASH ? DOT : state == DOT ? DOT_DOT : USUAL;
                out[length++] = (byte) c;
            }
        }
        if (state == DOT) {
            length--;
        }
        return state == DOT_DOT && !climb() ? -1 : n;
    }

    /// Drops `/name/..` from the end, leaving the slash before the name; false above the root.
    private boolean climb() {
        int i = length - 4;
        while (i >= 0 && out[i] != '/') {
            i--;
        }
        length = i + 1;
        return i >= 0;
    }

    private static int hexPair(long addr) {
        int high = UriCodec.hexDigit(Mem.b(addr));
        int low = UriCodec.hexDigit(Mem.b(addr + 1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /// A URI that configuration or Lua gives for an internal redirect or a subrequest.
    ///
    /// @param path decoded when it held escapes
    /// @param args null when there is no `?`
    public record Target(String path, @Nullable String args) {}

    /// Splits and decodes `uri`; null when it is unsafe: empty, no path, a `..` segment or a NUL.
    /// Source: nginx's ngx_http_parse_unsafe_uri.
    public static @Nullable Target target(String uri) {
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        String args = question < 0 ? null : uri.substring(question + 1);
        if (path.isEmpty() || climbs(path) || path.indexOf('\0') >= 0) {
            return null;
        }
        if (path.indexOf('%') >= 0) {
            path = UriCodec.unescape(path, UriCodec.Unescape.COMPONENT);
            if (climbs(path) || path.indexOf('\0') >= 0) {
                return null;
            }
        }
        return new Target(path, args);
    }

    private static boolean climbs(String path) {
        if (path.startsWith("..") && (path.length() == 2 || path.charAt(2) == '/')) {
            return true;
        }
        int i = path.indexOf("/..");
        while (i >= 0) {
            if (i + 3 == path.length() || path.charAt(i + 3) == '/') {
                return true;
            }
            i = path.indexOf("/..", i + 1);
        }
        return false;
    }
}
