package nightjar.lua;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Log;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// A task without a request: keeps what it is told.
final class TestTask extends LuaTask {
    final StringBuilder out = new StringBuilder();
    final List<String> log = new ArrayList<>();
    final long handle = Mem.alloc(64);
    int mode = GATHER;
    int opened;
    int outputs;
    boolean debug;
    @Nullable LuaEvent end;
    @Nullable Runnable onOutput;

    @Override protected long handle() { return handle; }

    @Override protected void log(Log.Level level, String text) { log.add("[" + level.lowerName() + "] " + text); }

    @Override protected boolean debug() { return debug; }

    @Override protected String refusal() { return "header only"; }

    @Override protected int openOutput() {
        opened++;
        return mode;
    }

    @Override protected int output(long a, int n) {
        outputs++;
        out.append(Mem.string(a, n));
        if (onOutput != null) onOutput.run();
        return OK;
    }

    @Override protected void ended(LuaEvent event) { end = event; }
}
