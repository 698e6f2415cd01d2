package nightjar.conf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Any bytes are a configuration or a [ConfException]. `JAZZER_FUZZ=1 mvn test -Dtest=ConfReaderFuzzTest` looks for others.
final class ConfReaderFuzzTest {
    @TempDir
    static Path directory;

    @FuzzTest(maxDuration = "10m")
    void readsAnyBytes(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        // a pattern such as /*/*/*/* would search the machine
        if (text.contains("include")) return;
        try {
            var conf = new Conf(directory).read(text);
            assertThat(conf.reader.dump()).endsWith(text + "\n");
        } catch (ConfException e) {
            assertThat(e.getMessage()).contains(" in " + directory + "/nginx.conf:");
        }
    }
}
