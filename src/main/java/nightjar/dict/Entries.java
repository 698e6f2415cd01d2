package nightjar.dict;

import nightjar.core.Mem;

/// The entries of one dict. One thread at a time may call what changes them; each public change but [#create] ends with a
/// [Region#commit].
final class Entries {
    /// What nginx keeps in the pool of an empty dict: a tree's root and a queue, and a label for log lines.
    private static final int ROOT_SIZE = 80;
    private static final int LABEL_SIZE = " in lua_shared_dict zone \"\"".length() + 1;
    private static final int MAX_EVICTIONS = 30;

    final Region region;
    final Slab slab;
    final Index index;
    final Lru lru;
    private final long first;

    Entries(Region region, long seed) {
        this.region = region;
        slab = new Slab(region);
        index = new Index(region, seed);
        lru = new Lru(region);
        first = region.base;
    }

    /// For memory that is all zero.
    /// @throws DictException when the dict is too small to hold anything
    void init(String name) {
        slab.init();
        long root = slab.allocate(ROOT_SIZE);
        long label = root == 0 ? 0 : slab.allocate(LABEL_SIZE + name.length());
        if (label == 0) throw new DictException("ngx_slab_alloc() failed: no memory");
        region.i(first + Region.ROOT, region.ref(root));
        region.i(first + Region.LABEL, region.ref(label));
        region.l(first + Region.FIRST_EXPIRY, Long.MAX_VALUE);
        region.commit();
    }

    int count() { return region.i(first + Region.ENTRIES); }

    /// Before this time no entry has expired.
    long firstExpiry() { return region.l(first + Region.FIRST_EXPIRY); }

    long find(int hash, long key, int keyLength) { return index.find(hash, key, keyLength); }

    /// The entry is the newest from now on.
    void use(long e) {
        lru.use(region.ref(e));
        region.commit();
    }

    /// Sets when an entry expires, 0: never.
    void expires(long e, long at) {
        count(Entry.expires(e), at);
        region.l(e + Entry.EXPIRES, at);
        index.changed(region.i(e + Entry.HASH));
        region.commit();
    }

    private void count(long before, long after) {
        int expiring = region.i(first + Region.EXPIRING) + (after != 0 ? 1 : 0) - (before != 0 ? 1 : 0);
        region.i(first + Region.EXPIRING, expiring);
        if (expiring == 0) region.l(first + Region.FIRST_EXPIRY, Long.MAX_VALUE);
        else if (after != 0 && after < firstExpiry()) region.l(first + Region.FIRST_EXPIRY, after);
    }

    /// Puts a value in the place of one of the same length, which is no list.
    void overwrite(long e, int type, long value, int flags, long expires) {
        int hash = region.i(e + Entry.HASH);
        index.change(hash);
        if (expires != Entry.expires(e)) {
            count(Entry.expires(e), expires);
            region.l(e + Entry.EXPIRES, expires);
        }
        if (flags != region.i(e + Entry.FLAGS)) region.i(e + Entry.FLAGS, flags);
        if (type != Entry.type(e)) Entry.keyLengthAndType(region, e, Entry.keyLength(e), type);
        region.overwrite(region.ref(e), Entry.value(e), value, Entry.length(e));
        index.change(hash);
        region.commit();
    }

    /// Puts a number in the place of a number.
    void overwrite(long e, double number) {
        int hash = region.i(e + Entry.HASH);
        index.change(hash);
        region.number(Entry.value(e), number);
        index.change(hash);
        region.commit();
    }

    /// Adds an entry in memory from [Slab#allocate]. `length` bytes are copied from `value`, none if that is 0.
    void add(long e, int hash, long key, int keyLength, int type, long value, int length, int flags, long expires) {
        // nothing refers to this memory yet, so nothing has to be taken back in it
        Entry.init(e, keyLength, type, length, flags, expires);
        Mem.copy(key, e + Entry.KEY, keyLength);
        if (value != 0) Mem.copy(value, Entry.value(e), length);
        count(0, expires);
        index.add(hash, e);
        lru.add(region.ref(e));
        region.i(first + Region.ENTRIES, count() + 1);
        region.commit();
    }

    void remove(long e) {
        if (Entry.type(e) == Entry.LIST) removeItems(e);
        index.remove(e);
        lru.remove(region.ref(e));
        count(Entry.expires(e), 0);
        region.i(first + Region.ENTRIES, count() - 1);
        slab.free(e);
        region.commit();
    }

    // --- lists

    /// Empties a list, item by item.
    void removeItems(long list) {
        while (region.i(list + Entry.FIRST) != 0) removeItem(list, region.at(region.i(list + Entry.FIRST)));
    }

    void removeItem(long list, long item) {
        int next = region.i(item + Entry.ITEM_NEXT), prev = region.i(item + Entry.ITEM_PREV);
        if (next == 0) region.i(list + Entry.LAST, prev);
        else region.i(region.at(next) + Entry.ITEM_PREV, prev);
        if (prev == 0) region.i(list + Entry.FIRST, next);
        else region.i(region.at(prev) + Entry.ITEM_NEXT, next);
        region.i(list + Entry.LENGTH, Entry.length(list) - 1);
        slab.free(item);
        region.commit();
    }

    /// Adds an item in memory from [Slab#allocate].
    void addItem(long list, long item, boolean left, int type, long value, int length) {
        Mem.i(item + Entry.ITEM_LENGTH, length);
        Mem.i(item + Entry.ITEM_TYPE, type);
        Mem.copy(value, item + Entry.ITEM_VALUE, length);
        int neighbour = region.i(list + (left ? Entry.FIRST : Entry.LAST));
        Mem.i(item + Entry.ITEM_NEXT, left ? neighbour : 0);
        Mem.i(item + Entry.ITEM_PREV, left ? 0 : neighbour);
        int ref = region.ref(item);
        if (neighbour != 0) region.i(region.at(neighbour) + (left ? Entry.ITEM_PREV : Entry.ITEM_NEXT), ref);
        region.i(list + (left ? Entry.FIRST : Entry.LAST), ref);
        if (neighbour == 0) region.i(list + (left ? Entry.LAST : Entry.FIRST), ref);
        region.i(list + Entry.LENGTH, Entry.length(list) + 1);
        region.commit();
    }

    // --- expiry and eviction

    /// Removes the oldest entry, and up to two older ones that have expired.
    int evict(long now) { return removeOldest(0, now); }

    /// Removes up to two of the oldest entries if they have expired.
    void clean(long now) {
        if (now >= firstExpiry()) removeOldest(1, now);
    }

    private int removeOldest(int n, long now) {
        int removed = 0;
        for (; n < 3; n++) {
            int ref = lru.oldest();
            if (ref == 0) break;
            long e = region.at(ref);
            if (n > 0 && !Entry.expired(e, now)) break;
            remove(e);
            removed++;
        }
        return removed;
    }

    /// Memory for an entry, 0 when there is none and no entry left to remove for it.
    long allocateEvicting(long size, long now, DictUser user) {
        long at = slab.allocate(size);
        for (int n = 0; at == 0 && n < MAX_EVICTIONS; n++) {
            if (evict(now) == 0) break;
            user.forcible = true;
            at = slab.allocate(size);
        }
        return at;
    }
}
