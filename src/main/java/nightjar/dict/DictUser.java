package nightjar.dict;

import java.lang.invoke.VarHandle;
import nightjar.core.Mem;

/// One worker's use of one dict, on that worker's thread: what it has read of late, and where results are left.
///
/// A part of it is a struct, `nightjar_dict_user_t` of `lualib/resty/core/shdict.lua`, by which Lua itself reads, and stores in the place of, a
/// value that it has still, if the entry's bucket ([Index]) has not changed:
///
/// | at | what |
/// |---|---|
/// | 0 | the [Region] |
/// | 8 | `settled`: the first expiry for which the oldest entry is none of those in the ring |
/// | 16 | the word of the [ShortLock], 0 if Lua must not change the dict; at 84, the word's value when nobody has it |
/// | 24 | where the count is of the bucket that Lua is changing; at 80, 0 when it has the lock for that |
/// | 32 | of what was found last: when it expires, 0 for never; where its value and its bucket's count are; that count; the entry; its hash; flags; stale |
/// | 76 | the ring of [Touches]: how many were added; at 88, the last of them; from 128 on, how many were taken; from 192 on, the ring |
public final class DictUser {
    static final int LOCK = 16, CHANGING = 24, BUCKET = 48, FAILED = 80;
    private static final int REGION = 0, SETTLED = 8, EXPIRES = 32, VALUE = 40, COUNT = 56, REF = 60, HASH = 64, FLAGS = 68, STALE = 72,
            ADDED = 76, FREE = 84, LAST = 88, TAKEN = 128, RING = 192;

    public final SharedDict dict;
    private final long struct = Mem.alloc(RING + Touches.BYTES);
    final Touches touches = new Touches(struct + ADDED, struct + LAST, struct + TAKEN, struct + RING);
    /// Where numbers and booleans lie while they are stored.
    final long scratch = Mem.alloc(8);
    /// Where a string lies that did not fit; it is the caller's to free. 0: there is none.
    long own;

    /// Of the value found: [SharedDict#STRING] and so on, [SharedDict#NIL] when there is none.
    public int type;
    /// A number, and of a boolean 1 or 0.
    public double number;
    /// Of a string. It lies in the memory given, or, if it did not fit, in memory of [Mem#alloc] that is the caller's to free.
    public long at;
    public int length;
    public int flags;
    public boolean stale;
    /// Milliseconds since 1970, 0: never.
    long expires;
    /// Where the entry has its value.
    long value;
    /// Entries had to go for a new one.
    public boolean forcible;

    /// @param lock the dict's, 0 if Lua must not change it
    DictUser(SharedDict dict, long lock) {
        this.dict = dict;
        Mem.fill(struct, RING, 0);
        Mem.l(struct + REGION, dict.entries.region.base);
        Mem.l(struct + LOCK, lock);
        Mem.i(struct + FAILED, 1);
        Mem.i(struct + FREE, ShortLock.FREE);
    }

    /// The struct.
    public long struct() { return struct; }

    /// Whether the oldest entry is the oldest, though the ring has not been emptied.
    boolean settled(long firstExpiry) { return Mem.l(struct + SETTLED) == firstExpiry; }

    void settle(long firstExpiry) { Mem.l(struct + SETTLED, firstExpiry); }

    /// What was found, or stored, is the value of entry `ref`, as long as the count at `count` is what it is in the bucket's `word`.
    void found(int ref, int hash, long count, long word) {
        Mem.d(struct + EXPIRES, expires);
        Mem.l(struct + VALUE, value);
        Mem.l(struct + BUCKET, count);
        Mem.i(struct + COUNT, (int) (word >>> 32));
        Mem.i(struct + REF, ref);
        Mem.i(struct + HASH, hash);
        Mem.i(struct + FLAGS, flags);
        Mem.i(struct + STALE, stale ? 1 : 0);
    }

    /// Lua has come back, or calls Java. If it had the dict's lock, an error has kept it from ending a change, and what it was changing is
    /// as good as changed.
    public void recover() {
        if (Mem.i(struct + FAILED) != 0) return;
        long count = Mem.l(struct + CHANGING);
        int n = Mem.i(count);
        VarHandle.storeStoreFence();
        Mem.i(count, n + (n & 1));
        Mem.i(struct + FAILED, 1);
        dict.unlock();
    }

    /// Gives up the value found, and memory that it has of its own.
    public void drop() {
        if (own != 0) Mem.free(own);
        own = 0;
        type = Entry.NIL;
    }

    void free() {
        Mem.free(scratch);
        Mem.free(struct);
    }
}
