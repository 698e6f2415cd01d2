package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.core.Posix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnTest {
    private static final Address LOOPBACK = Address.inet(new byte[] {127, 0, 0, 1}, 0);

    private final AtomicReference<Throwable> bug = new AtomicReference<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private Worker worker;
    private Listen listen;
    @TempDir
    Path dir;

    @AfterEach
    void stop() {
        if (listen != null) listen.close();
        if (worker != null) worker.stop();
        assertThat(bug.get()).isNull();
    }

    /// Records what happens and echoes what comes.
    private class Echo implements Conn.Handler {
        @Override
        public void onRead(Conn c, long addr, int len) {
            events.add("read");
            c.write(addr, len);
        }

        @Override
        public void onEof(Conn c) {
            events.add("eof");
            c.write(Bytes.of("bye"));
            c.close();
        }

        @Override
        public void onError(Conn c, int errno) {
            events.add("error " + errno);
            c.close();
        }

        @Override
        public void onWritable(Conn c) {
            events.add("writable");
        }

        @Override
        public void onHangup(Conn c) {
            events.add("hangup");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void echoesAndAnswersAfterThePeersEnd(boolean epoll) throws Exception {
        serve(epoll, new Echo());
        try (var client = connect()) {
            send(client, "hello");
            assertThat(receive(client, 5)).isEqualTo("hello");
            send(client, "again");
            client.shutdownOutput();
            assertThat(rest(client)).isEqualTo("againbye");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsTheAddressesOfBothEnds(boolean epoll) throws Exception {
        var seen = new LinkedBlockingQueue<String>();
        start(epoll, LOOPBACK, ListenOptions.DEFAULT, c -> {
            seen.add(c.remoteAddr() + " " + c.remotePort() + " " + c.localAddr() + " " + c.localPort() + " "
                    + c.binaryRemoteAddr().length + " " + c.unix());
            c.close();
        });
        try (var client = connect()) {
            assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("127.0.0.1 " + client.getLocalPort() + " 127.0.0.1 "
                    + listen.address.port() + " 4 false");
            assertThat(rest(client)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deliversManyMegabytesToASlowReaderAndTellsWhenAllIsGone(boolean epoll) throws Exception {
        long total = 64L << 20;
        var max = new AtomicLong();
        var gone = new CountDownLatch(1);
        // writes as http does: until output is queued, then waits
        serve(epoll, new Echo() {
            long left = total;
            final byte[] block = new byte[100_000];

            @Override
            public void onRead(Conn c, long addr, int len) {
                more(c);
            }

            @Override
            public void onWritable(Conn c) {
                assertThat(c.queued()).isZero();
                more(c);
            }

            private void more(Conn c) {
                while (left > 0) {
                    int n = (int) Math.min(block.length, left);
                    for (int k = 0; k < n; k += 8) block[k] = (byte) (total - left + k >> 10);
                    c.write(block, 0, n);
                    left -= n;
                    c.flush();
                    max.accumulateAndGet(c.queued(), Math::max);
                    if (c.queued() > 0) return;
                }
                assertThat(c.sent()).isEqualTo(total);
                assertThat(c.written()).isEqualTo(total);
                gone.countDown();
                c.close();
            }
        });
        try (var client = connect()) {
            send(client, "go");
            Thread.sleep(300);
            assertThat(gone.getCount()).isEqualTo(1);
            assertThat(max.get()).isBetween(1L, 100_000L);
            var in = client.getInputStream();
            var block = new byte[100_000];
            for (long at = 0; at < total; ) {
                int n = (int) Math.min(block.length, total - at);
                assertThat(in.readNBytes(block, 0, n)).isEqualTo(n);
                for (int k = 0; k < n; k += 8) {
                    if (block[k] != (byte) (at + k >> 10)) throw new AssertionError("wrong byte at " + (at + k));
                }
                at += n;
            }
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void queuesWithoutLimitAndKeepsTheOrderOfAllKindsOfOutput(boolean epoll) throws Exception {
        var file = Files.write(dir.resolve("f"), pattern(5 << 20, 3));
        int fd = Posix.open(file.toString(), Posix.O_RDONLY, 0);
        var done = new CountDownLatch(3);
        var big = pattern(3 << 20, 7);
        serve(epoll, new Echo() {
            @Override
            public void onRead(Conn c, long addr, int len) {
                c.write(Bytes.of("head"));
                c.sendFile(fd, 0, 5 << 20, done::countDown);
                c.write(Bytes.of("middle"));
                long native_ = Mem.alloc(big.length);
                Mem.put(native_, big);
                c.write(native_, big.length);
                Mem.free(native_);
                c.sendFile(fd, 100, 10, done::countDown);
                c.sendFile(fd, 100, 0, done::countDown);
                long at = c.reserve(4);
                Mem.put(at, "tail");
                c.commit(4);
                c.shutdownOutput();
            }
        });
        try (var client = connect()) {
            send(client, "go");
            Thread.sleep(100);
            var all = client.getInputStream().readAllBytes();
            var f = pattern(5 << 20, 3);
            assertThat(Bytes.string(all, 0, 4)).isEqualTo("head");
            assertThat(java.util.Arrays.equals(all, 4, 4 + f.length, f, 0, f.length)).isTrue();
            int p = 4 + f.length;
            assertThat(Bytes.string(all, p, 6)).isEqualTo("middle");
            p += 6;
            assertThat(java.util.Arrays.equals(all, p, p + big.length, big, 0, big.length)).isTrue();
            p += big.length;
            assertThat(java.util.Arrays.equals(all, p, p + 10, f, 100, 110)).isTrue();
            assertThat(Bytes.string(all, p + 10, all.length - p - 10)).isEqualTo("tail");
        }
        assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        Posix.close(fd);
        assertThat(expect("writable")).isEqualTo("eof");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runsDoneOfAFileWhenTheConnectionIsClosedFirst(boolean epoll) throws Exception {
        var file = Files.write(dir.resolve("f"), new byte[20 << 20]);
        int fd = Posix.open(file.toString(), Posix.O_RDONLY, 0);
        var done = new CountDownLatch(2);
        serve(epoll, new Echo() {
            @Override
            public void onRead(Conn c, long addr, int len) {
                c.sendFile(fd, 0, 20 << 20, done::countDown);
                worker.timers.add(Timer.of(() -> {
                    c.close();
                    c.sendFile(fd, 0, 10, done::countDown);
                    assertThat(c.queued()).isZero();
                }), 20);
            }
        });
        try (var client = connect()) {
            send(client, "go");
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        }
        Posix.close(fd);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failsWithEioWhenAFileIsTooShort(boolean epoll) throws Exception {
        var file = Files.write(dir.resolve("f"), new byte[100]);
        int fd = Posix.open(file.toString(), Posix.O_RDONLY, 0);
        var done = new CountDownLatch(1);
        serve(epoll, new Echo() {
            @Override
            public void onRead(Conn c, long addr, int len) {
                c.sendFile(fd, 0, 200, done::countDown);
            }
        });
        try (var client = connect()) {
            send(client, "go");
            assertThat(expect()).isEqualTo("error 5");
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        }
        Posix.close(fd);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsAPeersResetByItsNumber(boolean epoll) throws Exception {
        serve(epoll, new Echo());
        var client = connect();
        send(client, "hello");
        assertThat(receive(client, 5)).isEqualTo("hello");
        client.setSoLinger(true, 0);
        client.close();
        assertThat(expect("read")).isEqualTo("error 104");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetsThePeer(boolean epoll) throws Exception {
        start(epoll, LOOPBACK, ListenOptions.DEFAULT, c -> c.handler = new Echo() {
            @Override
            public void onRead(Conn conn, long addr, int len) {
                conn.write(Bytes.of("lost"));
                conn.reset();
                assertThat(conn.sent()).isZero();
            }
        });
        try (var client = connect()) {
            send(client, "go");
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsNothingWhileReadingIsOffAndAllOfItAfterwards(boolean epoll) throws Exception {
        long total = 8 << 20;
        var read = new AtomicLong();
        var conn = new AtomicReference<Conn>();
        start(epoll, LOOPBACK, ListenOptions.DEFAULT, c -> {
            conn.set(c);
            c.handler = new Echo() {
                @Override
                public void onRead(Conn c, long addr, int len) {
                    long before = read.get();
                    if (read.addAndGet(len) >= 1 << 20 && before < 1 << 20) {
                        c.reading(false);
                        events.add("off");
                    }
                }

                @Override
                public void onEof(Conn c) {
                    events.add("eof");
                    c.close();
                }
            };
        });
        try (var client = connect()) {
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(new byte[(int) total]);
                    client.shutdownOutput();
                } catch (java.io.IOException e) {
                    bug.set(e);
                }
            });
            assertThat(expect()).isEqualTo("off");
            Thread.sleep(100);
            long stopped = read.get();
            Thread.sleep(100);
            assertThat(read.get()).isEqualTo(stopped).isLessThan(2 << 20);
            worker.execute(() -> {
                conn.get().reading(true);
                conn.get().reading(false);
                conn.get().reading(true);
            });
            assertThat(expect("hangup")).isEqualTo("eof");
            assertThat(read.get()).isEqualTo(total);
            sender.join();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true})
    void tellsAHangupWhileReadingIsOffAndItsKindWhenReadingIsOn(boolean epoll) throws Exception {
        var conn = new AtomicReference<Conn>();
        start(epoll, LOOPBACK, ListenOptions.DEFAULT, c -> {
            c.handler = new Echo();
            c.reading(false);
            conn.set(c);
        });
        var client = connect();
        send(client, "late");
        Thread.sleep(50);
        assertThat(events).isEmpty();
        client.setSoLinger(true, 0);
        client.close();
        assertThat(expect()).isEqualTo("hangup");
        worker.execute(() -> conn.get().reading(true));
        assertThat(expect("hangup", "read")).isEqualTo("error 104");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void handlesABugInAHandlerByClosingThatConnectionOnly(boolean epoll) throws Exception {
        serve(epoll, new Echo() {
            @Override
            public void onRead(Conn c, long addr, int len) {
                if (len == 3) throw new IllegalStateException("bug");
                super.onRead(c, addr, len);
            }
        });
        try (var other = connect(); var client = connect()) {
            send(client, "bad");
            assertThat(rest(client)).isEmpty();
            assertThat(bug.getAndSet(null)).hasMessage("bug");
            send(other, "fine");
            assertThat(receive(other, 4)).isEqualTo("fine");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gathersOutputOfOneConnectionWhileAnotherWritesToo(boolean epoll) throws Exception {
        var first = new AtomicReference<Conn>();
        start(epoll, LOOPBACK, ListenOptions.DEFAULT, c -> {
            first.compareAndSet(null, c);
            c.handler = new Echo() {
                @Override
                public void onRead(Conn c, long addr, int len) {
                    for (int k = 0; k < 1000; k++) {
                        c.write(Bytes.of("b"));
                        first.get().write(Bytes.of("a"));
                        worker.defer(() -> first.get().write(Bytes.of("A")));
                    }
                    first.get().close();
                    c.close();
                }
            };
        });
        try (var a = connect(); var b = connect()) {
            send(b, "go");
            assertThat(rest(a)).isEqualTo("a".repeat(1000));
            assertThat(rest(b)).isEqualTo("b".repeat(1000));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsBackPostponedOutputUntilThereIsEnoughOrItIsWanted(boolean epoll) throws Exception {
        serve(epoll, new Echo() {
            @Override
            public void onRead(Conn c, long addr, int len) {
                c.postpone(Mem.b(addr) == 'z' ? 0 : 10);
                c.write(addr, len);
                assertThat(c.sent() + len).isLessThanOrEqualTo(c.written());
                events.add("read");
            }
        });
        try (var client = connect(); var other = connect()) {
            client.setSoTimeout(100);
            client.setTcpNoDelay(true);
            send(client, "1234");
            assertThat(expect()).isEqualTo("read");
            send(other, "abcdefghijk");
            assertThat(receive(other, 11)).isEqualTo("abcdefghijk");
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(java.net.SocketTimeoutException.class);
            send(client, "567");
            send(client, "890");
            assertThat(receive(client, 10)).isEqualTo("1234567890");
            send(client, "a");
            expect();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(java.net.SocketTimeoutException.class);
            send(client, "z");
            assertThat(receive(client, 2)).isEqualTo("az");
            send(client, "bc");
            expect();
            client.shutdownOutput();
            assertThat(rest(client)).isEqualTo("bcbye");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void worksOnUnixSockets(boolean epoll) throws Exception {
        var path = dir.resolve("s");
        var seen = new LinkedBlockingQueue<String>();
        start(epoll, Address.unix(path.toString()), ListenOptions.DEFAULT, c -> {
            seen.add(c.remoteAddr() + " " + c.localAddr() + " " + c.unix() + " " + c.noDelay(true));
            c.handler = new Echo();
        });
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(ByteBuffer.wrap(Bytes.of("hello")));
            client.shutdownOutput();
            var got = ByteBuffer.allocate(100);
            while (client.read(got) >= 0) {}
            assertThat(Bytes.string(got.array(), 0, got.position())).isEqualTo(epoll ? "hellobye" : "hello");
        }
        assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("unix: unix:" + path + " true true");
        listen.close();
        worker.stop();
        assertThat(path).doesNotExist();
        worker = null;
        listen = null;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closesItsConnectionsWhenTheWorkerStops(boolean epoll) throws Exception {
        serve(epoll, new Echo());
        try (var client = connect()) {
            send(client, "hello");
            assertThat(receive(client, 5)).isEqualTo("hello");
            listen.close();
            worker.stop();
            assertThat(rest(client)).isEmpty();
            worker = null;
            listen = null;
        }
    }

    // ---- harness

    private void serve(boolean epoll, Conn.Handler handler) throws Exception {
        start(epoll, LOOPBACK, ListenOptions.DEFAULT, c -> c.handler = handler);
    }

    private void start(boolean epoll, Address at, ListenOptions options, Acceptor acceptor) throws Exception {
        worker = new Worker(0, bug::set, epoll);
        listen = epoll ? RawListen.bind(at, options, 1) : ChannelListen.bind(at, options);
        var started = new CountDownLatch(1);
        worker.execute(() -> {
            listen.accept(worker, acceptor, true, (level, text) -> events.add(level + " " + text));
            started.countDown();
        });
        assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
    }

    private Socket connect() throws Exception {
        var s = new Socket();
        s.setOption(StandardSocketOptions.SO_RCVBUF, 64 << 10);
        s.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), listen.address.port()));
        s.setSoTimeout(10_000);
        return s;
    }

    /// The next event that is none of `skipped`.
    private String expect(String... skipped) throws InterruptedException {
        for (;;) {
            var event = events.poll(10, TimeUnit.SECONDS);
            if (event == null) return "nothing";
            if (!List.of(skipped).contains(event)) return event;
        }
    }

    private static void send(Socket s, String text) throws Exception {
        s.getOutputStream().write(Bytes.of(text));
    }

    private static String receive(Socket s, int n) throws Exception {
        return Bytes.string(s.getInputStream().readNBytes(n));
    }

    private static String rest(Socket s) throws Exception {
        InputStream in = s.getInputStream();
        return Bytes.string(in.readAllBytes());
    }

    private static byte[] pattern(int n, int seed) {
        var b = new byte[n];
        new java.util.Random(seed).nextBytes(b);
        return b;
    }
}
