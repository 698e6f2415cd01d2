package nightjar.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The locations of a server or of a location, ready to be searched.
/// Source: ngx_http_core_find_location and ngx_http_core_find_static_location.
final class Locations {
    static final Locations NONE = new Locations(List.of());

    /// A node of a trie over the names of prefix locations, its label compressed.
    private static final class Node {
        final String label;
        @Nullable Location prefix;
        final List<Node> next = new ArrayList<>(0);
        Node(String label) { this.label = label; }
    }

    private final Map<String, Location> exact = new HashMap<>();
    private final Map<String, Location> named = new HashMap<>();
    private final Node root = new Node("");
    private final Location[] regex;
    /// Locations whose requests without the slash at the end are sent on to it, by that path.
    private final Map<String, Location> redirects = new HashMap<>();
    private final boolean empty;

    Locations(List<Location> all) {
        var rs = new ArrayList<Location>();
        for (var l : all) {
            if (l.autoRedirect()) redirects.put(l.name.substring(0, l.name.length() - 1), l);
            switch (l.kind) {
                case EXACT -> exact.put(l.name, l);
                case PREFIX, PREFIX_ONLY -> insert(l);
                case REGEX -> rs.add(l);
                case NAMED -> named.put(l.name, l);
                case NONE -> { }
            }
        }
        regex = rs.toArray(Location[]::new);
        empty = all.isEmpty();
    }

    private void insert(Location l) {
        var at = root;
        var rest = l.name;
        outer:
        while (!rest.isEmpty()) {
            for (int i = 0; i < at.next.size(); i++) {
                var n = at.next.get(i);
                int k = common(n.label, rest);
                if (k == 0) continue;
                if (k < n.label.length()) {
                    var upper = new Node(n.label.substring(0, k));
                    var lower = new Node(n.label.substring(k));
                    lower.prefix = n.prefix;
                    lower.next.addAll(n.next);
                    upper.next.add(lower);
                    at.next.set(i, upper);
                    n = upper;
                }
                at = n;
                rest = rest.substring(k);
                continue outer;
            }
            var n = new Node(rest);
            at.next.add(n);
            at = n;
            break;
        }
        at.prefix = l;
    }

    private static int common(String a, String b) {
        int n = Math.min(a.length(), b.length()), i = 0;
        while (i < n && a.charAt(i) == b.charAt(i)) i++;
        return i;
    }

    @Nullable Location named(String name) { return named.get(name); }

    /// The location for `r.uri`, or `null`. An inner location wins over the one around it.
    @Nullable Location find(Request r) {
        if (empty) return null;
        var e = exact.isEmpty() ? null : exact.get(r.uri);
        if (e != null) return e;
        if (!redirects.isEmpty() && redirects.containsKey(r.uri)) {
            r.wantsSlash = true;
            return redirects.get(r.uri);
        }
        var best = longestPrefix(r.uri);
        var found = best;
        boolean noRegex = false;
        if (best != null) {
            var inner = best.inner.find(r);
            noRegex = best.kind == Location.Kind.PREFIX_ONLY;
            if (inner != null) {
                found = inner;
                if (inner.kind == Location.Kind.EXACT || inner.kind == Location.Kind.REGEX) return inner;
                noRegex |= inner.kind == Location.Kind.PREFIX_ONLY;
            }
        }
        if (noRegex) return found;
        for (var l : regex) {
            if (r.debug()) r.debug("test location: ~ \"" + l.name + "\"");
            if (!Regexes.match(r, l.regex, r.uri, l.captureVariables)) continue;
            var inner = l.inner.find(r);
            return inner != null ? inner : l;
        }
        return found;
    }

    private @Nullable Location longestPrefix(String uri) {
        var at = root;
        var best = root.prefix;
        int pos = 0;
        outer:
        while (pos < uri.length()) {
            char c = uri.charAt(pos);
            for (int i = 0; i < at.next.size(); i++) {
                var n = at.next.get(i);
                if (n.label.charAt(0) != c) continue;
                if (!uri.startsWith(n.label, pos)) break outer;
                pos += n.label.length();
                at = n;
                if (n.prefix != null) best = n.prefix;
                continue outer;
            }
            break;
        }
        return best;
    }
}
