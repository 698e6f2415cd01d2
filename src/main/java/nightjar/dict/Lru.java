package nightjar.dict;

/// The entries in the order of their use.
final class Lru {
    private final Region region;
    private final long newest;
    private final long oldest;

    Lru(Region region) {
        this.region = region;
        newest = region.base + Region.NEWEST;
        oldest = region.base + Region.OLDEST;
    }

    /// 0 when there is none, as all of these.
    int newest() { return region.i(newest); }

    int oldest() { return region.i(oldest); }

    int newer(int ref) { return region.i(region.at(ref) + Entry.NEWER); }

    int older(int ref) { return region.i(region.at(ref) + Entry.OLDER); }

    void add(int ref) {
        int second = newest();
        region.i(region.at(ref) + Entry.NEWER, 0);
        region.i(region.at(ref) + Entry.OLDER, second);
        if (second == 0) region.i(oldest, ref);
        else region.i(region.at(second) + Entry.NEWER, ref);
        region.i(newest, ref);
    }

    void remove(int ref) {
        int newer = newer(ref), older = older(ref);
        if (newer == 0) region.i(newest, older);
        else region.i(region.at(newer) + Entry.OLDER, older);
        if (older == 0) region.i(oldest, newer);
        else region.i(region.at(older) + Entry.NEWER, newer);
    }

    /// The entry is the newest from now on.
    void use(int ref) {
        if (newest() == ref) return;
        remove(ref);
        add(ref);
    }
}
