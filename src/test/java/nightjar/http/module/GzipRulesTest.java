package nightjar.http.module;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GzipRulesTest {
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate, gzip", "gzip;q=1", "gzip ; q=0.5", "x-gzip, GZIP", "gzip,deflate", "gzip;q=1.000"})
    void acceptsGzip(String header) {
        assertThat(GzipRules.accepts(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "deflate", "x-gzip", "gzip;q=0", "gzip;q=0.000", "gzip;q=2", "gzip;q=1.001", "gzipped", "gzip;level=1"})
    void doesNotAcceptWhatIsNotGzip(String header) {
        assertThat(GzipRules.accepts(header)).isFalse();
    }
}
