package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A response as it came over the wire, one char a byte. Of HTTP/0.9 there is only a body; its status is 9.
record WireResponse(String statusLine, int status, List<Header> headers, String body) {
    record Header(String name, String value) {}

    List<String> values(String name) {
        return headers.stream().filter(h -> h.name().equalsIgnoreCase(name)).map(Header::value).toList();
    }

    /// Reads one response; null if the connection ends before its first byte.
    /// @throws IOException also for framing that is wrong, and for a body that ends too early
    static @Nullable WireResponse read(BufferedInputStream in, boolean head) throws IOException {
        in.mark(8);
        String start = string(in.readNBytes(5));
        if (start.isEmpty()) return null;
        in.reset();
        if (!start.equals("HTTP/")) return new WireResponse("", 9, List.of(), string(in.readAllBytes()));
        String statusLine = line(in);
        if (!statusLine.matches("HTTP/1\\.[01] \\d{3}( .*)?")) throw new IOException("bad status line: " + statusLine);
        int status = Integer.parseInt(statusLine.substring(9, 12));
        var headers = headers(in);
        var response = new WireResponse(statusLine, status, headers, "");
        if (head || status < 200 || status == 204 || status == 304) return response;
        return new WireResponse(statusLine, status, headers, response.readBody(in));
    }

    private String readBody(BufferedInputStream in) throws IOException {
        if (values("Transfer-Encoding").equals(List.of("chunked"))) return chunks(in);
        var length = values("Content-Length");
        if (length.size() > 1) throw new IOException("several Content-Length: " + length);
        if (length.isEmpty()) return string(in.readAllBytes());
        int n = Integer.parseInt(length.getFirst());
        String body = string(in.readNBytes(n));
        if (body.length() < n) throw new EOFException("body of " + n + " bytes ends after " + body.length());
        return body;
    }

    private static String chunks(BufferedInputStream in) throws IOException {
        var body = new StringBuilder();
        while (true) {
            int n = Integer.parseInt(line(in), 16);
            String chunk = string(in.readNBytes(n));
            if (chunk.length() < n) throw new EOFException("chunk of " + n + " bytes ends after " + chunk.length());
            body.append(chunk);
            if (n == 0) {
                headers(in);
                return body.toString();
            }
            if (!line(in).isEmpty()) throw new IOException("no CRLF after a chunk");
        }
    }

    private static List<Header> headers(BufferedInputStream in) throws IOException {
        var headers = new ArrayList<Header>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) throw new IOException("bad header line: " + line);
            headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return headers;
    }

    private static String line(BufferedInputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException("ends within a line: " + line);
            line.append((char) c);
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') throw new IOException("line without CR: " + line);
        return line.substring(0, line.length() - 1);
    }

    private static String string(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
