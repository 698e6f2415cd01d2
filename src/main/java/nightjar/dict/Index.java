package nightjar.dict;

import java.lang.invoke.VarHandle;
import nightjar.core.Mem;

/// Finds entries by their keys: buckets of chained entries. One thread at a time changes it; any number may read meanwhile.
///
/// A bucket is one word: the first entry, and above it a count that every change of the bucket's entries raises; it is odd
/// while a value is being overwritten. Who reads takes the word, follows the chain, copies what it wants, and has read what
/// is true if the word is still the same. An entry leaves its bucket before its memory is used again, so whoever still
/// looks at it then finds the word changed. What a reader sees before it has compared may be garbage, and is used as such.
final class Index {
    static final long COUNT = 1L << 32;
    /// A reader gives up after so many entries of a chain: it may have strayed into a circle.
    private static final int MAX_CHAIN = 1000;
    private static final long PRIME1 = 0x9e3779b97f4a7c15L;
    private static final long PRIME2 = 0xd6e8feb86659fd93L;

    /// What [#read] answers when the chain made no sense.
    static final long LOST = -1;

    private final Region region;
    private final long seed;
    private final int mask;

    Index(Region region, long seed) {
        this.region = region;
        this.seed = seed;
        mask = region.bucketCount - 1;
    }

    /// Of a key's bytes. Nobody outside knows the seed, so nobody can choose keys that fall into one bucket.
    int hash(long key, int n) {
        long h = seed ^ n * PRIME1;
        int k = 0;
        for (; k + 8 <= n; k += 8) h = mix(h ^ Mem.l(key + k));
        long rest = 0;
        for (; k < n; k++) rest = rest << 8 | Mem.b(key + k) & 0xff;
        h = mix(h ^ rest);
        return (int) (h ^ h >>> 32);
    }

    private static long mix(long x) {
        return x * PRIME2 ^ Math.unsignedMultiplyHigh(x, PRIME1);
    }

    long bucket(int hash) { return region.buckets + (hash & mask) * 8L; }

    /// The entry with this key, 0 when there is none. For the thread that may change it.
    long find(int hash, long key, int keyLength) {
        for (int ref = (int) region.l(bucket(hash)); ref != 0; ) {
            long e = region.at(ref);
            if (region.i(e + Entry.HASH) == hash && Entry.hasKey(e, key, keyLength)) return e;
            ref = region.i(e + Entry.CHAINED);
        }
        return 0;
    }

    /// Whether `entry` is in the index, now.
    boolean holds(int hash, int entry) {
        for (int ref = (int) region.l(bucket(hash)); ref != 0; ref = region.i(region.at(ref) + Entry.CHAINED)) {
            if (ref == entry) return true;
        }
        return false;
    }

    /// As [#find], for a thread that may not change it; `word` is the bucket's. To be believed only if [#unchanged] after all
    /// of the entry that is wanted has been copied.
    long read(long word, int hash, long key, int keyLength) {
        int ref = (int) word;
        for (int n = 0; ref != 0; n++) {
            long e = region.at(ref);
            if (n == MAX_CHAIN || !region.holds(e, Entry.KEY + (long) keyLength)) return LOST;
            if (Mem.i(e + Entry.HASH) == hash && Entry.hasKey(e, key, keyLength)) return e;
            ref = Mem.i(e + Entry.CHAINED);
        }
        return 0;
    }

    long word(int hash) { return Region.acquire(bucket(hash)); }

    static boolean changing(long word) { return (word & COUNT) != 0; }

    boolean unchanged(int hash, long word) {
        VarHandle.loadLoadFence();
        return Mem.l(bucket(hash)) == word;
    }

    /// Adds an entry that is complete.
    void add(int hash, long e) {
        long word = region.l(bucket(hash));
        region.i(e + Entry.HASH, hash);
        region.i(e + Entry.CHAINED, (int) word);
        region.publish(bucket(hash), raised(word, 2) | region.ref(e) & 0xffffffffL);
    }

    void remove(long e) {
        int hash = region.i(e + Entry.HASH);
        long word = region.l(bucket(hash));
        int next = region.i(e + Entry.CHAINED);
        if (region.at((int) word) == e) {
            region.publish(bucket(hash), raised(word, 2) | next & 0xffffffffL);
        } else {
            int before = (int) word;
            while (region.at(region.i(region.at(before) + Entry.CHAINED)) != e) before = region.i(region.at(before) + Entry.CHAINED);
            region.i(region.at(before) + Entry.CHAINED, next);
            region.publish(bucket(hash), raised(word, 2) | word & 0xffffffffL);
        }
        VarHandle.storeStoreFence();
    }

    /// Where the count of a bucket is.
    long count(int hash) { return bucket(hash) + 4; }

    /// To be called when an entry in this bucket is not what it was.
    void changed(int hash) {
        long word = region.l(bucket(hash));
        region.publish(bucket(hash), raised(word, 2) | word & 0xffffffffL);
    }

    /// To be called before an entry in this bucket is overwritten, and again when it has been.
    void change(int hash) {
        long word = region.l(bucket(hash));
        region.publish(bucket(hash), raised(word, 1) | word & 0xffffffffL);
        VarHandle.storeStoreFence();
    }

    private static long raised(long word, int by) { return (word & 0xffffffff00000000L) + by * COUNT; }
}
