package nightjar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Runs the files of `t/` (the format is [Block]'s).
///
/// System properties: `nightjar.t` runs only the files whose name has this in it; `nightjar.binary` tests another
/// program, for which `nightjar.main` is put at the head of each configuration: so nginx itself can be asked
/// (`t/README.md`).
final class BehaviourTest {
    private static final Path TOP = Path.of("").toAbsolutePath();
    private static final boolean OTHER = System.getProperty("nightjar.binary") != null;
    private static final Path PROGRAM = OTHER ? Path.of(System.getProperty("nightjar.binary")) : TOP.resolve("bin/nightjar");

    @TestFactory
    Stream<DynamicContainer> behaviour() throws IOException, InterruptedException {
        if (!OTHER) prepare();
        String only = System.getProperty("nightjar.t", "");
        try (var files = Files.list(TOP.resolve("t"))) {
            return files.filter(f -> f.toString().endsWith(".t") && f.getFileName().toString().contains(only))
                    .sorted()
                    .map(BehaviourTest::container)
                    .toList()
                    .stream();
        }
    }

    /// Has what the first start makes made before any server's time to start is measured.
    private static void prepare() throws IOException, InterruptedException {
        var rc = new ProcessBuilder(TOP.resolve("bin/prepare").toString()).inheritIO().start().waitFor();
        if (rc != 0) fail("bin/prepare ended with %d", rc);
    }

    private static DynamicContainer container(Path file) {
        String name = file.getFileName().toString();
        var blocks = Block.parse("t/" + name, read(file));
        var bench = new BlockRunner(ProgramServer.launcher(PROGRAM), System.getProperty("nightjar.main", ""));
        List<DynamicNode> tests = new ArrayList<>();
        for (var block : blocks) {
            tests.add(DynamicTest.dynamicTest(block.line() + ": " + block.title(), at(file, block.line()), () -> run(bench, block)));
        }
        tests.add(DynamicTest.dynamicTest("the server ends", bench::close));
        return DynamicContainer.dynamicContainer(name, tests);
    }

    private static void run(BlockRunner bench, Block block) throws Exception {
        assumeTrue(Files.isExecutable(PROGRAM), () -> "no program at " + PROGRAM);
        if (block.ownsServer()) bench.use(block);
        assumeFalse(OTHER && block.has("nightjar_only"), () -> "not so in nginx: " + block.text("nightjar_only"));
        var complaints = bench.run(block);
        if (!complaints.isEmpty()) fail("%s:%d: %s%n%s", block.file(), block.line(), block.title(), String.join("\n", complaints));
    }

    private static URI at(Path file, int line) {
        return URI.create(file.toUri() + "?line=" + line);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
