package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 1.2.3.4", "0.0.0.0, 0.0.0.0", "1..3.4, 1.0.3.4", "::, ::", "::1, ::1", "1::, 1::",
        "2001:db8::ff00:42:8329, 2001:db8::ff00:42:8329", "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8", "::ffff:1.2.3.4, ::ffff:1.2.3.4",
        "0:0:0:0:0:ffff:1.2.3.4, ::ffff:1.2.3.4"
    })
    void readsAddresses(String text, String shown) {
        var ip = Cidr.address(text);
        assertThat(ip).isNotNull();
        assertThat(Address.inet(ip, 0).host()).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.a", "255.255.255.255", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "12345::", "1:2:3:4:5:6:7:8::", "g::", "1:", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "localhost"})
    void refusesWhatIsNone(String text) {
        assertThat(Cidr.address(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.0, false", "10.0.0.0/9, 10.128.0.0, false", "0.0.0.0/0, 1.2.3.4, true",
        "1.2.3.4, 1.2.3.4, true", "1.2.3.4, 1.2.3.5, false", "2001:db8::/33, 2001:db8:7fff::1, true", "2001:db8::/33, 2001:db8:8000::, false",
        "0.0.0.0/0, ::1, false", "::/0, 1.2.3.4, false", "1.2.3.0/24, ::ffff:1.2.3.9, true", "192.168.1.64/26, 192.168.1.127, true"
    })
    void containsItsAddresses(String network, String address, boolean contained) {
        assertThat(Cidr.parse(network).contains(Cidr.address(address))).isEqualTo(contained);
    }

    @Test
    void tellsOfBitsThatDoNotCount() {
        assertThat(Cidr.parse("10.1.0.0/8").cut()).isTrue();
        assertThat(Cidr.parse("10.0.0.0/8").cut()).isFalse();
        assertThat(Address.inet(Cidr.parse("10.1.2.3/9").ip(), 0).host()).isEqualTo("10.0.0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.4/33", "::/129", "1.2.3.4/", "1.2.3.4/x", "/8"})
    void refusesBadNetworks(String text) {
        assertThat(Cidr.parse(text)).isNull();
    }
}
