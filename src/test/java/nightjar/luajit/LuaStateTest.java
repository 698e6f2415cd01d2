package nightjar.luajit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LuaStateTest {
    private final long L = LuaState.open();

    @AfterEach
    void close() {
        LuaState.close(L);
    }

    @Test
    void runsAChunkAndReadsItsResults() {
        assertThat(LuaState.load(L, "return 'a\\0\\255', 1.5, true, nil, {}", "=test")).isEqualTo(LuaState.OK);
        assertThat(LuaState.pcall(L, 0, 5)).isEqualTo(LuaState.OK);
        assertThat(LuaState.string(L, 1)).isEqualTo("a\0\u00ff");
        assertThat(LuaState.integer(L, 2)).isEqualTo(1);
        assertThat(LuaState.bool(L, 3)).isTrue();
        assertThat(LuaState.type(L, 4)).isEqualTo(LuaState.TNIL);
        assertThat(LuaState.typeName(L, 5)).isEqualTo("table");
        assertThat(LuaState.typeName(L, 6)).isEqualTo("no value");
        assertThat(LuaState.string(L, 5)).isNull();
    }

    @Test
    void namesTheChunkInASyntaxError() {
        assertThat(LuaState.load(L, "return (", "=content_by_lua(nginx.conf:12)")).isEqualTo(LuaState.ERRSYNTAX);
        assertThat(LuaState.string(L, -1)).startsWith("content_by_lua(nginx.conf:12):1: ");
    }

    @Test
    void yieldsAndStartsAnEndedCoroutineAnew() {
        LuaState.openlibs(L);
        long co = LuaState.newThread(L);
        for (int round = 0; round < 3; round++) {
            LuaState.load(co, "local a = coroutine.yield('first') return a .. '!'", "=test");
            assertThat(LuaState.resume(co, 0)).isEqualTo(LuaState.YIELD);
            assertThat(LuaState.string(co, -1)).isEqualTo("first");
            LuaState.top(co, 0);
            LuaState.push(co, "second");
            assertThat(LuaState.resume(co, 1)).isEqualTo(LuaState.OK);
            assertThat(LuaState.string(co, -1)).isEqualTo("second!");
            LuaState.top(co, 0);
        }
    }

    @Test
    void anchorsValuesInTheRegistry() {
        LuaState.push(L, "kept");
        int ref = LuaState.ref(L);
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, ref);
        assertThat(LuaState.string(L, -1)).isEqualTo("kept");
        LuaState.unref(L, ref);
    }
}
