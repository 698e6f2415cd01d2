package nightjar.net;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// Finds the addresses of names without blocking, and keeps them for as long as their servers say. Each worker has
/// a client and a cache of its own.
///
/// Unlike nginx, where a name is an error without the directive `resolver`, [#SYSTEM] does as the system says: /etc/hosts,
/// then the servers and search domains of /etc/resolv.conf.
public final class Resolver {
    /// What answers; on the worker's thread, maybe before [#resolve] returns.
    public interface Answer {
        /// @param addresses at least one, ports 0
        void found(List<Address> addresses);

        /// @param code of DNS, 1 to 5, or 110 when no server answered in time
        /// @param text nginx's words for it
        void failed(int code, String text);
    }

    /// A question that is under way.
    public interface Query {
        /// The answer is not wanted any more and will not come.
        void cancel();
    }

    /// As `/etc/hosts` and `/etc/resolv.conf` say, as they were when it was first asked.
    public static final Resolver SYSTEM = new Resolver(List.of(), -1, true, true, null);

    private static final int NOT_FOUND = 3, TIMED_OUT = 110;
    private static final String[] ERRORS = {"Format error", "Server failure", "Host not found", "Unimplemented", "Operation refused"};
    /// Milliseconds after which a question is asked again, of the next server.
    private static final long RESEND_MSEC = 5000;

    private final List<Address> servers;
    private final int validSec;
    private final boolean ipv4;
    private final boolean ipv6;
    private final @Nullable Address local;
    private final Map<Worker, DnsNameResolver> clients = new ConcurrentHashMap<>();

    /// @param servers to ask one after the other; none: those of the system
    /// @param validSec for how long answers are kept, in seconds; below 0: for as long as they say
    /// @param local the address to ask from; null: the system's choice
    public Resolver(List<Address> servers, int validSec, boolean ipv4, boolean ipv6, @Nullable Address local) {
        this.servers = List.copyOf(servers);
        this.validSec = validSec;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.local = local;
    }

    /// Asks for the addresses of `name`; on the worker's thread.
    /// @param timeoutMsec how long all of it may take
    public Query resolve(Worker worker, String name, long timeoutMsec, Answer answer) {
        var asked = new Asked(worker, answer);
        Future<List<InetAddress>> future = client(worker).resolveAll(Bytes.fromUtf8(name));
        if (future.isDone()) {
            asked.done(future);
            return asked;
        }
        worker.timers.add(asked, timeoutMsec);
        future.addListener(f -> worker.run(() -> asked.done(future)));
        return asked;
    }

    private DnsNameResolver client(Worker worker) {
        return clients.computeIfAbsent(worker, this::make);
    }

    private DnsNameResolver make(Worker worker) {
        EventLoop loop = worker.loop;
        ChannelFactory<DatagramChannel> udp = worker.epoll ? EpollDatagramChannel::new : NioDatagramChannel::new;
        ChannelFactory<SocketChannel> tcp = worker.epoll ? EpollSocketChannel::new : NioSocketChannel::new;
        var builder = new DnsNameResolverBuilder(loop).datagramChannelFactory(udp).socketChannelFactory(tcp, true)
                .queryTimeoutMillis(RESEND_MSEC).resolvedAddressTypes(types());
        if (validSec >= 0) builder.resolveCache(new DefaultDnsCache(validSec, validSec, 0));
        if (local != null) builder.localAddress(socketAddress(local));
        if (!servers.isEmpty()) {
            var addresses = servers.stream().map(Resolver::socketAddress).toArray(InetSocketAddress[]::new);
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(addresses)).searchDomains(List.of()).ndots(1)
                    .hostsFileEntriesResolver((_, _) -> null);
        }
        return builder.build();
    }

    private ResolvedAddressTypes types() {
        if (!ipv6) return ResolvedAddressTypes.IPV4_ONLY;
        return ipv4 ? ResolvedAddressTypes.IPV4_PREFERRED : ResolvedAddressTypes.IPV6_ONLY;
    }

    private static InetSocketAddress socketAddress(Address a) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(a.ip()), a.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Asked extends Timer implements Query {
        private final Worker worker;
        private @Nullable Answer answer;

        Asked(Worker worker, Answer answer) {
            this.worker = worker;
            this.answer = answer;
        }

        @Override public void cancel() {
            take();
        }

        private @Nullable Answer take() {
            var taken = answer;
            answer = null;
            worker.timers.cancel(this);
            return taken;
        }

        @Override protected void fire() {
            fail(take(), TIMED_OUT);
        }

        void done(Future<List<InetAddress>> future) {
            var taken = take();
            if (taken == null) return;
            if (!future.isSuccess()) {
                fail(taken, code(future.cause()));
                return;
            }
            var found = new ArrayList<Address>();
            for (var ip : future.getNow()) found.add(Address.inet(ip.getAddress(), 0));
            taken.found(found);
        }

        private static void fail(@Nullable Answer answer, int code) {
            if (answer == null) return;
            answer.failed(code, code == TIMED_OUT ? "Operation timed out" : code <= ERRORS.length ? ERRORS[code - 1] : "Unknown error");
        }

        /// What DNS said, from what Netty makes of it.
        private static int code(@Nullable Throwable why) {
            for (var e = why; e != null; e = e.getCause()) {
                if (e instanceof DnsNameResolverTimeoutException) return TIMED_OUT;
                if (e instanceof DnsErrorCauseException dns) return dns.getCode().intValue() == 0 ? NOT_FOUND : dns.getCode().intValue();
            }
            return NOT_FOUND;
        }
    }
}
