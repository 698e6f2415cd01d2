package nightjar.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Mem;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// A connection on a Netty channel, for systems without epoll. The channel gets one buffer at a time; when that is written,
/// the next comes from the connection's queue. So the channel's own queue counts for the kernel's.
///
/// Netty closes a Unix socket here when the peer ends its side: [Handler#onEof] comes, but nothing can be sent after it.
final class ChannelConn extends Conn {
    /// The most that is given to the channel at once, in bytes.
    private static final int MAX_BUFFER = 64 << 10;

    private final DuplexChannel channel;
    private long inFlight;
    private boolean writing;
    private boolean ending;
    private boolean connecting;
    /// What came while reading was off, for [#receive].
    private @Nullable ByteBuf unread;
    private boolean eof;

    private ChannelConn(Worker worker, DuplexChannel channel, Address remote) {
        super(worker, remote, null);
        this.channel = channel;
    }

    /// Registers an accepted channel with the worker's loop, on whose thread this runs, and hands the connection to `acceptor`.
    static void open(Worker worker, DuplexChannel channel, Acceptor acceptor) {
        var c = new ChannelConn(worker, channel, address(channel.remoteAddress()));
        c.prepare();
        Listen.take(acceptor, c);
        if (c.closed()) return;
        EventLoop loop = worker.loop;
        loop.register(channel).addListener(f -> worker.run(() -> {
            if (!f.isSuccess()) c.fail(NettyErrno.of(f.cause()));
        }));
    }

    static ChannelConn open(Worker worker, Address to, @Nullable Address from, Handler handler) throws ConnectException {
        DuplexChannel channel;
        SocketAddress remote;
        SocketAddress local;
        try {
            channel = to.isUnix() ? new NioDomainSocketChannel() : new NioSocketChannel();
            remote = socketAddress(to);
            local = from == null ? null : socketAddress(from);
        } catch (ChannelException | IOException e) {
            throw new ConnectException("socket()", NettyErrno.of(e), false);
        }
        var c = new ChannelConn(worker, channel, to);
        c.connecting = true;
        c.handler = handler;
        c.prepare();
        EventLoop loop = worker.loop;
        loop.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                worker.run(() -> c.fail(NettyErrno.of(registered.cause())));
                return;
            }
            channel.connect(remote, local).addListener(f -> worker.execute(() -> c.connected(f.cause())));
        });
        return c;
    }

    private static SocketAddress socketAddress(Address a) throws IOException {
        if (a.isUnix()) return UnixDomainSocketAddress.of(Bytes.fromUtf8(a.path()));
        return new InetSocketAddress(InetAddress.getByAddress(a.ip()), a.port());
    }

    private void prepare() {
        var config = channel.config();
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        config.setOption(ChannelOption.AUTO_CLOSE, false);
        config.setRecvByteBufAllocator(new FixedRecvByteBufAllocator(Worker.RBUF));
        channel.pipeline().addLast(new Inbound());
    }

    private void connected(@Nullable Throwable failure) {
        if (closed() || errno() != 0) return;
        if (failure != null) {
            fail(NettyErrno.of(failure));
            return;
        }
        try {
            connecting = false;
            established();
        } catch (Throwable e) {
            broken(e);
        }
    }

    @Override
    public boolean connecting() {
        return connecting;
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var buffer = (ByteBuf) message;
            worker.run(() -> {
                try {
                    if (closed() || errno() != 0) return;
                    if (channel.config().isAutoRead()) {
                        handler.onRead(ChannelConn.this, memory(buffer), buffer.readableBytes());
                    } else {
                        keep(buffer.retain());
                        handler.onReadable(ChannelConn.this);
                    }
                } catch (Throwable e) {
                    broken(e);
                } finally {
                    buffer.release();
                }
            });
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) inputEnded();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            inputEnded();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            worker.run(() -> fail(NettyErrno.of(cause)));
        }
    }

    private void inputEnded() {
        if (ending || connecting) return;
        ending = true;
        worker.run(() -> {
            try {
                if (closed() || errno() != 0) return;
                eof = true;
                if (channel.config().isAutoRead()) handler.onEof(this);
                else handler.onReadable(this);
            } catch (Throwable e) {
                broken(e);
            }
        });
    }

    private void broken(Throwable bug) {
        worker.failed(bug);
        close();
    }

    private static long memory(ByteBuf buffer) {
        return MemorySegment.ofBuffer(buffer.nioBuffer()).address();
    }

    @Override
    public void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    private void keep(ByteBuf more) {
        unread = unread == null ? more : Unpooled.wrappedBuffer(unread, more);
    }

    @Override
    public int receive(long addr, int n) {
        var here = unread;
        if (here == null) {
            if (eof) return EOF;
            if (!connecting && !closed()) channel.read();
            return 0;
        }
        int part = Math.min(n, here.readableBytes());
        here.readBytes(Mem.ALL.asSlice(addr, part).asByteBuffer());
        if (!here.isReadable()) dropUnread();
        return part;
    }

    @Override
    public boolean ended() {
        return ending;
    }

    private void dropUnread() {
        if (unread != null) unread.release();
        unread = null;
    }

    @Override
    long send(long addr, long n) {
        if (inFlight > 0 || connecting) return 0;
        int part = (int) Math.min(n, MAX_BUFFER);
        var buffer = channel.alloc().directBuffer(part);
        Mem.copy(addr, MemorySegment.ofBuffer(buffer.nioBuffer(0, part)).address(), part);
        return write(buffer, part);
    }

    @Override
    long send(int fd, long off, long n) {
        if (inFlight > 0 || connecting) return 0;
        int part = (int) Math.min(n, MAX_BUFFER);
        var buffer = channel.alloc().directBuffer(part);
        long read = Posix.pread(fd, MemorySegment.ofBuffer(buffer.nioBuffer(0, part)).address(), part, off);
        if (read <= 0) {
            buffer.release();
            return read < 0 ? read : -Errno.EIO;
        }
        return write(buffer, (int) read);
    }

    private long write(ByteBuf buffer, int n) {
        buffer.writerIndex(n);
        inFlight = n;
        writing = true;
        channel.writeAndFlush(buffer).addListener(f -> written((ChannelFuture) f));
        writing = false;
        return n;
    }

    private void written(ChannelFuture f) {
        inFlight = 0;
        if (!f.isSuccess()) worker.run(() -> fail(NettyErrno.of(f.cause())));
        else if (!writing) worker.run(this::drain);
    }

    @Override
    long inFlight() {
        return inFlight;
    }

    @Override
    void wantWritable() {
        // with a buffer in flight, written() comes anyway
        if (inFlight == 0 && !connecting) worker.execute(this::drain);
    }

    @Override
    void shutdownSocket() {
        channel.shutdownOutput();
    }

    @Override
    void closeSocket(boolean reset) {
        dropUnread();
        if (reset && !unix()) channel.config().setOption(ChannelOption.SO_LINGER, 0);
        if (channel.isRegistered()) channel.close();
        else channel.unsafe().closeForcibly();
    }

    @Override
    Address askLocal() {
        return address(channel.localAddress());
    }

    static Address address(@Nullable SocketAddress at) {
        return switch (at) {
            case InetSocketAddress inet -> Address.inet(inet.getAddress().getAddress(), inet.getPort());
            case UnixDomainSocketAddress unix -> Address.unix(Bytes.utf8(unix.getPath().toString()));
            case null, default -> Address.inet(InetAddress.getLoopbackAddress().getAddress(), 0);
        };
    }

    /// The JDK keeps it to itself.
    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public boolean noDelay(boolean on) {
        return unix() || option(ChannelOption.TCP_NODELAY, on);
    }

    /// The JDK has no such option.
    @Override
    public boolean cork(boolean on) {
        return false;
    }

    @Override
    public boolean keepAlive(boolean on) {
        return option(ChannelOption.SO_KEEPALIVE, on);
    }

    @Override
    public boolean receiveBuffer(int bytes) {
        return option(ChannelOption.SO_RCVBUF, bytes);
    }

    @Override
    public boolean sendBuffer(int bytes) {
        return option(ChannelOption.SO_SNDBUF, bytes);
    }

    private <T> boolean option(ChannelOption<T> option, T value) {
        return !closed() && channel.config().setOption(option, value);
    }
}
