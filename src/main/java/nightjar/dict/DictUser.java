package nightjar.dict;

import nightjar.core.Mem;

/// One worker's use of one dict, on that worker's thread: what it has read of late, and where results are left.
public final class DictUser {
    public final SharedDict dict;
    final Touches touches = new Touches();
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
    /// Entries had to go for a new one.
    public boolean forcible;

    DictUser(SharedDict dict) { this.dict = dict; }

    /// Gives up the value found, and memory that it has of its own.
    public void drop() {
        if (own != 0) Mem.free(own);
        own = 0;
        type = Entry.NIL;
    }

    void free() { Mem.free(scratch); }
}
