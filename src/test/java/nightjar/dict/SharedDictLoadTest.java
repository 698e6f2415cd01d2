package nightjar.dict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Eight threads on one dict.
final class SharedDictLoadTest {
    private static final int THREADS = 8;
    private static final int OPERATIONS = 125_000;
    private static final long SECONDS = 120;

    private SharedDict shared;

    @AfterEach
    void free() {
        shared.free();
        shared.entries.region.free();
    }

    /// Runs a task on each thread and returns what they returned.
    private <T> List<T> onThreads(IntFunction<Callable<T>> task) throws Exception {
        var pool = Executors.newFixedThreadPool(THREADS);
        try {
            var running = new ArrayList<Future<T>>();
            for (int t = 0; t < THREADS; t++) running.add(pool.submit(task.apply(t)));
            var results = new ArrayList<T>();
            for (var r : running) results.add(r.get(SECONDS, TimeUnit.SECONDS));
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void noIncrementIsLostAndEveryPageIsAccountedFor() throws Exception {
        shared = TestDict.memory(1 << 20);
        int counters = 50;
        var sums = onThreads(t -> () -> {
            var sum = new double[counters];
            var random = new Random(t);
            try (var dict = new TestDict(shared)) {
                for (int n = 0; n < OPERATIONS; n++) {
                    int c = random.nextInt(counters);
                    assertThat(dict.incr("counter" + c, 1 + c, 0, 0)).isEqualTo(Answer.OK);
                    sum[c] += 1 + c;
                }
            }
            return sum;
        });
        Inspection.inspect(shared.entries);
        try (var dict = new TestDict(shared)) {
            for (int c = 0; c < counters; c++) {
                double expected = 0;
                for (var sum : sums) expected += sum[c];
                assertThat(dict.get("counter" + c)).isEqualTo(expected);
                dict.set("counter" + c, null);
            }
            assertThat(dict.freePages()).isEqualTo(252);
        }
    }

    /// A value says which key it is of and repeats one number: one that is torn, or of another key, shows.
    private static String value(int key, int number, int words) { return (key + ":" + number + ";").repeat(words); }

    private static void check(int key, Object value) {
        if (value == null) return;
        var text = (String) value;
        int end = text.indexOf(';') + 1;
        var word = text.substring(0, end);
        if (!word.startsWith(key + ":") || !text.equals(word.repeat(text.length() / end))) {
            throw new AssertionError("key " + key + " has " + text);
        }
    }

    /// The dict is too small for all keys, so entries are evicted, expire, are removed, grow and shrink while others read them.
    @Test
    void noValueIsTornWhileEntriesComeAndGo() throws Exception {
        shared = TestDict.memory(256 << 10);
        int keys = 400;
        var found = new AtomicLong();
        onThreads(t -> () -> {
            var random = new Random(100 + t);
            try (var dict = new TestDict(shared)) {
                for (int n = 0; n < OPERATIONS; n++) {
                    int k = random.nextInt(keys);
                    dict.now++;
                    switch (random.nextInt(10)) {
                        case 0, 1 -> dict.store(0, "key" + k, value(k, n, 1 + random.nextInt(120)), random.nextInt(4) == 0 ? 50 : 0);
                        case 2 -> dict.set("key" + k, null);
                        case 3 -> dict.store(0, "key" + k, value(k, n % 10, 20), 0);
                        default -> {
                            var v = dict.get("key" + k);
                            check(k, v);
                            if (v != null) found.incrementAndGet();
                        }
                    }
                }
            }
            return null;
        });
        Inspection.inspect(shared.entries);
        assertThat(found.get()).isGreaterThan(OPERATIONS);
        try (var dict = new TestDict(shared)) {
            for (int k = 0; k < keys; k++) check(k, dict.get("key" + k));
            shared.flushAll(Long.MAX_VALUE);
            shared.flushExpired(0, Long.MAX_VALUE);
            assertThat(dict.freePages()).isEqualTo(Region.pages(256 << 10) - 2);
        }
    }

    @Test
    void everyItemPushedIsPoppedOnce() throws Exception {
        shared = TestDict.memory(4 << 20);
        int lists = 10, each = OPERATIONS / 5;
        var popped = onThreads(t -> () -> {
            var mine = new ArrayList<String>();
            var random = new Random(t);
            try (var dict = new TestDict(shared)) {
                for (int n = 0; n < each; n++) {
                    var list = "list" + random.nextInt(lists);
                    assertThat(dict.push(random.nextBoolean(), list, t + "/" + n)).isEqualTo(Answer.OK);
                    var item = dict.pop(random.nextBoolean(), "list" + random.nextInt(lists));
                    if (item != null) mine.add((String) item);
                }
            }
            return mine;
        });
        Inspection.inspect(shared.entries);
        var all = new ArrayList<String>();
        popped.forEach(all::addAll);
        try (var dict = new TestDict(shared)) {
            for (int l = 0; l < lists; l++) {
                for (Object item; (item = dict.pop(true, "list" + l)) != null; ) all.add((String) item);
            }
            assertThat(dict.freePages()).isEqualTo(Region.pages(4 << 20) - 2);
        }
        assertThat(all).hasSize(THREADS * each).doesNotHaveDuplicates();
    }
}
