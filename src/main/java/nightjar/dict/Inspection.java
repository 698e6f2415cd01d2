package nightjar.dict;

import java.util.BitSet;

/// Looks whether a region makes sense as a whole: every page, chunk, bucket, entry and item is where all that refers to it says,
/// once, and every counter is right. Believes nothing it has not looked at, so that it ends well with any bytes.
final class Inspection {
    private static final class Damage extends Exception {
        Damage(String what) { super(what, null, false, false); }
    }

    private final Region region;
    private final Entries entries;
    private final Slab slab;
    /// Entries and items found, by where in the pool they are: none has less than 32 bytes.
    private final BitSet found = new BitSet();
    /// Of each page, how many chunks of it were found in use.
    private final int[] used;
    private int count;
    private int expiring;

    private Inspection(Entries entries) {
        this.entries = entries;
        region = entries.region;
        slab = entries.slab;
        used = new int[region.pages];
    }

    /// @throws DictException saying what is wrong
    static void inspect(Entries entries) {
        try {
            new Inspection(entries).run();
        } catch (Damage d) {
            throw new DictException("its contents are damaged: " + d.getMessage());
        }
    }

    private void run() throws Damage {
        pages();
        fixed(Region.ROOT);
        fixed(Region.LABEL);
        order();
        buckets();
        int word = region.i(region.base + Region.ENTRIES);
        check(word == count, "number of entries");
        check(region.i(region.base + Region.EXPIRING) == expiring, "number of entries that expire");
        for (int page = 0; page < region.pages; page += blockPages(page)) {
            if (slab.kind(page) == Slab.CHUNKS) check(slab.used(page, slab.number(page)) == used[page], "chunks");
            if (slab.kind(page) == Slab.RUN) check(used[page] == 1, "pages");
        }
    }

    private static void check(boolean good, String what) throws Damage {
        if (!good) throw new Damage(what);
    }

    // --- memory

    private int blockPages(int page) { return slab.kind(page) == Slab.CHUNKS ? 1 : slab.number(page); }

    private void pages() throws Damage {
        int free = 0, runs = 0;
        int[] partial = new int[Slab.SHIFTS];
        for (int page = 0; page < region.pages; page += blockPages(page)) {
            int kind = slab.kind(page), number = slab.number(page);
            if (kind == Slab.CHUNKS) {
                check(number >= Slab.MIN_SHIFT && number < Slab.SHIFTS, "page record");
                check(slab.used(page, number) > 0, "page without chunks");
                if (!slab.full(page, number)) partial[number]++;
                continue;
            }
            check((kind == Slab.FREE || kind == Slab.RUN) && number > 0 && number <= region.pages - page, "page record");
            int last = page + number - 1;
            check(number == 1 || slab.kind(last) == kind + 1 && (kind == Slab.RUN || slab.number(last) == number), "page run");
            if (kind == Slab.RUN) continue;
            free += number;
            runs++;
        }
        check(free == slab.freePages(), "number of free pages");
        list(region.base + Region.FREE_RUNS, runs, Slab.FREE, -1);
        for (int shift = Slab.MIN_SHIFT; shift < Slab.SHIFTS; shift++) list(slab.slot(shift), partial[shift], Slab.CHUNKS, shift);
    }

    /// A list of pages has as many as there are of its kind, once each.
    private void list(long head, int size, int kind, int shift) throws Damage {
        int before = Slab.NONE;
        int page = region.i(head);
        for (int n = 0; n < size; n++) {
            check(page >= 0 && page < region.pages, "list of pages");
            check(slab.kind(page) == kind && slab.prev(page) == before, "list of pages");
            check(shift < 0 || slab.number(page) == shift && !slab.full(page, shift), "list of pages");
            before = page;
            page = slab.next(page);
        }
        check(page == Slab.NONE, "list of pages");
    }

    /// Marks memory as found; it must be in use, and found for the first time.
    private long take(int ref, long size) throws Damage {
        long at = region.at(ref);
        check(region.holds(at, size) && slab.allocated(at) && size <= slab.room(at), "reference");
        check(!found.get(place(at)), "two references to one place");
        found.set(place(at));
        used[slab.page(at)]++;
        return at;
    }

    private int place(long at) { return (int) (at - region.pool >>> 5); }

    private void fixed(int where) throws Damage { take(region.i(region.base + where), 1); }

    // --- entries

    private void order() throws Damage {
        int before = 0;
        for (int ref = entries.lru.newest(); ref != 0; ref = entries.lru.older(ref)) {
            long e = take(ref, Entry.KEY);
            entry(e);
            check(entries.lru.newer(ref) == before, "order of use");
            before = ref;
            count++;
        }
        check(entries.lru.oldest() == before, "order of use");
    }

    private void entry(long e) throws Damage {
        int type = Entry.type(e), length = Entry.length(e), keyLength = Entry.keyLength(e);
        long size = type == Entry.LIST ? Entry.listSize(keyLength) : Entry.size(keyLength, length);
        check(keyLength > 0 && length >= 0 && size <= slab.room(e), "entry");
        check(entries.index.hash(e + Entry.KEY, keyLength) == region.i(e + Entry.HASH), "key");
        if (Entry.expires(e) != 0) {
            expiring++;
            check(Entry.expires(e) >= entries.firstExpiry(), "time of expiry");
        }
        switch (type) {
            case Entry.BOOLEAN -> check(length == 1, "boolean");
            case Entry.NUMBER -> check(length == 8, "number");
            case Entry.STRING -> { }
            case Entry.LIST -> items(e, length);
            default -> throw new Damage("type");
        }
    }

    private void items(long list, int size) throws Damage {
        int before = 0, n = 0;
        for (int ref = region.i(list + Entry.FIRST); ref != 0; n++) {
            long item = take(ref, Entry.ITEM_VALUE);
            int type = region.i(item + Entry.ITEM_TYPE), length = region.i(item + Entry.ITEM_LENGTH);
            check(type == Entry.STRING || type == Entry.NUMBER && length == 8, "item's type");
            check(length >= 0 && Entry.itemSize(length) <= slab.room(item), "item");
            check(region.i(item + Entry.ITEM_PREV) == before, "order of items");
            before = ref;
            ref = region.i(item + Entry.ITEM_NEXT);
        }
        check(n == size && region.i(list + Entry.LAST) == before, "number of items");
    }

    /// Every entry is in the bucket of its hash, and nothing else is.
    private void buckets() throws Damage {
        int chained = 0;
        for (int b = 0; b < region.bucketCount; b++) {
            long word = region.l(region.buckets + b * 8L);
            check(!Index.changing(word), "bucket");
            for (int ref = (int) word; ref != 0; ref = region.i(region.at(ref) + Entry.CHAINED)) {
                long e = region.at(ref);
                check(region.holds(e, Entry.KEY) && found.get(place(e)), "bucket");
                found.clear(place(e));
                check(entries.index.bucket(region.i(region.at(ref) + Entry.HASH)) == region.buckets + b * 8L, "bucket");
                chained++;
            }
        }
        check(chained == count, "buckets");
    }
}
