package nightjar.http.upstream;

import java.util.ArrayList;
import java.util.List;
import nightjar.http.CtxKey;
import nightjar.http.HeadersOut.Header;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// What came of asking one server: the `$upstream_…` variables tell it. Times in milliseconds, -1: it did not come so far.
final class UpstreamState {
    /// All servers that a request asked, in order, and the last answer's headers.
    static final class All {
        final List<UpstreamState> states = new ArrayList<>(1);
        List<Header> headers = List.of();
        /// Whose server was asked last; null when it belongs to no group.
        @Nullable Upstream group;
    }

    static final CtxKey<All> KEY = CtxKey.lasting();

    /// The server's address, or the group's name when none was live; null when another group's servers follow.
    @Nullable String peer;
    int status;
    long connectMsec = -1;
    long headerMsec = -1;
    long responseMsec = -1;
    long received;
    long sent;
    /// Bytes behind the response's head, with what frames chunks.
    long length;

    static All of(Request r) {
        var all = r.get(KEY);
        if (all == null) {
            all = new All();
            r.set(KEY, all);
        }
        return all;
    }
}
