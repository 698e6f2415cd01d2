package nightjar.lua;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nightjar.conf.Scope;
import nightjar.core.Bytes;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.luajit.Exports;
import nightjar.luajit.LuaMemory;
import nightjar.luajit.LuaState;
import org.jspecify.annotations.Nullable;

/// One Lua VM: a worker has one for each cycle (and one a request under `lua_code_cache off`).
public final class LuaVm {
    /// @param path `lua_package_path`, `$prefix` replaced; `;;` stands for LuaJIT's own; null: only that
    /// @param cpath `lua_package_cpath`, likewise
    /// @param memoryLimit `lua_memory_limit` in bytes, 0: none
    /// @param cachedThreads `lua_thread_cache_max_entries`
    public record Options(@Nullable String path, @Nullable String cpath, long memoryLimit, int cachedThreads) {
        public static final Options DEFAULT = new Options(null, null, 1L << 30, 1024);
    }

    /// What killed a coroutine.
    /// @param thrown by `error`, whose arguments still stand before the message
    record Death(String message, String traceback, boolean thrown) {}

    /// References for which the registry has room from the start.
    private static final int FIRST_REFS = 128;
    private static final long CTX_TABLES = Mem.allocCstring("ngx_lua_ctx_tables");

    /// Loads a chunk without names and line numbers.
    private static final String STRIP = """
            local source, name = ...
            return assert(loadstring(string.dump(assert(loadstring(source, name)), true), name))""";

    final LuaWorker worker;
    private final long L;
    private final @Nullable LuaMemory memory;
    private final Options options;
    private final CodeCache codes;
    private final ArrayDeque<LuaThread> ended = new ArrayDeque<>();
    /// Light threads whose coroutines Lua made, by reference.
    private @Nullable LuaThread[] adopted = new LuaThread[0];
    private final int create;
    private final int trace;
    private final int guard;
    private final int require;
    private final List<Runnable> onClose = new ArrayList<>(1);
    private final int origin;
    private @Nullable LuaTimers timers;
    private int users = 1;
    private boolean starved;
    /// The configuration that it belongs to.
    @Nullable Scope http;

    /// @throws LuaLoadException when Lua code that every VM runs fails
    LuaVm(LuaWorker worker, Options options, LuaTimers timers) {
        this(worker, options);
        this.timers = timers;
    }

    /// A VM without timers.
    /// @throws LuaLoadException when Lua code that every VM runs fails
    public LuaVm(LuaWorker worker, Options options) {
        this.worker = worker;
        this.options = options;
        L = LuaState.open();
        memory = options.memoryLimit > 0 ? new LuaMemory(L, options.memoryLimit) : null;
        LuaState.openlibs(L);
        widenRegistry();
        boot();
        codes = new CodeCache(L, LuaState.ref(L));
        origin = LuaState.ref(L);
        require = LuaState.ref(L);
        guard = LuaState.ref(L);
        trace = LuaState.ref(L);
        create = LuaState.ref(L);
    }

    /// Makes the registry keep references in its array part: a few of them would lie among its hashed keys, where finding
    /// one, as each run does, takes the way over a floating-point number.
    private void widenRegistry() {
        int[] refs = new int[FIRST_REFS];
        for (int i = 0; i < FIRST_REFS; i++) {
            LuaState.newTable(L, 0, 0);
            refs[i] = LuaState.ref(L);
        }
        for (int i = FIRST_REFS - 1; i >= 0; i--) LuaState.unref(L, refs[i]);
    }

    private void boot() {
        check(LuaState.load(L, STRIP, "=strip"));
        int strip = LuaState.ref(L);
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, strip);
        LuaState.push(L, Bytes.string(LuaWorker.source("nightjar.boot")));
        LuaState.push(L, "=[C]");
        check(LuaState.pcall(L, 2, 1));
        LuaState.pushPointer(L, worker.border.address);
        LuaState.pushPointer(L, Exports.RAISE);
        LuaState.pushPointer(L, 0);
        LuaState.pushFunction(L, worker.function("nightjar.resolve"));
        LuaState.pushFunction(L, worker.function("nightjar.resource"));
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, strip);
        var functions = worker.functions();
        LuaState.newTable(L, functions.size(), 0);
        for (int i = 0; i < functions.size(); i++) {
            LuaState.push(L, functions.get(i));
            LuaState.rawSet(L, -2, i + 1);
        }
        push(options.path);
        push(options.cpath);
        LuaState.push(L, options.cachedThreads);
        check(LuaState.pcall(L, 10, 6));
        LuaState.unref(L, strip);
    }

    private void push(@Nullable String s) {
        if (s == null) LuaState.pushNil(L);
        else LuaState.push(L, s);
    }

    private void check(int rc) {
        if (rc == LuaState.OK) return;
        var message = LuaState.string(L, -1);
        LuaState.top(L, 0);
        throw new LuaLoadException("", message == null ? "unknown error" : message, 500);
    }

    /// Loads a module, as `require` does.
    /// @throws LuaLoadException with the error's text
    public void require(String module) {
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, require);
        LuaState.push(L, module);
        check(protectedCall(1, 0));
    }

    /// From now on a global made outside of init and init_worker is warned about. Needs `ngx.log` and `ngx.get_phase`.
    public void guardGlobals() {
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, guard);
        check(protectedCall(0, 0));
    }

    private int protectedCall(int arguments, int results) {
        boolean outermost = memory != null && !memory.guarded();
        if (outermost) memory.guard();
        int rc = LuaState.pcall(L, arguments, results);
        if (outermost) memory.release();
        worker.recoverDict();
        return rc;
    }

    /// Gives back the number under which `ngx.ctx` of a request lies; free numbers are a list, as resty.core keeps it.
    public void releaseCtx(int ref) {
        LuaState.getField(L, LuaState.REGISTRYINDEX, CTX_TABLES);
        if (LuaState.type(L, -1) == LuaState.TTABLE) {
            LuaState.rawGet(L, -1, 0);
            if (LuaState.type(L, -1) == LuaState.TNIL) {
                LuaState.top(L, -2);
                LuaState.push(L, 0);
            }
            LuaState.rawSet(L, -2, ref);
            LuaState.push(L, ref);
            LuaState.rawSet(L, -2, 0);
        }
        LuaState.top(L, -2);
    }

    /// The VM's heap in bytes.
    public long heap() {
        return LuaState.heap(L);
    }

    public void collect() {
        LuaState.collect(L);
    }

    /// Has `then` run when the VM is closed, after its finalizers.
    public void onClose(Runnable then) {
        onClose.add(then);
    }

    public void close() {
        if (memory != null) memory.close();
        else LuaState.close(L);
        onClose.forEach(Runnable::run);
    }

    /// The timers of its configuration.
    LuaTimers timers() {
        return timers;
    }

    /// One more keeps it: a request, or a timer that is to run in it.
    void use() {
        users++;
    }

    /// One that kept it has ended; the last one closes it.
    void leave(Log log) {
        if (log.debug()) log.write(Level.DEBUG, "lua decrementing the reference count for Lua VM: " + users);
        if (--users > 0) return;
        if (log.debug()) log.write(Level.DEBUG, "lua close the global Lua VM " + Long.toHexString(L));
        close();
    }

    /// Pushes elements `from` to `to` of the table `ref` to a coroutine that has ended.
    void pushElements(long co, int ref, int from, int to) {
        int n = to - from + 1;
        if (n <= 0) return;
        LuaState.checkStack(L, n + 1);
        LuaState.checkStack(co, n);
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, ref);
        for (int i = from; i <= to; i++) LuaState.rawGet(L, 1, i);
        LuaState.move(L, co, n);
        LuaState.top(L, 0);
    }

    /// Where the function that table `ref` begins with is defined: source and line.
    String origin(int ref) {
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, origin);
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, ref);
        int rc = protectedCall(1, 1);
        var text = rc == LuaState.OK ? LuaState.string(L, 1) : null;
        LuaState.top(L, 0);
        return text == null ? "(unknown)" : text;
    }

    void unref(int ref) {
        LuaState.unref(L, ref);
    }

    void guard() {
        if (memory != null) memory.guard();
    }

    void release() {
        if (memory != null) memory.release();
        worker.recoverDict();
    }

    int function(LuaCode code, LuaTask task) {
        return codes.ref(code, task);
    }

    /// A coroutine to start a chunk in.
    LuaThread take(LuaTask task) {
        var thread = ended.pollLast();
        if (thread == null) {
            if (task.debug()) task.log(Level.DEBUG, "lua creating new thread");
            return newThread();
        }
        if (task.debug()) task.log(Level.DEBUG, "lua reusing cached lua thread " + name(thread));
        return thread;
    }

    private LuaThread newThread() {
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, create);
        check(LuaState.pcall(L, 0, 1));
        long co = LuaState.thread(L, -1);
        LuaState.top(co, 0);
        return new LuaThread(this, co, LuaState.ref(L));
    }

    /// A coroutine that Lua has put in the registry under `ref`.
    LuaThread adopt(int ref) {
        var thread = new LuaThread(this, coroutine(ref), ref);
        adopt(thread, ref);
        return thread;
    }

    long coroutine(int ref) {
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, ref);
        long co = LuaState.thread(L, -1);
        LuaState.top(L, 0);
        return co;
    }

    /// Gives a thread the coroutine that Lua has put in the registry under `ref`.
    void adopt(LuaThread thread, int ref) {
        thread.ref = ref;
        if (ref >= adopted.length) adopted = Arrays.copyOf(adopted, Math.max(ref + 1, adopted.length * 2));
        adopted[ref] = thread;
    }

    /// The light thread of an adopted coroutine.
    LuaThread adopted(int ref) {
        return adopted[ref];
    }

    /// A coroutine that has ended is kept for the next run.
    void keep(LuaThread thread, LuaTask task) {
        if (ended.size() >= options.cachedThreads) {
            abandon(thread, task);
            return;
        }
        if (task.debug()) task.log(Level.DEBUG, "lua caching unused lua thread " + name(thread));
        ended.add(thread);
    }

    /// A coroutine that died or was left in the middle is Lua's garbage.
    void abandon(LuaThread thread, LuaTask task) {
        if (thread.ref != 0) LuaState.unref(L, thread.ref);
        if (thread.ref < adopted.length) adopted[thread.ref] = null;
        if (!starved) return;
        starved = false;
        release();
        LuaState.collect(L);
    }

    /// Memory ran out: once the coroutine to blame is given up, the garbage goes at once, else every later run fails.
    void starved() {
        starved = true;
    }

    private static String name(LuaThread thread) {
        return Long.toHexString(thread.co()) + " (ref " + thread.ref + ")";
    }

    /// Describes the error of a dead coroutine as the error log does.
    Death autopsy(LuaThread thread) {
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, trace);
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, thread.ref);
        LuaState.pushValue(thread.co(), -1);
        LuaState.move(thread.co(), L, 1);
        int rc = LuaState.pcall(L, 2, 3);
        var message = LuaState.string(L, 1);
        var traceback = rc == LuaState.OK ? LuaState.string(L, 2) : "stack traceback:";
        boolean thrown = rc == LuaState.OK && LuaState.bool(L, 3);
        LuaState.top(L, 0);
        return new Death(message == null ? "unknown reason" : message, traceback == null ? "" : traceback, thrown);
    }
}
