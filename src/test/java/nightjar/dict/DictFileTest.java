package nightjar.dict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DictFileTest {
    private static final long SIZE = 64 << 10;

    @TempDir
    Path dir;
    private final List<String> refusals = new ArrayList<>();
    private DictFile file;
    private TestDict dict;

    private String path() { return dir.resolve("dict").toString(); }

    private void open() { open("dogs", SIZE); }

    private void open(String name, long size) {
        file = DictFile.open(path(), name, size, false, refusals::add);
        dict = new TestDict(new SharedDict(file.entries(), size));
    }

    /// As a process that is killed leaves it.
    private void abandon() {
        dict.close();
        file.close();
        file = null;
    }

    private void close() {
        file.seal();
        abandon();
    }

    @AfterEach
    void closeWhatIsOpen() {
        if (file != null) abandon();
    }

    private void fill() {
        open();
        dict.set("number", 1.5);
        dict.set("text", "x".repeat(3000));
        dict.store(0, "soon", true, 10);
        dict.push(false, "list", "a");
        dict.push(false, "list", "b");
    }

    private void checkFilled() {
        assertThat(refusals).isEmpty();
        assertThat(dict.keys(0)).containsExactly("number", "text", "soon", "list");
        assertThat(dict.get("number")).isEqualTo(1.5);
        assertThat(dict.get("text")).isEqualTo("x".repeat(3000));
        assertThat(dict.ttl("soon")).isEqualTo(10);
        assertThat(dict.pop(false, "list")).isEqualTo("b");
    }

    /// The next one to open refuses the file for this reason, puts it aside and begins a new one.
    private void checkRefused(String reason) throws IOException {
        open();
        assertThat(refusals).hasSize(1);
        assertThat(refusals.getFirst())
                .startsWith("shared dict \"dogs\" does not take \"" + path() + "\": " + reason + "; it is now \"" + path() + ".refused-");
        assertThat(dict.keys(0)).isEmpty();
        try (var files = Files.list(dir)) {
            assertThat(files).hasSize(2);
        }
    }

    private void write(long at, int... bytes) throws IOException {
        try (var f = new RandomAccessFile(path(), "rw")) {
            f.seek(at);
            for (int b : bytes) f.write(b);
        }
    }

    @Test
    void aClosedFileHasEverything() {
        fill();
        close();
        open();
        checkFilled();
    }

    @Test
    void aFileWhoseProcessWasKilledHasEverythingToo() {
        fill();
        abandon();
        open();
        checkFilled();
    }

    @Test
    void onlyItsOwnerMayReadIt() throws IOException {
        fill();
        assertThat(Files.getPosixFilePermissions(Path.of(path()))).hasToString("[OWNER_READ, OWNER_WRITE]");
    }

    @Test
    void anInterruptedChangeIsTakenBack() {
        fill();
        long free = dict.dict.freeSpace();
        var region = file.region();
        // as if the process had been killed in the middle of this
        region.i(region.base + Region.NEWEST, 0);
        region.l(region.buckets, 77);
        region.l(region.buckets, 78);
        file.entries().slab.allocate(5000);
        abandon();
        open();
        checkFilled();
        assertThat(dict.dict.freeSpace()).isEqualTo(free);
    }

    @Test
    void aLongValueThatWasBeingOverwrittenIsGone() {
        fill();
        var region = file.region();
        int oldest = file.entries().lru.newer(file.entries().lru.oldest());
        region.overwrite(oldest, Entry.value(region.at(oldest)), region.base, 3000);
        abandon();
        open();
        assertThat(dict.get("text")).isNull();
        assertThat(dict.get("number")).isEqualTo(1.5);
    }

    @Test
    void aFileInUseIsNotTakenNorTouched() {
        fill();
        assertThatThrownBy(() -> DictFile.open(path(), "dogs", SIZE, false, refusals::add))
                .isInstanceOf(DictException.class).hasMessage("shared dict \"dogs\": \"" + path() + "\" is in use by another process");
        assertThat(refusals).isEmpty();
    }

    @Test
    void aFileOfSomethingElseIsPutAside() throws IOException {
        Files.writeString(dir.resolve("dict"), "some text".repeat(1000));
        checkRefused("it is not a shared dict's");
    }

    @Test
    void anEmptyFileIsPutAside() throws IOException {
        Files.createFile(dir.resolve("dict"));
        checkRefused("it is not a shared dict's");
    }

    @Test
    void aFileOfAnotherSizeIsPutAside() throws IOException {
        open("dogs", SIZE * 2);
        close();
        checkRefused("its size is 131072, not 65536");
    }

    @Test
    void aFileOfAnotherDictIsPutAside() throws IOException {
        open("cats", SIZE);
        close();
        checkRefused("it belongs to shared dict \"cats\"");
    }

    @Test
    void aFileOfAnotherVersionIsPutAside() throws IOException {
        fill();
        close();
        write(8, 9, 0, 0, 0);
        checkRefused("it is of version 9, not 1");
    }

    @Test
    void aFileThatWasCutIsPutAside() throws IOException {
        fill();
        close();
        try (var f = new RandomAccessFile(path(), "rw")) {
            f.setLength(f.length() - 4096);
        }
        checkRefused("it is torn: it has 69632 bytes, not 73728");
    }

    @Test
    void aFileThatWasInUseWhenTheMachineWentDownIsPutAside() throws IOException {
        fill();
        abandon();
        write(336, 1, 2, 3);
        checkRefused("the machine went down while it was in use");
    }

    @Test
    void aClosedFileThatWasWrittenToIsPutAside() throws IOException {
        fill();
        long at = Entry.value(file.region().at(file.entries().lru.newest())) - file.region().base;
        close();
        write(at, 'z');
        checkRefused("its contents are damaged: sum");
    }

    /// Whatever byte of a file is changed: it is refused, or opens and can be used.
    @Test
    void noDamageIsFollowedBlindly() throws IOException {
        var random = new Random(5);
        int refused = 0;
        for (int n = 0; n < 300; n++) {
            Files.deleteIfExists(Path.of(path()));
            fill();
            abandon();
            long length = Files.size(Path.of(path()));
            boolean head = random.nextBoolean();
            for (int k = 0; k < 3; k++) write(random.nextLong(head ? 12_000 : length), random.nextInt(256));
            refusals.clear();
            open();
            if (!refusals.isEmpty()) refused++;
            for (var key : dict.keys(0)) dict.get(key);
            dict.set("more", "x".repeat(100));
            Inspection.inspect(file.entries());
            abandon();
        }
        assertThat(refused).isBetween(20, 299);
    }
}
