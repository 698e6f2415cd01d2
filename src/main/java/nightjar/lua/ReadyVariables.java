package nightjar.lua;

import nightjar.core.Mem;
import nightjar.http.Request;
import nightjar.http.Variables;
import org.jspecify.annotations.Nullable;

/// Values of variables that Lua reads without a call: those that the chunk which is about to run has asked for before. They
/// hold until it waits, other Lua runs inside it, or something of the request is changed.
public final class ReadyVariables {
    /// `var.lua` numbers them in this order.
    private static final String[] NAMES = {"args", "host", "remote_addr", "request_method", "request_uri", "scheme", "uri"};
    static final int COUNT = NAMES.length;
    /// Longer texts are asked for each time.
    private static final int TEXT = 4096;
    private static final int NOT_FOUND = -1;

    private final Border border;
    private final Scheduler scheduler;
    private final long text = Mem.alloc(TEXT);
    private final int[] numbers = new int[COUNT];
    /// What [#numbers] are of.
    private @Nullable Variables variables;

    ReadyVariables(Border border, Scheduler scheduler) {
        this.border = border;
        this.scheduler = scheduler;
    }

    /// `code` is about to run for `r`.
    void enter(Request r, @Nullable LuaCode code) {
        if (code != null && code.asked != 0) fill(r, code.asked);
    }

    private void fill(Request r, int asked) {
        int ready = 0;
        int used = 0;
        for (int i = 0; i < COUNT; i++) {
            if ((asked >> i & 1) == 0) continue;
            var value = value(r, i);
            int n = value == null ? 0 : value.length();
            if (used + n > TEXT) continue;
            if (value != null) Mem.put(text + used, value);
            border.variable(i, text + used, value == null ? NOT_FOUND : n);
            used += n;
            ready |= 1 << i;
        }
        border.ready(ready);
    }

    /// The value that a script asks for; the next time it is ready.
    public @Nullable String ask(Request r, int i) {
        scheduler.running().task.code.asked |= 1 << i;
        return value(r, i);
    }

    /// Something of the request that runs has changed.
    public void forget() {
        border.ready(0);
    }

    private @Nullable String value(Request r, int i) {
        var all = r.server.http().variables;
        if (all != variables) {
            variables = all;
            for (int k = 0; k < COUNT; k++) numbers[k] = all.number(NAMES[k]);
        }
        return all.get(r, numbers[i]);
    }

    void free() {
        Mem.free(text);
    }
}
