package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import nightjar.core.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTest {
    private static final Address LOOPBACK = Address.inet(new byte[] {127, 0, 0, 1}, 0);
    private static final ListenOptions REUSEPORT = new ListenOptions(511, true, true, 0, 0, null, 0, 0, 0, false, 0);
    private static final ListenOptions BOTH_FAMILIES = new ListenOptions(511, false, false, 65536, 65536, true, 60, 10, 3, true, 16);

    private final AtomicReference<Throwable> bug = new AtomicReference<>();
    private final BlockingQueue<String> accepted = new LinkedBlockingQueue<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Socket> clients = new ArrayList<>();
    private Listen listen;

    @AfterEach
    void stop() throws Exception {
        for (var client : clients) client.close();
        if (listen != null) listen.close();
        for (var worker : workers) worker.stop();
        assertThat(bug.get()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wordsAnAddressInUseAsNginxDoes(boolean epoll) throws Exception {
        listen = bind(epoll, LOOPBACK, ListenOptions.DEFAULT, 1);
        int port = listen.address.port();
        assertThatThrownBy(() -> bind(epoll, listen.address, ListenOptions.DEFAULT, 1))
                .isInstanceOfSatisfying(ListenException.class, e -> assertThat(e.inUse()).isTrue())
                .hasMessage("bind() to 127.0.0.1:" + port + " failed (98: Address already in use)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wordsAForeignAddressAsNginxDoes(boolean epoll) {
        var foreign = Address.inet(new byte[] {(byte) 192, 0, 2, 1}, 80);
        assertThatThrownBy(() -> bind(epoll, foreign, ListenOptions.DEFAULT, 1))
                .hasMessage("bind() to 192.0.2.1:80 failed (99: Cannot assign requested address)");
    }

    @Test
    void takesIPv4OnAnIPv6SocketAsMappedAddresses() throws Exception {
        listen = bind(true, Address.inet(new byte[16], 0), BOTH_FAMILIES, 1);
        var worker = worker(0, true);
        run(worker, () -> listen.accept(worker, c -> c.handler = new Silent() {
            @Override
            public void onRead(Conn c, long addr, int len) {
                accepted.add(c.remoteAddr() + " " + c.localAddr() + " " + c.binaryRemoteAddr().length + " " + c.localPort());
            }
        }, false, this::trouble));
        connect(listen.address.port()).getOutputStream().write(1);
        assertThat(next()).isEqualTo("::ffff:127.0.0.1 ::ffff:127.0.0.1 16 " + listen.address.port());
    }

    @Test
    void refusesIPv4OnAnIPv6OnlySocket() throws Exception {
        listen = bind(true, Address.inet(new byte[16], 0), ListenOptions.DEFAULT, 1);
        assertThatThrownBy(() -> connect(listen.address.port())).isInstanceOf(java.net.ConnectException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pausesResumesAndChangesTheAcceptor(boolean epoll) throws Exception {
        listen = bind(epoll, LOOPBACK, ListenOptions.DEFAULT, 1);
        var worker = worker(0, epoll);
        var accepting = accept(worker, "first");
        connect(listen.address.port());
        assertThat(next()).isEqualTo("first");
        run(worker, accepting::pause);
        connect(listen.address.port());
        assertThat(accepted.poll(100, TimeUnit.MILLISECONDS)).isNull();
        run(worker, () -> accepting.acceptor(c -> {
            accepted.add("second");
            c.close();
        }));
        run(worker, accepting::resume);
        assertThat(next()).isEqualTo("second");
        run(worker, accepting::stop);
        listen.close();
        Thread.sleep(50);
        assertThatThrownBy(() -> connect(listen.address.port())).isInstanceOf(java.net.ConnectException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sharesOneSocketAmongWorkers(boolean epoll) throws Exception {
        listen = bind(epoll, LOOPBACK, ListenOptions.DEFAULT, 2);
        var first = worker(0, epoll);
        var second = worker(1, epoll);
        var accepting = accept(first, "first");
        accept(second, "second");
        var seen = new ArrayList<String>();
        for (int k = 0; k < 40; k++) {
            connect(listen.address.port());
            seen.add(next());
        }
        assertThat(seen).containsOnly("first", "second");
        run(first, accepting::pause);
        for (int k = 0; k < 10; k++) {
            connect(listen.address.port());
            assertThat(next()).isEqualTo("second");
        }
    }

    @Test
    void givesEachWorkerItsOwnSocketWithReuseport() throws Exception {
        listen = bind(true, LOOPBACK, REUSEPORT, 2);
        accept(worker(0, true), "first");
        accept(worker(1, true), "second");
        var seen = new ArrayList<String>();
        for (int k = 0; k < 100; k++) {
            connect(listen.address.port());
            seen.add(next());
        }
        assertThat(seen).contains("first", "second");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsAConnectionWhoseAcceptorFails(boolean epoll) throws Exception {
        listen = bind(epoll, LOOPBACK, ListenOptions.DEFAULT, 1);
        var worker = worker(0, epoll);
        run(worker, () -> listen.accept(worker, c -> {
            throw new IllegalStateException("bug");
        }, false, this::trouble));
        assertThat(connect(listen.address.port()).getInputStream().read()).isEqualTo(-1);
        assertThat(bug.getAndSet(null)).hasMessage("bug");
    }

    @Test
    void restsOnlyWhenDescriptorsRunOut() {
        var logged = new ArrayList<String>();
        Listen.Trouble trouble = (level, text) -> logged.add(level.lowerName() + " " + text);
        assertThat(Listen.failed(trouble, Errno.EMFILE)).isTrue();
        assertThat(Listen.failed(trouble, Errno.ENFILE)).isTrue();
        assertThat(Listen.failed(trouble, Errno.ECONNABORTED)).isFalse();
        assertThat(Listen.failed(trouble, Errno.EINVAL)).isFalse();
        assertThat(logged).containsExactly("crit accept4() failed (24: Too many open files)",
                "crit accept4() failed (23: Too many open files in system)",
                "error accept4() failed (103: Software caused connection abort)",
                "alert accept4() failed (22: Invalid argument)");
    }

    // ---- harness

    private abstract static class Silent implements Conn.Handler {
        @Override
        public void onEof(Conn c) {
            c.close();
        }

        @Override
        public void onError(Conn c, int errno) {
            c.close();
        }

        @Override
        public void onWritable(Conn c) {}
    }

    private static Listen bind(boolean epoll, Address at, ListenOptions o, int workers) throws ListenException {
        return epoll ? RawListen.bind(at, o, workers) : ChannelListen.bind(at, o);
    }

    private Worker worker(int id, boolean epoll) {
        var worker = new Worker(id, bug::set, epoll);
        workers.add(worker);
        return worker;
    }

    private Listen.Accepting accept(Worker worker, String name) throws Exception {
        var accepting = new AtomicReference<Listen.Accepting>();
        run(worker, () -> accepting.set(listen.accept(worker, c -> {
            accepted.add(name);
            c.close();
        }, false, this::trouble)));
        return accepting.get();
    }

    private void trouble(nightjar.core.Log.Level level, String text) {
        accepted.add(level + " " + text);
    }

    private static void run(Worker worker, Runnable task) throws Exception {
        var done = new CountDownLatch(1);
        worker.execute(() -> {
            task.run();
            done.countDown();
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private Socket connect(int port) throws Exception {
        var client = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        client.setSoTimeout(10_000);
        clients.add(client);
        return client;
    }

    private String next() throws InterruptedException {
        var name = accepted.poll(10, TimeUnit.SECONDS);
        return name == null ? "nothing" : name;
    }
}
