package nightjar;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassModel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// On the request path a `String` holds bytes (ISO-8859-1, one char a byte). Calls that think in Unicode, in the
/// default charset or in the default locale break it: `nightjar.core.Bytes` has their replacements.
final class BannedCallsTest {
    private static final List<String> PACKAGES = List.of("nightjar.net", "nightjar.http", "nightjar.lua");

    private static final List<String> BANNED = List.of(
            "java.lang.String.getBytes()",
            "java.lang.String.<init>([B)",
            "java.lang.String.<init>([BII)",
            "java.lang.String.toLowerCase(",
            "java.lang.String.toUpperCase(",
            "java.lang.String.trim(",
            "java.lang.String.strip(",
            "java.lang.String.stripLeading(",
            "java.lang.String.stripTrailing(",
            "java.lang.String.format(",
            "java.lang.String.formatted(");

    @Test
    void theRequestPathNeverThinksInUnicode() {
        var calls = ClassFiles.ofProgram().stream().filter(BannedCallsTest::onRequestPath).flatMap(BannedCallsTest::banned);
        assertThat(calls).isEmpty();
    }

    @Test
    void seesCallsAndMethodReferences() {
        assertThat(banned(ClassFiles.of(Offender.class))).containsExactlyInAnyOrder(
                "nightjar.BannedCallsTest$Offender calls java.lang.String.getBytes",
                "nightjar.BannedCallsTest$Offender calls java.lang.String.trim");
    }

    private static boolean onRequestPath(ClassModel c) {
        String home = ClassFiles.packageOf(ClassFiles.name(c)) + ".";
        return PACKAGES.stream().anyMatch(p -> home.startsWith(p + "."));
    }

    private static Stream<String> banned(ClassModel c) {
        return ClassFiles.calls(c).stream()
                .filter(call -> BANNED.stream().anyMatch(call::startsWith))
                .map(call -> ClassFiles.name(c) + " calls " + call.substring(0, call.indexOf('(')));
    }

    /// Does what is banned, by a call and by a method reference.
    private static final class Offender {
        static int length(List<String> words) {
            return words.stream().map(String::trim).mapToInt(s -> s.getBytes().length).sum();
        }
    }
}
