package nightjar.http;

import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.net.Conn;
import org.jspecify.annotations.Nullable;

/// What a handler has of the client's connection when it takes the bytes itself: the request's body as Content-Length frames
/// it, or with `raw` all that comes from now on, and the way back. Source: ngx_http_lua_req_socket.
public final class ClientSocket {
    /// Told while a [ClientSocket] is open; in later events.
    public interface Events {
        /// [#receive] may have something.
        void onReadable();

        /// Whether somebody waits for that.
        boolean waiting();

        /// What was sent has gone.
        void onWritable();

        /// The connection has failed.
        void onError(int errno);
    }

    private final Request r;
    private final boolean raw;
    final Events events;
    private final RequestBody body;

    private ClientSocket(Request r, boolean raw, Events events, RequestBody body) {
        this.r = r;
        this.raw = raw;
        this.events = events;
        this.body = body;
    }

    /// Why the body of `r` cannot be taken, null: it can.
    public static @Nullable String bodyRefusal(Request r) {
        if (r.body != null) return "request body already exists";
        if (r.discardBody) return "request body discarded";
        return r.in.contentLength() <= 0 ? "no body" : null;
    }

    /// Why the connection of `r` cannot be taken, null: it can.
    public static @Nullable String rawRefusal(Request r) {
        if (r.body != null && r.body.unread()) return "pending request body reading in some other thread";
        r.c.conn.flush();
        return r.c.unsent(r) ? "pending data to write" : null;
    }

    /// Takes the body; nobody else will.
    public static ClientSocket body(Request r, Events events) {
        RequestBody.expect(r);
        r.body = RequestBody.taken(r);
        return open(new ClientSocket(r, false, events, r.body));
    }

    /// Takes the connection: what else would go to the client does not, and it is closed after this request.
    public static ClientSocket raw(Request r, Events events) {
        if (r.body == null) r.body = RequestBody.own(r);
        r.headerSent = true;
        r.keepAlive = false;
        r.lingering = true;
        return open(new ClientSocket(r, true, events, r.body));
    }

    private static ClientSocket open(ClientSocket socket) {
        socket.r.clientSocket = socket;
        socket.r.c.takenOver();
        return socket;
    }

    public boolean raw() { return raw; }

    /// Takes at most `n` bytes.
    /// @return as [Conn#receive]
    public int receive(long addr, int n) {
        if (raw) return r.c.take(addr, n);
        long rest = body.rest();
        if (rest == 0) return Conn.EOF;
        int got = r.c.take(addr, (int) Math.min(n, rest));
        if (got > 0) body.passed(got);
        return got;
    }

    /// Whether the client owes more of the body.
    public boolean incomplete() { return !raw && body.rest() > 0; }

    public void send(long addr, int n) { r.c.conn.writeNow(addr, n); }

    /// Bytes that the client has not taken.
    public long queued() { return r.c.conn.queued(); }

    public int errno() { return r.c.conn.errno(); }

    public int descriptor() { return r.c.conn.descriptor(); }

    /// The handler takes no more.
    public void close() {
        if (r.clientSocket == this) r.clientSocket = null;
    }

    boolean waiting() { return events.waiting(); }

    void onError(int errno) {
        r.log(Level.INFO, "recv() failed " + Errno.quoted(errno) + " while sending to client");
        events.onError(errno);
    }
}
