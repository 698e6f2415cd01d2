package nightjar.http;

import static nightjar.http.Variable.prefixed;
import static nightjar.http.Variable.variable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import nightjar.core.Bytes;
import nightjar.core.Clock;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// The variables of nginx's core module. Source: ngx_http_variables.c.
final class CoreVariables {
    private static final CtxKey<String> REQUEST_ID = new CtxKey<>();
    private static final String PID = Integer.toString(Posix.getpid());

    static final Variable[] ALL = {
        variable("uri", r -> r.uri),
        variable("document_uri", r -> r.uri),
        variable("request_uri", r -> r.main.unparsedUri()),
        variable("args", r -> r.args, CoreVariables::setArgs),
        variable("query_string", r -> r.args),
        variable("is_args", r -> r.args == null || r.args.isEmpty() ? "" : "?"),
        variable("request", r -> r.main.requestLine()),
        variable("request_method", r -> r.main.method),
        variable("request_length", r -> Long.toString(r.requestLength())),
        variable("request_time", r -> seconds(r.elapsed())),
        variable("request_completion", r -> r.main.lastSent ? "OK" : ""),
        variable("request_id", CoreVariables::requestId),
        variable("request_body", CoreVariables::requestBody),
        variable("request_body_file", r -> r.main.body == null ? null : r.main.body.path()),
        variable("request_port", r -> Integer.toString(r.in.serverPort() > 0 ? r.in.serverPort() : r.c.conn.localPort())),
        variable("is_request_port", r -> r.in.serverPort() > 0 ? ":" : ""),
        variable("host", r -> r.host != null ? r.host : r.server.name()),
        variable("hostname", _ -> Posix.hostname()),
        variable("server_name", r -> r.server.name()),
        variable("server_addr", r -> r.c.conn.localAddr()),
        variable("server_port", r -> r.c.conn.unix() ? "" : Integer.toString(r.c.conn.localPort())),
        variable("server_protocol", r -> protocol(r)),
        variable("scheme", r -> r.c.tls() ? "https" : "http"),
        variable("https", r -> r.c.tls() ? "on" : ""),
        variable("http2", _ -> ""),
        variable("http3", _ -> ""),
        variable("remote_addr", CoreVariables::remoteAddr),
        variable("remote_port", r -> r.main.remotePort != null ? r.main.remotePort : r.c.conn.unix() ? "" : Integer.toString(r.c.conn.remotePort())),
        variable("binary_remote_addr", r -> Bytes.string(r.clientIp())),
        variable("remote_user", r -> r.remoteUser()),
        variable("document_root", r -> Paths.root(r)),
        variable("realpath_root", CoreVariables::realpathRoot),
        variable("request_filename", r -> Paths.map(r, 0)),
        variable("content_length", r -> r.in.get("content-length") != null ? r.in.get("content-length")
                : r.in.contentLength >= 0 ? Long.toString(r.in.contentLength) : null),
        variable("content_type", r -> r.in.get("content-type")),
        variable("status", r -> status(r)),
        variable("body_bytes_sent", r -> Long.toString(r.bodyBytesSent())),
        variable("bytes_sent", r -> Long.toString(r.bytesSent())),
        variable("connection", r -> Long.toString(r.c.number)),
        variable("connection_requests", r -> Long.toString(r.c.requests)),
        variable("connection_time", r -> seconds(r.worker.clock.msec() - r.c.acceptedMsec)),
        variable("pipe", r -> r.pipelined() ? "p" : "."),
        variable("pid", _ -> PID),
        variable("msec", r -> seconds(r.worker.clock.msec())),
        variable("time_local", r -> r.worker.clock.logTime()),
        variable("time_iso8601", r -> r.worker.clock.iso8601()),
        variable("nginx_version", _ -> Version.NGINX),
        variable("limit_rate", r -> Long.toString(r.limitRate), CoreVariables::setLimitRate),
        variable("sent_http_content_type", r -> r.out.contentType == null ? null
                : r.out.charset == null || r.out.contentType.indexOf(';') >= 0 ? r.out.contentType : r.out.contentType + "; charset=" + r.out.charset),
        variable("sent_http_content_length", r -> r.out.contentLength < 0 ? null : Long.toString(r.out.contentLength)),
        variable("sent_http_last_modified", r -> r.out.lastModifiedText != null ? r.out.lastModifiedText : r.out.lastModified < 0 ? null : Clock.httpTime(r.out.lastModified)),
        variable("sent_http_location", r -> r.out.location != null ? r.out.location : r.out.get("location")),
        variable("sent_http_etag", r -> r.out.etag),
        variable("sent_http_connection", r -> r.out.status == 101 ? "upgrade" : r.keepAlive ? "keep-alive" : "close"),
        variable("sent_http_keep_alive", r -> r.keepAlive && r.core().keepaliveHeader() > 0 ? "timeout=" + r.core().keepaliveHeader() : null),
        variable("sent_http_transfer_encoding", r -> r.chunked ? "chunked" : null),
        header("host"), header("user_agent"), header("referer"), header("via"), header("x_forwarded_for"), header("cookie"),
        prefixed("http_", (r, name) -> r.in.variable(name.substring(5))),
        prefixed("sent_http_", CoreVariables::sentHttp),
        prefixed("sent_trailer_", (r, name) -> joined(r.out.trailers(), name.substring(13))),
        prefixed("arg_", (r, name) -> r.arg(name.substring(4))),
        prefixed("cookie_", CoreVariables::cookie),
    };

    private CoreVariables() {}

    /// One of those request headers whose variables `set` may not define, unlike all others'.
    private static Variable header(String name) { return variable("http_" + name, r -> r.in.variable(name)); }

    private static String protocol(Request r) {
        var p = r.in.line.protocol();
        return p != null ? p : "";
    }

    static String remoteAddr(Request r) { return r.main.remoteAddr != null ? r.main.remoteAddr : r.c.conn.remoteAddr(); }

    private static String status(Request r) {
        int s = r.statusSent();
        return s < 100 ? Integer.toString(1000 + s).substring(1) : Integer.toString(s);
    }

    private static String seconds(long msec) {
        msec = Math.max(0, msec);
        var ms = Long.toString(1000 + msec % 1000);
        return msec / 1000 + "." + ms.substring(1);
    }

    private static String requestId(Request r) {
        var id = r.main.get(REQUEST_ID);
        if (id == null) {
            var random = ThreadLocalRandom.current();
            var bytes = new byte[16];
            random.nextBytes(bytes);
            id = Bytes.hex(bytes);
            r.main.set(REQUEST_ID, id);
        }
        return id;
    }

    private static @Nullable String requestBody(Request r) {
        var b = r.body;
        if (b == null || !b.complete() || b.path() != null) return null;
        return b.length() == 0 ? null : Mem.string(b.address(), b.length());
    }

    private static void setArgs(Request r, @Nullable String value) {
        r.args = value;
        r.validUnparsedUri = false;
    }

    private static void setLimitRate(Request r, @Nullable String value) {
        if (value == null) return;
        long v = Core.rate(value);
        r.limitRate = v;
        r.limitRateSet = true;
    }

    private static @Nullable String realpathRoot(Request r) {
        try {
            return Bytes.utf8(Path.of(Bytes.fromUtf8(Paths.root(r))).toRealPath().toString());
        } catch (IOException e) {
            r.log(Level.CRIT, "realpath() \"" + Paths.root(r) + "\" failed " + Errno.quoted(Errno.ENOENT));
            return null;
        }
    }

    private static @Nullable String sentHttp(Request r, String name) {
        return joined(r.out.list(), name.substring("sent_http_".length()));
    }

    private static @Nullable String joined(List<HeadersOut.Header> list, String wanted) {
        StringBuilder all = null;
        String first = null;
        for (var h : list) {
            if (h.name.length() != wanted.length() || !same(h.name, wanted)) continue;
            if (first == null) first = h.value;
            else {
                if (all == null) all = new StringBuilder(first);
                all.append(", ").append(h.value);
            }
        }
        return all == null ? first : all.toString();
    }

    /// Whether header `name` is the one that a variable calls `underscored`.
    private static boolean same(String name, String underscored) {
        for (int i = 0; i < name.length(); i++) {
            int c = name.charAt(i);
            c = c == '-' ? '_' : Bytes.lower(c);
            if (c != underscored.charAt(i)) return false;
        }
        return true;
    }

    private static @Nullable String cookie(Request r, String variable) {
        var name = variable.substring("cookie_".length());
        var header = r.in.joined("cookie");
        if (header == null) return null;
        int n = name.length(), end = header.length();
        for (int p = 0; p < end; ) {
            while (p < end && (header.charAt(p) == ' ' || header.charAt(p) == ';')) p++;
            int stop = header.indexOf(';', p);
            if (stop < 0) stop = end;
            if (stop - p >= n && Bytes.regionEqualsIgnoreCase(header, p, name)) {
                int q = p + n;
                while (q < stop && header.charAt(q) == ' ') q++;
                if (q < stop && header.charAt(q) == '=') {
                    q++;
                    while (q < stop && header.charAt(q) == ' ') q++;
                    return header.substring(q, stop);
                }
            }
            p = stop + 1;
        }
        return null;
    }
}
