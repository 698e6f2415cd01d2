package nightjar.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Names a module's state in one request.
public final class CtxKey<X> {
    // several workers may load modules' classes at once
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final List<CtxKey<?>> LASTING = new CopyOnWriteArrayList<>();
    final int index = COUNT.getAndIncrement();

    /// State that an internal redirect makes the request forget.
    public CtxKey() {}

    /// State that stays with the request to its end: what its log line tells of.
    public static <X> CtxKey<X> lasting() {
        var key = new CtxKey<X>();
        LASTING.add(key);
        return key;
    }

    static int count() { return COUNT.get(); }

    /// What is left of `values` after an internal redirect.
    static Object[] kept(Object[] values) {
        var kept = new Object[values.length];
        for (int i = 0; i < LASTING.size(); i++) {
            int at = LASTING.get(i).index;
            if (at < kept.length) kept[at] = values[at];
        }
        return kept;
    }
}
