package nightjar.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ArgsTest {
    enum Next { ERROR, TIMEOUT, HTTP_500 }

    private final List<String> warnings = new ArrayList<>();
    private final List<Args> seen = new ArrayList<>();

    @Test
    void numbersWordsFromOne() {
        run("x a b;", a -> {
            assertThat(a.name()).isEqualTo("x");
            assertThat(a.count()).isEqualTo(2);
            assertThat(a.word(2)).isEqualTo("b");
            assertThat(a.words()).containsExactly("a", "b");
        });
    }

    @Test
    void readsSetsOfWords() {
        run("x error HTTP_500 error;", a -> assertThat(a.anyOf(1, Next.class)).isEqualTo(EnumSet.of(Next.ERROR, Next.HTTP_500)));
        assertThat(warnings).containsExactly("duplicate value \"error\" in command line");
        run("x error foo;", a -> assertThatThrownBy(() -> a.anyOf(1, Next.class)).hasMessage("invalid value \"foo\" in command line"));
    }

    @Test
    void readsWordsOfATable() {
        run("x tlsv1.2;", a -> assertThat(a.<Integer>oneOf(1, Map.of("TLSv1.2", 7))).isEqualTo(7));
        run("x y;", a -> assertThatThrownBy(() -> a.oneOf(1, Map.of("z", 7))).hasMessage("invalid value \"y\" in command line"));
    }

    @Test
    void findsParameters() {
        run("x a zone=one:1m;", a -> {
            assertThat(a.param(1, "zone")).isEqualTo("one:1m");
            assertThat(a.paramOrNull(1, "rate")).isNull();
            assertThatThrownBy(() -> a.param(1, "rate")).hasMessage("\"x\" must have \"rate\" parameter in command line");
        });
    }

    @Test
    void completesPaths() {
        run("x;", a -> {
            assertThat(a.prefixed("logs")).isEqualTo("/p/logs");
            assertThat(a.confPrefixed("x")).isEqualTo("/p/conf/x");
            assertThat(a.prefixed("/x")).isEqualTo("/x");
            assertThat(a.confPrefix()).isEqualTo("/p/conf/");
        });
    }

    @Test
    void complainsOfItsPlaceWhenAllIsRead() {
        run("x; x;", seen::add);
        assertThat(seen.getFirst().fail("late").getMessage()).isEqualTo("late in command line");
        assertThat(seen.getFirst().line()).isZero();
        assertThatThrownBy(() -> seen.getFirst().readLines(seen::add)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hasNoLuaOutsideALuaBlock() {
        run("x;", a -> assertThatThrownBy(a::luaSource).isInstanceOf(IllegalStateException.class));
    }

    private void run(String text, java.util.function.Consumer<Args> action) {
        var x = Directive.run("x", Context.MAIN_ONLY, Arity.ANY, action);
        new ConfReader(List.of(x), "/p/", "/p/conf/", warnings::add).readCommandLine(text, Scope.main());
    }
}
