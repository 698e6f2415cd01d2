package nightjar.lua.socket;

import nightjar.net.Address;
import nightjar.net.Conn;
import nightjar.net.ConnectException;
import nightjar.net.Timer;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// A connection that a script opened, with what stays with it while it lies in a pool. It belongs to a socket or to a pool.
/// It is the timer of its idle time.
final class Peer extends Timer implements Conn.Handler, Wire {
    final Conn conn;
    /// What the script called the other end, and where that is; for the error log.
    final String host;
    final Address address;
    /// How often it was taken from a pool.
    int reused;
    @Nullable Socket socket;
    @Nullable Pool pool;
    /// Neighbours in the pool, from the one used last.
    @Nullable Peer newer, older;
    private boolean noDelay;

    /// Begins to connect.
    /// @param from the address of our end, null for the system's choice
    Peer(Worker worker, Socket socket, String host, Address address, @Nullable Address from) throws ConnectException {
        this.host = host;
        this.address = address;
        this.socket = socket;
        conn = Conn.connect(worker, address, from, this);
        conn.reading(false);
    }

    @Override public boolean noDelay() {
        if (noDelay || conn.unix()) return false;
        noDelay = true;
        conn.noDelay(true);
        return true;
    }

    @Override public int receive(long addr, int n) { return conn.receive(addr, n); }
    @Override public void send(long addr, int n) { conn.writeNow(addr, n); }
    @Override public boolean sends() { return true; }
    @Override public long queued() { return conn.queued(); }
    @Override public int errno() { return conn.errno(); }
    @Override public int descriptor() { return conn.descriptor(); }

    @Override public void close() {
        socket = null;
        conn.worker.timers.cancel(this);
        conn.close();
    }

    // --- what happens to it

    @Override public void onConnect(Conn c) {
        if (socket != null) socket.onConnect();
    }

    @Override public void onReadable(Conn c) {
        if (socket != null) socket.onReadable();
        else if (pool != null) pool.disturbed(this);
    }

    @Override public void onWritable(Conn c) {
        if (socket != null) socket.onWritable();
    }

    @Override public void onError(Conn c, int errno) {
        if (socket != null) socket.onError(errno);
        else if (pool != null) pool.drop(this);
    }

    /// It has been idle for too long.
    @Override protected void fire() {
        if (pool != null) pool.expired(this);
    }

    @Override public void onRead(Conn c, long addr, int len) {
        throw new IllegalStateException("reading is off");
    }

    @Override public void onEof(Conn c) {
        throw new IllegalStateException("reading is off");
    }
}
