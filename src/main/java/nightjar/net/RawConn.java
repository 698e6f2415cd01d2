package nightjar.net;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import nightjar.core.Errno;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// A connection straight on epoll: no channel, no pipeline, no buffer of its own while it is idle.
///
/// The socket is registered once, edge-triggered. So readiness is remembered (`ready`) until a read has come back empty or
/// short. EPOLLOUT is added when the kernel first refuses output and then stays: an edge-triggered registration costs
/// nothing while there is nothing to tell.
final class RawConn extends Conn implements EpollIoHandle {
    private static final int EPOLLIN = 0x1;
    private static final int EPOLLOUT = 0x4;
    private static final int EPOLLERR = 0x8;
    private static final int EPOLLHUP = 0x10;
    private static final int EPOLLRDHUP = 0x2000;
    private static final int EPOLLET = 1 << 31;
    private static final int ENDED = EPOLLERR | EPOLLHUP | EPOLLRDHUP;
    private static final EpollIoOps READ = EpollIoOps.valueOf(EPOLLIN | EPOLLRDHUP | EPOLLET);
    private static final EpollIoOps READ_AND_WRITE = EpollIoOps.valueOf(EPOLLIN | EPOLLRDHUP | EPOLLOUT | EPOLLET);
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CORK = 3;
    /// Full buffers read from one connection before others get their turn.
    private static final int READ_LIMIT = 16;

    private final Socket socket;
    private final IoRegistration registration;
    /// [Worker#turn] when it was registered.
    private final int bornIn;
    private boolean reading = true;
    /// Bytes or the end may wait in the kernel.
    private boolean ready;
    /// The peer has ended its side, or the connection has failed: a short read is not the last.
    private boolean ended;
    private boolean eof;
    /// [#receive] has met the end, and the handler has not been told.
    private boolean eofUntold;
    private boolean readPosted;
    private boolean writeWanted;
    private boolean noDelay;
    private boolean connecting;

    /// Registers a connected, non-blocking socket with the worker's loop; on the worker's thread.
    /// @throws IOException when epoll does not take it; the socket is closed then
    RawConn(Worker worker, Socket socket, Address remote, @Nullable Address local) throws IOException {
        this(worker, socket, remote, local, false);
    }

    private RawConn(Worker worker, Socket socket, Address remote, @Nullable Address local, boolean connecting) throws IOException {
        super(worker, remote, local);
        this.socket = socket;
        this.connecting = connecting;
        this.writeWanted = connecting;
        this.bornIn = worker.turn;
        Future<IoRegistration> registered = worker.loop.register(this);
        if (!registered.isSuccess()) {
            socket.close();
            throw new IOException(registered.cause());
        }
        registration = registered.getNow();
        registration.submit(connecting ? READ_AND_WRITE : READ);
    }

    static RawConn open(Worker worker, Address to, @Nullable Address from, Handler handler) throws ConnectException {
        LinuxSocket socket;
        try {
            socket = to.isUnix() ? LinuxSocket.newSocketDomain() : LinuxSocket.newSocketStream(to.isInet6());
        } catch (ChannelException e) {
            throw new ConnectException("socket()", NettyErrno.of(e), false);
        }
        var step = "connect() to " + to;
        boolean bound = true;
        try {
            if (from != null) {
                step = "bind(" + from.host() + ")";
                bound = false;
                socket.bind(RawListen.bindAddress(from));
                bound = true;
                step = "connect() to " + to;
            }
            boolean done = socket.connect(RawListen.bindAddress(to));
            var c = new RawConn(worker, socket, to, null, !done);
            c.handler = handler;
            if (done) worker.defer(c::connectedAtOnce);
            return c;
        } catch (IOException e) {
            // nothing is lost by a close that fails: the descriptor is gone all the same
            if (socket.isOpen()) Posix.close(socket.intValue());
            throw new ConnectException(step, NettyErrno.of(e), bound);
        }
    }

    private void connectedAtOnce() {
        try {
            if (!closed() && errno() == 0) established();
        } catch (Throwable e) {
            broken(e);
        }
    }

    @Override
    public boolean connecting() {
        return connecting;
    }

    /// The system has come to an end with connecting, one way or the other.
    private void connected() throws IOException {
        int errno = socket.getSoError();
        if (errno != 0) {
            fail(errno);
            return;
        }
        connecting = false;
        established();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration r, IoEvent event) {
        var w = worker;
        // of the connection that had the same descriptor before: epoll tells of this one in a later turn
        if (w.turn == bornIn || w.deaf) return;
        w.begin();
        try {
            handle(((EpollIoEvent) event).ops().value());
        } catch (Throwable e) {
            broken(e);
        } finally {
            w.end();
        }
    }

    private void handle(int events) throws IOException {
        if (connecting) {
            if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) connected();
            if (connecting || closed()) return;
        }
        if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0 && queued() > 0) drain();
        if ((events & (EPOLLIN | ENDED)) == 0 || closed()) return;
        ready = true;
        if ((events & ENDED) != 0) ended = true;
        if (eof) {
            if ((events & EPOLLERR) != 0) failLate();
        } else if (reading) {
            read();
        } else if (errno() == 0) {
            handler.onReadable(this);
            if (ended && !reading) hangup();
        }
    }

    /// A reset after the peer's end: no read would tell it any more.
    private void failLate() {
        try {
            int errno = socket.getSoError();
            if (errno != 0) fail(errno);
        } catch (IOException e) {
            fail(NettyErrno.of(e));
        }
    }

    private void read() {
        long buffer = worker.rbuf;
        for (int k = 0; k < READ_LIMIT; k++) {
            if (!ready || !reading || eof || closed() || errno() != 0) return;
            int n;
            try {
                n = socket.recvAddress(buffer, 0, Worker.RBUF);
            } catch (IOException | NotYetConnectedException e) {
                ready = false;
                fail(NettyErrno.of(e));
                return;
            }
            if (n > 0) {
                if (n < Worker.RBUF && !ended) ready = false;
                handler.onRead(this, buffer, n);
            } else {
                ready = false;
                if (n == 0) return;
                eof = true;
                handler.onEof(this);
            }
        }
        if (ready) readLater(false);
    }

    @Override
    public void reading(boolean on) {
        boolean before = reading;
        reading = on;
        if (on && (ready || eofUntold)) readLater(true);
        // the end came with bytes that were still being read: there will be no event to tell it
        if (!on && before && ended && !eof) worker.defer(this::hangup);
    }

    private void hangup() {
        if (!reading && !eof && !closed() && errno() == 0) handler.onHangup(this);
    }

    @Override
    public int receive(long addr, int n) {
        if (eof) return EOF;
        if (!ready || connecting || closed()) return 0;
        int got;
        try {
            got = socket.recvAddress(addr, 0, n);
        } catch (IOException | NotYetConnectedException e) {
            ready = false;
            return -NettyErrno.of(e);
        }
        if (got > 0) {
            if (got < n && !ended) ready = false;
            return got;
        }
        ready = false;
        if (got == 0) return 0;
        eof = eofUntold = true;
        return EOF;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    private void readLater(boolean soon) {
        if (readPosted || closed()) return;
        readPosted = true;
        if (soon) worker.defer(this::readPosted);
        else worker.execute(this::readPosted);
    }

    private void readPosted() {
        readPosted = false;
        try {
            if (eofUntold && reading && !closed()) {
                eofUntold = false;
                handler.onEof(this);
                return;
            }
            read();
        } catch (Throwable e) {
            broken(e);
        }
    }

    private void broken(Throwable bug) {
        worker.failed(bug);
        close();
    }

    @Override
    long send(long addr, long n) {
        if (connecting) return 0;
        try {
            return socket.sendAddress(addr, 0, (int) Math.min(n, 1 << 30));
        } catch (IOException | NotYetConnectedException e) {
            return -NettyErrno.of(e);
        }
    }

    @Override
    long send(int fd, long off, long n) {
        if (connecting) return 0;
        long sent = Posix.sendfile(socket.intValue(), fd, off, n);
        if (sent == 0) return -Errno.EIO;
        return sent == -Errno.EAGAIN || sent == -Errno.EINTR ? 0 : sent;
    }

    @Override
    void wantWritable() {
        if (writeWanted) return;
        writeWanted = true;
        registration.submit(READ_AND_WRITE);
    }

    @Override
    void shutdownSocket() {
        try {
            socket.shutdown(false, true);
        } catch (IOException | NotYetConnectedException e) {
            fail(NettyErrno.of(e));
        }
    }

    @Override
    void closeSocket(boolean reset) {
        try {
            if (reset && !unix()) socket.setSoLinger(0);
            // closing takes the socket out of epoll, and cancel sees that and leaves out its own system call
            socket.close();
        } catch (IOException e) {
            worker.failed(e);
        }
        registration.cancel();
    }

    @Override
    Address askLocal() {
        if (unix()) {
            var at = socket.localDomainSocketAddress();
            return Address.unix(at == null ? "" : at.path());
        }
        var at = socket.localAddress();
        if (at == null) return Address.inet(new byte[remote.ip().length], 0);
        var ip = at.getAddress().getAddress();
        return Address.inet(remote.isInet6() && ip.length == 4 ? RawListen.mapped(ip, 0) : ip, at.getPort());
    }

    @Override
    public int descriptor() {
        return closed() ? -1 : socket.intValue();
    }

    @Override
    public boolean noDelay(boolean on) {
        if (noDelay == on || unix()) return true;
        noDelay = on;
        return option(() -> socket.setTcpNoDelay(on));
    }

    @Override
    public boolean cork(boolean on) {
        return unix() || option(() -> socket.setIntOpt(IPPROTO_TCP, TCP_CORK, on ? 1 : 0));
    }

    @Override
    public boolean keepAlive(boolean on) {
        return option(() -> socket.setKeepAlive(on));
    }

    @Override
    public boolean receiveBuffer(int bytes) {
        return option(() -> socket.setReceiveBufferSize(bytes));
    }

    @Override
    public boolean sendBuffer(int bytes) {
        return option(() -> socket.setSendBufferSize(bytes));
    }

    private interface Option {
        void set() throws IOException;
    }

    private boolean option(Option option) {
        if (closed()) return false;
        try {
            option.set();
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
