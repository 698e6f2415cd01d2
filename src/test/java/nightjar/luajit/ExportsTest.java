package nightjar.luajit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nightjar.core.Mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExportsTest {
    record Thing(long id) {
        static Thing of(long handle) {
            if (handle == 0) throw new LuaException("no thing found");
            return new Thing(handle);
        }
    }

    static final class Api {
        int sum;
        final long cell = Mem.alloc(1);

        Api() { Mem.b(cell, 7); }

        @Ffi("t_add") int add(int a, int b) { return sum += a + b; }

        @Ffi("t_half") double half(double d) { return d / 2; }

        @Ffi("t_mixed") double mixed(int a, double b, Thing c, int d, double e, int f, @Int64 long g, double h, int i, long j) {
            return a + 2 * b + 3 * c.id() + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * Mem.b(j);
        }

        @Ffi("t_many") int many(int a, int b, int c, int d, int e, int f, int g, int h) {
            return ((((((a * 10 + b) * 10 + c) * 10 + d) * 10 + e) * 10 + f) * 10 + g) * 10 + h;
        }

        @Ffi("t_length") int length(long s, int n) { return Mem.string(s, n).length(); }

        @Ffi("t_big") long big(@Int64 long n) { return n + 1; }

        @Ffi(value = "t_pointer", returns = "struct t_p *") long pointer() { return cell; }

        @Ffi("t_thing") int thing(Thing t) { return (int) t.id(); }

        @Ffi("t_void") void nothing() {}

        @Ffi("t_double_bug") double doubleBug() { throw new IllegalStateException("bug"); }

        @Ffi("t_long_bug") long longBug() { throw new IllegalStateException("bug"); }

        @Ffi(value = "t_pointer_bug", returns = "struct t_p *") long pointerBug() { throw new IllegalStateException("bug"); }

        @Ffi("t_void_bug") void voidBug() { throw new IllegalStateException("bug"); }

        @Ffi("t_bug") int bug() { throw new IllegalStateException("bug"); }

        @Ffi("t_endless") int endless() { return endless() + 1; }

        @LuaFunction("t.swap") int swap(long L) { LuaState.insert(L, 1); return 2; }

        @LuaFunction("t.fail") int fail(long L) { throw new LuaException("bad argument"); }

        @LuaFunction("t.yield") int yield(long L) { return LuaState.yield(L, LuaState.top(L)); }
    }

    final List<Throwable> thrown = new ArrayList<>();
    final Api api = new Api();
    Exports exports;
    final long L = LuaState.open();

    @BeforeEach
    void install() {
        exports = new Exports(Map.of(Thing.class, Thing::of), thrown::add);
        exports.add(MethodHandles.lookup(), api);
        LuaState.openlibs(L);
        run("ffi = require 'ffi' ffi.cdef 'struct t_p { char c; };' RAISE = ...", LuaState::pushPointer);
        for (var name : List.of("t_add", "t_half", "t_mixed", "t_many", "t_length", "t_big", "t_pointer", "t_thing", "t_void", "t_bug",
                "t_double_bug", "t_long_bug", "t_pointer_bug", "t_void_bug", "t_endless")) {
            var symbol = exports.ffi(name);
            run(name + " = ffi.cast('" + symbol.ctype() + "', (...))", (l, _) -> LuaState.pushPointer(l, symbol.address()));
        }
        for (var name : exports.functions()) {
            run(name.replace('.', '_') + " = ...", (l, _) -> LuaState.pushFunction(l, exports.function(name).address()));
        }
    }

    @AfterEach
    void close() {
        LuaState.close(L);
    }

    interface Argument {
        void push(long L, long raise);
    }

    void run(String code, Argument argument) {
        assertThat(LuaState.load(L, code, "=test")).isEqualTo(0);
        argument.push(L, Exports.RAISE);
        assertThat(LuaState.pcall(L, 1, 0)).describedAs(() -> LuaState.string(L, -1)).isEqualTo(0);
    }

    String eval(String code) {
        LuaState.top(L, 0);
        LuaState.load(L, code, "=test");
        LuaState.pcall(L, 0, 1);
        return LuaState.string(L, -1);
    }

    @Test
    void derivesTheCTypeFromTheJavaSignature() {
        assertThat(exports.ffi("t_add").ctype()).isEqualTo("int (*)(int, int)");
        assertThat(exports.ffi("t_length").ctype()).isEqualTo("int (*)(const void *, int)");
        assertThat(exports.ffi("t_big").ctype()).isEqualTo("int64_t (*)(int64_t)");
        assertThat(exports.ffi("t_pointer").ctype()).isEqualTo("struct t_p * (*)()");
        assertThat(exports.ffi("t_thing").ctype()).isEqualTo("int (*)(const void *)");
        assertThat(exports.ffi("t_mixed").ctype()).isEqualTo("double (*)(int, double, const void *, int, double, int, int64_t, double, int, const void *)");
        assertThat(exports.ffi("t_void").ctype()).isEqualTo("void (*)()");
        assertThat(exports.ffi("t_unknown")).isNull();
    }

    @Test
    void callsFromInterpretedAndCompiledLua() {
        assertThat(eval("local s = 0 for i = 1, 1000 do s = t_add(i, 1) end return s")).isEqualTo("501500");
        assertThat(eval("return t_half(3)")).isEqualTo("1.5");
        assertThat(eval("return t_length('abc', 3)")).isEqualTo("3");
        assertThat(eval("return t_mixed(-1, 2.5, ffi.cast('void *', 3), -4, 5.5, 6, -7, 8.5, 9, t_pointer())")).isEqualTo("230.5");
        assertThat(eval("return t_many(1, 2, 3, 4, 5, 6, 7, 8)")).isEqualTo("12345678");
        assertThat(eval("return tostring(t_big(2^53))")).isEqualTo("9007199254740993LL");
        assertThat(eval("return t_pointer().c")).isEqualTo("7");
        assertThat(eval("return t_thing(ffi.cast('void *', 7))")).isEqualTo("7");
    }

    @Test
    void turnsWhatAMethodThrowsIntoAReturnValue() {
        assertThat(eval("return t_bug()")).isEqualTo("-100");
        assertThat(eval("return t_endless()")).isEqualTo("-100");
        assertThat(eval("return t_thing(nil)")).isEqualTo("-100");
        assertThat(thrown).hasSize(3);
        assertThat(thrown.get(0)).isInstanceOf(IllegalStateException.class);
        assertThat(thrown.get(1)).isInstanceOf(StackOverflowError.class);
        assertThat(thrown.get(2)).hasMessage("no thing found");
        assertThat(eval("return t_double_bug()")).isEqualTo("nan");
        assertThat(eval("return tostring(t_long_bug())")).isEqualTo("-1LL");
        assertThat(eval("return tostring(t_pointer_bug() == nil)")).isEqualTo("true");
        assertThat(eval("return select('#', t_void_bug())")).isEqualTo("0");
        assertThat(thrown).hasSize(7);
    }

    @Test
    void luaFunctionsReturnYieldAndFail() {
        assertThat(eval("local a, b = t_swap(1, 2) return a .. b")).isEqualTo("21");
        assertThat(eval("local a, b = t_fail() return tostring(a == RAISE) .. b")).isEqualTo("truebad argument");
        assertThat(eval("local co = coroutine.wrap(function() return t_yield('out') .. 'in' end) return co() .. co('back ')"))
                .isEqualTo("outback in");
    }
}
