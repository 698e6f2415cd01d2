package nightjar.net;

import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// A connection: bytes in, bytes out, back-pressure, close. [RawConn] is one on epoll, [ChannelConn] one on a Netty channel.
///
/// All methods are for the thread of the connection's worker. No method calls the handler: what happens meanwhile is told
/// to it after the current event at the earliest. So any method may be called from within any call of the handler, and after
/// [#close()] or [#reset()] the handler hears nothing more.
///
/// **Output.** What is written gathers in the worker's one buffer, which belongs to the connection that wrote last; it is sent
/// when another connection writes, when it is full, on [#flush()], and after the event. So the answers to pipelined requests
/// leave in one `send`. What the kernel does not take is copied to a queue of the connection's own and sent when it can be.
/// The queue has no limit: whoever writes much looks at [#queued()] after [#flush()] and goes on in [Handler#onWritable].
public abstract class Conn {
    /// From here a piece of output is not gathered but given to the kernel where it lies.
    private static final int LARGE = Worker.OUT / 2;
    /// What one connection sends from its queue before others get their turn, in bytes.
    private static final long SEND_LIMIT = 2 << 20;

    /// What happens to a connection. The calls come on the worker's thread, never from within a method of [Conn], and not
    /// after the connection was closed.
    public interface Handler {
        /// Bytes have come. They are valid during the call only; they lie in [Worker#rbuf] or in the same way.
        void onRead(Conn c, long addr, int len);

        /// The peer will send no more; it may still read. Called once, after all its bytes.
        void onEof(Conn c);

        /// The connection has failed, and what was still to be sent is dropped. Called once. The handler closes it.
        /// @param errno Linux's number, 104 for ECONNRESET, 32 for EPIPE
        void onError(Conn c, int errno);

        /// There was output that the kernel did not take at once, and now it has all of it.
        void onWritable(Conn c);

        /// A connection of [Conn#connect] stands. Not told when it failed: [#onError] is, and [Conn#connecting] is still true.
        default void onConnect(Conn c) {}

        /// While reading is off: the peer has ended its side or the connection has failed; bytes may still be waiting.
        /// Reading them tells which. Only on epoll, and at least once.
        default void onHangup(Conn c) {}

        /// While reading is off: there may be something for [Conn#receive].
        default void onReadable(Conn c) {}
    }

    /// What [#receive] answers when the peer will send no more.
    public static final int EOF = Integer.MIN_VALUE;

    public final Worker worker;
    /// To be set by [Acceptor#accepted] and to be changed at will.
    @SuppressWarnings("NullAway.Init")
    public Handler handler;

    final Address remote;
    private @Nullable Address local;
    private @Nullable OutQueue queue;
    private long written;
    private int errno;
    private boolean closed;
    /// Output is waiting for the kernel, and the handler is to hear when it is gone.
    private boolean blocked;
    private boolean drainPosted;
    private boolean shutdownPosted;
    /// Output of fewer bytes than this stays here after an event: nginx's `postpone_output`.
    private int postponed;
    /// What was kept back so.
    private byte @Nullable [] held;

    /// Begins to connect to `to`. What is written before [Handler#onConnect] waits for it. On the worker's thread.
    /// @param from the address of our end; null for the system's choice
    public static Conn connect(Worker worker, Address to, @Nullable Address from, Handler handler) throws ConnectException {
        return worker.epoll ? RawConn.open(worker, to, from, handler) : ChannelConn.open(worker, to, from, handler);
    }

    /// @param local null when it is to be asked of the socket
    Conn(Worker worker, Address remote, @Nullable Address local) {
        this.worker = worker;
        this.remote = remote;
        this.local = local;
    }

    // ---- what a transport does

    /// Gives bytes to the kernel. Returns how many it took, 0 if none at present, or a negative error number.
    abstract long send(long addr, long n);

    /// The same for a piece of a file.
    abstract long send(int fd, long off, long n);

    /// Bytes that [#send] took but that are still to reach the kernel.
    long inFlight() {
        return 0;
    }

    /// Sees to it that [#drain] is called when the kernel takes more.
    abstract void wantWritable();

    abstract void shutdownSocket();

    abstract void closeSocket(boolean reset);

    abstract Address askLocal();

    // ---- output

    public final void write(long addr, int n) {
        if (n <= 0 || dead()) return;
        written += n;
        var w = worker;
        if (w.outOwner == this && n <= Worker.OUT - w.outLen) {
            Mem.copy(addr, w.out + w.outLen, n);
            w.outLen += n;
            return;
        }
        if (n >= LARGE) {
            flush();
            push(addr, n);
            return;
        }
        own(n);
        Mem.copy(addr, w.out + w.outLen, n);
        w.outLen += n;
    }

    public final void write(byte[] b) {
        write(b, 0, b.length);
    }

    public final void write(byte[] b, int off, int n) {
        if (dead()) return;
        while (n > 0) {
            int part = Math.min(n, LARGE);
            Mem.put(reserve(part), b, off, part);
            commit(part);
            off += part;
            n -= part;
        }
    }

    /// Makes room for `n` bytes, at most [Worker#OUT], and returns its address. What is written there becomes output by
    /// [#commit]; until then no other method of any connection is called.
    public final long reserve(int n) {
        var w = worker;
        if (w.outOwner != this || n > Worker.OUT - w.outLen) own(n);
        return w.out + w.outLen;
    }

    /// The first `n` of the reserved bytes are output.
    public final void commit(int n) {
        if (dead()) return;
        written += n;
        worker.outLen += n;
    }

    /// Sends `n` bytes of a file from offset `off` after what has been written. `done` runs once, deferred: when the kernel has
    /// taken the bytes or when the connection fails or is closed; the file stays open until then. A file that proves too
    /// short is an error of the connection, EIO.
    public final void sendFile(int fd, long off, long n, Runnable done) {
        flush();
        if (dead() || n <= 0) {
            worker.defer(done);
            return;
        }
        written += n;
        boolean idle = queued() == 0;
        queue().addFile(fd, off, n, done);
        if (idle) drain();
    }

    /// From now on output of fewer than `bytes` bytes waits after an event for more, for [#flush], or for `postpone(0)`.
    public final void postpone(int bytes) {
        postponed = bytes;
        if (bytes == 0 && held != null) own(0);
    }

    /// Sends what has gathered if that is `bytes` bytes or more.
    public final void flush(int bytes) {
        if (gathered() >= bytes) flush();
    }

    /// Called when the worker's buffer is wanted for something else: sends what has gathered, or keeps it back.
    final void eventEnds() {
        var w = worker;
        if (w.outLen >= postponed || queued() > 0 || dead()) {
            flush();
            return;
        }
        held = new byte[w.outLen];
        Mem.get(w.out, held, 0, w.outLen);
        w.outLen = 0;
        w.outOwner = null;
    }

    private void unhold() {
        var bytes = held;
        held = null;
        Mem.put(worker.out, bytes);
        worker.outLen = bytes.length;
    }

    /// Sends what has gathered.
    public final void flush() {
        var w = worker;
        if (held != null) own(0);
        if (w.outOwner != this) return;
        int n = w.outLen;
        w.outLen = 0;
        w.outOwner = null;
        if (n > 0) push(w.out, n);
    }

    /// Bytes that wait for the kernel; does not count what still gathers.
    public final long queued() {
        return (queue == null ? 0 : queue.bytes) + inFlight();
    }

    /// Bytes that the kernel has taken.
    public final long sent() {
        return written - queued() - gathered();
    }

    private int gathered() {
        return (worker.outOwner == this ? worker.outLen : 0) + (held == null ? 0 : held.length);
    }

    /// Bytes written and not dropped: sent, queued and gathered.
    public final long written() {
        return written;
    }

    /// Gives bytes to the kernel at once, after what gathered, from where they lie; what it does not take is queued.
    public final void writeNow(long addr, int n) {
        if (n <= 0 || dead()) return;
        flush();
        if (dead()) return;
        written += n;
        push(addr, n);
    }

    private void own(int n) {
        var w = worker;
        if (w.outOwner != null && w.outOwner != this) w.outOwner.eventEnds();
        if (w.outOwner == this) flush();
        w.outOwner = this;
        if (held != null) {
            unhold();
            if (n > Worker.OUT - w.outLen) {
                flush();
                w.outOwner = this;
            }
        }
    }

    private void push(long addr, long n) {
        if (dead()) {
            written -= n;
            return;
        }
        if (queued() > 0) {
            queue().add(addr, n);
            return;
        }
        long taken = send(addr, n);
        if (taken < 0) {
            written -= n;
            fail((int) -taken);
            return;
        }
        if (taken < n) queue().add(addr + taken, n - taken);
        if (queued() > 0) {
            blocked = true;
            wantWritable();
        }
    }

    /// Sends from the queue; called when the kernel takes more.
    final void drain() {
        if (dead()) return;
        long limit = SEND_LIMIT;
        var q = queue;
        OutQueue.Piece p;
        while (q != null && (p = q.first()) != null) {
            long n = Math.min(p.end - p.at, limit);
            if (n == 0) {
                blocked = true;
                drainLater();
                return;
            }
            long taken = p.fd < 0 ? send(p.at, n) : send(p.fd, p.at, n);
            if (taken < 0) {
                fail((int) -taken);
                return;
            }
            if (taken == 0) {
                blocked = true;
                wantWritable();
                return;
            }
            limit -= taken;
            var done = q.taken(taken);
            if (done != null) worker.defer(done);
        }
        queue = null;
        if (inFlight() > 0) {
            blocked = true;
            return;
        }
        if (!blocked) return;
        blocked = false;
        worker.defer(this::tellWritable);
    }

    private void tellWritable() {
        if (dead() || queued() > 0) return;
        if (shutdownPosted) {
            shutdownPosted = false;
            shutdownSocket();
        }
        handler.onWritable(this);
    }

    /// The connection stands: tells the handler, and sends what was written meanwhile.
    final void established() {
        handler.onConnect(this);
        if (dead()) return;
        if (queued() > 0) {
            drain();
        } else if (shutdownPosted) {
            shutdownPosted = false;
            shutdownSocket();
        }
    }

    private void drainLater() {
        if (drainPosted) return;
        drainPosted = true;
        worker.execute(() -> {
            drainPosted = false;
            drain();
        });
    }

    private OutQueue queue() {
        var q = queue;
        if (q == null) {
            q = new OutQueue();
            queue = q;
        }
        return q;
    }

    // ---- input

    /// Switches [Handler#onRead] on or off; on at first. While it is off the kernel's buffer fills and the peer has to wait.
    /// Bytes that wait when it is switched on are read after the current event.
    public abstract void reading(boolean on);

    /// Takes at most `n` bytes to `addr`, while reading is off.
    /// @return how many; 0 when there are none at present, and [Handler#onReadable] tells when there may be; [#EOF], again
    ///     and again, when there will be none; or a negative error number
    public abstract int receive(long addr, int n);

    /// The peer has ended its side, or the connection has failed, as far as is known; bytes may still be waiting.
    public abstract boolean ended();

    // ---- end

    /// Sends what has gathered, as far as the kernel takes it at once, and closes. What is queued is dropped.
    public final void close() {
        end(false);
    }

    /// Closes with a RST; all output that the kernel has not sent is dropped.
    public final void reset() {
        end(true);
    }

    private void end(boolean reset) {
        if (closed) return;
        if (reset) dropGathered();
        else flush();
        closed = true;
        dropQueue();
        closeSocket(reset);
    }

    /// Ends our side (FIN) once all output has been sent. Reading goes on.
    public final void shutdownOutput() {
        flush();
        if (dead()) return;
        if (queued() > 0 || connecting()) shutdownPosted = true;
        else shutdownSocket();
    }

    /// Whether [#connect] has neither brought a connection about nor been closed.
    public abstract boolean connecting();

    public final boolean closed() {
        return closed;
    }

    /// The number that [Handler#onError] was or will be told; 0 when the connection has not failed.
    public final int errno() {
        return errno;
    }

    private boolean dead() {
        return closed || errno != 0;
    }

    /// The connection has failed: drops the output and tells the handler after the event.
    final void fail(int errno) {
        if (dead()) return;
        this.errno = errno;
        dropGathered();
        dropQueue();
        worker.defer(() -> {
            if (!closed) handler.onError(this, errno);
        });
    }

    private void dropGathered() {
        var w = worker;
        if (held != null) written -= held.length;
        held = null;
        if (w.outOwner != this) return;
        written -= w.outLen;
        w.outLen = 0;
        w.outOwner = null;
    }

    private void dropQueue() {
        var q = queue;
        if (q == null) return;
        queue = null;
        written -= q.bytes;
        q.clear(worker);
    }

    // ---- options; each returns false when the system refuses

    /// The socket's descriptor; -1 where there is none to be had.
    public abstract int descriptor();

    public abstract boolean noDelay(boolean on);

    /// TCP_CORK: nginx's `tcp_nopush`.
    public abstract boolean cork(boolean on);

    public abstract boolean keepAlive(boolean on);

    public abstract boolean receiveBuffer(int bytes);

    public abstract boolean sendBuffer(int bytes);

    // ---- addresses

    public final Address remote() {
        return remote;
    }

    public final Address local() {
        var address = local;
        if (address == null) {
            address = askLocal();
            local = address;
        }
        return address;
    }

    public final String remoteAddr() {
        return remote.host();
    }

    public final String localAddr() {
        return local().host();
    }

    public final int remotePort() {
        return remote.port();
    }

    public final int localPort() {
        return local().port();
    }

    public final boolean unix() {
        return remote.isUnix();
    }

    /// Four or sixteen bytes, or `unix:`. Not a copy.
    public final byte[] binaryRemoteAddr() {
        return remote.ip();
    }
}
