package nightjar.dict;

import nightjar.core.Mem;

/// Where in an entry what lies: 48 bytes, the key, the value. nginx's have 68 before the key, and that is what is asked of
/// the [Slab], so that as many fit. Of a list the value is elsewhere: `LENGTH` counts its items then.
final class Entry {
    static final int HASH = 0;
    /// The next one in the bucket.
    static final int CHAINED = 4;
    static final int NEWER = 8;
    static final int OLDER = 12;
    /// Milliseconds since 1970, 0: never.
    static final int EXPIRES = 16;
    static final int FLAGS = 24;
    static final int LENGTH = 28;
    /// The key's, below 65536, and the type above it.
    private static final int KEY_LENGTH_TYPE = 32;
    static final int FIRST = 36;
    static final int LAST = 40;
    static final int KEY = 48;
    static final int MAX_KEY = 65535;

    // types, as Lua numbers them
    static final int NIL = 0;
    static final int BOOLEAN = 1;
    static final int NUMBER = 3;
    static final int STRING = 4;
    static final int LIST = 5;

    // an item of a list
    static final int ITEM_NEXT = 0;
    static final int ITEM_PREV = 4;
    static final int ITEM_LENGTH = 8;
    static final int ITEM_TYPE = 12;
    static final int ITEM_VALUE = 16;

    private static final int NGINX_HEAD = 68;
    private static final int NGINX_LIST_HEAD = 16;
    private static final int NGINX_ITEM_HEAD = 21;

    private Entry() {}

    /// What nginx allocates for an entry.
    static long size(int keyLength, long valueLength) { return NGINX_HEAD + (long) keyLength + valueLength; }

    static long listSize(int keyLength) { return NGINX_HEAD + keyLength + NGINX_LIST_HEAD + 7 & ~7; }

    static long itemSize(long valueLength) { return NGINX_ITEM_HEAD + valueLength; }

    /// Fills the head of an entry that nobody sees yet.
    static void init(long e, int keyLength, int type, int length, int flags, long expires) {
        Mem.i(e + KEY_LENGTH_TYPE, type << 16 | keyLength);
        Mem.i(e + LENGTH, length);
        Mem.i(e + FLAGS, flags);
        Mem.l(e + EXPIRES, expires);
        Mem.i(e + FIRST, 0);
        Mem.i(e + LAST, 0);
    }

    static int keyLength(long e) { return Mem.i(e + KEY_LENGTH_TYPE) & 0xffff; }

    static int type(long e) { return Mem.i(e + KEY_LENGTH_TYPE) >>> 16; }

    static void keyLengthAndType(Region region, long e, int keyLength, int type) {
        region.i(e + KEY_LENGTH_TYPE, type << 16 | keyLength);
    }

    static long expires(long e) { return Mem.l(e + EXPIRES); }

    static boolean expired(long e, long now) { return expires(e) != 0 && expires(e) <= now; }

    static int length(long e) { return Mem.i(e + LENGTH); }

    static long value(long e) { return e + KEY + keyLength(e); }

    static boolean hasKey(long e, long key, int keyLength) {
        return keyLength(e) == keyLength && Mem.equals(e + KEY, key, keyLength);
    }
}
