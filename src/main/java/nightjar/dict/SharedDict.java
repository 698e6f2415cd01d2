package nightjar.dict;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import nightjar.core.Mem;

/// A dict in use. What its operations do is what ngx_http_lua_shdict.c's do, to the page of memory and the order of eviction.
/// Times are milliseconds since 1970, keys have 1 to 65535 bytes.
///
/// **Threads.** One thread at a time changes a dict: which page is taken and which entry goes depends on all that was stored
/// before, so writers have one lock, and short work under it. Readers take none: they copy, then see whether the entry's
/// bucket has changed meanwhile ([Index]), and try again; only after some tries, or when a read has to remove expired entries,
/// too, they queue behind a writer. That a read makes its entry the newest is written down by its worker ([Touches]) and
/// made up for before that worker's next change, and, before entries go for others, by whoever has the lock. So what one worker
/// does orders entries as in nginx; what several workers have read between two changes is put in order worker by worker.
public final class SharedDict {
    public static final int NIL = Entry.NIL, BOOLEAN = Entry.BOOLEAN, NUMBER = Entry.NUMBER, STRING = Entry.STRING;
    public static final int MAX_KEY = 65535;
    /// For [#store]: only if there is no such entry; only if there is one; without removing others for it.
    public static final int ADD = 1, REPLACE = 2, SAFE = 4;

    private static final int READ_TRIES = 64;
    private static final int NUMBER_LENGTH = 8;

    final Entries entries;
    private final Region region;
    private final Index index;
    private final long size;
    private final ShortLock lock = new ShortLock();
    private final Touches.Taker taker = this::touched;
    private DictUser[] users = {};

    /// @param size as configured, in bytes
    SharedDict(Entries entries, long size) {
        this.entries = entries;
        this.size = size;
        region = entries.region;
        index = entries.index;
    }

    /// A worker that will use the dict. It is freed with the dict.
    public DictUser user() {
        var user = new DictUser(this, region.journaled() ? 0 : lock.address);
        lock();
        try {
            users = Arrays.copyOf(users, users.length + 1);
            users[users.length - 1] = user;
        } finally {
            unlock();
        }
        return user;
    }

    /// The configured size in bytes.
    public long capacity() { return size; }

    /// The bytes of pages that are wholly free.
    public long freeSpace() {
        lock();
        try {
            return (long) entries.slab.freePages() * Region.PAGE;
        } finally {
            unlock();
        }
    }

    /// Takes the lock and makes up for what this worker has only read.
    private void lock(DictUser user) {
        lock.lock();
        user.touches.take(taker);
    }

    /// Takes the lock and makes up for what any worker has only read.
    private void lock() {
        lock.lock();
        takeTouches();
    }

    private void takeTouches() {
        for (var user : users) user.touches.take(taker);
    }

    void unlock() { lock.unlock(); }

    private void touched(int ref, int hash) {
        if (index.holds(hash, ref)) entries.use(region.at(ref));
    }

    /// Locks for good.
    /// @return false when another thread kept the lock for `msec`
    boolean seal(long msec) {
        if (!lock.tryLock(TimeUnit.MILLISECONDS.toNanos(msec))) return false;
        takeTouches();
        return true;
    }

    /// Nobody may use the dict any more.
    void free() {
        for (var user : users) user.free();
        lock.free();
    }

    // --- reading

    /// Looks a key up; what is found is left in `user`, a string in the `room` bytes at `buffer` if it fits there.
    /// @param stale takes an entry that has expired, too
    /// @return `OK`, `NOT_FOUND` or `IS_A_LIST`
    public Answer get(DictUser user, long key, int keyLength, long now, boolean stale, long buffer, long room) {
        int hash = index.hash(key, keyLength);
        user.own = 0;
        boolean expiring = now >= entries.firstExpiry();
        if (stale || !expiring || !mustClean(user, now)) {
            for (int n = 0; n < READ_TRIES; n++) {
                long word = index.word(hash);
                if (!Index.changing(word)) {
                    long e = index.read(word, hash, key, keyLength);
                    boolean whole = e == 0 || e != Index.LOST && copy(user, e, hash, word, now, buffer, room);
                    if (whole && index.unchanged(hash, word)) {
                        var answer = read(user, e, hash, word, stale);
                        if (e != 0 && !user.stale) use(user, region.ref(e), hash, expiring);
                        return answer;
                    }
                    user.drop();
                }
                Thread.onSpinWait();
            }
        }
        lock(user);
        try {
            if (!stale) entries.clean(now);
            user.settle(entries.firstExpiry());
            long e = index.find(hash, key, keyLength);
            long word = index.word(hash);
            if (e != 0) copy(user, e, hash, word, now, buffer, room);
            var answer = read(user, e, hash, word, stale);
            if (e != 0 && !user.stale) entries.use(e);
            return answer;
        } finally {
            unlock();
        }
    }

    /// Whether a read has to remove expired entries: if the oldest has expired. If this worker has just read that one, another
    /// may be the oldest; so once there may be expired entries, reading the oldest is not left to be made up for ([#use]).
    private boolean mustClean(DictUser user, long now) {
        if (!user.settled(entries.firstExpiry())) return true;
        int oldest = entries.lru.oldest();
        return oldest != 0 && Entry.expired(region.at(oldest), now);
    }

    /// Copies what an entry says, which may be garbage, to `user`; reads nothing outside of the region.
    private boolean copy(DictUser user, long e, int hash, long word, long now, long buffer, long room) {
        int length = Entry.length(e);
        long value = Entry.value(e);
        user.type = Entry.type(e);
        user.flags = region.i(e + Entry.FLAGS);
        user.expires = Entry.expires(e);
        user.stale = user.expires != 0 && user.expires <= now;
        user.value = value;
        if (user.type == Entry.LIST) return true;
        if (length < 0 || !region.holds(value, Math.max(length, NUMBER_LENGTH))) return false;
        if (user.type == NUMBER) {
            user.number = Mem.d(value);
        } else if (user.type == BOOLEAN) {
            user.number = Mem.b(value);
        } else {
            user.at = buffer;
            user.length = length;
            if (length > room) {
                // memory is asked for only if the length is true
                if (!index.unchanged(hash, word)) return false;
                user.at = user.own = Mem.alloc(length);
            }
            Mem.copy(value, user.at, length);
        }
        return true;
    }

    private Answer read(DictUser user, long e, int hash, long word, boolean stale) {
        if (e == 0 || user.stale && !stale) {
            user.drop();
            return Answer.NOT_FOUND;
        }
        user.found(region.ref(e), hash, index.count(hash), word);
        return user.type == Entry.LIST ? Answer.IS_A_LIST : Answer.OK;
    }

    private void use(DictUser user, int ref, int hash, boolean expiring) {
        boolean later = !expiring || entries.lru.oldest() != ref;
        if (later && (user.touches.isEmpty() && entries.lru.newest() == ref || user.touches.add(ref, hash))) return;
        lock(user);
        try {
            touched(ref, hash);
        } finally {
            unlock();
        }
    }

    /// Milliseconds until the entry expires, negative when it has, 0 for never. The entry does not become newer.
    /// @return `Long.MIN_VALUE` when there is none
    public long ttl(long key, int keyLength, long now) {
        int hash = index.hash(key, keyLength);
        for (int n = 0; n < READ_TRIES; n++) {
            long word = index.word(hash);
            long e = index.read(word, hash, key, keyLength);
            long expires = e == 0 || e == Index.LOST ? 0 : Entry.expires(e);
            if (!Index.changing(word) && e != Index.LOST && index.unchanged(hash, word)) return ttl(e, expires, now);
            Thread.onSpinWait();
        }
        lock();
        try {
            long e = index.find(hash, key, keyLength);
            return ttl(e, e == 0 ? 0 : Entry.expires(e), now);
        } finally {
            unlock();
        }
    }

    private static long ttl(long e, long expires, long now) {
        if (e == 0) return Long.MIN_VALUE;
        return expires == 0 ? 0 : expires - now;
    }

    // --- writing

    /// Stores a value; [#NIL] removes the entry.
    /// @param what 0 or a sum of [#ADD], [#REPLACE], [#SAFE]
    /// @param value the `length` bytes of a string
    /// @param number a number, or of a boolean whether it is not 0
    /// @param ttl milliseconds, 0: without end
    /// @return `OK`, `EXISTS`, `NOT_FOUND` or `NO_MEMORY`
    public Answer store(DictUser user, int what, long key, int keyLength, int type, long value, long length, double number,
            long ttl, int flags, long now) {
        if (type == NUMBER) {
            Mem.d(user.scratch, number);
            value = user.scratch;
            length = NUMBER_LENGTH;
        } else if (type == BOOLEAN) {
            Mem.b(user.scratch, number != 0 ? 1 : 0);
            value = user.scratch;
            length = 1;
        }
        int hash = index.hash(key, keyLength);
        long expires = ttl > 0 ? now + ttl : 0;
        user.forcible = false;
        lock(user);
        try {
            entries.clean(now);
            long e = index.find(hash, key, keyLength);
            boolean alive = e != 0 && !Entry.expired(e, now);
            if (what != 0) {
                if (alive) entries.use(e);
                if ((what & REPLACE) != 0 && !alive) return Answer.NOT_FOUND;
                if ((what & ADD) != 0 && alive) return Answer.EXISTS;
            }
            if (e != 0) {
                if (type != NIL && Entry.length(e) == length && Entry.type(e) != Entry.LIST) {
                    entries.use(e);
                    entries.overwrite(e, type, value, flags, expires);
                    stored(user, e, hash, flags);
                    return Answer.OK;
                }
                entries.remove(e);
            }
            if (type == NIL) return Answer.OK;
            return add(user, (what & SAFE) != 0, hash, key, keyLength, type, value, length, flags, expires, now);
        } finally {
            unlock();
        }
    }

    /// The entry with this key, 0 when there is none. One that has not expired is the newest from now on.
    private long lookUp(int hash, long key, int keyLength, long now) {
        long e = index.find(hash, key, keyLength);
        if (e != 0 && !Entry.expired(e, now)) entries.use(e);
        return e;
    }

    private Answer add(DictUser user, boolean safe, int hash, long key, int keyLength, int type, long value, long length,
            int flags, long expires, long now) {
        long size = Entry.size(keyLength, length);
        long e = entries.slab.allocate(size);
        if (e == 0 && !safe) {
            takeTouches();
            e = entries.allocateEvicting(size, now, user);
        }
        if (e == 0) return Answer.NO_MEMORY;
        entries.add(e, hash, key, keyLength, type, value, (int) length, flags, expires);
        stored(user, e, hash, flags);
        return Answer.OK;
    }

    private void stored(DictUser user, long e, int hash, int flags) {
        user.flags = flags;
        user.stale = false;
        user.expires = Entry.expires(e);
        user.value = Entry.value(e);
        user.found(region.ref(e), hash, index.count(hash), index.word(hash));
    }

    /// Adds `by` to a number; the sum is left in `user.number`.
    /// @param hasInit whether an entry that is not there counts as `init`; it then expires after `ttl` milliseconds, 0: never
    /// @return `OK`, `NOT_FOUND`, `NOT_A_NUMBER` or `NO_MEMORY`
    public Answer incr(DictUser user, long key, int keyLength, double by, boolean hasInit, double init, long ttl, long now) {
        int hash = index.hash(key, keyLength);
        user.forcible = false;
        lock(user);
        try {
            entries.clean(now);
            long e = lookUp(hash, key, keyLength, now);
            boolean alive = e != 0 && !Entry.expired(e, now);
            if (!alive && !hasInit) return Answer.NOT_FOUND;
            if (alive && Entry.type(e) != NUMBER) return Answer.NOT_A_NUMBER;
            user.number = by + (alive ? Mem.d(Entry.value(e)) : init);
            if (alive) {
                entries.overwrite(e, user.number);
                stored(user, e, hash, region.i(e + Entry.FLAGS));
                return Answer.OK;
            }
            long expires = ttl > 0 ? now + ttl : 0;
            Mem.d(user.scratch, user.number);
            if (e != 0 && Entry.length(e) == NUMBER_LENGTH && Entry.type(e) != Entry.LIST) {
                entries.use(e);
                entries.overwrite(e, NUMBER, user.scratch, 0, expires);
                stored(user, e, hash, 0);
                return Answer.OK;
            }
            if (e != 0) entries.remove(e);
            return add(user, false, hash, key, keyLength, NUMBER, user.scratch, NUMBER_LENGTH, 0, expires, now);
        } finally {
            unlock();
        }
    }

    /// Has an entry expire after `ttl` milliseconds, 0: never. It does not become newer.
    /// @return `OK` or `NOT_FOUND`
    public Answer expire(long key, int keyLength, long ttl, long now) {
        int hash = index.hash(key, keyLength);
        lock();
        try {
            long e = index.find(hash, key, keyLength);
            if (e == 0) return Answer.NOT_FOUND;
            entries.expires(e, ttl > 0 ? now + ttl : 0);
            return Answer.OK;
        } finally {
            unlock();
        }
    }

    /// Has all entries expire. They are removed as others are looked up.
    public void flushAll(long now) {
        lock();
        try {
            for (int ref = entries.lru.newest(); ref != 0; ref = entries.lru.older(ref)) entries.expires(region.at(ref), 1);
            entries.evict(now);
        } finally {
            unlock();
        }
    }

    /// Removes entries that have expired, oldest first, up to `max` (0: all); returns how many.
    public int flushExpired(int max, long now) {
        lock();
        try {
            int removed = 0;
            for (int ref = entries.lru.oldest(); ref != 0; ) {
                int newer = entries.lru.newer(ref);
                if (Entry.expired(region.at(ref), now)) {
                    entries.remove(region.at(ref));
                    if (++removed == max) break;
                }
                ref = newer;
            }
            return removed;
        } finally {
            unlock();
        }
    }

    /// Told of a key's bytes, which are there during the call only.
    public interface KeyTaker {
        /// @param entry what the key's entry is known by
        void key(int entry, long key, int length);
    }

    /// Tells the keys that have not expired, oldest first, up to `max` (0: all); returns how many.
    public int keys(int max, long now, KeyTaker taker) {
        lock();
        try {
            int count = 0;
            for (int ref = entries.lru.oldest(); ref != 0 && (count != max || max == 0); ref = entries.lru.newer(ref)) {
                long e = region.at(ref);
                if (Entry.expired(e, now)) continue;
                taker.key(ref, e + Entry.KEY, Entry.keyLength(e));
                count++;
            }
            return count;
        } finally {
            unlock();
        }
    }

    // --- lists

    /// Adds an item at an end of a list, which is made if there is none; the list's length is left in `user.length`.
    /// @param type [#STRING] or [#NUMBER]
    /// @return `OK`, `NOT_A_LIST`, `NO_MEMORY` or `NO_MEMORY_FOR_LIST`
    public Answer push(DictUser user, boolean left, long key, int keyLength, int type, long value, int length, double number, long now) {
        if (type == NUMBER) {
            Mem.d(user.scratch, number);
            value = user.scratch;
            length = NUMBER_LENGTH;
        }
        int hash = index.hash(key, keyLength);
        lock(user);
        try {
            entries.clean(now);
            long e = lookUp(hash, key, keyLength, now);
            if (e != 0 && Entry.expired(e, now)) {
                if (Entry.type(e) == Entry.LIST) {
                    entries.removeItems(e);
                    entries.expires(e, 0);
                    entries.use(e);
                } else {
                    entries.remove(e);
                    e = 0;
                }
            }
            if (e == 0) {
                e = entries.slab.allocate(Entry.listSize(keyLength));
                if (e == 0) return Answer.NO_MEMORY_FOR_LIST;
                entries.add(e, hash, key, keyLength, Entry.LIST, 0, 0, 0, 0);
            }
            if (Entry.type(e) != Entry.LIST) return Answer.NOT_A_LIST;
            long item = entries.slab.allocate(Entry.itemSize(length));
            if (item == 0) {
                if (Entry.length(e) == 0) entries.remove(e);
                return Answer.NO_MEMORY;
            }
            entries.addItem(e, item, left, type, value, length);
            user.length = Entry.length(e);
            return Answer.OK;
        } finally {
            unlock();
        }
    }

    /// Takes an item off an end of a list and leaves it in `user`. With its last item a list goes, too.
    /// @param room gives memory for a string of that length
    /// @return `OK`, `NOT_FOUND` or `NOT_A_LIST`
    public Answer pop(DictUser user, boolean left, long key, int keyLength, long now, LongUnaryOperator room) {
        int hash = index.hash(key, keyLength);
        lock(user);
        try {
            entries.clean(now);
            long e = lookUp(hash, key, keyLength, now);
            if (e == 0 || Entry.expired(e, now)) return Answer.NOT_FOUND;
            if (Entry.type(e) != Entry.LIST) return Answer.NOT_A_LIST;
            long item = region.at(region.i(e + (left ? Entry.FIRST : Entry.LAST)));
            copyItem(user, item, room);
            entries.removeItem(e, item);
            if (Entry.length(e) == 0) entries.remove(e);
            return Answer.OK;
        } finally {
            unlock();
        }
    }

    private void copyItem(DictUser user, long item, LongUnaryOperator room) {
        user.type = region.i(item + Entry.ITEM_TYPE);
        if (user.type == NUMBER) {
            user.number = Mem.d(item + Entry.ITEM_VALUE);
            return;
        }
        user.length = region.i(item + Entry.ITEM_LENGTH);
        user.at = room.applyAsLong(user.length);
        Mem.copy(item + Entry.ITEM_VALUE, user.at, user.length);
    }

    /// Leaves a list's length in `user.length`, 0 when there is none.
    /// @return `OK` or `NOT_A_LIST`
    public Answer length(DictUser user, long key, int keyLength, long now) {
        int hash = index.hash(key, keyLength);
        user.length = 0;
        lock(user);
        try {
            entries.clean(now);
            long e = lookUp(hash, key, keyLength, now);
            if (e == 0 || Entry.expired(e, now)) return Answer.OK;
            if (Entry.type(e) != Entry.LIST) return Answer.NOT_A_LIST;
            user.length = Entry.length(e);
            return Answer.OK;
        } finally {
            unlock();
        }
    }
}
