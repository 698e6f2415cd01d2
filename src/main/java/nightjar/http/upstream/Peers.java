package nightjar.http.upstream;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One request's way through the servers of a group.
final class Peers {
    private RoundRobin from;
    private BitSet tried = new BitSet();
    private @Nullable Peer current;
    /// How many more may be tried, with the present one.
    int tries;

    Peers(RoundRobin from) {
        this.from = from;
        this.tries = from.tries();
    }

    String groupName() {
        return from.name;
    }

    /// The server to ask now; null when none is live.
    @Nullable Peer next(long now) {
        var peer = from.next(tried, now);
        if (peer == null && from.backup != null) {
            from = from.backup;
            tried = new BitSet();
            peer = from.next(tried, now);
        }
        current = peer;
        return peer;
    }

    /// Gives the present server back, if there is one.
    /// @return whether its failure takes it out of use for a while
    boolean done(boolean failed, long now) {
        var peer = current;
        if (peer == null) return false;
        current = null;
        boolean disabled = from.done(peer, failed, now);
        if (from.single()) tries = 0;
        else if (tries > 0) tries--;
        return disabled;
    }
}
