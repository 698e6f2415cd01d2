package nightjar.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockTest {
    @Test
    void writesAnySecondAsTheCalendarHasIt() {
        var format = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);
        var random = new Random(1);
        for (int k = 0; k < 50_000; k++) {
            long sec = random.nextLong(253402300800L);
            var text = Clock.httpTime(sec);
            assertThat(text).isEqualTo(format.format(Instant.ofEpochSecond(sec)));
            assertThat(Clock.parseHttpTime(text)).isEqualTo(sec);
        }
        assertThat(Clock.httpTime(-1)).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(Clock.httpTime(Long.MAX_VALUE)).isEqualTo("Fri, 31 Dec 9999 23:59:59 GMT");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "x, 06 Nov 1994 08:49:37"
    })
    void readsTheThreeForms(String date) {
        assertThat(Clock.parseHttpTime(date)).isEqualTo(784111777);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ",", "Sun", "Sun, 06 Nov 1994", "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 31 Apr 1994 08:49:37 GMT",
        "Tue, 29 Feb 1900 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:3x GMT",
        "Sun, 06/Nov/1994 08:49:37 GMT", "Sun Nov  6 08:49:37 19x4", "Sun, -6 Nov 1994 08:49:37 GMT"
    })
    void refusesWhatIsNoDate(String date) {
        assertThat(Clock.parseHttpTime(date)).isEqualTo(-1);
    }

    @Test
    void shortensTheYearOfACookieUntil2037() {
        assertThat(Clock.cookieTime(1795300000L)).isEqualTo("Sat, 21-Nov-26 22:26:40 GMT");
        assertThat(Clock.cookieTime(2300000000L)).isEqualTo("Wed, 19-Nov-2042 08:53:20 GMT");
    }

    @Test
    void keepsItsTextsThroughASecond() {
        var clock = new Clock();
        assertThat(clock.httpDate()).isSameAs(clock.httpDate());
        assertThat(Bytes.string(clock.httpDate())).isEqualTo(Clock.httpTime(clock.sec()));
        assertThat(clock.logTime()).matches("\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}");
        assertThat(clock.iso8601()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d");
        assertThat(clock.errlogTime()).matches("\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d");
        assertThat(Clock.syslogTime(1791000000L)).matches("[A-Z][a-z]{2} [ 123]\\d \\d\\d:\\d\\d:\\d\\d");
    }
}
