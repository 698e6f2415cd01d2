package nightjar.lua;

import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nightjar.luajit.Ffi;
import nightjar.luajit.LuaException;
import nightjar.luajit.LuaFunction;
import nightjar.luajit.LuaState;

/// A worker with one VM and a few functions that wait, end and fail.
final class TestVm implements AutoCloseable {
    final ArrayDeque<Runnable> events = new ArrayDeque<>();
    final List<String> alerts = new ArrayList<>();
    final List<LuaThread> sleepers = new ArrayList<>();
    int cancelled;
    final LuaWorker worker = new LuaWorker(Map.of(), events::add, alerts::add);
    final LuaVm vm;

    TestVm() {
        this(LuaVm.Options.DEFAULT);
    }

    TestVm(LuaVm.Options options) {
        worker.add(MethodHandles.lookup(), this);
        vm = new LuaVm(worker, options);
    }

    @LuaFunction("test.sleep") int sleep(long L) {
        sleepers.add(worker.scheduler().running());
        worker.scheduler().park(() -> cancelled++);
        LuaState.top(L, 0);
        return LuaState.yield(L, 0);
    }

    @Ffi("test_sleep") void ffiSleep() {
        sleepers.add(worker.scheduler().running());
        worker.scheduler().park(() -> cancelled++);
    }

    @Ffi("test_exit") void exit(int status) { worker.scheduler().end(new LuaEvent.Exit(status)); }

    @Ffi("test_bug") int bug() { throw new IllegalStateException("a bug"); }

    @LuaFunction("test.bug") int functionBug(long L) { throw new IllegalStateException("a bug"); }

    @LuaFunction("test.refuse") int refuse(long L) { throw new LuaException("no " + LuaState.string(L, 1)); }

    TestTask run(String lua) {
        var task = new TestTask();
        run(task, lua);
        return task;
    }

    void run(TestTask task, String lua) {
        var event = worker.scheduler().start(task, vm, code(lua));
        if (event != LuaEvent.WAITING) task.end = event;
    }

    static LuaCode code(String lua) {
        return LuaCode.inline("content_by_lua", lua, "=content_by_lua(nginx.conf:12)");
    }

    void wake(int i, String... values) {
        sleepers.get(i).wake(co -> {
            for (var value : values) LuaState.push(co, value);
            return values.length;
        });
    }

    @Override public void close() {
        vm.close();
        worker.close();
    }
}
