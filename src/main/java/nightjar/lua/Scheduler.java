package nightjar.lua;

import nightjar.conf.Scope;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.luajit.Ffi;
import nightjar.luajit.LuaException;
import nightjar.luajit.LuaFunction;
import nightjar.luajit.LuaState;
import org.jspecify.annotations.Nullable;

/// Resumes coroutines and acts on why they came back.
///
/// A run costs one downcall that runs Lua; results of API calls and the body go through the [Border]. A coroutine that
/// ended is started anew with the next chunk; one that failed or was left behind by `ngx.exit` is given up. Runs nest: a
/// header filter written in Lua runs inside the `ngx.say` of the handler that made the first output.
public final class Scheduler {
    /// Longer pieces of body are not gathered but handed on where they are. `output.lua` has the same number.
    private static final int LARGE = 16 << 10;

    private static final String[] NO_ARGUMENTS = {};

    private final LuaWorker worker;
    private final Border border;
    /// How [StallWatch] sees from its thread what runs.
    final Turns turns = new Turns();
    private @Nullable LuaThread running;
    private @Nullable LuaEvent asked;

    Scheduler(LuaWorker worker) {
        this.worker = worker;
        border = worker.border;
    }

    /// Starts a chunk for a task.
    /// @return [LuaEvent#WAITING] when [LuaTask#ended] tells the rest, else how the task ended
    public LuaEvent start(LuaTask task, LuaVm vm, LuaCode code) {
        return start(task, vm, code, NO_ARGUMENTS);
    }

    /// As [#start(LuaTask, LuaVm, LuaCode)]; the chunk gets `arguments` as `...`.
    LuaEvent start(LuaTask task, LuaVm vm, LuaCode code, String[] arguments) {
        int function = vm.function(code, task);
        var thread = vm.take(task);
        task.code = code;
        LuaState.rawGet(thread.co(), LuaState.REGISTRYINDEX, function);
        for (var argument : arguments) LuaState.push(thread.co(), argument);
        return start(task, thread, arguments.length);
    }

    /// Starts the function on an ended coroutine's stack, with the `values` above it.
    LuaEvent start(LuaTask task, LuaThread thread, int values) {
        task.add(thread);
        task.entry = thread;
        return run(task, thread, values);
    }

    /// Runs one more light thread of a task that waits; called outside of Lua.
    void join(LuaTask task, LuaThread thread) {
        task.add(thread);
        var event = run(task, thread, 0);
        if (event != LuaEvent.WAITING) task.ended(event);
    }

    /// The light thread that runs, null outside of Lua. Asked only by what Lua calls.
    public @Nullable LuaThread running() {
        return border.child() == LightThreads.UNKNOWN ? know() : running;
    }

    /// As [#running], for another thread than the worker's, which may see an old one.
    @Nullable LuaThread glance() {
        return running;
    }

    /// Makes a light thread of what Lua runs inside the one that made it.
    LuaThread know() {
        var thread = new LuaThread(running);
        running.task.add(thread);
        border.child(LightThreads.KNOWN);
        return running = thread;
    }

    /// Lua goes on with the thread inside which it ran one that now waits, or has its turn later.
    /// @param ref of the coroutine
    void adopt(int ref, boolean yielded) {
        var thread = border.child() == LightThreads.KNOWN ? running : know();
        thread.vm.adopt(thread, ref);
        around(thread);
        if (!yielded) return;
        thread.task.post(thread);
        border.posted(true);
    }

    /// The thread that Lua ran inside another has ended there.
    void forget() {
        var thread = running;
        if (thread.parked()) thread.cancel();
        worker.loads.left(thread);
        thread.task.remove(thread);
        around(thread);
    }

    private void around(LuaThread thread) {
        running = thread.around;
        thread.around = null;
        asked = null;
        border.waits(Border.GO_ON);
        border.child(LightThreads.NONE);
    }

    /// Whether the configuration that the running Lua belongs to is on its way out.
    public boolean exiting() {
        return running != null && running.vm.timers().exiting();
    }

    /// The `http` block that the running Lua belongs to; null in a VM of no configuration.
    public @Nullable Scope http() {
        return running == null ? null : running.vm.http;
    }

    /// Whether a light thread of the running task waits for subrequests.
    public boolean capturing() {
        return running != null && running.task.capturing > 0;
    }

    /// The running light thread is to wait: called by an API function that then yields.
    /// @param cancel undoes what would wake the thread
    public void park(Runnable cancel) {
        running().park(cancel);
        ask(LuaEvent.WAITING);
    }

    /// The running task is to end like this: called by an API function that then yields, and is never woken.
    public void end(LuaEvent event) {
        ask(event);
    }

    private void ask(LuaEvent event) {
        asked = event;
        border.waits(event == LuaEvent.WAITING ? Border.WAIT : Border.END);
    }

    /// Ends a task that waits, its waits undone. Nothing of it runs any more, [LuaTask#ended] is not told.
    public void kill(LuaTask task) {
        if (task.any() == null) return;
        if (running != null && running.task == task) throw new IllegalStateException("the task runs");
        leave(task);
    }

    /// Ends the task of a thread that waits, since what it waits for will not come; called outside of Lua.
    public void end(LuaThread thread, LuaEvent event) {
        var task = thread.task;
        if (task == null || !thread.parked()) return;
        thread.unpark();
        leave(task);
        task.ended(event);
    }

    void wake(LuaThread thread, LuaThread.Values values) {
        int parks = thread.parks();
        if (running != null) worker.later.execute(() -> wakeNow(thread, parks, values));
        else wakeNow(thread, parks, values);
    }

    private void wakeNow(LuaThread thread, int parks, LuaThread.Values values) {
        var task = thread.task;
        if (task == null || !thread.parked() || thread.parks() != parks) return;
        thread.unpark();
        var event = run(task, thread, values.push(thread.co()));
        if (event != LuaEvent.WAITING) task.ended(event);
    }

    /// Runs the task until it waits or ends, with what is around this run put back after.
    private LuaEvent run(LuaTask task, LuaThread thread, int values) {
        var outer = running;
        if (outer == null) return runOutermost(task, thread, values);
        long a = border.address;
        var outerAsked = asked;
        long request = Mem.l(a + Border.REQUEST);
        long out = Mem.l(a + Border.OUT);
        long room = Mem.l(a + Border.POS);
        long state = Mem.l(a + Border.WAITS);
        int child = border.child();
        Mem.l(a + Border.OUT, out + Mem.i(a + Border.POS));
        Mem.l(a + Border.POS, 0);
        Mem.l(a + Border.WAITS, 0);
        border.child(LightThreads.NONE);
        try {
            border.request(task.handle());
            task.entered();
            return loop(task, thread, values);
        } finally {
            task.left();
            border.request(request);
            Mem.l(a + Border.OUT, out);
            Mem.l(a + Border.POS, room);
            Mem.l(a + Border.WAITS, state);
            border.child(child);
            border.posted(outer.task.hasPosted());
            running = outer;
            asked = outerAsked;
        }
    }

    private LuaEvent runOutermost(LuaTask task, LuaThread thread, int values) {
        border.request(task.handle());
        thread.vm.guard();
        turns.begin();
        try {
            task.entered();
            return loop(task, thread, values);
        } finally {
            task.left();
            var stall = turns.end();
            thread.vm.release();
            border.request(0);
            running = null;
            if (stall != null) StallWatch.ended(task, stall);
        }
    }

    private LuaEvent loop(LuaTask task, LuaThread thread, int values) {
        for (;;) {
            var event = resume(task, thread, values);
            values = 0;
            LuaThread next = null;
            switch (event) {
                case LuaEvent.Waiting _ -> {}
                case LuaEvent.Yielded _ -> task.post(thread);
                case LuaEvent.Spawned _ -> {
                    task.post(thread);
                    int child = border.takeAdopted();
                    if (child != 0) adopt(child, true);
                    next = spawn(task, thread.vm);
                }
                case LuaEvent.Ended _ -> {
                    next = thread == task.entry ? null : thread.waiter();
                    if (next != null) values = deliver(thread, next, true);
                    retire(task, thread);
                    if (task.any() == null) return event;
                }
                case LuaEvent.Failed _ -> {
                    if (thread == task.entry) {
                        leave(task);
                        return event;
                    }
                    next = thread.waiter();
                    if (next != null) values = deliver(thread, next, false);
                    give(task, thread);
                    if (task.any() == null) return LuaEvent.ENDED;
                }
                case LuaEvent.Exit _, LuaEvent.Exec _, LuaEvent.Redirect _, LuaEvent.Jump _ -> {
                    leave(task);
                    return event;
                }
            }
            if (next == null) next = task.next();
            if (next == null) return LuaEvent.WAITING;
            thread = next;
        }
    }

    /// Takes over the coroutine that the Lua half of `ngx.thread.spawn` has made.
    private LuaThread spawn(LuaTask task, LuaVm vm) {
        var thread = vm.adopt(border.takeSpawned());
        task.add(thread);
        if (task.debug()) task.log(Level.DEBUG, "lua user thread resume");
        return thread;
    }

    /// Gives what a thread left, all that it returned or its error, to the one that waits for it.
    /// @return how many values that are
    private static int deliver(LuaThread from, LuaThread to, boolean ok) {
        to.unpark();
        // As upstream, what `error` was called with comes first, without a position.
        int n = ok || from.thrown ? LuaState.top(from.co()) : 1;
        LuaState.checkStack(to.co(), n + 1);
        LuaState.push(to.co(), ok);
        LuaState.move(from.co(), to.co(), n);
        return n + 1;
    }

    /// Runs one coroutine until it comes back, and hands on what it printed.
    private LuaEvent resume(LuaTask task, LuaThread thread, int values) {
        running = thread;
        asked = null;
        border.posted(task.hasPosted());
        border.child(LightThreads.NONE);
        border.waits(Border.GO_ON);
        if (task.debug()) task.log(Level.DEBUG, "lua run thread, top:" + (LuaState.top(thread.co()) - values) + " c:1");
        int rc = LuaState.resume(thread.co(), values);
        if (task.debug()) task.log(Level.DEBUG, "lua resume returned " + rc);
        int pos = Mem.i(border.address + Border.POS);
        if (pos > 0) flush(task);
        Mem.i(border.address + Border.CAP, 0);
        return switch (rc) {
            case LuaState.OK -> {
                if (task.debug()) task.log(Level.DEBUG, "lua light thread ended normally");
                if (thread == task.entry) {
                    task.returned(thread.co());
                    LuaState.top(thread.co(), 0);
                }
                yield LuaEvent.ENDED;
            }
            case LuaState.YIELD -> {
                if (task.debug()) task.log(Level.DEBUG, "lua thread yielded");
                LuaState.top(thread.co(), 0);
                if (border.spawns()) yield LuaEvent.SPAWNED;
                yield border.waits() && asked != null ? asked : LuaEvent.YIELDED;
            }
            default -> failed(task, thread, rc);
        };
    }

    private LuaEvent failed(LuaTask task, LuaThread thread, int rc) {
        thread.vm.release();
        var death = thread.vm.autopsy(thread);
        if (thread == task.entry) {
            task.failed(kind(rc), death.message(), death.traceback());
        } else {
            thread.thrown = death.thrown();
            task.log(Level.ERROR, "lua user thread aborted: " + kind(rc) + ": " + death.message() + "\n" + death.traceback());
        }
        if (rc == LuaState.ERRMEM) thread.vm.starved();
        thread.vm.guard();
        return new LuaEvent.Failed(death.message());
    }

    private static String kind(int rc) {
        return switch (rc) {
            case LuaState.ERRRUN -> "runtime error";
            case LuaState.ERRSYNTAX -> "syntax error";
            case LuaState.ERRMEM -> "memory allocation error";
            case LuaState.ERRERR -> "error handler error";
            default -> "unknown error";
        };
    }

    /// The task's threads are given up where they are.
    private void leave(LuaTask task) {
        task.unpost();
        task.entry = null;
        for (var thread = task.any(); thread != null; thread = task.any()) give(task, thread);
    }

    /// A thread is given up where it is.
    void give(LuaTask task, LuaThread thread) {
        thread.cancel();
        worker.loads.left(thread);
        task.remove(thread);
        thread.vm.abandon(thread, task);
    }

    private void retire(LuaTask task, LuaThread thread) {
        if (thread.parked()) thread.cancel();
        worker.loads.left(thread);
        task.remove(thread);
        boolean entry = thread == task.entry;
        if (entry) task.entry = null;
        if (thread.tainted || !entry) thread.vm.abandon(thread, task);
        else thread.vm.keep(thread, task);
    }

    /// Hands what is gathered in the border's buffer to the running task.
    public int flush() {
        return running == null ? LuaTask.OK : flush(running.task);
    }

    private int flush(LuaTask task) {
        long a = border.address;
        int pos = Mem.i(a + Border.POS);
        if (pos == 0) return LuaTask.OK;
        Mem.i(a + Border.POS, 0);
        return output(task, Mem.l(a + Border.OUT), pos);
    }

    private int output(LuaTask task, long bytes, int n) {
        return checked(task, task.output(bytes, n));
    }

    private int checked(LuaTask task, int rc) {
        if (rc == LuaTask.ERROR || rc == LuaTask.REFUSED) border.text(task.refusal());
        return rc;
    }

    /// No more is gathered in this run until the next call has asked [LuaTask#openOutput].
    public void closeOutput() {
        Mem.i(border.address + Border.CAP, 0);
    }

    @Ffi("nightjar_ffi_result")
    long result() {
        return border.result();
    }

    /// The wait that the running thread was to begin does not take place.
    @Ffi("nightjar_ffi_unpark")
    void unpark() {
        asked = null;
        border.waits(Border.GO_ON);
        if (running != null && running.parked()) running.cancel();
    }

    /// Whether the running task may wait where nginx could not.
    public boolean yieldsEverywhere() {
        return running != null && running.task.yieldsEverywhere();
    }

    @Ffi("nightjar_ffi_yields_everywhere")
    int yieldsEverywhereAsInt() {
        return yieldsEverywhere() ? 1 : 0;
    }

    /// What sockets belong to where there is no request.
    @Ffi(value = "nightjar_ffi_owner", returns = "ngx_http_request_t *")
    long owner() {
        return running.task.owner();
    }

    /// Parks the running thread until there is room for more output; the Lua half then yields.
    @Ffi("nightjar_ffi_await_output")
    int awaitOutput() {
        running.task.awaitOutput(this);
        return LuaTask.OK;
    }

    @Ffi("nightjar_ffi_open_output")
    int openOutput(long request) {
        if (running == null || request == 0) return error("no request object found");
        int mode = checked(running.task, running.task.openOutput());
        if (mode == LuaTask.GATHER) {
            long out = Mem.l(border.address + Border.OUT);
            Mem.i(border.address + Border.CAP, (int) (border.buffer + Border.BUFFER - out));
        }
        return mode;
    }

    @Ffi("nightjar_ffi_output")
    int output(long request, long bytes, int n) {
        if (running == null || request == 0) return error("no request object found");
        int rc = flush(running.task);
        if (rc != LuaTask.OK && rc != LuaTask.FULL) return rc;
        if (n > LARGE) return output(running.task, bytes, n);
        long a = border.address;
        long out = Mem.l(a + Border.OUT);
        if (n > Mem.i(a + Border.CAP)) return output(running.task, bytes, n);
        Mem.copy(bytes, out, n);
        Mem.i(a + Border.POS, n);
        return rc;
    }

    /// One call's output, straight on: 1, 0 when the script is to wait, or `nil` and why it was not sent.
    @LuaFunction("ngx._send")
    int send(long L) {
        long length = border.scratch(8);
        long bytes = LuaState.string(L, 1, length);
        int rc = output(running.task, bytes, (int) Mem.l(length));
        LuaState.top(L, 0);
        if (rc == LuaTask.ERROR) throw new LuaException(border.text());
        if (rc == LuaTask.OK || rc == LuaTask.FULL) {
            LuaState.push(L, rc == LuaTask.OK ? 1 : 0);
            return 1;
        }
        LuaState.pushNil(L);
        LuaState.push(L, border.text());
        return 2;
    }

    private int error(String text) {
        border.text(text);
        return LuaTask.ERROR;
    }
}
