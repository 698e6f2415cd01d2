package nightjar.http;

import nightjar.core.Mem;

/// The request headers that nginx knows by name, as small numbers; 0 is any other header.
/// A name's hash is `String.hashCode` of its lower-case form, so a constant name costs nothing to look up.
public final class KnownHeader {
    public static final int HOST = 1;
    public static final int CONNECTION = 2;
    public static final int IF_MODIFIED_SINCE = 3;
    public static final int IF_UNMODIFIED_SINCE = 4;
    public static final int IF_MATCH = 5;
    public static final int IF_NONE_MATCH = 6;
    public static final int USER_AGENT = 7;
    public static final int REFERER = 8;
    public static final int CONTENT_LENGTH = 9;
    public static final int CONTENT_RANGE = 10;
    public static final int CONTENT_TYPE = 11;
    public static final int RANGE = 12;
    public static final int IF_RANGE = 13;
    public static final int TRANSFER_ENCODING = 14;
    public static final int TE = 15;
    public static final int EXPECT = 16;
    public static final int UPGRADE = 17;
    public static final int ACCEPT_ENCODING = 18;
    public static final int VIA = 19;
    public static final int AUTHORIZATION = 20;
    public static final int PROXY_AUTHORIZATION = 21;
    public static final int KEEP_ALIVE = 22;
    public static final int X_FORWARDED_FOR = 23;
    public static final int X_REAL_IP = 24;
    public static final int ACCEPT = 25;
    public static final int ACCEPT_LANGUAGE = 26;
    public static final int COOKIE = 27;
    static final int COUNT = 28;

    private static final String[] NAMES = {
        "", "host", "connection", "if-modified-since", "if-unmodified-since", "if-match", "if-none-match",
        "user-agent", "referer", "content-length", "content-range", "content-type", "range", "if-range",
        "transfer-encoding", "te", "expect", "upgrade", "accept-encoding", "via", "authorization",
        "proxy-authorization", "keep-alive", "x-forwarded-for", "x-real-ip", "accept", "accept-language", "cookie",
    };

    /// A second one of these in a head is a 400.
    private static final int UNIQUE = bits(IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_MATCH, IF_NONE_MATCH,
            CONTENT_LENGTH, CONTENT_RANGE, IF_RANGE, TRANSFER_ENCODING, EXPECT, AUTHORIZATION, PROXY_AUTHORIZATION);
    /// Lua's `ngx.req.set_header` treats these as one value: what exists is overwritten, never added to.
    private static final int SINGLE_IN_LUA = bits(HOST, CONNECTION, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_MATCH,
            IF_NONE_MATCH, USER_AGENT, REFERER, CONTENT_LENGTH, CONTENT_TYPE, RANGE, IF_RANGE, TRANSFER_ENCODING,
            EXPECT, UPGRADE, ACCEPT_ENCODING, VIA, AUTHORIZATION, KEEP_ALIVE, X_REAL_IP);

    private static final int SLOTS = 256;
    private static final int[] HASHES = new int[SLOTS];
    private static final byte[] IDS = new byte[SLOTS];

    static {
        for (int id = 1; id < COUNT; id++) {
            int hash = NAMES[id].hashCode();
            int slot = slot(hash);
            while (IDS[slot] != 0) {
                slot = slot + 1 & SLOTS - 1;
            }
            HASHES[slot] = hash;
            IDS[slot] = (byte) id;
        }
    }

    private KnownHeader() {}

    /// The number of a lower-case name; 0 when nginx does not know it.
    public static int of(String lowerName) {
        int id = find(lowerName.hashCode());
        return id != 0 && NAMES[id].equals(lowerName) ? id : 0;
    }

    /// The number of the name of `n` bytes at `addr`, in any case, with this hash.
    static int of(int hash, long addr, int n) {
        int id = find(hash);
        return id != 0 && NAMES[id].length() == n && same(addr, NAMES[id]) ? id : 0;
    }

    static boolean unique(int id) {
        return (UNIQUE & 1 << id) != 0;
    }

    static boolean singleInLua(int id) {
        return (SINGLE_IN_LUA & 1 << id) != 0;
    }

    /// Whether the bytes at `addr` are `lowerName` in any case (ASCII letters only).
    static boolean same(long addr, String lowerName) {
        for (int i = 0; i < lowerName.length(); i++) {
            int c = Mem.b(addr + i) & 0xff;
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lowerName.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int find(int hash) {
        int slot = slot(hash);
        while (IDS[slot] != 0) {
            if (HASHES[slot] == hash) {
                return IDS[slot];
            }
            slot = slot + 1 & SLOTS - 1;
        }
        return 0;
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 8 ^ hash >>> 16) & SLOTS - 1;
    }

    private static int bits(int... ids) {
        int bits = 0;
        for (int id : ids) {
            bits |= 1 << id;
        }
        return bits;
    }
}
