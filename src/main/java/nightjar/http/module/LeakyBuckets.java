package nightjar.http.module;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// What a `limit_req` zone knows: a leaky bucket for each key, in thousandths of a request. All workers share it; when its
/// size is used up the key that was asked for least recently is forgotten. Source: ngx_http_limit_req_lookup.
final class LeakyBuckets {
    /// What nginx keeps for a key beside the key itself, in bytes.
    private static final int NODE = 80;
    private static final long FORGET_MSEC = 60_000;

    private static final class Bucket {
        long excess;
        long last;
        /// Limits that have found it and not yet poured.
        int users;
    }

    private final String keyText;
    private final long maxBytes;
    /// Least recently asked for first.
    private final LinkedHashMap<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    LeakyBuckets(String keyText, long size) {
        this.keyText = keyText;
        // a page for nginx's own use and a 64th for its table of pages
        this.maxBytes = size - size / 64 - 4096;
    }

    String keyText() { return keyText; }

    /// How full the bucket of `key` would be with one request more, in thousandths. If that is more than `burst`, or
    /// `pour` is not wanted, nothing is poured; in the latter case [#pour] or [#leave] must follow.
    synchronized long find(String key, long rate, long burst, long now, boolean pour) {
        var b = buckets.get(key);
        if (b == null) {
            b = add(key, rate, now);
            if (b == null) return -1;
            if (pour) b.last = now;
            else b.users++;
            return 0;
        }
        long passed = passed(b, now);
        long excess = Math.max(0, b.excess - rate * passed / 1000 + 1000);
        if (excess > burst) return excess;
        if (pour) {
            b.excess = excess;
            if (passed != 0) b.last = now;
        } else {
            b.users++;
        }
        return excess;
    }

    /// Counts the request that [#find] found room for; returns how full the bucket is then.
    synchronized long pour(String key, long rate, long now) {
        var b = buckets.get(key);
        if (b == null) return 0;
        long passed = passed(b, now);
        long excess = Math.max(0, b.excess - rate * passed / 1000 + 1000);
        if (passed != 0) b.last = now;
        b.excess = excess;
        b.users--;
        return excess;
    }

    synchronized void leave(String key) {
        var b = buckets.get(key);
        if (b != null) b.users--;
    }

    private static long passed(Bucket b, long now) {
        long msec = now - b.last;
        return msec < -FORGET_MSEC ? 1 : Math.max(0, msec);
    }

    private @Nullable Bucket add(String key, long rate, long now) {
        forgetEmpty(rate, now, 2);
        int size = size(key);
        while (bytes + size > maxBytes) if (!forget()) return null;
        bytes += size;
        var b = new Bucket();
        buckets.put(key, b);
        return b;
    }

    private void forgetEmpty(long rate, long now, int n) {
        while (n-- > 0 && !buckets.isEmpty()) {
            var b = buckets.firstEntry().getValue();
            long msec = Math.abs(now - b.last);
            if (b.users > 0 || msec < FORGET_MSEC || b.excess - rate * msec / 1000 > 0) return;
            forget();
        }
    }

    private boolean forget() {
        var oldest = buckets.firstEntry();
        if (oldest == null || oldest.getValue().users > 0) return false;
        buckets.remove(oldest.getKey());
        bytes -= size(oldest.getKey());
        return true;
    }

    /// nginx's allocator gives powers of two.
    static int size(String key) {
        int n = NODE + key.length();
        return Integer.highestOneBit(n - 1) << 1;
    }
}
