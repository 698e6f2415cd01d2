package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import nightjar.core.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0:0:0:0:0:0:0:0 | ::", "0:0:0:0:0:0:0:1 | ::1", "1:0:0:0:0:0:0:0 | 1::",
        "2001:db8:0:0:1:0:0:1 | 2001:db8::1:0:0:1", "2001:0:0:1:0:0:0:1 | 2001:0:0:1::1",
        "1:0:2:0:3:0:4:0 | 1:0:2:0:3:0:4:0", "fe80:0:0:0:abcd:ef01:2345:6789 | fe80::abcd:ef01:2345:6789",
        "0:0:1:2:3:4:5:6 | ::1:2:3:4:5:6", "1:2:3:4:5:6:0:0 | 1:2:3:4:5:6::", "0:0:0:0:0:0:102:304 | ::1.2.3.4",
    })
    void writesIPv6AsNginxDoes(String groups, String text) throws Exception {
        var address = Address.inet(InetAddress.getByName(groups).getAddress(), 80);
        assertThat(address.host()).isEqualTo(text);
        assertThat(address.toString()).isEqualTo("[" + text + "]:80");
    }

    @Test
    void writesMappedIPv4Dotted() {
        var address = Address.inet(RawListen.mapped(new byte[] {127, 0, 0, 1}, 0), 80);
        assertThat(address.host()).isEqualTo("::ffff:127.0.0.1");
        assertThat(address.ip()).hasSize(16);
    }

    @Test
    void writesIPv4AndUnix() {
        assertThat(Address.inet(new byte[] {(byte) 192, (byte) 168, 0, (byte) 255}, 8080)).hasToString("192.168.0.255:8080");
        assertThat(Address.inet(new byte[4], 80).isWildcard()).isTrue();
        assertThat(Address.unix("/tmp/s")).hasToString("unix:/tmp/s");
        assertThat(Address.unix("").host()).isEqualTo("unix:");
        assertThat(Bytes.string(Address.unix("/a").ip())).isEqualTo("unix:");
    }

    @Test
    void isEqualByAddressPortAndPath() {
        assertThat(Address.inet(new byte[4], 80)).isEqualTo(Address.inet(new byte[4], 80))
                .isNotEqualTo(Address.inet(new byte[4], 81)).isNotEqualTo(Address.inet(new byte[16], 80));
        assertThat(Address.unix("a")).isEqualTo(Address.unix("a")).isNotEqualTo(Address.unix("b"));
    }
}
