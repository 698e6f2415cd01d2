package nightjar.net;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import nightjar.core.Errno;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// A datagram socket with one other end. All methods are for the thread of its worker. On epoll only.
public final class Datagram implements EpollIoHandle {
    private static final EpollIoOps READ = EpollIoOps.valueOf(0x1 | 1 << 31);
    private static final int EPROTONOSUPPORT = 93;

    private final Worker worker;
    private final Socket socket;
    private final Runnable readable;
    private final IoRegistration registration;
    private boolean closed;

    private Datagram(Worker worker, Socket socket, Runnable readable) throws IOException {
        this.worker = worker;
        this.socket = socket;
        this.readable = readable;
        Future<IoRegistration> registered = worker.loop.register(this);
        if (!registered.isSuccess()) throw new IOException(registered.cause());
        registration = registered.getNow();
        registration.submit(READ);
    }

    /// @param from the address of our end; null for the system's choice
    /// @param readable runs, as an event, when something may have come
    public static Datagram connect(Worker worker, Address to, @Nullable Address from, Runnable readable) throws ConnectException {
        if (!worker.epoll) throw new ConnectException("socket()", EPROTONOSUPPORT, false);
        Socket socket;
        try {
            socket = to.isUnix() ? LinuxSocket.newSocketDomainDgram() : LinuxSocket.newSocketDgram(to.isInet6());
        } catch (ChannelException e) {
            throw new ConnectException("socket()", NettyErrno.of(e), false);
        }
        var step = "bind()";
        try {
            // without a name of its own a Unix socket gets no answers
            if (to.isUnix()) socket.bind(new DomainSocketAddress(""));
            else if (from != null) {
                step = "bind(" + from.host() + ")";
                socket.bind(RawListen.bindAddress(from));
            }
            step = "connect()";
            socket.connect(RawListen.bindAddress(to));
            return new Datagram(worker, socket, readable);
        } catch (IOException e) {
            // nothing is lost by a close that fails: the descriptor is gone all the same
            if (socket.isOpen()) Posix.close(socket.intValue());
            throw new ConnectException(step, NettyErrno.of(e), true);
        }
    }

    /// Sends one datagram.
    /// @return 0, or a negative error number
    public int send(long addr, int n) {
        try {
            return n > 0 && socket.sendAddress(addr, 0, n) == 0 ? -Errno.EAGAIN : 0;
        } catch (IOException | NotYetConnectedException e) {
            return -NettyErrno.of(e);
        }
    }

    /// Takes one datagram, of which what exceeds `n` bytes is lost.
    /// @return its length, or a negative error number; -EAGAIN: there is none
    public int receive(long addr, int n) {
        try {
            int got = socket.recvAddress(addr, 0, n);
            // what Netty takes for the end is a datagram of no bytes
            return got > 0 ? got : got == 0 ? -Errno.EAGAIN : 0;
        } catch (IOException | NotYetConnectedException e) {
            return -NettyErrno.of(e);
        }
    }

    /// The socket's descriptor.
    public int descriptor() {
        return socket.intValue();
    }

    public void close() {
        if (closed) return;
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            worker.failed(e);
        }
        registration.cancel();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration r, IoEvent event) {
        if (((EpollIoEvent) event).ops().value() != 0) worker.run(() -> { if (!closed) readable.run(); });
    }
}
