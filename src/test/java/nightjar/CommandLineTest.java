package nightjar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineTest {
    private static CommandLine parse(String... words) {
        return CommandLine.parse(List.of(words));
    }

    @Test
    void nothingGivenMeansTheHomeDirectory() {
        var line = parse();
        assertThat(line.test()).isFalse();
        assertThat(line.signal()).isNull();
        assertThat(line.prefixOr("/home/nj")).isEqualTo("/home/nj/");
        assertThat(line.confPath("/home/nj")).isEqualTo("/home/nj/conf/nginx.conf");
        assertThat(line.confDir("/home/nj")).isEqualTo("/home/nj/conf/");
        assertThat(line.errorLogPath("/home/nj")).isEqualTo("/home/nj/logs/error.log");
    }

    @Test
    void valuesFollowTheirLetterOrAreTheNextWord() {
        var line = parse("-p/srv", "-c", "a.conf", "-eerr.log", "-g", "daemon off;");
        assertThat(line.confPath("/")).isEqualTo("/srv/a.conf");
        assertThat(line.confDir("/")).isEqualTo("/srv/");
        assertThat(line.errorLogPath("/")).isEqualTo("/srv/err.log");
        assertThat(line.globals()).isEqualTo("daemon off;");
    }

    @Test
    void theConfigurationFileSetsWhereIncludesStart() {
        assertThat(parse("-p", "/srv/", "-c", "/etc/nginx/site.conf").confDir("/")).isEqualTo("/etc/nginx/");
        assertThat(parse("-p", "app", "-c", "conf/x.conf").confDir("/")).isEqualTo("app/conf/");
    }

    @Test
    void lettersMayBeJoined() {
        var line = parse("-tq", "-vTp", "/srv");
        assertThat(line.test()).isTrue();
        assertThat(line.dump()).isTrue();
        assertThat(line.quiet()).isTrue();
        assertThat(line.prefix()).isEqualTo("/srv");
    }

    @Test
    void testingAloneDoesNotDump() {
        assertThat(parse("-t").dump()).isFalse();
        assertThat(parse("-t").test()).isTrue();
    }

    @Test
    void stderrIsNoFile() {
        assertThat(parse("-e", "stderr").errorLogPath("/")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"stop,TERM", "quit,QUIT", "reopen,USR1", "reload,HUP"})
    void ordersAreSignals(String word, String signal) {
        assertThat(parse("-s", word).signal().signal).isEqualTo(signal);
        assertThat(parse("-s" + word).signal().word).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "x|invalid option: \"x\"",
        "-tx|invalid option: \"x\"",
        "--help|invalid option: \"-\"",
        "-p|option \"-p\" requires directory name",
        "-te|option \"-e\" requires file name",
        "-c|option \"-c\" requires file name",
        "-g|option \"-g\" requires parameter",
        "-s|option \"-s\" requires parameter",
        "-sboo|invalid option: \"-s boo\"",
    })
    void refusesWhatNginxRefusesInItsWords(String word, String message) {
        assertThatThrownBy(() -> parse(word)).isInstanceOf(CommandLine.Invalid.class).hasMessage(message);
    }

    @Test
    void aLoneDashIsNoError() {
        assertThat(parse("-").test()).isFalse();
    }
}
