package nightjar.net;

import nightjar.core.Errno;
import nightjar.core.Log;

/// A listening socket, or with `reuseport` one for each worker. It lives as long as the process may need it: a new cycle
/// takes it over by giving its acceptor to [Accepting#acceptor].
public abstract sealed class Listen permits RawListen, ChannelListen {
    /// How long accepting rests when the process has no descriptor left, in milliseconds.
    static final long REST_MSEC = 500;
    /// The most connections accepted in one event with `multi_accept`.
    static final int MULTI = 64;

    public final Address address;
    /// As it was opened, or last changed.
    public volatile ListenOptions options;

    Listen(Address address, ListenOptions options) {
        this.address = address;
        this.options = options;
    }

    /// Hears what goes wrong in accepting, on the worker's thread: nginx's level and text.
    public interface Trouble {
        void log(Log.Level level, String text);
    }

    /// Binds and listens. Any thread but a worker's: it may wait for one.
    /// @param workers how many workers will accept; counts with `reuseport`
    public static Listen open(Address address, ListenOptions options, int workers) throws ListenException {
        return Worker.EPOLL ? RawListen.bind(address, options, workers) : ChannelListen.bind(address, options);
    }

    /// Sees whether the address can be had, and leaves it: nobody can connect in between.
    public static void test(Address address, ListenOptions options) throws ListenException {
        if (Worker.EPOLL) RawListen.probe(address, options);
        else ChannelListen.bind(address, options).close();
    }

    /// Gives an open socket what can be changed in other options: the backlog, buffers, keep-alive probes.
    public abstract void change(ListenOptions options) throws ListenException;

    /// Begins to accept on `worker`, on whose thread it must be called, once for each worker. All workers that accept share
    /// the socket, and whichever is first takes a connection.
    /// @param multi nginx's `multi_accept`: take all that wait at each event and not one
    public abstract Accepting accept(Worker worker, Acceptor acceptor, boolean multi, Trouble trouble);

    /// Closes the socket when all [Accepting]s have been stopped, or at once if there are none. Any thread.
    public abstract void close();

    /// Accepting by one worker; for its thread only.
    public interface Accepting {
        /// Who takes the connections from now on.
        void acceptor(Acceptor acceptor);

        /// Connections wait in the kernel, or go to other workers.
        void pause();

        void resume();

        /// Ends it for good.
        void stop();
    }

    /// Hands a connection over; what the acceptor throws is a bug, and the connection ends.
    static void take(Acceptor acceptor, Conn c) {
        try {
            acceptor.accepted(c);
        } catch (Throwable e) {
            c.worker.failed(e);
            c.close();
        }
    }

    /// Tells `trouble` as nginx words it. Returns whether accepting is to rest.
    static boolean failed(Trouble trouble, int errno) {
        boolean rest = errno == Errno.EMFILE || errno == Errno.ENFILE;
        var level = rest ? Log.Level.CRIT : errno == Errno.ECONNABORTED ? Log.Level.ERROR : Log.Level.ALERT;
        trouble.log(level, "accept4() failed " + Errno.quoted(errno));
        return rest;
    }
}
