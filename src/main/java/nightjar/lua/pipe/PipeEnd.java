package nightjar.lua.pipe;

import java.io.IOException;
import nightjar.lua.Code;
import nightjar.lua.LuaThread;
import nightjar.net.Descriptor;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// The server's end of one of a process's pipes. At most one light thread waits for it.
abstract class PipeEnd extends Timer {
    static final String CLOSED = "closed";

    final PipeProcess process;
    /// For the log: `read`, `reading`, `read stdout`.
    private final String verb, gerund, name;
    private @Nullable Descriptor fd;
    private @Nullable LuaThread waiting;
    private long timeout;
    /// What the last call ended with; null: it has what it was to have.
    @Nullable String error;

    PipeEnd(PipeProcess process, String verb, String gerund, String name) {
        this.process = process;
        this.verb = verb;
        this.gerund = gerund;
        this.name = name;
    }

    /// Takes the descriptor over.
    void open(int number, boolean writing) throws IOException {
        fd = Descriptor.watch(process.api.worker, number, writing, this::goOn);
    }

    boolean closed() { return fd == null; }
    boolean busy() { return waiting != null; }
    int descriptor() { return fd.number(); }

    /// Goes on with what is to be done; `AGAIN`: there is nothing to be done now.
    abstract int advance();

    /// The wait is over, with or without a result.
    void settled() {}

    /// The light thread that runs waits until all is done, but no longer than `msec` with nothing done; 0: without limit.
    int park(long msec) {
        timeout = msec;
        waiting = process.api.scheduler.running();
        process.api.scheduler.park(this::cancelled);
        arm();
        if (process.debug()) process.debug("lua pipe " + verb + " yielding");
        return Code.AGAIN;
    }

    private void arm() {
        if (timeout == 0) return;
        process.api.worker.timers.add(this, timeout);
        if (process.debug()) process.debug("lua pipe add timer for " + gerund + ": " + timeout + "(ms)");
    }

    private void cancelled() {
        if (process.debug()) process.debug("lua pipe proc " + name + " cleanup");
        take();
    }

    /// Ends the wait; the light thread that has waited, if one has.
    private @Nullable LuaThread take() {
        var thread = waiting;
        waiting = null;
        process.api.worker.timers.cancel(this);
        settled();
        return thread;
    }

    /// There may be something to be done again.
    private void goOn() {
        if (waiting == null) return;
        process.api.worker.timers.cancel(this);
        if (advance() == Code.AGAIN) arm();
        else take().wake();
    }

    /// Others have their turn before this goes on.
    int goOnLater() {
        process.api.worker.executeNextTurn(this::goOn);
        return Code.AGAIN;
    }

    @Override protected void fire() {
        error = "timeout";
        var thread = take();
        if (thread != null) thread.wake();
    }

    /// Closes it. Who waits gets `word` in a later event, and what there is.
    void close(String word) {
        if (fd == null) return;
        if (waiting != null) {
            if (word.equals(CLOSED)) advance();
            error = word;
            var thread = take();
            process.api.worker.defer(thread::wake);
        }
        fd.close();
        fd = null;
    }
}
