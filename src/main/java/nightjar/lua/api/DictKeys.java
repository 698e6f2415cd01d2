package nightjar.lua.api;

import nightjar.core.Mem;
import nightjar.dict.SharedDict;

/// Leaves a dict's keys in the result, one behind the other: where the key was in the list that Lua got the last time, as an
/// int, from 0 on; or, where it was not found there, `~length` and the key. Lua has the strings of that list still.
///
/// A list, `nightjar_names_t` of `lualib/nightjar/shdict.lua`: how many names it has, up to [#MAX], and of each its entry, its
/// length, and where Lua's string is, 0 for one that Lua has not kept.
final class DictKeys implements SharedDict.KeyTaker {
    private static final int MAX = 1024;
    private static final int NAMES = 8, NAME = 16, ENTRY = 0, LENGTH = 4, DATA = 8;
    /// A key is looked for so far ahead: entries before it may be gone, or newer than it now.
    private static final int AHEAD = 8;

    private final LuaResult result;
    private long start, at, end;
    private long last, next;
    private int lastCount, lastAt, count;

    DictKeys(LuaResult result) { this.result = result; }

    /// @param last the list of the last time
    /// @param next where the list for the next time is to be
    void begin(long last, long next) {
        this.last = last + NAMES;
        this.next = next + NAMES;
        lastCount = Mem.i(last);
        lastAt = 0;
        count = 0;
        start = at = result.room(0);
        end = start + result.capacity();
    }

    @Override public void key(int entry, long key, int length) {
        if (end - at < Integer.BYTES + length) grow();
        long known = find(entry, key, length);
        if (known >= 0) {
            Mem.i(at, (int) known);
            at += Integer.BYTES;
        } else {
            Mem.i(at, ~length);
            Mem.copy(key, at + Integer.BYTES, length);
            at += Integer.BYTES + length;
        }
        if (count < MAX) {
            long name = next + (long) count * NAME;
            Mem.i(name + ENTRY, entry);
            Mem.i(name + LENGTH, length);
            Mem.l(name + DATA, known >= 0 ? Mem.l(last + known * NAME + DATA) : 0);
        }
        count++;
    }

    private int find(int entry, long key, int length) {
        int end = Math.min(lastAt + AHEAD, lastCount);
        for (int i = lastAt; i < end; i++) {
            long name = last + (long) i * NAME;
            long data = Mem.l(name + DATA);
            if (data != 0 && Mem.i(name + ENTRY) == entry && Mem.i(name + LENGTH) == length && Mem.equals(data, key, length)) {
                lastAt = i + 1;
                return i;
            }
        }
        return -1;
    }

    private void grow() {
        long used = at - start;
        start = result.grow(Math.max(2 * used, used + Integer.BYTES + SharedDict.MAX_KEY));
        at = start + used;
        end = start + result.capacity();
    }

    void end() {
        Mem.i(next - NAMES, count <= MAX ? count : 0);
        result.string(start, at - start);
    }
}
