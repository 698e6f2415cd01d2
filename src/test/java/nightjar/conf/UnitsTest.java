package nightjar.conf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// nginx's numbers; -1 stands for a bad one.
final class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "'',-1", "0,0", "12,12", "1k,1024", "1K,1024", "3m,3145728", "1g,-1", "k,-1", "-1,-1", "+1,-1", "1.5k,-1", "1 k,-1", "1kk,-1", "0x10,-1",
        "9223372036854775807,9223372036854775807", "9223372036854775808,-1", "99999999999999999999,-1",
        "9007199254740991k,9223372036854774784", "9007199254740992k,-1"})
    void sizes(String text, long bytes) {
        assertThat(Units.size(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"2g,2147483648", "1G,1073741824", "1m,1048576", "7,7", "g,-1", "8589934592g,-1", "8589934591g,9223372035781033984"})
    void offsets(String text, long bytes) {
        assertThat(Units.offset(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "'',-1", "1,1000", "0,0", "1s,1000", "5ms,5", "1m,60000", "1h30m,5400000", "'1h 30m',5400000", "1d,86400000", "1w,604800000", "1M,-1", "1y,-1",
        "1m1h,-1", "1s1s,-1", "1ms1s,-1", "1s5ms,1005", "5ms5,5005", "ms,-1", "1x,-1", "1h30,3630000", "'1 2',3000", "'1s ',1000", "' ',-1", "1hm,3600000",
        "'1 s',-1", "9223372036854775,9223372036854775000", "9223372036854776,-1", "9223372036854775807ms,9223372036854775807", "9223372036854775808ms,-1"})
    void milliseconds(String text, long msec) {
        assertThat(Units.time(text, false)).isEqualTo(msec);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1", "1y,31536000", "1M,2592000", "1y1M,34128000", "1M1y,-1", "1m,60", "1ms,-1", "1s,1", "1y2M3w4d5h6m7s,38898367",
        "292471208677y,9223372036837872000", "292471208678y,-1"})
    void seconds(String text, long sec) {
        assertThat(Units.time(text, true)).isEqualTo(sec);
    }
}
