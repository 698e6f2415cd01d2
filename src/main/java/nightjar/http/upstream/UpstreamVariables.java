package nightjar.http.upstream;

import static nightjar.http.Variable.prefixed;
import static nightjar.http.Variable.variable;

import java.util.function.Function;
import nightjar.core.Bytes;
import nightjar.http.Request;
import nightjar.http.Variable;
import org.jspecify.annotations.Nullable;

/// The `$upstream_…` variables. Source: ngx_http_upstream.c.
final class UpstreamVariables {
    static final Variable[] ALL = {
        variable("upstream_addr", r -> each(r, s -> s.peer == null ? "" : s.peer)),
        variable("upstream_status", r -> each(r, s -> s.status == 0 ? "-" : Integer.toString(s.status))),
        variable("upstream_connect_time", r -> each(r, s -> seconds(s.connectMsec))),
        variable("upstream_header_time", r -> each(r, s -> seconds(s.headerMsec))),
        variable("upstream_response_time", r -> each(r, s -> seconds(s.responseMsec))),
        variable("upstream_response_length", r -> each(r, s -> Long.toString(s.length))),
        variable("upstream_bytes_received", r -> each(r, s -> Long.toString(s.received))),
        variable("upstream_bytes_sent", r -> each(r, s -> Long.toString(s.sent))),
        prefixed("upstream_http_", UpstreamVariables::header),
        prefixed("upstream_cookie_", UpstreamVariables::cookie),
        prefixed("upstream_trailer_", (_, _) -> null),
    };

    private UpstreamVariables() {}

    /// One word for each server asked: `, ` between servers of a group, ` : ` between groups.
    private static @Nullable String each(Request r, Function<UpstreamState, String> word) {
        var all = r.get(UpstreamState.KEY);
        if (all == null || all.states.isEmpty()) return null;
        var states = all.states;
        if (states.size() == 1) return word.apply(states.getFirst());
        var text = new StringBuilder();
        boolean first = true;
        for (var s : states) {
            if (s.peer == null) {
                text.append(" : ");
                first = true;
                continue;
            }
            if (!first) text.append(", ");
            first = false;
            text.append(word.apply(s));
        }
        return text.toString();
    }

    private static String seconds(long msec) {
        if (msec < 0) return "-";
        return msec / 1000 + "." + Long.toString(1000 + msec % 1000).substring(1);
    }

    private static @Nullable String header(Request r, String variable) {
        var all = r.get(UpstreamState.KEY);
        if (all == null) return null;
        var name = variable.substring("upstream_http_".length());
        String one = null;
        for (var h : all.headers) {
            if (h.name.length() == name.length() && same(h.name, name)) one = one == null ? h.value : one + ", " + h.value;
        }
        return one;
    }

    /// Whether header `name` is the one that a variable calls `underscored`.
    private static boolean same(String name, String underscored) {
        for (int i = 0; i < name.length(); i++) {
            int c = name.charAt(i);
            if ((c == '-' ? '_' : Bytes.lower(c)) != underscored.charAt(i)) return false;
        }
        return true;
    }

    private static @Nullable String cookie(Request r, String variable) {
        var all = r.get(UpstreamState.KEY);
        if (all == null) return null;
        var name = variable.substring("upstream_cookie_".length());
        for (var h : all.headers) {
            if (!Bytes.equalsIgnoreCase(h.name, "set-cookie")) continue;
            int eq = h.value.indexOf('=');
            if (eq < 0 || !Bytes.equalsIgnoreCase(Bytes.trim(h.value.substring(0, eq)), name)) continue;
            int end = h.value.indexOf(';', eq);
            return Bytes.trim(h.value.substring(eq + 1, end < 0 ? h.value.length() : end));
        }
        return null;
    }
}
