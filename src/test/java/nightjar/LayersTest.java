package nightjar;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassModel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Packages are the walls of this house: each uses only packages of the rows above its own.
final class LayersTest {
    /// Lowest first. Packages of one row do not know each other.
    private static final List<List<String>> ROWS = List.of(
            List.of("nightjar.core"),
            List.of("nightjar.luajit", "nightjar.pcre", "nightjar.dict"),
            List.of("nightjar.conf"),
            List.of("nightjar.net"),
            List.of("nightjar.http"),
            List.of("nightjar.http.upstream"),
            List.of("nightjar.http.module"),
            List.of("nightjar.lua"),
            List.of("nightjar.lua.socket"),
            List.of("nightjar.lua.pipe"),
            List.of("nightjar.lua.api"),
            List.of("nightjar"));

    @Test
    void everyPackageHasARow() {
        var packages = ClassFiles.ofProgram().stream().map(c -> ClassFiles.packageOf(ClassFiles.name(c))).distinct();
        assertThat(packages).allSatisfy(p -> assertThat(row(p)).as("row of " + p + " in LayersTest").isNotNegative());
    }

    @Test
    void aPackageUsesOnlyPackagesOfLowerRows() {
        assertThat(ClassFiles.ofProgram().stream().flatMap(LayersTest::upwardUses)).isEmpty();
    }

    @Test
    void onlyNetKnowsNetty() {
        var others = ClassFiles.ofProgram().stream()
                .filter(c -> !ClassFiles.name(c).startsWith("nightjar.net."))
                .filter(c -> ClassFiles.used(c).stream().anyMatch(used -> used.startsWith("io.netty.")))
                .map(ClassFiles::name);
        assertThat(others).isEmpty();
    }

    @Test
    void seesUsesInDescriptorsAndHeaders() {
        assertThat(ClassFiles.used(ClassFiles.of(LayersTest.class)))
                .contains("java.util.stream.Stream", "java.lang.classfile.ClassModel", "nightjar.ClassFiles");
    }

    private static Stream<String> upwardUses(ClassModel c) {
        String name = ClassFiles.name(c);
        String home = ClassFiles.packageOf(name);
        return ClassFiles.used(c).stream()
                .filter(used -> used.startsWith("nightjar."))
                .filter(used -> !ClassFiles.packageOf(used).equals(home))
                .filter(used -> row(ClassFiles.packageOf(used)) >= row(home))
                .map(used -> name + " uses " + used);
    }

    private static int row(String packageName) {
        for (int i = 0; i < ROWS.size(); i++) {
            if (ROWS.get(i).contains(packageName)) return i;
        }
        return -1;
    }
}
