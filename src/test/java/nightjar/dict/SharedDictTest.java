package nightjar.dict;

import static nightjar.dict.DictUser.BUCKET;
import static nightjar.dict.DictUser.CHANGING;
import static nightjar.dict.DictUser.FAILED;
import static nightjar.dict.DictUser.LOCK;
import static nightjar.dict.SharedDict.ADD;
import static nightjar.dict.SharedDict.REPLACE;
import static nightjar.dict.SharedDict.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import nightjar.core.Mem;
import nightjar.core.Posix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SharedDictTest {
    private final SharedDict shared = TestDict.memory(1 << 20);
    private final TestDict dict = new TestDict(shared);

    @AfterEach
    void inspectAndFree() {
        Inspection.inspect(shared.entries);
        dict.close();
        shared.free();
        shared.entries.region.free();
    }

    @Test
    void keepsStringsNumbersAndBooleans() {
        assertThat(dict.set("s", "text")).isEqualTo(Answer.OK);
        dict.set("n", -1.5);
        dict.set("t", true);
        dict.set("f", false);
        dict.set("empty", "");
        assertThat(List.of(dict.get("s"), dict.get("n"), dict.get("t"), dict.get("f"), dict.get("empty")))
                .containsExactly("text", -1.5, true, false, "");
        assertThat(dict.get("none")).isNull();
        dict.set("s", null);
        assertThat(dict.get("s")).isNull();
    }

    @Test
    void givesLongStringsInMemoryOfTheirOwn() {
        var text = "x".repeat(100_000);
        dict.set("long", text);
        assertThat(dict.get("long")).isEqualTo(text);
        dict.set("long", text.replace('x', 'y'));
        assertThat(dict.get("long")).isEqualTo(text.replace('x', 'y'));
        assertThat(dict.set("longer", "x".repeat(2 << 20))).isEqualTo(Answer.NO_MEMORY);
    }

    @Test
    void addsReplacesAndExpires() {
        assertThat(dict.store(REPLACE, "a", 1.0, 0)).isEqualTo(Answer.NOT_FOUND);
        assertThat(dict.store(ADD, "a", 1.0, 10)).isEqualTo(Answer.OK);
        assertThat(dict.store(ADD, "a", 2.0, 0)).isEqualTo(Answer.EXISTS);
        assertThat(dict.ttl("a")).isEqualTo(10);
        dict.now += 10;
        assertThat(dict.ttl("a")).isZero();
        assertThat(dict.get("a", true)).isEqualTo(1.0);
        assertThat(dict.user.stale).isTrue();
        assertThat(dict.get("a")).isNull();
        assertThat(dict.ttl("a")).isEqualTo(Long.MIN_VALUE);
        assertThat(dict.expire("a", 5)).isEqualTo(Answer.NOT_FOUND);
    }

    @Test
    void countsOnlyNumbers() {
        assertThat(dict.incr("a", 1)).isEqualTo(Answer.NOT_FOUND);
        assertThat(dict.incr("a", 1, 10, 100)).isEqualTo(Answer.OK);
        assertThat(dict.user.number).isEqualTo(11);
        assertThat(dict.ttl("a")).isEqualTo(100);
        assertThat(dict.incr("a", 0.5)).isEqualTo(Answer.OK);
        assertThat(dict.get("a")).isEqualTo(11.5);
        dict.set("a", "text");
        assertThat(dict.incr("a", 1)).isEqualTo(Answer.NOT_A_NUMBER);
        dict.push(true, "l", "x");
        assertThat(dict.incr("l", 1)).isEqualTo(Answer.NOT_A_NUMBER);
    }

    @Test
    void listsGiveBackWhatWasPushedFromEitherEnd() {
        dict.push(false, "l", "b");
        dict.push(true, "l", "a");
        dict.push("l", 3.0);
        assertThat(dict.length("l")).isEqualTo(3);
        assertThat(dict.get("l")).isEqualTo(Answer.IS_A_LIST);
        assertThat(List.of(dict.pop(true, "l"), dict.pop(false, "l"), dict.pop(false, "l"))).containsExactly("a", 3.0, "b");
        assertThat(dict.pop(true, "l")).isNull();
        assertThat(dict.length("l")).isZero();
        dict.set("s", "x");
        assertThat(dict.pop(true, "s")).isEqualTo(Answer.NOT_A_LIST);
        assertThat(dict.push(true, "s", "x")).isEqualTo(Answer.NOT_A_LIST);
        assertThat(dict.freePages()).isEqualTo(252);
    }

    @Test
    void readsMakeEntriesTheNewestOnesBeforeAnythingElseIsDone() {
        for (var k : List.of("a", "b", "c", "d")) dict.set(k, true);
        assertThat(dict.keys(0)).containsExactly("a", "b", "c", "d");
        dict.get("b");
        dict.get("a");
        dict.get("a");
        dict.get("b");
        assertThat(dict.keys(0)).containsExactly("c", "d", "a", "b");
        assertThat(dict.keys(3)).containsExactly("c", "d", "a");
        dict.ttl("c");
        dict.expire("c", 0);
        assertThat(dict.keys(1)).containsExactly("c");
    }

    @Test
    void moreReadsThanAreRememberedKeepTheirOrder() {
        var keys = new ArrayList<String>();
        for (int n = 0; n < 2000; n++) {
            keys.add("k" + n);
            dict.set("k" + n, (double) n);
        }
        for (int n = 1999; n >= 0; n--) dict.get("k" + n);
        assertThat(dict.keys(0)).isEqualTo(keys.reversed());
    }

    @Test
    void aReadRemovesTwoOfTheOldestThatHaveExpired() {
        for (int n = 0; n < 5; n++) dict.store(0, "k" + n, (double) n, 10);
        dict.set("stays", true);
        dict.now += 10;
        dict.get("none");
        assertThat(dict.get("k1", true)).isNull();
        assertThat(dict.get("k2", true)).isEqualTo(2.0);
        dict.get("stays");
        assertThat(shared.entries.count()).isEqualTo(2);
    }

    @Test
    void anEntryThatWasJustReadIsNotTheOldest() {
        dict.store(0, "a", true, 100);
        dict.store(0, "b", true, 10);
        dict.store(0, "c", true, 100);
        dict.now += 20;
        dict.get("a", true);
        dict.get("c");
        assertThat(dict.get("b", true)).isNull();
    }

    @Test
    void onceAnEntryMayHaveExpiredReadingTheOldestCountsAtOnce() {
        dict.store(0, "a", true, 100);
        dict.store(0, "b", true, 30);
        dict.store(0, "c", true, 10);
        dict.get("a");
        dict.now += 10;
        dict.get("b");
        dict.get("a");
        dict.now += 30;
        dict.get("c", true);
        assertThat(dict.keys(0)).containsExactly("a");
        dict.get("a");
        assertThat(dict.get("b", true)).isNull();
    }

    @Test
    void whatLuaWasChangingWhenAnErrorEndedItsRunIsChanged() {
        dict.set("a", 1.0);
        dict.get("a");
        long struct = dict.user.struct(), lock = Mem.l(struct + LOCK), count = Mem.l(struct + BUCKET);
        int before = Mem.i(count);
        Mem.l(struct + CHANGING, count);
        assertThat(Posix.spinTryLock(lock)).isZero();
        Mem.i(struct + FAILED, 0);
        Mem.i(count, before + 1);
        dict.user.recover();
        assertThat(Mem.i(count)).isEqualTo(before + 2);
        dict.set("a", 2.0);
        assertThat(dict.get("a")).isEqualTo(2.0);
        dict.user.recover();
        dict.set("a", 3.0);
        assertThat(dict.get("a")).isEqualTo(3.0);
    }

    @Test
    void flushedEntriesGoAsOthersAreLookedUp() {
        for (int n = 0; n < 6; n++) dict.set("k" + n, true);
        shared.flushAll(dict.now);
        assertThat(shared.entries.count()).isEqualTo(3);
        assertThat(dict.keys(0)).isEmpty();
        assertThat(shared.flushExpired(1, dict.now)).isEqualTo(1);
        assertThat(shared.flushExpired(0, dict.now)).isEqualTo(2);
        assertThat(dict.freePages()).isEqualTo(252);
    }

    @Test
    void whenItIsFullTheOldestGoesUnlessItMustNot() {
        int n = 0;
        while (dict.store(SAFE, "key" + n, "x".repeat(900), 0) == Answer.OK) n++;
        assertThat(dict.freePages()).isZero();
        assertThat(dict.get("key0")).isNotNull();
        assertThat(dict.set("more", "x".repeat(900))).isEqualTo(Answer.OK);
        assertThat(dict.user.forcible).isTrue();
        assertThat(dict.get("key1")).isNull();
        assertThat(dict.get("key0")).isNotNull();
    }

    /// Operations at random beside a map that does the same, in a dict that is never full.
    @Test
    void doesWhatAMapDoes() {
        var random = new Random(3);
        var model = new HashMap<String, Object>();
        for (int n = 0; n < 200_000; n++) {
            var k = "key" + random.nextInt(300);
            switch (random.nextInt(6)) {
                case 0 -> {
                    var v = "v".repeat(random.nextInt(300));
                    dict.set(k, v);
                    model.put(k, v);
                }
                case 1 -> {
                    boolean there = model.containsKey(k);
                    assertThat(dict.store(ADD, k, (double) n, 0)).isEqualTo(there ? Answer.EXISTS : Answer.OK);
                    model.putIfAbsent(k, (double) n);
                }
                case 2 -> {
                    dict.set(k, null);
                    model.remove(k);
                }
                case 3 -> {
                    if (dict.incr(k, 1) == Answer.OK) model.compute(k, (_, v) -> (Double) v + 1);
                    else assertThat(model.get(k) instanceof Double).isFalse();
                }
                default -> assertThat(dict.get(k)).isEqualTo(model.get(k));
            }
        }
        assertThat(dict.keys(0)).containsExactlyInAnyOrderElementsOf(model.keySet());
        for (var k : model.keySet()) dict.set(k, null);
        assertThat(dict.freePages()).isEqualTo(252);
    }
}
