package nightjar.http;

import java.util.Objects;
import nightjar.core.Mem;

/// Reads request heads out of the socket's bytes; one a worker. What must survive between two reads of one head
/// is in its `HeadersIn`, so a head may arrive byte by byte and no byte is looked at twice.
///
/// Source: nginx's ngx_http_parse.c and ngx_http_request.c. Limits are kept by lengths: the buffers that nginx
/// would have filled (`client_header_buffer_size`, then `large_client_header_buffers`) are only counted.
public final class RequestParser {
    private final UriParser uris = new UriParser();
    private final HeaderLines lines = new HeaderLines();

    /// Reads on in the head whose bytes are at `addr`: all of them since `h.reset()`, also those of earlier calls
    /// (they may have moved).
    ///
    /// @param eof the client sends no more
    /// @return the length of the complete head, 0 when more has to come, or a negative `HeadError` code
    public int parse(HeadersIn h, HeadOwner owner, long addr, int len, boolean eof) {
        if (h.bufferEnd == 0) {
            h.rules = owner.rules();
            h.bufferEnd = h.rules.bufferSize();
        }
        h.rebase(addr);
        if (h.line.after == 0) {
            int rc = requestLine(h, owner, addr, len);
            if (rc != 0 || h.line.after == 0) {
                return rc == 0 && eof ? HeadError.CLOSED : rc;
            }
        }
        int rc = lines.parse(h, owner, addr, len);
        if (rc > 0) {
            h.headEnd = rc;
            int error = check(h);
            return error < 0 ? error : rc;
        }
        return rc == 0 && eof ? HeadError.CLOSED : rc;
    }

    /// @return 0 when header lines follow or more has to come
    private int requestLine(HeadersIn h, HeadOwner owner, long addr, int len) {
        var line = h.line;
        int rc = line.parse(addr, len);
        int needed = rc > 0 ? rc : rc == 0 ? len + 1 : line.at + 1;
        if (needed > h.bufferEnd && !fits(h, needed)) {
            return HeadError.URI_TOO_LONG;
        }
        if (rc <= 0) {
            return rc;
        }
        line.after = rc;
        h.at = rc;
        if (!uris.parse(line, h.rules.mergeSlashes())) {
            return HeadError.REQUEST;
        }
        if (line.hostEnd >= 0) {
            long name = HostName.check(addr + line.hostStart, line.hostEnd - line.hostStart);
            if (name < 0) {
                return HeadError.LINE_HOST;
            }
            server(h, owner, line.hostStart, name);
        }
        if (line.version() < 1000) {
            h.headEnd = rc;
            return rc;
        }
        return 0;
    }

    /// Whether nginx would have found room for the first `needed` bytes, the last of them within the request line.
    private static boolean fits(HeadersIn h, int needed) {
        var line = h.line;
        int start = line.untouched() ? needed : line.start;
        while (h.bufferEnd <= start) {
            h.bufferEnd += h.rules.bufferSize();
        }
        int size = h.rules.largeSize();
        while (needed > h.bufferEnd) {
            if (h.bufferEnd - start >= size || h.largeUsed == h.rules.largeNumber()) {
                return false;
            }
            h.largeUsed++;
            h.bufferEnd = start + size;
        }
        return true;
    }

    static void server(HeadersIn h, HeadOwner owner, int start, long name) {
        h.serverStart = start;
        h.serverLength = (int) (name >>> 32);
        h.serverPort = (int) name;
        h.rules = Objects.requireNonNull(owner.serverNamed(h));
    }

    /// What can be wrong with a complete head; 0 when nothing is. Source: ngx_http_process_request_header.
    private static int check(HeadersIn h) {
        int version = h.line.version();
        if (version > 1000 && !h.has(KnownHeader.HOST)) {
            return HeadError.NO_HOST;
        }
        int length = h.index(KnownHeader.CONTENT_LENGTH);
        if (length >= 0) {
            h.contentLength = h.number(length);
            if (h.contentLength < 0) {
                return HeadError.CONTENT_LENGTH;
            }
        }
        int encoding = h.index(KnownHeader.TRANSFER_ENCODING);
        if (encoding >= 0) {
            if (version < 1001) {
                return HeadError.TE_IN_10;
            }
            if (!h.valueIs(encoding, "chunked")) {
                return HeadError.UNKNOWN_TE;
            }
            if (length >= 0) {
                return HeadError.LENGTH_AND_TE;
            }
            h.chunked = true;
        }
        return switch (h.line.method) {
            case Method.CONNECT -> HeadError.CONNECT;
            case Method.TRACE -> HeadError.TRACE;
            default -> 0;
        };
    }
}
