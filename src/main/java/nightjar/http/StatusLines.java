package nightjar.http;

import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// The reason phrases that nginx sends. Source: ngx_http_header_filter_module.c, ngx_http_status_lines.
final class StatusLines {
    private static final byte[][] LINES = new byte[600][];

    static {
        put(200, "OK"); put(201, "Created"); put(202, "Accepted"); put(204, "No Content"); put(206, "Partial Content");
        put(301, "Moved Permanently"); put(302, "Moved Temporarily"); put(303, "See Other"); put(304, "Not Modified");
        put(307, "Temporary Redirect"); put(308, "Permanent Redirect");
        put(400, "Bad Request"); put(401, "Unauthorized"); put(402, "Payment Required"); put(403, "Forbidden");
        put(404, "Not Found"); put(405, "Not Allowed"); put(406, "Not Acceptable"); put(408, "Request Time-out");
        put(409, "Conflict"); put(410, "Gone"); put(411, "Length Required"); put(412, "Precondition Failed");
        put(413, "Request Entity Too Large"); put(414, "Request-URI Too Large"); put(415, "Unsupported Media Type");
        put(416, "Requested Range Not Satisfiable"); put(421, "Misdirected Request"); put(429, "Too Many Requests");
        put(500, "Internal Server Error"); put(501, "Not Implemented"); put(502, "Bad Gateway");
        put(503, "Service Temporarily Unavailable"); put(504, "Gateway Time-out");
        put(505, "HTTP Version Not Supported"); put(507, "Insufficient Storage");
    }

    private StatusLines() {}

    private static void put(int status, String phrase) { LINES[status] = Bytes.of("HTTP/1.1 " + status + " " + phrase + "\r\n"); }

    /// The whole line with its CRLF; a status without a phrase has none after its number.
    static byte[] line(int status, @Nullable String own) {
        if (own != null) return Bytes.of("HTTP/1.1 " + own + "\r\n");
        var known = status < LINES.length ? LINES[status] : null;
        return known != null ? known : Bytes.of("HTTP/1.1 " + (status < 100 ? "0".repeat(3 - Integer.toString(status).length()) : "") + status + "\r\n");
    }
}
