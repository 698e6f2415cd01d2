package nightjar.lua.api;

import nightjar.core.Mem;
import nightjar.lua.Code;
import org.jspecify.annotations.Nullable;

/// Where a call leaves what does not fit into its return value: one string, or a list of pairs. One a worker; Lua reads it
/// before it calls again. `nightjar_result_t` in `lualib/nightjar/border.lua` is the same struct.
public final class LuaResult {
    private static final int PAIRS = 0;
    private static final int DATA = 8;
    private static final int LEN = 16;
    private static final int TRUNCATED = 24;
    private static final int INDEX = 28;
    private static final int COUNT = 36;
    private static final int NUMBER = 40;
    private static final int PAIR = 32;
    /// One call with more text, or more pairs, than that does not make all later ones keep the memory.
    private static final int KEPT_TEXT = 1 << 20, KEPT_PAIRS = 1 << 15;

    private final long address;
    private int pairCapacity = 128;
    private long pairs = Mem.alloc(pairCapacity * PAIR);
    private long textCapacity = 4096;
    private long text = Mem.alloc(textCapacity);

    /// @param address the struct: [nightjar.lua.Border#result]
    public LuaResult(long address) {
        this.address = address;
        Mem.l(address + PAIRS, pairs);
        Mem.l(address + DATA, text);
        Mem.l(address + LEN, 0);
        Mem.i(address + TRUNCATED, 0);
        Mem.i(address + INDEX, -1);
    }

    /// What [#room] gives without moving, in bytes.
    long capacity() { return textCapacity; }

    /// Room for `n` bytes of text, which ends what the last call left. It moves only here.
    public long room(long n) {
        if (n > textCapacity) resizeText(Math.max(n, textCapacity * 2));
        else if (textCapacity > KEPT_TEXT && n <= KEPT_TEXT) resizeText(KEPT_TEXT);
        return text;
    }

    /// Room for `n` bytes of text, more than there was, which begins with the bytes that are there.
    long grow(long n) {
        text = Mem.realloc(text, n);
        textCapacity = n;
        return text;
    }

    private void resizeText(long n) {
        Mem.free(text);
        text = Mem.alloc(n);
        textCapacity = n;
    }

    /// The result is the string at `a`, which must stay there until Lua has copied it.
    public void string(long a, long n) {
        Mem.l(address + DATA, a);
        Mem.l(address + LEN, n);
    }

    /// The result is a copy of `latin1`.
    public void string(String latin1) {
        long a = room(latin1.length());
        Mem.put(a, latin1);
        string(a, latin1.length());
    }

    /// The result is `text`, and -1, for a return that Lua raises as an error.
    public int error(String text) {
        string(text);
        return Code.ERROR;
    }

    /// Whether there was more than the list holds.
    public void truncated(boolean more) {
        Mem.i(address + TRUNCATED, more ? 1 : 0);
    }

    /// The number that a name has from now on, -1 for none.
    public void index(int n) {
        Mem.i(address + INDEX, n);
    }

    /// How many pairs there are, from a call that returns something else.
    public void count(int n) {
        Mem.i(address + COUNT, n);
    }

    /// A number besides.
    public void number(double v) {
        Mem.d(address + NUMBER, v);
    }

    /// Room for `n` pairs.
    public void pairs(int n) {
        if (n > pairCapacity) resizePairs(Math.max(n, pairCapacity * 2));
        else if (pairCapacity > KEPT_PAIRS && n <= KEPT_PAIRS) resizePairs(KEPT_PAIRS);
    }

    private void resizePairs(int n) {
        pairs = Mem.realloc(pairs, (long) n * PAIR);
        pairCapacity = n;
        Mem.l(address + PAIRS, pairs);
    }

    /// Pair `i`; see [#pairs]. A `valueLen` of -1 is a key alone. Both strings must stay until Lua has copied them.
    public void pair(int i, long key, int keyLen, long value, int valueLen) {
        long p = pairs + (long) i * PAIR;
        Mem.i(p, keyLen);
        Mem.l(p + 8, key);
        Mem.i(p + 16, valueLen);
        Mem.l(p + 24, value);
    }

    /// As [#pair], making room.
    public void add(int i, long key, int keyLen, long value, int valueLen) {
        if (i >= pairCapacity) pairs(i + 1);
        pair(i, key, keyLen, value, valueLen);
    }

    /// Where the last string is.
    long address() {
        return Mem.l(address + DATA);
    }

    long length() {
        return Mem.l(address + LEN);
    }

    long pairsAddress() {
        return pairs;
    }

    long valueAddress(int i) {
        return Mem.l(pairs + (long) i * PAIR + 24);
    }

    int valueLength(int i) {
        return Mem.i(pairs + (long) i * PAIR + 16);
    }

    // What Lua would read.
    String string() {
        return Mem.string(Mem.l(address + DATA), (int) Mem.l(address + LEN));
    }

    boolean truncated() {
        return Mem.i(address + TRUNCATED) != 0;
    }

    String key(int i) {
        long p = pairs + (long) i * PAIR;
        return Mem.string(Mem.l(p + 8), Mem.i(p));
    }

    /// Null for a key alone.
    @Nullable String value(int i) {
        long p = pairs + (long) i * PAIR;
        int len = Mem.i(p + 16);
        return len < 0 ? null : Mem.string(Mem.l(p + 24), len);
    }
}
