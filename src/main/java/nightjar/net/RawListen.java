package nightjar.net;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import nightjar.core.Errno;
import nightjar.core.Log;
import nightjar.core.Posix;

/// Listening on epoll: each worker has the socket in its own epoll set, level-triggered, and accepts when it is told to.
///
/// Unlike nginx, which has EPOLLEXCLUSIVE, a new connection wakes every idle worker: Netty cannot register so.
final class RawListen extends Listen {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_DEFER_ACCEPT = 9;
    private static final int TCP_FASTOPEN = 23;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int READ_WRITE_ALL = 0666;

    static {
        Epoll.ensureAvailability();
    }

    private final List<LinuxSocket> sockets;
    /// Accepting workers; guarded by `this`.
    private int accepting;
    private boolean closing;

    private RawListen(Address address, ListenOptions options, List<LinuxSocket> sockets) {
        super(address, options);
        this.sockets = List.copyOf(sockets);
    }

    static RawListen bind(Address address, ListenOptions options, int workers) throws ListenException {
        int count = options.reuseport() && !address.isUnix() ? workers : 1;
        var sockets = new ArrayList<LinuxSocket>(count);
        var at = address;
        try {
            for (int k = 0; k < count; k++) {
                var socket = bind(at, options);
                sockets.add(socket);
                listen(socket, at, options);
                // port 0: the rest join the port that the first one got
                if (!at.isUnix() && at.port() == 0) at = Address.inet(at.ip(), socket.localAddress().getPort());
            }
        } catch (ListenException e) {
            for (var socket : sockets) shut(socket);
            throw e;
        }
        return new RawListen(at, options, sockets);
    }

    static void probe(Address address, ListenOptions options) throws ListenException {
        var socket = bind(address, options);
        shut(socket);
        if (address.isUnix()) Posix.unlink(address.path());
    }

    @Override
    public void change(ListenOptions o) throws ListenException {
        for (var socket : sockets) {
            try {
                inherited(socket, address, o);
            } catch (IOException e) {
                throw new ListenException("setsockopt() " + address, NettyErrno.of(e));
            }
            listen(socket, address, o);
        }
        options = o;
    }

    private static void listen(LinuxSocket socket, Address at, ListenOptions o) throws ListenException {
        try {
            socket.listen(o.backlog());
        } catch (IOException e) {
            throw new ListenException("listen() to " + at + ", backlog " + o.backlog(), NettyErrno.of(e));
        }
    }

    private static LinuxSocket bind(Address at, ListenOptions o) throws ListenException {
        LinuxSocket socket;
        try {
            socket = at.isUnix() ? LinuxSocket.newSocketDomain() : LinuxSocket.newSocketStream(at.isInet6());
        } catch (ChannelException e) {
            throw new ListenException("socket() " + at, NettyErrno.of(e));
        }
        var step = "";
        try {
            step = "setsockopt(SO_REUSEADDR) " + at;
            socket.setReuseAddress(true);
            if (o.reuseport() && !at.isUnix()) {
                step = "setsockopt(SO_REUSEPORT) " + at;
                socket.setReusePort(true);
            }
            if (at.isInet6()) {
                step = "setsockopt(IPV6_V6ONLY) " + at;
                socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, o.ipv6only() ? 1 : 0);
            }
            // before listen(): accepted connections inherit them, and the window scale depends on the buffer
            step = "setsockopt() " + at;
            inherited(socket, at, o);
            step = "bind() to " + at;
            socket.bind(bindAddress(at));
            if (at.isUnix()) {
                int result = Posix.chmod(at.path(), READ_WRITE_ALL);
                if (result < 0) throw new ListenException("chmod() \"" + at.path() + "\"", -result);
            }
            return socket;
        } catch (IOException e) {
            shut(socket);
            throw new ListenException(step, NettyErrno.of(e));
        } catch (ListenException e) {
            shut(socket);
            throw e;
        }
    }

    private static void inherited(LinuxSocket socket, Address at, ListenOptions o) throws IOException {
        if (o.rcvbuf() > 0) socket.setReceiveBufferSize(o.rcvbuf());
        if (o.sndbuf() > 0) socket.setSendBufferSize(o.sndbuf());
        if (o.keepalive() != null) socket.setKeepAlive(o.keepalive());
        if (at.isUnix()) return;
        if (o.keepidle() > 0) socket.setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, o.keepidle());
        if (o.keepintvl() > 0) socket.setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, o.keepintvl());
        if (o.keepcnt() > 0) socket.setIntOpt(IPPROTO_TCP, TCP_KEEPCNT, o.keepcnt());
        if (o.deferred()) socket.setIntOpt(IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
        if (o.fastopen() > 0) socket.setIntOpt(IPPROTO_TCP, TCP_FASTOPEN, o.fastopen());
    }

    static SocketAddress bindAddress(Address at) throws IOException {
        if (at.isUnix()) return new DomainSocketAddress(at.path());
        return new InetSocketAddress(InetAddress.getByAddress(at.ip()), at.port());
    }

    @Override
    public Accepting accept(Worker worker, Acceptor acceptor, boolean multi, Trouble trouble) {
        synchronized (this) {
            accepting++;
        }
        return new Shared(worker, sockets.get(worker.id % sockets.size()), acceptor, multi, trouble);
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            if (accepting > 0) return;
        }
        shut();
    }

    private void stopped() {
        synchronized (this) {
            if (--accepting > 0 || !closing) return;
        }
        shut();
    }

    private void shut() {
        for (var socket : sockets) shut(socket);
        if (address.isUnix()) Posix.unlink(address.path());
    }

    private static void shut(LinuxSocket socket) {
        // nothing is lost by a close that fails: the descriptor is gone all the same
        Posix.close(socket.intValue());
    }

    private final class Shared implements Accepting, EpollIoHandle {
        private static final EpollIoOps ON = EpollIoOps.EPOLLIN;
        private static final EpollIoOps OFF = EpollIoOps.valueOf(0);

        private final Worker worker;
        private final LinuxSocket socket;
        private final boolean multi;
        private final Trouble trouble;
        private final IoRegistration registration;
        private final byte[] peer = new byte[25];
        private final Timer rest = Timer.of(this::rested);
        private Acceptor acceptor;
        private boolean paused;
        private boolean stopped;

        Shared(Worker worker, LinuxSocket socket, Acceptor acceptor, boolean multi, Trouble trouble) {
            this.worker = worker;
            this.socket = socket;
            this.acceptor = acceptor;
            this.multi = multi;
            this.trouble = trouble;
            Future<IoRegistration> registered = worker.loop.register(this);
            registered.syncUninterruptibly();
            registration = registered.getNow();
            registration.submit(ON);
        }

        @Override
        public FileDescriptor fd() {
            return socket;
        }

        @Override
        public void handle(IoRegistration r, IoEvent event) {
            worker.begin();
            try {
                for (int k = multi ? MULTI : 1; k > 0 && !paused && !stopped && acceptOne(); k--) {}
            } catch (Throwable e) {
                worker.failed(e);
            } finally {
                worker.end();
            }
        }

        private boolean acceptOne() {
            int fd;
            try {
                fd = socket.accept(peer);
            } catch (IOException e) {
                int errno = NettyErrno.of(e);
                if (failed(trouble, errno)) {
                    registration.submit(OFF);
                    worker.timers.add(rest, REST_MSEC);
                }
                return errno == Errno.ECONNABORTED;
            }
            if (fd < 0) return false;
            RawConn c;
            try {
                c = new RawConn(worker, new Socket(fd), peerAddress(), address.isWildcard() ? null : address);
            } catch (IOException e) {
                trouble.log(Log.Level.ALERT, "epoll_ctl() failed " + Errno.quoted(NettyErrno.of(e)));
                return false;
            }
            take(acceptor, c);
            return true;
        }

        private Address peerAddress() {
            if (address.isUnix()) return Address.unix("");
            int port = (peer[peer[0] - 1] & 0xff) << 8 | peer[peer[0]] & 0xff;
            if (peer[0] > 8) return Address.inet(slice(peer, 1, 16), port);
            return Address.inet(address.isInet6() ? mapped(peer, 1) : slice(peer, 1, 4), port);
        }

        private void rested() {
            if (!paused && !stopped) registration.submit(ON);
        }

        @Override
        public void acceptor(Acceptor acceptor) {
            this.acceptor = acceptor;
        }

        @Override
        public void pause() {
            if (paused || stopped) return;
            paused = true;
            registration.submit(OFF);
        }

        @Override
        public void resume() {
            if (!paused || stopped) return;
            paused = false;
            if (!rest.armed()) registration.submit(ON);
        }

        @Override
        public void stop() {
            if (stopped) return;
            stopped = true;
            worker.timers.cancel(rest);
            registration.cancel();
            RawListen.this.stopped();
        }

        /// The loop ends.
        @Override
        public void close() {
            stop();
        }
    }

    private static byte[] slice(byte[] from, int at, int n) {
        var to = new byte[n];
        System.arraycopy(from, at, to, 0, n);
        return to;
    }

    /// `::ffff:a.b.c.d` of the four bytes at `at`: Netty tells such an address as IPv4.
    static byte[] mapped(byte[] from, int at) {
        var to = new byte[16];
        to[10] = (byte) 0xff;
        to[11] = (byte) 0xff;
        System.arraycopy(from, at, to, 12, 4);
        return to;
    }
}
