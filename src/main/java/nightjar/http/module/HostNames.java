package nightjar.http.module;

import java.util.HashMap;
import java.util.Map;
import nightjar.conf.ConfException;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// Values by name, where a name may be `*.example.com`, `.example.com` or `www.example.*`. Case is ignored.
/// Source: ngx_hash_add_key and ngx_hash_find_combined.
final class HostNames<V> {
    private final Map<String, V> exact = new HashMap<>();
    /// Of `*.example.com` and `.example.com`, by `example.com`.
    private final Map<String, V> leading = new HashMap<>();
    /// Of `www.example.*`, by `www.example`.
    private final Map<String, V> trailing = new HashMap<>();

    boolean isEmpty() { return exact.isEmpty() && leading.isEmpty() && trailing.isEmpty(); }

    /// Adds a name that is nothing but itself.
    /// @throws ConfException with nginx's text, without the place
    void addExact(String name, V value) { put(exact, Bytes.lower(name), value, Bytes.lower(name)); }

    /// Adds a name that may be a wildcard.
    /// @throws ConfException with nginx's text, without the place
    void add(String written, V value) {
        var name = Bytes.lower(written);
        int star = name.indexOf('*');
        if (star >= 0 && name.indexOf('*', star + 1) >= 0 || name.contains("..") || name.indexOf('\0') >= 0) throw invalid(written);
        if (name.length() > 1 && name.startsWith(".")) {
            put(exact, name.substring(1), value, name);
            put(leading, name.substring(1), value, name);
        } else if (name.length() > 2 && name.startsWith("*.")) {
            put(leading, name.substring(2), value, name);
        } else if (name.length() > 2 && name.endsWith(".*")) {
            put(trailing, name.substring(0, name.length() - 2), value, name);
        } else if (star >= 0) {
            throw invalid(written);
        } else {
            put(exact, name, value, name);
        }
    }

    private static ConfException invalid(String name) { return new ConfException("invalid hostname or wildcard \"" + name + "\""); }

    private void put(Map<String, V> map, String name, V value, String whole) {
        if (map.putIfAbsent(name, value) != null) throw new ConfException("conflicting parameter \"" + whole + "\"");
    }

    @Nullable V find(String written) {
        var name = Bytes.lower(written);
        var v = exact.get(name);
        if (v != null || name.isEmpty()) return v;
        if (!leading.isEmpty()) {
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                v = leading.get(name.substring(dot + 1));
                if (v != null) return v;
            }
        }
        if (!trailing.isEmpty()) {
            for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
                v = trailing.get(name.substring(0, dot));
                if (v != null) return v;
            }
        }
        return null;
    }
}
