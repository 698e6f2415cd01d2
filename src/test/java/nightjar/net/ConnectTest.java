package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTest {
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

    /// Tells what happens, each word once it does.
    private class Told implements Conn.Handler {
        @Override
        public void onConnect(Conn c) {
            events.add("connected");
        }

        @Override
        public void onRead(Conn c, long addr, int len) {
            events.add("read " + Mem.string(addr, len));
        }

        @Override
        public void onEof(Conn c) {
            events.add("eof");
            c.close();
        }

        @Override
        public void onError(Conn c, int errno) {
            events.add((c.connecting() ? "not connected " : "error ") + errno);
            c.close();
        }

        @Override
        public void onWritable(Conn c) {}
    }

    private void serve(boolean epoll, Address at) throws Exception {
        worker = new Worker(0, bug::set, epoll);
        listen = epoll ? RawListen.bind(at, ListenOptions.DEFAULT, 1) : ChannelListen.bind(at, ListenOptions.DEFAULT);
        run(() -> listen.accept(worker, c -> c.handler = new Told() {
            @Override
            public void onRead(Conn server, long addr, int len) {
                server.write(addr, len);
                server.close();
            }

            @Override
            public void onEof(Conn server) {
                server.close();
            }
        }, false, new Listen.Trouble() {
            @Override
            public void log(nightjar.core.Log.Level level, String text) {
                events.add(text);
            }
        }));
    }

    private interface Step {
        void run() throws Exception;
    }

    private void run(Step step) {
        worker.execute(() -> {
            try {
                step.run();
            } catch (Exception e) {
                events.add(String.valueOf(e.getMessage()));
            }
        });
    }

    private String event() throws InterruptedException {
        return events.poll(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsWrittenBeforeTheConnectionStandsIsSentThen(boolean epoll) throws Exception {
        serve(epoll, LOOPBACK);
        run(() -> {
            var c = Conn.connect(worker, listen.address, null, new Told());
            c.write(Bytes.of("hello"));
            events.add("connecting " + c.connecting());
        });
        assertThat(event()).isEqualTo("connecting true");
        assertThat(event()).isEqualTo("connected");
        assertThat(event()).isEqualTo("read hello");
        assertThat(event()).isEqualTo("eof");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectsToAUnixSocket(boolean epoll) throws Exception {
        serve(epoll, Address.unix(dir.resolve("s").toString()));
        run(() -> Conn.connect(worker, listen.address, null, new Told() {
            @Override
            public void onConnect(Conn c) {
                super.onConnect(c);
                c.write(Bytes.of("hello"));
            }
        }));
        assertThat(event()).isEqualTo("connected");
        assertThat(event()).isEqualTo("read hello");
        assertThat(event()).isEqualTo("eof");
    }

    /// Two connections have news at once, and the handler of the first replaces the second: the new one gets its descriptor.
    @Test
    void isNotToldWhatHappenedToTheConnectionThatHadItsDescriptor() throws Exception {
        serve(true, Address.unix(dir.resolve("s").toString()));
        run(() -> {
            var conns = new Conn[2];
            conns[0] = Conn.connect(worker, listen.address, null, new Told() {
                @Override
                public void onRead(Conn c, long addr, int len) {
                    int descriptor = conns[1].descriptor();
                    conns[1].close();
                    try {
                        var third = Conn.connect(worker, listen.address, null, new Told());
                        third.reading(false);
                        events.add("same descriptor " + (third.descriptor() == descriptor));
                        worker.executeNextTurn(() -> events.add("ended " + third.ended()));
                    } catch (ConnectException e) {
                        events.add(e.getMessage());
                    }
                }
            });
            conns[1] = Conn.connect(worker, listen.address, null, new Told());
            afterTurns(5, () -> {   // when the server has accepted both
                for (var c : conns) {
                    c.write(Bytes.of("x"));
                    c.flush();
                }
            });
        });
        assertThat(event()).isEqualTo("connected");
        assertThat(event()).isEqualTo("connected");
        assertThat(event()).isEqualTo("same descriptor true");
        assertThat(Stream.generate(this::next).filter(e -> e.startsWith("ended")).findFirst()).hasValue("ended false");
    }

    private void afterTurns(int n, Runnable then) {
        if (n == 0) then.run();
        else worker.executeNextTurn(() -> afterTurns(n - 1, then));
    }

    private String next() {
        try {
            return String.valueOf(event());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsThatItWasRefused(boolean epoll) throws Exception {
        worker = new Worker(0, bug::set, epoll);
        run(() -> Conn.connect(worker, Address.inet(new byte[] {127, 0, 0, 1}, 1), null, new Told()));
        assertThat(event()).isEqualTo("not connected 111");
    }

    @Test
    void tellsAtOnceOfASocketThatIsNotThere() {
        worker = new Worker(0, bug::set, true);
        run(() -> Conn.connect(worker, Address.unix("/nonexistent/s"), null, new Told()));
        assertThat(events).satisfies(_ -> assertThat(event())
                .isEqualTo("connect() to unix:/nonexistent/s failed (2: No such file or directory)"));
    }

    @Test
    void bindsItsOwnEnd() throws Exception {
        serve(true, LOOPBACK);
        run(() -> Conn.connect(worker, listen.address, Address.inet(new byte[] {127, 0, 0, 9}, 0), new Told() {
            @Override
            public void onConnect(Conn c) {
                events.add(c.localAddr());
            }
        }));
        assertThat(event()).isEqualTo("127.0.0.9");
    }
}
