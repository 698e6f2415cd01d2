package nightjar.http.module;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SplitClientsTest {
    @ParameterizedTest
    @CsvSource({"100, 10000", "12.5, 1250", "0.01, 1", ".5, 50", "7., 700", "1.234, -1", "x, -1", "., -1", "-1, -1", "'', -1"})
    void readsPercentsInHundredths(String text, int hundredths) {
        assertThat(SplitClients.hundredths(text)).isEqualTo(hundredths);
    }
}
