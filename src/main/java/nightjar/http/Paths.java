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
}
