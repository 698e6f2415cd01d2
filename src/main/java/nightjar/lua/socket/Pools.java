package nightjar.lua.socket;

import java.util.HashMap;
import java.util.Map;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.lua.LuaProcess;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// The connection pools of one VM, by name.
final class Pools {
    final Worker worker;
    private final LuaProcess process;
    private final Map<String, Pool> all = new HashMap<>();
    private final long scratch = Mem.alloc(8);
    /// The pool asked for last, and its name as bytes: the same one is asked for again and again.
    private @Nullable Pool last;

    Pools(Worker worker, LuaProcess process) {
        this.worker = worker;
        this.process = process;
    }

    /// @param key a byte string at an address
    @Nullable Pool find(long key, int n) {
        var guess = last;
        if (guess != null && Mem.equals(key, n, guess.key)) return guess;
        var pool = all.get(Mem.string(key, n));
        if (pool != null) last = pool;
        return pool;
    }

    Pool create(String key, int size, int backlog) {
        var pool = new Pool(this, key, size, backlog);
        all.put(key, pool);
        last = pool;
        return pool;
    }

    void remove(Pool pool) {
        all.remove(pool.key, pool);
        if (last == pool) last = null;
    }

    boolean debug() { return process.log.debug(); }

    void debug(String text) {
        if (process.log.debug()) process.log.write(Level.DEBUG, text);
    }

    /// A few bytes to read into.
    long scratch() { return scratch; }

    /// The VM goes.
    void close() {
        all.values().forEach(Pool::close);
        all.clear();
        last = null;
        Mem.free(scratch);
    }
}
