package nightjar.http.upstream;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The servers of a group and whose turn it is: smooth weighted round robin. Each worker has one of its own, as with nginx;
/// a group with a `zone` has one for all workers.
/// Source: ngx_http_upstream_round_robin.c.
final class RoundRobin {
    final String name;
    private final Peer[] peers;
    /// Asked when none of these is live.
    final @Nullable RoundRobin backup;
    private final boolean single;
    private final int tries;

    RoundRobin(String name, List<Peer> peers, List<Peer> backups) {
        this(name, peers, backups.isEmpty() ? null : new RoundRobin(name, backups, null, false), backups.isEmpty());
    }

    private RoundRobin(String name, List<Peer> peers, @Nullable RoundRobin backup, boolean alone) {
        this.name = name;
        this.peers = peers.toArray(Peer[]::new);
        this.backup = backup;
        this.single = alone && this.peers.length == 1;
        int n = backup == null ? 0 : backup.tries;
        for (var peer : this.peers) if (!peer.down) n++;
        this.tries = n;
    }

    /// How many servers a request may try at most.
    int tries() {
        return tries;
    }

    /// The next server that is not in `tried`; null when none is live. It counts as in use until [#done].
    synchronized @Nullable Peer next(BitSet tried, long now) {
        Peer best = single ? usable(peers[0]) : best(tried, now);
        if (best != null) best.conns++;
        return best;
    }

    private static @Nullable Peer usable(Peer peer) {
        return peer.down || full(peer) ? null : peer;
    }

    private static boolean full(Peer peer) {
        return peer.maxConns > 0 && peer.conns >= peer.maxConns;
    }

    private @Nullable Peer best(BitSet tried, long now) {
        Peer best = null;
        int total = 0;
        int at = 0;
        for (int i = 0; i < peers.length; i++) {
            var peer = peers[i];
            if (tried.get(i) || peer.down || full(peer)) continue;
            if (peer.maxFails > 0 && peer.fails >= peer.maxFails && now - peer.checked <= peer.failTimeout) continue;
            peer.currentWeight += peer.effectiveWeight;
            total += peer.effectiveWeight;
            if (peer.effectiveWeight < peer.weight) peer.effectiveWeight++;
            if (best == null || peer.currentWeight > best.currentWeight) {
                best = peer;
                at = i;
            }
        }
        if (best == null) return null;
        best.currentWeight -= total;
        tried.set(at);
        if (now - best.checked > best.failTimeout) best.checked = now;
        return best;
    }

    /// The request has no more to do with `peer`.
    /// @return whether the failure takes it out of use for a while
    synchronized boolean done(Peer peer, boolean failed, long now) {
        peer.conns--;
        if (single) {
            peer.fails = 0;
            return false;
        }
        if (!failed) {
            if (peer.accessed < peer.checked) peer.fails = 0;
            return false;
        }
        peer.fails++;
        peer.accessed = now;
        peer.checked = now;
        if (peer.maxFails == 0) return false;
        peer.effectiveWeight = Math.max(0, peer.effectiveWeight - peer.weight / peer.maxFails);
        return peer.fails >= peer.maxFails;
    }

    synchronized List<Peer.State> states() {
        return Stream.of(peers).map(Peer::state).toList();
    }

    /// Takes server `i` out of use, or puts it back as one that has not failed.
    /// @return whether there is such a server
    synchronized boolean down(int i, boolean down) {
        if (i < 0 || i >= peers.length) return false;
        peers[i].down = down;
        if (!down) peers[i].fails = 0;
        return true;
    }

    /// With a single server there is no other to try.
    boolean single() {
        return single;
    }

    /// `::ffff:a.b.c.d`, which Java tells as IPv4.
    static byte[] mapped(byte[] ip) {
        var to = new byte[16];
        to[10] = (byte) 0xff;
        to[11] = (byte) 0xff;
        System.arraycopy(ip, 0, to, 12, 4);
        return to;
    }
}
