package nightjar.lua;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Counts a worker's runs of Lua, so that [StallWatch] sees from its own thread when one does not end. A run costs the worker
/// two plain stores and a load; no order with other memory is asked for.
final class Turns {
    /// A run that takes too long.
    /// @param turn its count
    /// @param since when it was first seen, as `System.nanoTime()` counts
    record Stall(int turn, long since) {}

    private static final VarHandle COUNT, STALL;

    static {
        try {
            var lookup = MethodHandles.lookup();
            COUNT = lookup.findVarHandle(Turns.class, "count", int.class);
            STALL = lookup.findVarHandle(Turns.class, "stall", Stall.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Goes up when Lua begins to run and when it has come back.
    private int count;
    private @Nullable Stall stall;

    // --- for the worker

    void begin() { COUNT.setOpaque(this, count + 1); }

    /// @return the stall that this run was, `null` if it was none
    @Nullable Stall end() {
        int turn = count;
        COUNT.setOpaque(this, turn + 1);
        var seen = (Stall) STALL.getOpaque(this);
        if (seen == null) return null;
        STALL.setOpaque(this, null);
        return seen.turn == turn ? seen : null;
    }

    // --- for the watch

    /// The run at this moment; even when there is none.
    int current() { return (int) COUNT.getOpaque(this); }

    void stalled(Stall s) { STALL.setOpaque(this, s); }
}
