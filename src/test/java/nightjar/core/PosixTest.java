package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixTest {
    @TempDir
    Path dir;

    @Test
    void answersAFailureWithItsErrno() {
        assertThat(Posix.open("/nowhere/at/all", Posix.O_RDONLY, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(Posix.close(987654)).isEqualTo(-Errno.EBADF);
        assertThat(Posix.read(987654, 0, 0)).isEqualTo(-Errno.EBADF);
        assertThat(Posix.rename(dir + "/a", dir + "/b")).isEqualTo(-Errno.ENOENT);
        assertThat(Posix.stat("x".repeat(5000), new Stat())).isEqualTo(-Errno.ENAMETOOLONG);
        assertThat(Posix.stat("a\0b", new Stat())).isEqualTo(-Errno.EINVAL);
        assertThat(Errno.quoted(Errno.ENOENT)).isEqualTo("(2: No such file or directory)");
        assertThat(Errno.text(4711)).isEqualTo("Unknown error");
    }

    @Test
    void writesAndReadsAFile() throws Exception {
        var path = Bytes.utf8(dir + "/f");
        long at = Mem.alloc(64);
        int fd = Posix.open(path, Posix.O_RDWR | Posix.O_CREAT | Posix.O_CLOEXEC, 0600);
        Mem.put(at, "hello");
        assertThat(Posix.write(fd, at, 5)).isEqualTo(5);
        assertThat(Posix.pread(fd, at + 8, 10, 1)).isEqualTo(4);
        assertThat(Mem.string(at + 8, 4)).isEqualTo("ello");

        int out = Posix.open(path + "2", Posix.O_WRONLY | Posix.O_CREAT, 0644);
        assertThat(Posix.sendfile(out, fd, 2, 10)).isEqualTo(3);
        assertThat(Files.readString(Path.of(path + "2"))).isEqualTo("llo");
        assertThat(Posix.close(out)).isZero();

        var stat = new Stat();
        assertThat(Posix.fstat(fd, stat)).isZero();
        assertThat(stat.size).isEqualTo(5);
        assertThat(stat.regular()).isTrue();
        assertThat(stat.mode & 0777).isEqualTo(0600);
        assertThat(stat.mtime).isEqualTo(Files.getLastModifiedTime(Path.of(path)).toMillis() / 1000);
        assertThat(stat.ino).isEqualTo(Files.getAttribute(Path.of(path), "unix:ino"));
        assertThat(stat.uid).isEqualTo(Posix.geteuid());
        Posix.close(fd);
        Mem.free(at);

        Files.createSymbolicLink(dir.resolve("link"), Path.of(path));
        assertThat(Posix.lstat(dir + "/link", stat)).isZero();
        assertThat(stat.link()).isTrue();
        assertThat(Posix.readlink(dir + "/link")).isEqualTo(path);
        assertThat(Posix.stat(dir.toString(), stat)).isZero();
        assertThat(stat.directory()).isTrue();
        assertThat(Posix.unlink(path)).isZero();
        assertThat(Posix.unlink(path)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void changesTheEnvironmentThatCSees() {
        assertThat(Posix.setenv("NIGHTJAR_TEST", "x".repeat(10_000))).isZero();
        assertThat(Posix.getenv("NIGHTJAR_TEST")).hasSize(10_000);
        assertThat(Posix.unsetenv("NIGHTJAR_TEST")).isZero();
        assertThat(Posix.getenv("NIGHTJAR_TEST")).isNull();
    }

    @Test
    void knowsTheProcessAndItsUsers() {
        assertThat(Posix.getpid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(Posix.kill(Posix.getpid(), 0)).isZero();
        assertThat(Posix.user("root")).isEqualTo(new Posix.User(0, 0));
        assertThat(Posix.user("no such user")).isNull();
        assertThat(Posix.group("root")).isZero();
        assertThat(Posix.group("no such group")).isEqualTo(-1);
        assertThat(Posix.softLimit(Posix.RLIMIT_NOFILE)).isPositive();
    }

    @Test
    void servesMoreThreadsAtOnceThanItHasScratchFor() throws Exception {
        var threads = new Thread[200];
        var wrong = new int[threads.length];
        for (int k = 0; k < threads.length; k++) {
            int id = k;
            threads[k] = new Thread(() -> {
                for (int n = 0; n < 200; n++) {
                    if (Posix.open("/nowhere/" + id, Posix.O_RDONLY, 0) != -Errno.ENOENT) wrong[id]++;
                    if (Posix.close(987654) != -Errno.EBADF) wrong[id]++;
                }
            });
        }
        for (var t : threads) t.start();
        for (var t : threads) t.join();
        assertThat(wrong).containsOnly(0);
    }
}
