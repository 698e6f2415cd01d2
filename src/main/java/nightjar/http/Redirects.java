package nightjar.http;

/// The value of a Location header as nginx sends it.
public final class Redirects {
    private Redirects() {}

    /// Makes a path into `scheme://host[:port]/path`, unless `absolute_redirect` is off.
    /// Source: ngx_http_header_filter.
    static String absolute(Request r, String location) {
        var core = r.core();
        if (location.isEmpty() || location.charAt(0) != '/' || !core.absoluteRedirect()) return location;
        var b = new StringBuilder(r.c.tls() ? "https://" : "http://");
        if (core.serverNameInRedirect()) b.append(r.server.name());
        else if (r.host != null && !r.host.isEmpty()) b.append(r.host);
        else b.append(r.c.conn.localAddr());
        int port = core.portInRedirect() ? r.c.conn.localPort() : 0;
        if (port != 0 && port != (r.c.tls() ? 443 : 80) && !r.c.conn.unix()) b.append(':').append(port);
        return b.append(location).toString();
    }
}
