package nightjar.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerTest {
    private final AtomicReference<Throwable> bug = new AtomicReference<>();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final Worker worker = new Worker(3, bug::set);

    @AfterEach
    void stop() {
        worker.stop();
    }

    @Test
    void isKnownOnItsOwnThreadOnly() throws Exception {
        assertThat(Worker.current()).isNull();
        assertThat(worker.inLoop()).isFalse();
        worker.execute(() -> seen.add(String.valueOf(Worker.current() == worker && worker.inLoop())));
        assertThat(next()).isEqualTo("true");
    }

    @Test
    void aHaltedOneWaitsForNoEvents() throws Exception {
        var other = new Worker(4, bug::set);
        var thread = new AtomicReference<Thread>();
        other.halt(() -> {
            thread.set(Thread.currentThread());
            seen.add("halted");
        });
        other.execute(() -> seen.add("late"));
        assertThat(next()).isEqualTo("halted");
        for (int i = 0; i < 1000 && thread.get().getState() != Thread.State.WAITING; i++) Thread.sleep(1);
        assertThat(thread.get().getState()).isEqualTo(Thread.State.WAITING);
        assertThat(seen).isEmpty();
    }

    @Test
    void runsDeferredTasksAfterTheEventAndBeforeTheNext() throws Exception {
        worker.execute(() -> {
            worker.execute(() -> seen.add("next event"));
            worker.defer(() -> {
                seen.add("deferred");
                worker.defer(() -> seen.add("deferred by deferred"));
            });
            seen.add("event");
        });
        assertThat(List.of(next(), next(), next(), next()))
                .containsExactly("event", "deferred", "deferred by deferred", "next event");
    }

    @Test
    void aTaskForTheNextTurnLetsTimersFire() throws Exception {
        var fired = new AtomicReference<Boolean>(false);
        worker.execute(() -> {
            worker.timers.add(new Timer() {
                @Override
                protected void fire() {
                    fired.set(true);
                }
            }, 1);
            long begun = System.nanoTime();
            worker.executeNextTurn(new Runnable() {
                @Override
                public void run() {
                    if (!fired.get()) worker.executeNextTurn(this);
                    else seen.add(System.nanoTime() - begun < 500_000_000 ? "soon" : "late");
                }
            });
        });
        assertThat(next()).isEqualTo("soon");
    }

    @Test
    void letsOthersRunWhileATaskDefersItselfForEver() throws Exception {
        var count = new AtomicInteger();
        var end = new CountDownLatch(1);
        worker.execute(() -> {
            worker.defer(new Runnable() {
                @Override
                public void run() {
                    count.incrementAndGet();
                    if (end.getCount() > 0) worker.defer(this);
                }
            });
            worker.execute(end::countDown);
        });
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(count.get()).isGreaterThanOrEqualTo(1024);
    }

    @Test
    void tellsBugsAndGoesOn() throws Exception {
        worker.execute(() -> {
            worker.defer(() -> {
                throw new IllegalStateException("deferred");
            });
            worker.defer(() -> seen.add("still here"));
        });
        assertThat(next()).isEqualTo("still here");
        assertThat(bug.getAndSet(null)).hasMessage("deferred");
    }

    @Test
    void bringsTheAnswerOfBlockingWorkBackToItsThread() throws Exception {
        worker.offload(() -> "done on " + Thread.currentThread().getName().startsWith("pool-"),
                (text, _) -> seen.add(text + " " + worker.inLoop()));
        assertThat(next()).isEqualTo("done on true true");
        worker.offload(() -> {
            throw new java.io.IOException("no such file");
        }, (_, e) -> seen.add(e.getMessage() + " " + worker.inLoop()));
        assertThat(next()).isEqualTo("no such file true");
    }

    @Test
    void readsTheClockForEachBatchOfEvents() throws Exception {
        worker.execute(() -> seen.add(worker.clock.msec() + " " + worker.timers.now()));
        var first = next().split(" ");
        Thread.sleep(30);
        worker.execute(() -> seen.add(worker.clock.msec() + " " + worker.timers.now()));
        var second = next().split(" ");
        assertThat(Long.parseLong(second[0]) - Long.parseLong(first[0])).isBetween(29L, 5000L);
        assertThat(Long.parseLong(second[1]) - Long.parseLong(first[1])).isBetween(29L, 5000L);
    }

    private String next() throws InterruptedException {
        var text = seen.poll(10, TimeUnit.SECONDS);
        return text == null ? "nothing" : text;
    }
}
