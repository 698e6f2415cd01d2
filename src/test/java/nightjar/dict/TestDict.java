package nightjar.dict;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// A dict with keys and values as strings, for tests: one thread's use of it.
final class TestDict implements AutoCloseable {
    static final int ROOM = 256;

    final SharedDict dict;
    final DictUser user;
    long now = 1_000_000;
    private final long key = Mem.alloc(1 << 16);
    private final long buffer = Mem.alloc(ROOM);
    private final byte[] keyBytes = new byte[1 << 16];

    TestDict(SharedDict dict) {
        this.dict = dict;
        user = dict.user();
    }

    static SharedDict memory(long size) {
        var entries = new Entries(Region.ofMemory(size), 42);
        entries.init("test");
        return new SharedDict(entries, size);
    }

    private int key(String s) {
        for (int k = 0; k < s.length(); k++) keyBytes[k] = (byte) s.charAt(k);
        Mem.put(key, keyBytes, 0, s.length());
        return s.length();
    }

    @Nullable Object get(String k) { return get(k, false); }

    /// A Boolean, Double, String, or the Answer that is not OK, `null` for NOT_FOUND.
    @Nullable Object get(String k, boolean stale) {
        var answer = dict.get(user, key, key(k), now, stale, buffer, ROOM);
        if (answer == Answer.NOT_FOUND) return null;
        return answer == Answer.OK ? value() : answer;
    }

    private Object value() {
        if (user.type == SharedDict.NUMBER) return user.number;
        if (user.type == SharedDict.BOOLEAN) return user.number != 0;
        var s = Mem.string(user.at, user.length);
        user.drop();
        return s;
    }

    Answer set(String k, @Nullable Object v) { return store(0, k, v, 0); }

    Answer store(int what, String k, @Nullable Object v, long ttl) {
        int n = key(k);
        return switch (v) {
            case null -> dict.store(user, what, key, n, SharedDict.NIL, 0, 0, 0, ttl, 0, now);
            case Double d -> dict.store(user, what, key, n, SharedDict.NUMBER, 0, 0, d, ttl, 0, now);
            case Boolean b -> dict.store(user, what, key, n, SharedDict.BOOLEAN, 0, 0, b ? 1 : 0, ttl, 0, now);
            default -> string(what, n, Bytes.of((String) v), ttl);
        };
    }

    private Answer string(int what, int n, byte[] v, long ttl) {
        long at = Mem.alloc(v.length);
        Mem.put(at, v);
        try {
            return dict.store(user, what, key, n, SharedDict.STRING, at, v.length, 0, ttl, v.length, now);
        } finally {
            Mem.free(at);
        }
    }

    Answer incr(String k, double by) { return dict.incr(user, key, key(k), by, false, 0, 0, now); }

    Answer incr(String k, double by, double init, long ttl) { return dict.incr(user, key, key(k), by, true, init, ttl, now); }

    Answer push(boolean left, String k, String v) {
        long at = Mem.alloc(v.length());
        Mem.put(at, v);
        try {
            return dict.push(user, left, key, key(k), SharedDict.STRING, at, v.length(), 0, now);
        } finally {
            Mem.free(at);
        }
    }

    Answer push(String k, double v) { return dict.push(user, false, key, key(k), SharedDict.NUMBER, 0, 0, v, now); }

    @Nullable Object pop(boolean left, String k) {
        var answer = dict.pop(user, left, key, key(k), now, _ -> buffer);
        if (answer == Answer.NOT_FOUND) return null;
        return answer == Answer.OK ? value() : answer;
    }

    int length(String k) {
        dict.length(user, key, key(k), now);
        return user.length;
    }

    int freePages() { return (int) (dict.freeSpace() / Region.PAGE); }

    long ttl(String k) { return dict.ttl(key, key(k), now); }

    Answer expire(String k, long ttl) { return dict.expire(key, key(k), ttl, now); }

    /// Oldest first.
    List<String> keys(int max) {
        var keys = new ArrayList<String>();
        dict.keys(max, now, (_, key, length) -> keys.add(Mem.string(key, length)));
        return keys;
    }

    @Override public void close() {
        Mem.free(key);
        Mem.free(buffer);
    }
}
