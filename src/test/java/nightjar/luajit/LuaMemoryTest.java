package nightjar.luajit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LuaMemoryTest {
    private final long L = LuaState.open();
    private final LuaMemory memory = new LuaMemory(L, 32 << 20);

    @BeforeEach
    void openLibraries() {
        LuaState.openlibs(L);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void countsAsLuaDoes() {
        LuaState.collect(L);
        assertThat(memory.used()).isEqualTo(LuaState.heap(L));
    }

    @Test
    void makesExhaustionAnOrdinaryErrorAndRecovers() {
        for (int round = 0; round < 3; round++) {
            LuaState.load(L, "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", "=test");
            memory.guard();
            int rc = LuaState.pcall(L, 0, 0);
            memory.release();
            assertThat(rc).isEqualTo(LuaState.ERRMEM);
            assertThat(LuaState.string(L, -1)).isEqualTo("not enough memory");
            assertThat(memory.used()).isLessThanOrEqualTo(32 << 20);
            LuaState.top(L, 0);
            LuaState.collect(L);
            assertThat(memory.used()).isLessThan(1 << 20);
        }
    }
}
