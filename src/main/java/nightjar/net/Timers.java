package nightjar.net;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The timers of one worker; used by its thread only.
///
/// A wheel of seven levels with 64 slots each. A slot of level 0 is one millisecond, a slot of the next level all of the
/// one before. A timer lies at the level of the highest six bits in which its deadline differs from the present, and falls
/// to lower levels as the present reaches its slot; so adding and cancelling take constant time, and timers of the same
/// millisecond fire in the order in which they were added. One bit a slot tells which ones hold anything, so time passes
/// over empty slots at no cost.
///
/// Netty is asked for one wake-up only, the next one that has anything to do.
///
/// **Deadlines of connections.** Adding an armed timer again with a later deadline only writes the `deadline` field: the
/// wheel looks at it when the old slot comes and puts the timer into the new one. So a time-out that is put off with every
/// event costs one store each time, and need not be cancelled in between if [Timer#fire] can see that it no longer matters.
public final class Timers {
    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final int LEVELS = 7;
    /// 139 years; a deadline beyond it is cut to it.
    private static final long MAX_MSEC = (1L << BITS * LEVELS) - 1;
    static final int FIRING = LEVELS * SLOTS;
    private static final long NONE = Long.MAX_VALUE;

    private final Worker worker;
    private final long origin = System.nanoTime();
    private final @Nullable Timer[] first = new Timer[FIRING + 1];
    private final @Nullable Timer[] last = new Timer[FIRING + 1];
    /// One bit for each slot of a level that holds a timer.
    private final long[] used = new long[LEVELS];
    /// The millisecond up to which everything has fired.
    private long tick;
    long now;
    private int armed;
    private boolean advancing;
    private long wakeUpAt = NONE;
    private @Nullable Future<?> wakeUp;

    Timers(Worker worker) {
        this.worker = worker;
    }

    /// Milliseconds since the worker was made, by a clock that never goes back; read when the loop wakes up, not more often.
    public long now() {
        return now;
    }

    /// How many timers are armed.
    public int size() {
        return armed;
    }

    /// Arms `t` to fire `msec` milliseconds from [#now()], or moves it there if it is armed. Less
    /// than 1 counts as 1: what is to be done at once goes to [Worker#execute].
    public void add(Timer t, long msec) {
        t.deadline = now + Math.clamp(msec, 1, MAX_MSEC - now);
        if (t.prev != null) {
            if (t.deadline >= t.due) return;
            unlink(t);
            armed--;
        }
        armed++;
        // nothing lies in between, so the present can be brought up to date and the timer comes to lie lower
        if (!advancing) tick = Math.max(tick, Math.min(now, nextTick() - 1));
        link(t, tick + 1);
        if (!advancing && t.due < wakeUpAt) schedule();
    }

    /// Does nothing if `t` is not armed.
    public void cancel(Timer t) {
        if (t.prev == null) return;
        unlink(t);
        armed--;
    }

    void update() {
        now = (System.nanoTime() - origin) / 1_000_000;
    }

    private void onWakeUp() {
        wakeUpAt = NONE;
        wakeUp = null;
        if (worker.deaf) return;
        worker.beginLater();
        try {
            advance();
        } finally {
            worker.end();
            schedule();
        }
    }

    /// Fires what is due at `now`.
    void advance() {
        advancing = true;
        try {
            while (tick < now) {
                long next = nextTick();
                if (next > now) {
                    tick = now;
                    return;
                }
                tick = next;
                for (int level = LEVELS - 1; level > 0; level--) {
                    if ((tick & (1L << BITS * level) - 1) == 0) cascade(level);
                }
                fireSlot((int) (tick & SLOTS - 1));
            }
        } finally {
            advancing = false;
        }
    }

    /// Moves what lies in the slot that begins now to lower levels.
    private void cascade(int level) {
        int slot = level * SLOTS + (int) (tick >>> BITS * level & SLOTS - 1);
        Timer t;
        while ((t = first[slot]) != null) {
            unlink(t);
            link(t, tick);
        }
    }

    private void fireSlot(int slot) {
        Timer t;
        while ((t = first[slot]) != null) {
            unlink(t);
            append(t, FIRING);
        }
        while ((t = first[FIRING]) != null) {
            unlink(t);
            if (t.deadline > tick) {
                link(t, tick + 1);
                continue;
            }
            armed--;
            try {
                t.fire();
            } catch (Throwable e) {
                worker.failed(e);
            }
        }
    }

    private void link(Timer t, long earliest) {
        t.due = Math.max(t.deadline, earliest);
        long differ = t.due ^ tick;
        int level = differ == 0 ? 0 : (63 - Long.numberOfLeadingZeros(differ)) / BITS;
        append(t, level * SLOTS + (int) (t.due >>> BITS * level & SLOTS - 1));
    }

    private void append(Timer t, int slot) {
        var end = last[slot];
        t.slot = slot;
        t.next = null;
        if (end == null) {
            first[slot] = t;
            t.prev = t;
            if (slot != FIRING) used[slot / SLOTS] |= 1L << slot % SLOTS;
        } else {
            end.next = t;
            t.prev = end;
        }
        last[slot] = t;
    }

    private void unlink(Timer t) {
        int slot = t.slot;
        var before = t.prev == t ? null : t.prev;
        var after = t.next;
        if (before == null) first[slot] = after;
        else before.next = after;
        if (after == null) last[slot] = before;
        else after.prev = before == null ? after : before;
        t.prev = null;
        t.next = null;
        if (first[slot] == null && slot != FIRING) used[slot / SLOTS] &= ~(1L << slot % SLOTS);
    }

    /// The next millisecond that has something to fire or to move to a lower level.
    private long nextTick() {
        for (int level = 0; level < LEVELS; level++) {
            int at = (int) (tick >>> BITS * level & SLOTS - 1);
            long later = at == SLOTS - 1 ? 0 : used[level] & -1L << at + 1;
            if (later != 0) {
                return (tick >>> BITS * level & -SLOTS | Long.numberOfTrailingZeros(later)) << BITS * level;
            }
        }
        return NONE;
    }

    private void schedule() {
        long at = nextTick();
        if (at >= wakeUpAt) return;
        if (wakeUp != null) wakeUp.cancel(false);
        wakeUpAt = at;
        long nanos = at * 1_000_000 - (System.nanoTime() - origin);
        wakeUp = worker.loop.schedule(this::onWakeUp, Math.max(nanos, 0), TimeUnit.NANOSECONDS);
    }
}
