package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimersTest {
    private final AtomicReference<Throwable> bug = new AtomicReference<>();
    private final Worker worker = new Worker(0, bug::set);

    @AfterEach
    void stop() {
        worker.stop();
        assertThat(bug.get()).isNull();
    }

    @Test
    void firesThousandTimersInOrderAndNoneEarly() throws Exception {
        var fired = new ArrayList<Recorded>();
        on(done -> {
            var random = new Random(1);
            var left = new int[] {1000};
            for (int k = 0; k < 1000; k++) {
                long msec = 1 + random.nextInt(300);
                var t = new Recorded(k, fired) {
                    @Override
                    protected void fire() {
                        super.fire();
                        if (--left[0] == 0) done.countDown();
                    }
                };
                worker.timers.add(t, msec);
            }
        });
        assertThat(fired).hasSize(1000).isSortedAccordingTo((a, b) ->
                a.deadline != b.deadline ? Long.compare(a.deadline, b.deadline) : Integer.compare(a.number, b.number));
        assertThat(fired).allSatisfy(t -> assertThat(t.at).isBetween(t.deadline, t.deadline + 200));
        assertThat(worker.timers.size()).isZero();
    }

    @Test
    void theClockIsReadForATimerThatIsDueAtTheEndOfALongEvent() throws Exception {
        var passed = new long[1];
        on(done -> {
            long begun = worker.clock.msec();
            worker.timers.add(Timer.of(() -> {
                passed[0] = worker.clock.msec() - begun;
                done.countDown();
            }), 5);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(passed[0]).isGreaterThanOrEqualTo(19);
    }

    @Test
    void firesTimersThatLieInAllNearLevels() throws Exception {
        var fired = new ArrayList<Recorded>();
        long[] delays = {1, 2, 62, 63, 64, 65, 127, 128, 500, 1000};
        on(done -> {
            for (int k = delays.length - 1; k >= 0; k--) worker.timers.add(new Recorded(k, fired), delays[k]);
            worker.timers.add(Timer.of(done::countDown), 1001);
        });
        assertThat(fired).extracting(t -> t.number).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(fired).allSatisfy(t -> assertThat(t.at).isBetween(t.deadline, t.deadline + 200));
    }

    @Test
    void cancelledTimerDoesNotFireEvenWhenCancelledByOneOfTheSameMillisecond() throws Exception {
        var fired = new ArrayList<Recorded>();
        on(done -> {
            var victim = new Recorded(2, fired);
            var other = new Recorded(3, fired);
            worker.timers.add(Timer.of(() -> {
                worker.timers.cancel(victim);
                worker.timers.cancel(victim);
            }), 20);
            worker.timers.add(victim, 20);
            worker.timers.add(other, 20);
            worker.timers.add(Timer.of(done::countDown), 30);
        });
        assertThat(fired).extracting(t -> t.number).containsExactly(3);
    }

    @Test
    void timerMovedLaterFiresOnceAtItsLastDeadline() throws Exception {
        var fired = new ArrayList<Recorded>();
        on(done -> {
            var t = new Recorded(1, fired);
            worker.timers.add(t, 5);
            worker.timers.add(t, 80);
            worker.timers.add(Timer.of(() -> {
                assertThat(fired).isEmpty();
                assertThat(t.armed()).isTrue();
                worker.timers.add(t, 70);
                worker.timers.add(Timer.of(done::countDown), 160);
            }), 40);
        });
        assertThat(fired).hasSize(1);
        assertThat(fired.getFirst().at).isGreaterThanOrEqualTo(fired.getFirst().deadline);
    }

    @Test
    void timerMovedEarlierFiresEarlier() throws Exception {
        var fired = new ArrayList<Recorded>();
        on(done -> {
            var t = new Recorded(1, fired);
            worker.timers.add(t, 60_000);
            worker.timers.add(t, 10);
            worker.timers.add(Timer.of(done::countDown), 50);
        });
        assertThat(fired).hasSize(1);
        assertThat(worker.timers.size()).isZero();
    }

    @Test
    void timerCanArmItselfWhileItFires() throws Exception {
        var times = new ArrayList<Long>();
        on(done -> worker.timers.add(new Timer() {
            @Override
            protected void fire() {
                times.add(worker.timers.now());
                if (times.size() < 20) worker.timers.add(this, times.size() % 3);
                else done.countDown();
            }
        }, 1));
        assertThat(times).hasSize(20).isSorted();
    }

    @Test
    void aBugInOneTimerDoesNotStopTheOthers() throws Exception {
        on(done -> {
            worker.timers.add(Timer.of(() -> {
                throw new IllegalStateException("bug");
            }), 5);
            worker.timers.add(Timer.of(done::countDown), 5);
        });
        assertThat(bug.getAndSet(null)).hasMessage("bug");
    }

    @Test
    void randomUseAgreesWithASortedList() throws Exception {
        var fired = new ArrayList<Recorded>();
        var expected = new ArrayList<Recorded>();
        on(done -> {
            var random = new Random(7);
            var all = new ArrayList<Recorded>();
            for (int k = 0; k < 3000; k++) all.add(new Recorded(k, fired));
            for (int step = 0; step < 20_000; step++) {
                var t = all.get(random.nextInt(all.size()));
                if (random.nextInt(4) == 0) worker.timers.cancel(t);
                else worker.timers.add(t, 20 + random.nextInt(random.nextInt(10) == 0 ? 1500 : 150));
            }
            for (var t : all) {
                if (t.armed()) expected.add(t);
            }
            assertThat(worker.timers.size()).isEqualTo(expected.size());
            worker.timers.add(Timer.of(done::countDown), 1600);
        });
        assertThat(fired).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(fired).isSortedAccordingTo((a, b) -> Long.compare(a.deadline, b.deadline));
    }

    @Test
    void firesInOrderOverMonthsOfTimeThatPassInJumps() throws Exception {
        var fired = new ArrayList<Recorded>();
        on(done -> {
            var timers = worker.timers;
            var random = new Random(3);
            for (int k = 0; k < 5000; k++) {
                timers.add(new Recorded(k, fired), 1 + (random.nextLong() >>> 24 + random.nextInt(38)) % 10_000_000_000L);
                if (k % 10 != 0) continue;
                timers.now += random.nextInt(100_000);
                timers.advance();
            }
            while (timers.size() > 0) {
                timers.now += 1 + random.nextInt(50_000_000);
                timers.advance();
            }
            done.countDown();
        });
        assertThat(fired).hasSize(5000);
        assertThat(fired).allSatisfy(t -> assertThat(t.at).isBetween(t.deadline, t.deadline + 50_000_000));
        for (int k = 1; k < 5000; k++) {
            var before = fired.get(k - 1);
            if (before.at == fired.get(k).at) assertThat(before.deadline).isLessThanOrEqualTo(fired.get(k).deadline);
        }
    }

    private void on(Consumer<CountDownLatch> body) throws InterruptedException {
        var done = new CountDownLatch(1);
        worker.execute(() -> body.accept(done));
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private class Recorded extends Timer {
        final int number;
        private final List<Recorded> fired;
        long at;

        Recorded(int number, List<Recorded> fired) {
            this.number = number;
            this.fired = fired;
        }

        @Override
        protected void fire() {
            at = worker.timers.now();
            fired.add(this);
        }
    }
}
