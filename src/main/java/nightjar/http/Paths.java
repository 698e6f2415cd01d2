package nightjar.http;

import org.jspecify.annotations.Nullable;

/// Where a request's path lies in the file system. Source: ngx_http_map_uri_to_path.
public final class Paths {
    private Paths() {}

    /// The file path for `r.uri` by the location's `root` or `alias`.
    /// @param drop characters at the end of the uri that are left out
    public static String map(Request r, int drop) {
        var root = r.core().root();
        var base = root(r);
        var uri = r.uri.substring(0, Math.max(0, r.uri.length() - drop));
        if (!root.alias()) return base.endsWith("/") ? base.substring(0, base.length() - 1) + uri : base + uri;
        var loc = aliasLocation(r);
        if (loc == null || loc.kind == Location.Kind.REGEX || loc.kind == Location.Kind.NAMED) return base;
        return uri.length() >= loc.name.length() ? base + uri.substring(loc.name.length()) : base;
    }

    /// The location's `root` or `alias`. What variables make of it is taken from the prefix path, as plain words were when
    /// they were read.
    static String root(Request r) {
        var path = r.core().root().path();
        var base = path.eval(r);
        return path.isPlain() || base.startsWith("/") ? base : r.server.scope.get(CoreServer.PREFIX) + base;
    }

    /// The location that an `alias` belongs to: the innermost with a name.
    private static @Nullable Location aliasLocation(Request r) { return r.namedLoc != null ? r.namedLoc : r.loc; }

    /// Whether the mapped path is the same for each uri (an alias in a regex location).
    public static boolean aliasWholePath(Request r) {
        var loc = aliasLocation(r);
        return r.core().root().alias() && loc != null && loc.kind == Location.Kind.REGEX;
    }

    /// What follows the last dot of a path's last part, or `null`.
    public static @Nullable String extension(String uri) {
        for (int i = uri.length() - 1; i > 0; i--) {
            char c = uri.charAt(i);
            if (c == '.') return uri.charAt(i - 1) == '/' ? null : uri.substring(i + 1);
            if (c == '/') return null;
        }
        return null;
    }

    /// A path and query string that a directive names for a subrequest or redirect.
    public record Target(String uri, @Nullable String args) {}

    /// Takes `text` apart at its question mark and decodes the path.
    /// @return `null` if it climbs above its root. nginx: ngx_http_parse_unsafe_uri
    public static @Nullable Target target(String text) {
        if (isUnsafe(text)) return null;
        int q = text.indexOf('?');
        var path = q < 0 ? text : text.substring(0, q);
        var decoded = UriCodec.unescape(path, UriCodec.Unescape.COMPONENT);
        if (decoded != path && isUnsafe(decoded.replace('?', '_'))) return null;
        return new Target(decoded, q < 0 ? null : text.substring(q + 1));
    }

    /// Whether a path climbs above its root or holds a NUL. nginx: ngx_http_parse_unsafe_uri.
    public static boolean isUnsafe(String uri) {
        if (uri.isEmpty() || uri.charAt(0) == '?') return true;
        if (uri.indexOf('\0') >= 0) return true;
        int q = uri.indexOf('?');
        var path = q < 0 ? uri : uri.substring(0, q);
        return path.equals("..") || path.startsWith("../") || path.contains("/../") || path.endsWith("/..");
    }
}
