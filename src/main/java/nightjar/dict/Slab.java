package nightjar.dict;

/// Gives out a pool's memory as nginx's slab allocator does, page for page and chunk for chunk, so that a dict is full when
/// nginx's would be. Chunks of 8 to 2048 bytes, a page of one size each; above that, runs of whole pages, the first that fits.
/// Source: ngx_slab.c.
///
/// A page's record: the bits of its chunks in use, `next` and `prev` in a list, its kind, and a number that depends on it.
/// Of a run only its first and last page are written.
final class Slab {
    private static final int PAGE_SHIFT = 12;
    static final int MIN_SHIFT = 3;
    /// One more than the greatest shift of a chunk.
    static final int SHIFTS = 12;
    private static final int MAX_CHUNK = Region.PAGE / 2;
    /// Chunks smaller than 64 bytes are more than a record has bits for: theirs lie in the page's first chunks.
    private static final int EXACT_SHIFT = 6;
    static final int NONE = -1;

    // a record
    static final int RECORD = 24;
    private static final int MAP = 0;
    private static final int NEXT = 8;
    private static final int PREV = 12;
    private static final int KIND = 16;
    private static final int NUMBER = 20;
    // kinds, and what their number is
    /// The first page of a free run; how many pages it has.
    static final int FREE = 0;
    /// The last page of a free run of several; the same.
    static final int FREE_END = 1;
    /// The first page of a run in use; the same.
    static final int RUN = 2;
    static final int RUN_END = 3;
    /// A page of chunks; log2 of their size.
    static final int CHUNKS = 4;

    private final Region region;

    Slab(Region region) { this.region = region; }

    /// Makes all pages one free run.
    void init() {
        region.i(region.base + Region.FREE_PAGES, region.pages);
        region.i(region.base + Region.FREE_RUNS, NONE);
        for (int shift = MIN_SHIFT; shift < SHIFTS; shift++) region.i(slot(shift), NONE);
        if (region.pages > 0) addFree(0, region.pages);
    }

    int freePages() { return region.i(region.base + Region.FREE_PAGES); }

    /// At least `size` bytes of unset memory, 0 when there are none.
    long allocate(long size) {
        if (size > MAX_CHUNK) {
            int page = takeRun((int) Math.min(size + Region.PAGE - 1 >>> PAGE_SHIFT, Integer.MAX_VALUE));
            return page == NONE ? 0 : address(page);
        }
        int shift = Math.max(MIN_SHIFT, 64 - Long.numberOfLeadingZeros(size - 1));
        int page = region.i(slot(shift));
        return page == NONE ? firstChunk(shift) : chunk(page, shift);
    }

    private long chunk(int page, int shift) {
        int words = words(shift);
        for (int w = 0; w < words; w++) {
            long at = map(page, shift) + w * 8L;
            long free = ~region.l(at) & mask(shift);
            if (free == 0) continue;
            int bit = Long.numberOfTrailingZeros(free);
            region.l(at, region.l(at) | 1L << bit);
            if (full(page, shift)) unlink(page, slot(shift));
            return address(page) + ((long) (w * 64 + bit) << shift);
        }
        throw new IllegalStateException("page is busy");
    }

    private long firstChunk(int shift) {
        int page = takeRun(1);
        if (page == NONE) return 0;
        int reserved = reserved(shift);
        region.i(record(page) + KIND, CHUNKS);
        region.i(record(page) + NUMBER, shift);
        region.l(map(page, shift), (1L << reserved + 1) - 1);
        for (int w = 1; w < words(shift); w++) region.l(map(page, shift) + w * 8L, 0);
        link(page, slot(shift));
        return address(page) + ((long) reserved << shift);
    }

    /// Gives back what [#allocate] gave.
    void free(long at) {
        int page = page(at);
        if (kind(page) == RUN) {
            freeRun(page, number(page));
            return;
        }
        if (kind(page) != CHUNKS) throw new IllegalStateException("page is already free");
        int shift = number(page);
        int chunk = (int) (at & Region.PAGE - 1) >> shift;
        long word = map(page, shift) + (chunk >> 6) * 8L;
        long bit = 1L << chunk;
        if ((region.l(word) & bit) == 0) throw new IllegalStateException("chunk is already free");
        if (full(page, shift)) link(page, slot(shift));
        region.l(word, region.l(word) & ~bit);
        if (used(page, shift) > 0) return;
        unlink(page, slot(shift));
        freeRun(page, 1);
    }

    boolean full(int page, int shift) {
        for (int w = 0; w < words(shift); w++) {
            if (region.l(map(page, shift) + w * 8L) != mask(shift)) return false;
        }
        return true;
    }

    /// How many chunks of a page are in use.
    int used(int page, int shift) {
        int used = -reserved(shift);
        for (int w = 0; w < words(shift); w++) used += Long.bitCount(region.l(map(page, shift) + w * 8L));
        return used;
    }

    /// Whether the chunk or run that begins at `at` is in use; for checks.
    boolean allocated(long at) {
        int page = page(at);
        if (kind(page) == RUN) return at == address(page);
        if (kind(page) != CHUNKS) return false;
        int shift = number(page);
        int chunk = (int) (at & Region.PAGE - 1) >> shift;
        return chunk >= reserved(shift) && (at & (1L << shift) - 1) == 0
                && (region.l(map(page, shift) + (chunk >> 6) * 8L) & 1L << chunk) != 0;
    }

    /// The size of the chunk or run that holds `at`.
    long room(long at) {
        int page = page(at);
        return kind(page) == CHUNKS ? 1L << number(page) : (long) number(page) << PAGE_SHIFT;
    }

    private int takeRun(int pages) {
        for (int page = region.i(region.base + Region.FREE_RUNS); page != NONE; page = next(page)) {
            int has = number(page);
            if (has < pages) continue;
            if (has == pages) {
                unlink(page, region.base + Region.FREE_RUNS);
            } else {
                // the rest takes its place in the list
                int rest = page + pages;
                int before = prev(page), after = next(page);
                region.i(record(rest) + PREV, before);
                region.i(record(rest) + NEXT, after);
                if (before == NONE) region.i(region.base + Region.FREE_RUNS, rest);
                else region.i(record(before) + NEXT, rest);
                if (after != NONE) region.i(record(after) + PREV, rest);
                mark(rest, has - pages, FREE, FREE_END);
            }
            mark(page, pages, RUN, RUN_END);
            region.i(region.base + Region.FREE_PAGES, freePages() - pages);
            return page;
        }
        return NONE;
    }

    /// Joins the run with free ones around it and puts it first in the list.
    private void freeRun(int page, int pages) {
        region.i(region.base + Region.FREE_PAGES, freePages() + pages);
        int behind = page + pages;
        if (behind < region.pages && kind(behind) == FREE) {
            pages += number(behind);
            unlink(behind, region.base + Region.FREE_RUNS);
        }
        if (page > 0) {
            int last = page - 1;
            boolean single = kind(last) == FREE;
            if (single || kind(last) == FREE_END) {
                int before = number(last);
                page -= before;
                pages += before;
                unlink(page, region.base + Region.FREE_RUNS);
            }
        }
        addFree(page, pages);
    }

    private void addFree(int page, int pages) {
        mark(page, pages, FREE, FREE_END);
        link(page, region.base + Region.FREE_RUNS);
    }

    private void mark(int page, int pages, int first, int last) {
        region.i(record(page) + KIND, first);
        region.i(record(page) + NUMBER, pages);
        if (pages == 1) return;
        region.i(record(page + pages - 1) + KIND, last);
        region.i(record(page + pages - 1) + NUMBER, pages);
    }

    private void link(int page, long head) {
        int first = region.i(head);
        region.i(record(page) + NEXT, first);
        region.i(record(page) + PREV, NONE);
        if (first != NONE) region.i(record(first) + PREV, page);
        region.i(head, page);
    }

    private void unlink(int page, long head) {
        int before = prev(page), after = next(page);
        if (before == NONE) region.i(head, after);
        else region.i(record(before) + NEXT, after);
        if (after != NONE) region.i(record(after) + PREV, before);
    }

    private long record(int page) { return region.pageTable + (long) page * RECORD; }

    int kind(int page) { return region.i(record(page) + KIND); }

    int number(int page) { return region.i(record(page) + NUMBER); }

    int next(int page) { return region.i(record(page) + NEXT); }

    int prev(int page) { return region.i(record(page) + PREV); }

    int page(long at) { return (int) (at - region.pool >>> PAGE_SHIFT); }

    long address(int page) { return region.pool + ((long) page << PAGE_SHIFT); }

    /// Where the list of the pages that have chunks of this size to give begins.
    long slot(int shift) { return region.base + Region.SLOTS + (shift - MIN_SHIFT) * 4L; }

    private long map(int page, int shift) { return shift < EXACT_SHIFT ? address(page) : record(page) + MAP; }

    private static int words(int shift) { return shift < EXACT_SHIFT ? 64 >> shift : 1; }

    /// The bits of a word that stand for a chunk.
    private static long mask(int shift) { return shift <= EXACT_SHIFT ? -1L : (1L << (Region.PAGE >> shift)) - 1; }

    /// How many chunks the bits of small chunks take.
    private static int reserved(int shift) {
        return shift < EXACT_SHIFT ? Math.max(1, (Region.PAGE >> shift) / (8 << shift)) : 0;
    }
}
