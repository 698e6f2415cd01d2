package nightjar.lua.socket;

import nightjar.http.ClientSocket;
import nightjar.http.Request;
import nightjar.net.Conn;

/// The client's connection as a socket: `ngx.req.socket`.
final class ClientWire implements Wire, ClientSocket.Events {
    /// [#receive]: the client went away in the middle.
    static final int ABORTED = Integer.MIN_VALUE + 1;

    private final ClientSocket client;
    private final Socket socket;
    private boolean noDelay;

    /// Takes the client's connection over; nothing must speak against it.
    ClientWire(Request r, boolean raw, Socket socket) {
        this.socket = socket;
        client = raw ? ClientSocket.raw(r, this) : ClientSocket.body(r, this);
    }

    @Override public int receive(long addr, int n) {
        int got = client.receive(addr, n);
        return got == Conn.EOF && (client.incomplete() || client.raw() && socket.conf.checkClientAbort()) ? ABORTED : got;
    }

    @Override public void send(long addr, int n) { client.send(addr, n); }
    @Override public boolean sends() { return client.raw(); }
    /// The client's connection is that way from its beginning.
    @Override public boolean noDelay() {
        boolean first = !noDelay;
        noDelay = true;
        return first;
    }

    @Override public long queued() { return client.queued(); }
    @Override public int errno() { return client.errno(); }
    @Override public int descriptor() { return client.descriptor(); }
    @Override public void close() { client.close(); }

    @Override public boolean waiting() { return socket.reading(); }
    @Override public void onReadable() { socket.onReadable(); }
    @Override public void onWritable() { socket.onWritable(); }
    @Override public void onError(int errno) { socket.onError(errno); }
}
