package nightjar.http.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightjar.http.module.Headers.Expires;
import nightjar.http.module.Headers.Kind;
import org.junit.jupiter.api.Test;

final class HeadersTest {
    @Test
    void readsTimes() {
        assertThat(Headers.expires(Kind.ACCESS, "1h")).isEqualTo(new Expires(Kind.ACCESS, 3600, null));
        assertThat(Headers.expires(Kind.MODIFIED, "+1d")).isEqualTo(new Expires(Kind.MODIFIED, 86_400, null));
        assertThat(Headers.expires(Kind.ACCESS, "-5")).isEqualTo(new Expires(Kind.ACCESS, -5, null));
        assertThat(Headers.expires(Kind.ACCESS, "@15h30m")).isEqualTo(new Expires(Kind.DAILY, 55_800, null));
        assertThat(Headers.expires(Kind.ACCESS, "epoch").kind()).isEqualTo(Kind.EPOCH);
    }

    @Test
    void refusesWhatIsNoTime() {
        assertThatThrownBy(() -> Headers.expires(Kind.ACCESS, "never")).hasMessage("invalid value");
        assertThatThrownBy(() -> Headers.expires(Kind.MODIFIED, "max")).hasMessage("invalid value");
        assertThatThrownBy(() -> Headers.expires(Kind.MODIFIED, "@1h")).hasMessage("daily time cannot be used with \"modified\" parameter");
        assertThatThrownBy(() -> Headers.expires(Kind.ACCESS, "@25h")).hasMessage("daily time value must be less than 24 hours");
    }

    @Test
    void ratioIsRoundedToHundredths() {
        assertThat(Gzip.ratio(1000, 300)).isEqualTo("3.33");
        assertThat(Gzip.ratio(2999, 1000)).isEqualTo("3.00");
        assertThat(Gzip.ratio(105, 100)).isEqualTo("1.05");
    }

    @Test
    void findsTheCharsetOfAType() {
        assertThat(HeadersMore.charset("text/html; x=y; charset=\"utf-8\"")).isEqualTo("utf-8");
        assertThat(HeadersMore.charset("text/html;charset=koi8-r")).isEqualTo("koi8-r");
        assertThat(HeadersMore.charset("text/html")).isNull();
    }
}
