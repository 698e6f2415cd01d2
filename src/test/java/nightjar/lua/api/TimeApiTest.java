package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import nightjar.core.Clock;
import nightjar.core.Mem;
import org.junit.jupiter.api.Test;

final class TimeApiTest {
    private final Clock clock = new Clock();
    private final TimeApi api = new TimeApi(clock);
    private final long buf = Mem.alloc(32);

    @Test void nowIsTheCachedTimeToTheMillisecond() {
        assertThat(api.now()).isEqualTo(clock.msec() / 1000.0);
        assertThat(api.time()).isEqualTo(clock.sec());
    }

    @Test void writesDates() {
        api.today(buf);
        assertThat(Mem.string(buf, 10)).matches("\\d{4}-\\d\\d-\\d\\d");
        api.localtime(buf);
        assertThat(Mem.string(buf, 19)).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
        api.utctime(buf);
        assertThat(Mem.string(buf, 19)).isEqualTo(clock.utcTime());
    }

    @Test void writesHttpTimes() {
        api.httpTime(buf, 1290079655);
        assertThat(Mem.string(buf, 29)).isEqualTo("Thu, 18 Nov 2010 11:27:35 GMT");
        assertThat(api.cookieTime(buf, 1290079655)).isEqualTo(27);
        assertThat(Mem.string(buf, 27)).isEqualTo("Thu, 18-Nov-10 11:27:35 GMT");
        assertThat(api.cookieTime(buf, 2893881600L)).isEqualTo(29);
    }

    @Test void readsHttpTimes() {
        assertThat(parse("Thu, 18 Nov 2010 11:27:35 GMT")).isEqualTo(1290079655);
        assertThat(parse("Thu, 18-Nov-10 11:27:35 GMT")).isEqualTo(1290079655);
        assertThat(parse("yesterday")).isEqualTo(-1);
        assertThat(parse("")).isEqualTo(-1);
    }

    private long parse(String s) {
        api.parseHttpTime(Native.of(s), s.length(), buf);
        return Mem.l(buf);
    }
}
