package nightjar.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nightjar.core.Bytes;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// Listening without epoll: one NIO channel on the loop of the first worker that accepts, which deals the connections
/// to all accepting workers in turn.
///
/// Unlike nginx, `reuseport`, `ipv6only`, `deferred`, `fastopen`, `sndbuf` and the keep-alive options do nothing here.
final class ChannelListen extends Listen {
    private final ServerSocketChannel socket;
    /// Accepting workers; guarded by `this`.
    private final List<Dealt> accepting = new ArrayList<>();
    private @Nullable Channel channel;
    private int turn;
    /// No descriptor is left, and a second try comes soon.
    private boolean resting;
    private boolean closing;

    private ChannelListen(Address address, ListenOptions options, ServerSocketChannel socket) {
        super(address, options);
        this.socket = socket;
    }

    static ChannelListen bind(Address at, ListenOptions o) throws ListenException {
        ServerSocketChannel socket;
        try {
            socket = at.isUnix() ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        } catch (IOException e) {
            throw new ListenException("socket() " + at, NettyErrno.of(e));
        }
        try {
            socket.configureBlocking(false);
            if (o.rcvbuf() > 0) socket.setOption(StandardSocketOptions.SO_RCVBUF, o.rcvbuf());
            if (at.isUnix()) {
                socket.bind(UnixDomainSocketAddress.of(Bytes.fromUtf8(at.path())), o.backlog());
                return new ChannelListen(at, o, socket);
            }
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(at.ip()), at.port()), o.backlog());
            int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
            return new ChannelListen(Address.inet(at.ip(), port), o, socket);
        } catch (IOException e) {
            shut(socket, e);
            throw new ListenException("bind() to " + at, NettyErrno.of(e));
        }
    }

    @Override
    public void change(ListenOptions o) throws ListenException {
        try {
            if (o.rcvbuf() > 0) socket.setOption(StandardSocketOptions.SO_RCVBUF, o.rcvbuf());
        } catch (IOException e) {
            throw new ListenException("setsockopt() " + address, NettyErrno.of(e));
        }
        options = o;
    }

    private static void shut(ServerSocketChannel socket, IOException because) {
        try {
            socket.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public synchronized Accepting accept(Worker worker, Acceptor acceptor, boolean multi, Trouble trouble) {
        var dealt = new Dealt(worker, acceptor, trouble);
        accepting.add(dealt);
        if (channel == null) {
            channel = address.isUnix() ? new NioServerDomainSocketChannel(socket) : new NioServerSocketChannel(socket);
            channel.pipeline().addLast(new Inbound());
            channel.closeFuture().addListener(_ -> ended());
            EventLoop loop = worker.loop;
            loop.register(channel);
        } else {
            update();
        }
        return dealt;
    }

    @Override
    public synchronized void close() {
        closing = true;
        if (accepting.isEmpty()) shut();
    }

    private void shut() {
        try {
            if (channel != null) channel.close();
            else socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (address.isUnix()) Posix.unlink(address.path());
    }

    /// The loop ends, or this is the last step of [#shut].
    private synchronized void ended() {
        accepting.clear();
        channel = null;
        if (closing && address.isUnix()) Posix.unlink(address.path());
    }

    private synchronized void update() {
        if (channel == null) return;
        boolean any = false;
        for (var dealt : accepting) any |= !dealt.paused;
        channel.config().setAutoRead(any && !resting);
    }

    private synchronized void rest(boolean on) {
        resting = on;
        update();
    }

    private synchronized @Nullable Dealt next() {
        for (int k = accepting.size(); k > 0; k--) {
            var dealt = accepting.get(Math.floorMod(turn++, accepting.size()));
            if (!dealt.paused) return dealt;
        }
        return null;
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var accepted = (DuplexChannel) message;
            var dealt = next();
            if (dealt == null) accepted.unsafe().closeForcibly();
            else dealt.worker.execute(() -> ChannelConn.open(dealt.worker, accepted, dealt.acceptor));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var dealt = next();
            if (dealt == null || !failed(dealt.trouble, NettyErrno.of(cause))) return;
            rest(true);
            context.executor().schedule(() -> rest(false), REST_MSEC, TimeUnit.MILLISECONDS);
        }
    }

    private final class Dealt implements Accepting {
        final Worker worker;
        final Trouble trouble;
        volatile Acceptor acceptor;
        volatile boolean paused;
        private boolean stopped;

        Dealt(Worker worker, Acceptor acceptor, Trouble trouble) {
            this.worker = worker;
            this.acceptor = acceptor;
            this.trouble = trouble;
        }

        @Override
        public void acceptor(Acceptor acceptor) {
            this.acceptor = acceptor;
        }

        @Override
        public void pause() {
            paused = true;
            update();
        }

        @Override
        public void resume() {
            paused = false;
            update();
        }

        @Override
        public void stop() {
            if (stopped) return;
            stopped = true;
            synchronized (ChannelListen.this) {
                accepting.remove(this);
                if (accepting.isEmpty() && closing) shut();
                else update();
            }
        }
    }
}
