package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import nightjar.core.Child;
import nightjar.core.Errno;
import nightjar.core.Mem;
import nightjar.core.Posix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescriptorTest {
    private final AtomicReference<Throwable> bug = new AtomicReference<>();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final Worker worker = new Worker(0, bug::set);
    private final long byteAt = Mem.alloc(1);

    @BeforeEach
    void epoll() {
        assumeThat(Worker.EPOLL).isTrue();
    }

    @AfterEach
    void stop() {
        worker.stop();
        Mem.free(byteAt);
        assertThat(bug.get()).isNull();
    }

    private Descriptor watch(int fd, boolean writing) throws Exception {
        var made = new LinkedBlockingQueue<Descriptor>();
        onWorker(() -> {
            try {
                made.add(Descriptor.watch(worker, fd, writing, () -> seen.add("ready")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return made.remove();
    }

    private void onWorker(Runnable task) throws Exception {
        var done = new CountDownLatch(1);
        worker.execute(() -> {
            task.run();
            done.countDown();
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tellsOfWhatComesAndOfTheEnd() throws Exception {
        long pipe = Child.pipe();
        int reading = (int) pipe, writing = (int) (pipe >> 32);
        var d = watch(reading, false);
        assertThat(d.number()).isEqualTo(reading);
        assertThat(seen.poll(50, TimeUnit.MILLISECONDS)).isNull();
        assertThat(Posix.write(writing, byteAt, 1)).isEqualTo(1);
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ready");
        Posix.close(writing);
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ready");
        onWorker(d::close);
        assertThat(Posix.read(reading, byteAt, 1)).isEqualTo(-Errno.EBADF);
        onWorker(d::close);
    }

    @Test
    void tellsOfRoomToWrite() throws Exception {
        long pipe = Child.pipe();
        int reading = (int) pipe, writing = (int) (pipe >> 32);
        Posix.fcntl(writing, Posix.F_SETFL, Posix.O_NONBLOCK);
        while (Posix.write(writing, byteAt, 1) == 1);
        var d = watch(writing, true);
        assertThat(seen.poll(50, TimeUnit.MILLISECONDS)).isNull();
        long room = Mem.alloc(65536);
        assertThat(Posix.read(reading, room, 65536)).isEqualTo(65536);
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ready");
        Mem.free(room);
        Posix.close(reading);
        onWorker(d::close);
    }
}
