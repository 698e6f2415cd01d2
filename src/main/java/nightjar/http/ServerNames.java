package nightjar.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// The servers of one listening address, found by the name that a client asks for.
/// Source: ngx_http_find_virtual_server and ngx_hash.c's wildcards.
public final class ServerNames {
    /// A word of `server_name`. `text` is what `$server_name` shows.
    public record Name(String text, Regexes.@Nullable Compiled regex) {}

    private record RegexName(Name name, Server server) {}

    public final Server byDefault;
    private final Map<String, Server> exact = new HashMap<>(), leading = new HashMap<>(), trailing = new HashMap<>();
    private final List<RegexName> regexes = new ArrayList<>();

    private final boolean single;

    /// @param conflicts is told of names that a server before has already
    ServerNames(Server byDefault, List<Server> servers, Consumer<String> conflicts) {
        this.byDefault = byDefault;
        for (var s : servers) for (var n : s.names) {
            if (n.regex() != null) regexes.add(new RegexName(n, s));
            else if (!add(Bytes.lower(n.text()), s)) conflicts.accept(Bytes.lower(n.text()));
        }
        single = servers.size() == 1 && regexes.isEmpty();
    }

    private boolean add(String name, Server s) {
        if (name.startsWith("*.")) return leading.putIfAbsent(name.substring(1), s) == null;
        if (name.startsWith(".")) return exact.putIfAbsent(name.substring(1), s) == null && leading.putIfAbsent(name, s) == null;
        if (name.endsWith(".*")) return trailing.putIfAbsent(name.substring(0, name.length() - 1), s) == null;
        return exact.putIfAbsent(name, s) == null;
    }

    /// Whether there is nothing to choose.
    boolean single() { return single; }

    /// The server for `host` (lower case, no port), the default one when no name fits.
    /// @param r keeps the captures of a regular expression; may be `null`
    Server find(@Nullable Request r, String host) {
        var s = exact.get(host);
        if (s != null) return s;
        if (!leading.isEmpty()) {
            for (int dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
                s = leading.get(host.substring(dot));
                if (s != null) return s;
            }
        }
        if (!trailing.isEmpty()) {
            for (int dot = host.lastIndexOf('.'); dot > 0; dot = host.lastIndexOf('.', dot - 1)) {
                s = trailing.get(host.substring(0, dot + 1));
                if (s != null) return s;
            }
        }
        for (var n : regexes) if (r == null ? n.name.regex().find(host) : n.name.regex().match(r, host)) return n.server;
        return byDefault;
    }
}
