package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChildTest {
    private static int start(int out, String... words) {
        long argv = Mem.alloc((words.length + 1) * 8L);
        for (int i = 0; i < words.length; i++) Mem.l(argv + i * 8L, Mem.allocCstring(words[i]));
        Mem.l(argv + words.length * 8L, 0);
        return Child.start(Mem.l(argv), argv, 0, 0, out, out);
    }

    /// How a child has ended, once it has.
    private static int end(int pid) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            int status = Child.exited(pid);
            if (status != Child.RUNNING) return status;
            Thread.sleep(10);
        }
        throw new AssertionError("process " + pid + " does not end");
    }

    private static String written(long pipe) {
        int reading = (int) pipe;
        Posix.close((int) (pipe >> 32));
        long to = Mem.alloc(1000);
        var text = new StringBuilder();
        for (long n; (n = Posix.read(reading, to, 1000)) > 0; ) text.append(Mem.string(to, (int) n));
        Posix.close(reading);
        Mem.free(to);
        return text.toString();
    }

    @Test void whatAChildWritesComesThroughAPipe() throws Exception {
        long pipe = Child.pipe();
        int pid = start((int) (pipe >> 32), "sh", "-c", "echo $0; echo two >&2; exit 7", "one");
        assertThat(pid).isPositive();
        assertThat(written(pipe)).isEqualTo("one\ntwo\n");
        int status = end(pid);
        assertThat(Child.signal(status)).isZero();
        assertThat(Child.exitCode(status)).isEqualTo(7);
    }

    @Test void aChildHasThreeDescriptors() throws Exception {
        long pipe = Child.pipe();
        int extra = Posix.open("/dev/null", Posix.O_RDONLY, 0);
        int pid = start((int) (pipe >> 32), "sh", "-c", "for fd in $(seq 0 99); do if [ -e /proc/$$/fd/$fd ]; then echo $fd; fi; done");
        assertThat(written(pipe)).isEqualTo("0\n1\n2\n");
        end(pid);
        Posix.close(extra);
    }

    @Test void aSignalEndsAChild() throws Exception {
        int pid = start(1, "sleep", "100");
        int pidfd = Child.pidfd(pid);
        assertThat(pidfd).isPositive();
        assertThat(Child.exited(pid)).isEqualTo(Child.RUNNING);
        assertThat(Posix.kill(pid, 15)).isZero();
        assertThat(Child.signal(end(pid))).isEqualTo(15);
        Posix.close(pidfd);
    }

    @Test void aProgramThatIsNotThereIsAnError() {
        assertThat(start(1, "/no/such/program")).isEqualTo(-Errno.ENOENT);
        assertThat(start(1, "/")).isEqualTo(-Errno.EACCES);
    }
}
