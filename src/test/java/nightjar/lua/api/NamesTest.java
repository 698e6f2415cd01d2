package nightjar.lua.api;

import static org.assertj.core.api.Assertions.assertThat;

import nightjar.core.Mem;
import org.junit.jupiter.api.Test;

class NamesTest {
    private final Names names = new Names();

    private Name of(String s) {
        long a = Mem.allocCstring(s);
        try {
            return names.of(a, s.length());
        } finally {
            Mem.free(a);
        }
    }

    @Test void aNameIsMadeOnce() {
        var name = of("Content-Type");
        assertThat(name.text()).isEqualTo("Content-Type");
        assertThat(name.lower()).isEqualTo("content-type");
        assertThat(of("Content-Type")).isSameAs(name);
        assertThat(of("content-type").text()).isEqualTo("content-type");
    }

    @Test void itsOtherFormsAreMadeOnce() {
        var name = of("X_A b");
        assertThat(name.dashed().text()).isEqualTo("X-A b");
        assertThat(name.dashed()).isSameAs(name.dashed());
        assertThat(name.escaped().text()).isEqualTo("X_A%20b");
        assertThat(of("Accept").escaped().dashed()).isSameAs(of("Accept"));
    }

    @Test void namesThatShareAPlaceAreTold() {
        for (int i = 0; i < 5000; i++) assertThat(of("Name" + i).text()).isEqualTo("Name" + i);
    }

    @Test void aLongNameIsStillRight() {
        var s = "A".repeat(3000);
        assertThat(of(s).lower()).isEqualTo("a".repeat(3000));
    }
}
