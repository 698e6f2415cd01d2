package nightjar.http.module;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EchoRunTest {
    @Test
    void readsSecondsWithThreePlaces() {
        assertThat(EchoRun.msec("2")).isEqualTo(2000);
        assertThat(EchoRun.msec("0.05")).isEqualTo(50);
        assertThat(EchoRun.msec(".5")).isEqualTo(500);
    }

    @Test
    void refusesDurationsThatAreNone() {
        for (var text : new String[] {"", "soon", "1.2345", "-1", "1.2.3", "1s"}) assertThat(EchoRun.msec(text)).as(text).isEqualTo(-1);
    }

    @Test
    void takesUnderscoresInSizes() {
        assertThat(EchoRun.size("1_000_000")).isEqualTo(1_000_000);
        assertThat(EchoRun.size("0")).isZero();
        assertThat(EchoRun.size("")).isEqualTo(-1);
        assertThat(EchoRun.size("1k")).isEqualTo(-1);
    }

    @Test
    void leavesEmptyPiecesOut() {
        assertThat(EchoRun.split(",a,,b,", ",")).containsExactly("a", "b");
        assertThat(EchoRun.split("a--b", "--")).containsExactly("a", "b");
        assertThat(EchoRun.split("", ",")).isEmpty();
        assertThat(EchoRun.split("ab", "")).containsExactly("ab");
    }
}
