package nightjar.http.module;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nightjar.core.Bytes;
import nightjar.http.ComplexValue;
import nightjar.http.Request;
import nightjar.http.UriCodec;
import nightjar.http.upstream.Outgoing;
import org.jspecify.annotations.Nullable;

/// The request as a proxied server gets it. Source: ngx_http_proxy_create_request.
final class ProxyRequest {
    /// `proxy_set_header`; an empty value: the header is not sent.
    record SetHeader(String name, String lower, ComplexValue value) {}

    /// What is sent instead of the client's headers of the same names.
    ///
    /// @param host null: the name of the place in `proxy_pass`
    /// @param length whether Content-Length is ours, and so for Transfer-Encoding
    record Headers(List<SetHeader> set, @Nullable ComplexValue host, boolean length, Set<String> replaced) {
        private static final Set<String> OWN = Set.of("host", "connection", "proxy-connection", "content-length", "transfer-encoding",
                "te", "keep-alive", "expect", "upgrade");

        static Headers of(List<SetHeader> lines) {
            var set = new ArrayList<SetHeader>();
            var replaced = new HashSet<>(OWN);
            ComplexValue host = null;
            boolean length = true;
            for (var line : lines) {
                replaced.add(line.lower);
                if (line.lower.equals("host")) host = line.value;
                else if (!line.value.text().isEmpty()) set.add(line);
                if (line.lower.equals("content-length")) length = false;
            }
            return new Headers(List.copyOf(set), host, length, Set.copyOf(replaced));
        }
    }

    private ProxyRequest() {}

    /// The request for `target`; null when there is no path to ask for.
    static @Nullable Outgoing make(Request r, Proxy.Conf conf, Proxy.Target target) {
        var method = conf.method() == null ? r.method : conf.method().eval(r);
        var uri = uri(r, target);
        if (uri.isEmpty()) return null;
        byte[] body = conf.body() == null ? null : Bytes.of(conf.body().eval(r));
        var b = new StringBuilder(512);
        b.append(method).append(' ').append(uri).append(conf.http11() ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
        host(b, r, conf, target);
        var headers = conf.headers();
        for (var h : headers.set()) line(b, h.name, h.value.eval(r));
        if (headers.length()) {
            long length = length(r, conf, body);
            if (length >= 0) line(b, "Content-Length", Long.toString(length));
        }
        if (conf.passHeaders()) {
            for (int i = 0; i < r.in.count(); i++) {
                var name = r.in.name(i);
                if (!headers.replaced().contains(Bytes.lower(name))) b.append(name).append(": ").append(r.in.value(i)).append("\r\n");
            }
        }
        b.append("\r\n");
        boolean bodiless = Bytes.equalsIgnoreCase(method, "HEAD");
        return Outgoing.http(uri, Bytes.of(b.toString()), body, body == null && conf.passBody(), bodiless);
    }

    private static void host(StringBuilder b, Request r, Proxy.Conf conf, Proxy.Target target) {
        var set = conf.headers().host();
        var host = set == null ? "" : set.eval(r);
        if (set == null || host.isEmpty() && conf.http11()) host = target.host();
        line(b, "Host", host);
    }

    private static void line(StringBuilder b, String name, String value) {
        if (!value.isEmpty()) b.append(name).append(": ").append(value).append("\r\n");
    }

    /// The length to announce; -1: none.
    private static long length(Request r, Proxy.Conf conf, byte @Nullable [] body) {
        if (body != null) return body.length;
        if (!conf.passBody()) return r.in.contentLength();
        if (r.body != null && (r.body.size() > 0 || r.in.chunked())) return r.body.size();
        return r.in.contentLength() >= 0 ? 0 : -1;
    }

    private static String uri(Request r, Proxy.Target target) {
        var given = target.url().uri();
        boolean fixed = target.pass().value() == null;
        if (!fixed && !given.isEmpty()) return given;
        if (given.isEmpty() && r.validUnparsedUri) return r.unparsedUri();
        int from = r.validLocation && !given.isEmpty() ? Math.min(target.pass().location().length(), r.uri.length()) : 0;
        var rest = r.uri.substring(from);
        if (r.internal || r.unparsedUri().indexOf('%') >= 0) rest = UriCodec.escape(rest, UriCodec.Escape.URI);
        var uri = r.validLocation ? given + rest : rest;
        return r.args == null || r.args.isEmpty() ? uri : uri + "?" + r.args;
    }
}
