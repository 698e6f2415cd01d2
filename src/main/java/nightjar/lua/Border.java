package nightjar.lua;

import nightjar.core.Mem;

/// The memory that a worker's Java and its Lua both read and write: what runs, the response body being gathered, and
/// where a call's results lie. `boot.lua` and `border.lua` declare the same two structs.
public final class Border {
    /// How much body is gathered before it is handed on.
    public static final int BUFFER = 64 << 10;

    /// Of [#waits].
    static final int GO_ON = 0, WAIT = 1, END = 2;

    // nightjar_border_t
    static final int REQUEST = 0;
    static final int OUT = 8;
    static final int POS = 16;
    static final int CAP = 20;
    static final int WAITS = 24;
    static final int SPAWNED = 28;
    static final int POSTED = 32;
    static final int CHILD = 36;
    static final int ADOPTED = 40;
    private static final int VARIABLES = 48;
    private static final int VARIABLE = 16;
    static final int READY = VARIABLES + ReadyVariables.COUNT * VARIABLE;
    private static final int CHANGING = READY + 8;
    // nightjar_result_t
    private static final int RESULT = READY + 16;
    private static final int PAIRS = RESULT;
    private static final int DATA = RESULT + 8;
    private static final int LENGTH = RESULT + 16;
    private static final int TRUNCATED = RESULT + 24;
    private static final int INDEX = RESULT + 28;
    private static final int LOG_LEVEL = RESULT + 32;
    private static final int SIZE = RESULT + 48;

    final long address = Mem.alloc(SIZE);
    final long buffer = Mem.alloc(BUFFER);
    private long scratch = Mem.alloc(4096);
    private long scratchSize = 4096;

    Border() {
        Mem.fill(address, SIZE, 0);
        Mem.l(address + OUT, buffer);
    }

    long request() {
        return Mem.l(address + REQUEST);
    }

    /// Another request runs, or the same one after a wait: no variable is ready.
    void request(long handle) {
        Mem.l(address + REQUEST, handle);
        Mem.i(address + READY, 0);
    }

    /// @param mask of the variables whose values Lua may take from here
    void ready(int mask) {
        Mem.i(address + READY, mask);
    }

    /// Ready variable `i` is the string at `a`; an `n` of -1: there is none.
    void variable(int i, long a, int n) {
        long v = address + VARIABLES + i * VARIABLE;
        Mem.l(v, a);
        Mem.i(v + 8, n);
    }

    /// Takes the `nightjar_dict_user_t` of the dict that Lua was changing when it came back, 0 if it was changing none.
    long takeChanging() {
        long user = Mem.l(address + CHANGING);
        if (user != 0) Mem.l(address + CHANGING, 0);
        return user;
    }

    /// Takes the reference under which the Lua half of `ngx.thread.spawn` left a new coroutine, 0 when it left none.
    int takeSpawned() {
        int ref = Mem.i(address + SPAWNED);
        if (ref != 0) Mem.i(address + SPAWNED, 0);
        return ref;
    }

    /// Takes the reference under which a light thread that Lua ran inside another left its coroutine when it spawned one.
    int takeAdopted() {
        int ref = Mem.i(address + ADOPTED);
        if (ref != 0) Mem.i(address + ADOPTED, 0);
        return ref;
    }

    /// [LightThreads#NONE], [LightThreads#UNKNOWN] or [LightThreads#KNOWN].
    int child() {
        return Mem.i(address + CHILD);
    }

    void child(int state) {
        Mem.i(address + CHILD, state);
    }

    /// Other light threads have their turn before the one that runs has it again.
    void posted(boolean v) {
        Mem.i(address + POSTED, v ? 1 : 0);
    }

    boolean spawns() {
        return Mem.i(address + SPAWNED) != 0;
    }

    /// Whether an API function, not the script, made the coroutine yield.
    boolean waits() {
        return Mem.i(address + WAITS) != GO_ON;
    }

    /// @param why [#GO_ON], [#WAIT] or [#END]
    void waits(int why) {
        Mem.i(address + WAITS, why);
    }

    /// The struct that `border.lua` calls `result`.
    public long result() {
        return address + RESULT;
    }

    /// At least `n` bytes for a call's results, good until the next call of this.
    public long scratch(long n) {
        if (n > scratchSize) {
            scratch = Mem.realloc(scratch, n);
            scratchSize = n;
        }
        return scratch;
    }

    /// A call's string, copied.
    public void text(String s) {
        long a = scratch(s.length());
        Mem.put(a, s);
        text(a, s.length());
    }

    /// A call's string where it is; it must stay there until Lua has read it.
    public void text(long a, long n) {
        Mem.l(address + DATA, a);
        Mem.l(address + LENGTH, n);
    }

    /// The string that a call left.
    String text() {
        return Mem.string(Mem.l(address + DATA), (int) Mem.l(address + LENGTH));
    }

    /// A call's list of `nightjar_pair_t`.
    public void pairs(long a, boolean truncated) {
        Mem.l(address + PAIRS, a);
        Mem.i(address + TRUNCATED, truncated ? 1 : 0);
    }

    public void index(int i) {
        Mem.i(address + INDEX, i);
    }

    /// What the error log lets through where no request runs.
    public void logLevel(int level) {
        Mem.i(address + LOG_LEVEL, level);
    }

    void free() {
        Mem.free(address);
        Mem.free(buffer);
        Mem.free(scratch);
    }
}
