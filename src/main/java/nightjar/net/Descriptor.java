package nightjar.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A descriptor that is no socket, such as a pipe's end, as a worker watches it. All methods are for the worker's thread. On
/// epoll only.
public final class Descriptor implements EpollIoHandle {
    private static final int EPOLLIN = 0x1;
    private static final int EPOLLOUT = 0x4;
    private static final int EPOLLET = 1 << 31;

    private final Worker worker;
    private final FileDescriptor fd;
    private final Runnable ready;
    private @Nullable IoRegistration registration;

    private Descriptor(Worker worker, int fd, Runnable ready) {
        this.worker = worker;
        this.fd = new FileDescriptor(fd);
        this.ready = ready;
    }

    /// Takes `fd` over, which is closed by [#close], or if it cannot be watched.
    /// @param writing whether to watch for room to write, and not for something to read
    /// @param ready runs, as an event, each time that there may be something again
    public static Descriptor watch(Worker worker, int fd, boolean writing, Runnable ready) throws IOException {
        var d = new Descriptor(worker, fd, ready);
        if (!worker.epoll) {
            d.fd.close();
            throw new IOException("no epoll");
        }
        Future<IoRegistration> registered = worker.loop.register(d);
        if (!registered.isSuccess()) {
            d.fd.close();
            throw new IOException(registered.cause());
        }
        d.registration = registered.getNow();
        d.registration.submit(EpollIoOps.valueOf((writing ? EPOLLOUT : EPOLLIN) | EPOLLET));
        return d;
    }

    public int number() {
        return fd.intValue();
    }

    public void close() {
        if (!fd.isOpen()) return;
        try {
            fd.close();
        } catch (IOException e) {
            worker.failed(e);
        }
        registration.cancel();
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration r, IoEvent event) {
        if (((EpollIoEvent) event).ops().value() == 0) return;
        worker.run(() -> {
            if (fd.isOpen()) ready.run();
        });
    }
}
