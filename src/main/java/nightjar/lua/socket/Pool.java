package nightjar.lua.socket;

import org.jspecify.annotations.Nullable;

/// Idle connections under one name, and connects that wait for their turn. One VM's.
/// Source: ngx_http_lua_socket_pool_t and what uses it.
final class Pool {
    final Pools pools;
    final String key;
    final int size;
    /// How many connects may wait when `size` connections are open; below 0: no limit to open ones.
    final int backlog;
    /// Connections that are open or being opened, those in use among them.
    private int connections;
    private @Nullable Peer newest, oldest;
    private int idle;
    private @Nullable Connecting firstWaiting, lastWaiting;
    private boolean closed;

    Pool(Pools pools, String key, int size, int backlog) {
        this.pools = pools;
        this.key = key;
        this.size = size;
        this.backlog = backlog;
    }

    /// An idle connection, the one used last; null when there is none.
    @Nullable Peer take() {
        var peer = newest;
        if (peer == null) return null;
        unlink(peer);
        return peer;
    }

    /// Keeps a connection that is not used any more, in place of the oldest if there are `size`.
    /// @param counted whether it is among the open ones of this pool
    void put(Peer peer, boolean counted) {
        if (idle == size) {
            var old = oldest;
            unlink(old);
            old.close();
            if (counted) connections--;
        } else if (!counted) {
            connections++;
        }
        peer.socket = null;
        peer.pool = this;
        peer.newer = null;
        peer.older = newest;
        if (newest != null) newest.newer = peer;
        else oldest = peer;
        newest = peer;
        idle++;
    }

    private void unlink(Peer peer) {
        if (peer.newer != null) peer.newer.older = peer.older;
        else newest = peer.older;
        if (peer.older != null) peer.older.newer = peer.newer;
        else oldest = peer.newer;
        peer.newer = peer.older = null;
        peer.pool = null;
        idle--;
    }

    // --- idle connections

    /// The other end did something.
    void disturbed(Peer peer) {
        pools.debug("lua tcp socket keepalive close handler check stale events");
        if (!quiet(peer)) drop(peer);
    }

    /// Whether nothing has come on an idle connection.
    boolean quiet(Peer peer) {
        long one = pools.scratch();
        return peer.receive(one, 1) == 0;
    }

    void expired(Peer peer) {
        pools.debug("lua tcp socket keepalive max idle timeout");
        drop(peer);
    }

    /// Closes an idle connection.
    void drop(Peer peer) {
        pools.debug("lua tcp socket keepalive close handler: fd:" + peer.descriptor());
        unlink(peer);
        peer.close();
        left();
    }

    // --- counting

    /// One more is to be opened.
    void entered() { connections++; }

    boolean full() { return backlog >= 0 && connections > size; }

    boolean overcrowded() { return connections > size + backlog; }

    int connections() { return connections; }

    /// One that was open or being opened is not any more.
    void left() {
        connections--;
        if (closed) return;
        if (connections == 0) {
            pools.debug("lua tcp socket keepalive: free connection pool for \"" + key + "\"");
            pools.remove(this);
        } else {
            resumeNext();
        }
    }

    /// A connect that was waiting has given up, or has its turn.
    void leftQueue() { connections--; }

    // --- waiting connects

    void enqueue(Connecting c) {
        c.before = lastWaiting;
        if (lastWaiting != null) lastWaiting.behind = c;
        else firstWaiting = c;
        lastWaiting = c;
        c.queued = true;
    }

    void dequeue(Connecting c) {
        if (!c.queued) return;
        c.queued = false;
        if (c.before != null) c.before.behind = c.behind;
        else firstWaiting = c.behind;
        if (c.behind != null) c.behind.before = c.before;
        else lastWaiting = c.before;
        c.before = c.behind = null;
    }

    /// Lets the connect that has waited longest try again, in a later event.
    void resumeNext() {
        var first = firstWaiting;
        if (first == null || first.posted) return;
        if (pools.debug()) {
            pools.debug("lua tcp socket post connect operation resumption for connection pool \"" + key + "\", connections: " + connections);
        }
        first.posted = true;
        pools.worker.execute(first::resume);
    }

    /// The VM goes.
    void close() {
        closed = true;
        Peer peer;
        while ((peer = newest) != null) {
            unlink(peer);
            peer.close();
        }
    }
}
