package nightjar.lua;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private final TestVm t = new TestVm();
    private final StallWatch watch = new StallWatch();
    private final Object conf = new Object();

    @AfterEach
    void close() {
        watch.forget(t.worker, conf);
        t.close();
    }

    private static void pause(long msec) {
        try {
            Thread.sleep(msec);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private TestTask runFor(long msec) {
        var task = new TestTask();
        task.mode = LuaTask.SEND;
        task.onOutput = () -> pause(msec);
        t.run(task, "ngx.print('x')");
        return task;
    }

    @Test
    void aRunThatHeldTheWorkerIsToldOfWhenItEnds() {
        watch.watch(t.worker, conf, 40);
        assertThat(runFor(300).log).hasSize(1).first().asString()
                .matches("\\[error] lua held the worker for [1-9]\\d\\d ms in content_by_lua\\(nginx.conf:12\\) and let go of it");
    }

    @Test
    void manyShortRunsAreNone() {
        watch.watch(t.worker, conf, 100);
        for (int i = 0; i < 30; i++) assertThat(runFor(10).log).isEmpty();
    }

    @Test
    void whatWasSeenTooLateIsNotSaidOfTheNextRun() {
        var turns = new Turns();
        turns.begin();
        var stall = new Turns.Stall(turns.current(), 0);
        assertThat(turns.end()).isNull();
        turns.stalled(stall);
        turns.begin();
        assertThat(turns.end()).isNull();
        turns.begin();
        turns.stalled(new Turns.Stall(turns.current(), 0));
        assertThat(turns.end()).isNotNull();
        assertThat(turns.current() & 1).isZero();
    }

    @Test
    void theThreadEndsWithTheLastConfiguration() throws InterruptedException {
        var next = new Object();
        watch.watch(t.worker, conf, 50);
        watch.watch(t.worker, next, 50);
        watch.forget(t.worker, conf);
        pause(100);
        assertThat(watching()).isTrue();
        watch.forget(t.worker, next);
        for (int i = 0; i < 100 && watching(); i++) pause(20);
        assertThat(watching()).isFalse();
        watch.watch(t.worker, conf, 40);
        assertThat(runFor(300).log).hasSize(1);
    }

    private static boolean watching() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("lua-stall-watch"));
    }
}
