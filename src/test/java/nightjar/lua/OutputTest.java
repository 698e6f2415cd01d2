package nightjar.lua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutputTest {
    final TestVm t = new TestVm();
    final TestTask task = new TestTask();

    @AfterEach
    void close() {
        t.close();
    }

    String run(String lua) {
        t.run(task, lua);
        assertThat(task.log).isEmpty();
        return task.out.toString();
    }

    @Test
    void printsEveryKindOfValue() {
        assertThat(run("ngx.say(1, ' ', 0.1, ' ', 1e100, ' ', nil, ' ', true, ' ', false, ' ', ngx.null)"))
                .isEqualTo("1 0.1 1e+100 nil true false null\n");
        assertThat(run("ngx.say() ngx.say(nil) ngx.print() ngx.print('') ngx.print(-0, 2^53)")).endsWith("\n\nnil\n-09.007199254741e+15");
    }

    @Test
    void printsAnyNumberOfValues() {
        var values = List.of("'v'", "nil", "1", "true");
        var texts = List.of("v", "nil", "1", "true");
        var call = new StringJoiner(", ", "for i = 1, 100 do ngx.say(", ") end");   // often enough to be compiled
        var line = new StringBuilder();
        for (int n = 0; n <= 20; n++) {
            assertThat(run(call.toString())).as("%d values", n).endsWith("\n" + (line + "\n").repeat(99));
            call.add(values.get(n % 4));
            line.append(texts.get(n % 4));
        }
    }

    @Test
    void flattensTables() {
        assertThat(run("ngx.say({ 'a', { 1, { true, ngx.null } }, [4] = 'z' }, 'b')")).isEqualTo("a1truenullnilzb\n");
    }

    @Test
    void printsNothingOfACallWithABadArgument() {
        assertThat(run("""
                ngx.print('a')
                ngx.print(select(2, pcall(function() ngx.say('lost', function() end) end)), '\\n')
                ngx.print(select(2, pcall(ngx.print, { a = 1 })), '\\n')
                ngx.print(select(2, pcall(ngx.print, 1, { function() end })), '\\n')""")).isEqualTo("""
                acontent_by_lua(nginx.conf:12):2: bad argument #2 to 'say' (string, number, boolean, nil, ngx.null, \
                or array table expected, but got function)
                bad argument #1 to '?' (non-array table found)
                bad argument #2 to '?' (bad data type function found)
                """);
    }

    @Test
    void handsOnWhatDoesNotFitInOrder() {
        var n = Border.BUFFER;
        assertThat(run("ngx.print('a') ngx.print(('x'):rep(" + n + ")) ngx.say('b') ngx.print(('y'):rep(" + (n - 2) + ")) ngx.say('c')"))
                .isEqualTo("a" + "x".repeat(n) + "b\n" + "y".repeat(n - 2) + "c\n");
        assertThat(task.opened).isEqualTo(1);
    }

    @Test
    void everyCallGoesThroughWhenAFilterWouldSeeTheDifference() {
        task.mode = LuaTask.SEND;
        assertThat(run("ngx.print('a', 1) ngx.say('b') ngx.say({ 'c' })")).isEqualTo("a1b\nc\n");
        assertThat(task.outputs).isEqualTo(3);
    }

    @Test
    void aRefusalIsNilAndItsReason() {
        task.mode = LuaTask.REFUSED;
        t.run(task, "a, b = ngx.say('x')");
        task.mode = LuaTask.GATHER;
        assertThat(run("ngx.say(a, ' ', b)")).isEqualTo("nil header only\n");
    }

    @Test
    void answersOne() {
        assertThat(run("ngx.print(ngx.print('x'), ngx.say({}))")).isEqualTo("x\n11");
    }

    @Test
    void staysInOrderInCompiledLoops() {
        assertThat(run("for i = 1, 5000 do ngx.say('line ', i) end").lines().count()).isEqualTo(5000);
        assertThat(task.out.toString()).contains("line 4999\nline 5000\n");
    }
}
