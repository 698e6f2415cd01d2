package nightjar.lua;

import nightjar.luajit.Ffi;

/// The Java half of `ngx.timer`; `timers.lua` is the other.
final class LuaTimerApi {
    private static final int REFUSED = -1;

    private final Border border;

    LuaTimerApi(Border border) {
        this.border = border;
    }

    /// Runs a function later; see [LuaTimers#add].
    /// @return 0, or [#REFUSED] with the reason as the result's text: then `ref` stays the caller's
    @Ffi("nightjar_ffi_timer")
    int add(LuaCtx c, double msec, int every, int ref, int n) {
        var refusal = c.vm.timers().add(c, (long) msec, every != 0, ref, n);
        if (refusal == null) return LuaTask.OK;
        border.text(refusal);
        return REFUSED;
    }

    @Ffi("nightjar_ffi_timers_pending")
    int pending(LuaCtx c) { return c.vm.timers().pending(); }

    @Ffi("nightjar_ffi_timers_running")
    int running(LuaCtx c) { return c.vm.timers().running(); }
}
