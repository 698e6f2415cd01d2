package nightjar.net;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import nightjar.core.Clock;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// One event loop on one thread: connections belong to it for life, and nothing of theirs is touched by another thread.
///
/// The thread runs *events*: a connection's readiness, a timer, a task from [#execute]. After each event come the tasks of
/// [#defer], and then the gathered output is sent. All fields and methods are for the worker's thread, save where said.
public final class Worker {
    /// Size of [#rbuf] in bytes.
    public static final int RBUF = 64 << 10;
    /// Size of the buffer in which output gathers, in bytes; the most that [Conn#reserve] can give.
    public static final int OUT = 256 << 10;

    /// Deep recursion of C code under LuaJIT needs this much; only touched pages count.
    private static final long STACK = 128L << 20;
    /// Deferred tasks run after one event before others get their turn.
    private static final int MAX_DEFERRED = 1024;

    static {
        // Netty would look for SLF4J and Log4j first, for 15 milliseconds.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    /// Whether connections are plain epoll handles; else they are Netty's NIO channels. `-Dnightjar.transport=nio` chooses those.
    public static final boolean EPOLL = !"nio".equals(System.getProperty("nightjar.transport")) && Epoll.isAvailable();

    /// For what blocks: files, name look-ups. Shared by all workers; its threads end when idle.
    private static final ThreadPoolExecutor POOL = pool();

    /// From 0.
    public final int id;
    public final Clock clock = new Clock();
    public final Timers timers = new Timers(this);
    /// The buffer into which every connection reads. What it holds is valid while the call lasts that hands it out.
    public final long rbuf = Mem.alloc(RBUF);

    /// Its connections are [RawConn]s, else [ChannelConn]s.
    final boolean epoll;
    final Loop loop;
    final long out = Mem.alloc(OUT);
    int outLen;
    /// The connection whose output is in `out`; null when there is none.
    @Nullable Conn outOwner;

    private final Consumer<Throwable> onBug;
    private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();
    /// How often the loop has asked for events. Those of one turn were there before any of them was handled.
    int turn;
    private boolean stale = true;
    private boolean inEvent;
    private boolean deferredPosted;
    /// Nobody is told of anything any more.
    boolean deaf;

    /// Makes the loop; its thread starts with the first task. May be called on any thread.
    /// @param onBug is told, on the worker's thread, what was thrown by a handler, a timer or a task
    public Worker(int id, Consumer<Throwable> onBug) {
        this(id, onBug, EPOLL);
    }

    Worker(int id, Consumer<Throwable> onBug, boolean epoll) {
        this.id = id;
        this.onBug = onBug;
        this.epoll = epoll;
        // called before each wait: the first event after it reads the clock
        SelectStrategyFactory strategy = () -> (supplier, hasTasks) -> {
            stale = true;
            turn++;
            return hasTasks ? supplier.get() : SelectStrategy.SELECT;
        };
        IoHandlerFactory io = epoll
                ? EpollIoHandler.newFactory(0, strategy)
                : NioIoHandler.newFactory(SelectorProvider.provider(), strategy);
        ThreadFactory threads = task -> new WorkerThread(this, task);
        loop = new Loop(threads, io);
    }

    /// The worker whose thread this is; null on other threads.
    public static @Nullable Worker current() {
        return Thread.currentThread() instanceof WorkerThread t ? t.worker : null;
    }

    public boolean inLoop() {
        return Thread.currentThread() instanceof WorkerThread t && t.worker == this;
    }

    /// Runs `task` as an event of its own, after events that are waiting now. May be called on any thread.
    public void execute(Runnable task) {
        loop.execute(() -> run(task));
    }

    /// As [#execute], but connections and timers have their turn first, also when tasks keep making others. On the worker's thread.
    public void executeNextTurn(Runnable task) {
        loop.executeAfterEventLoopIteration(new NextTurn(this, task));
    }

    /// A class and no lambda: the first use of one that no start has trained costs milliseconds.
    private record NextTurn(Worker worker, Runnable task) implements Runnable {
        @Override
        public void run() {
            worker.execute(task);
        }
    }

    /// Runs `task` after the current event, before its output is sent.
    public void defer(Runnable task) {
        deferred.add(task);
        if (!inEvent) postDeferred();
    }

    /// Runs `work` on a thread that may block, then `answer` as an event of this worker: with the result, or with what was
    /// thrown. May be called on any thread.
    public <T> void offload(Callable<T> work, BiConsumer<@Nullable T, @Nullable Throwable> answer) {
        POOL.execute(() -> {
            T result;
            try {
                result = work.call();
            } catch (Throwable e) {
                execute(() -> answer.accept(null, e));
                return;
            }
            execute(() -> answer.accept(result, null));
        });
    }

    /// From here on no event, timer or task runs: what they would call is gone. Only [#stop] is to follow.
    public void ignoreEvents() {
        deaf = true;
        deferred.clear();
    }

    /// Has its thread stand still for good, since the process ends, once it has run `then`. May be called on any thread.
    public void halt(Runnable then) {
        loop.execute(() -> {
            then.run();
            while (true) LockSupport.park();
        });
    }

    /// Closes all connections, ends the thread and frees the buffers; returns when that is done. Not for the worker's thread.
    public synchronized void stop() {
        if (loop.isTerminated()) return;
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        Mem.free(rbuf);
        Mem.free(out);
    }

    /// Runs `task` as an event, or as part of the event that is running.
    void run(Runnable task) {
        if (inEvent) {
            task.run();
            return;
        }
        if (deaf) return;
        begin();
        try {
            task.run();
        } catch (Throwable e) {
            failed(e);
        } finally {
            end();
        }
    }

    /// Opens an event.
    void begin() {
        inEvent = true;
        if (!stale) return;
        stale = false;
        clock.update();
        timers.update();
    }

    /// Opens an event for which time has passed. The loop need not have waited for it: an event before may have taken longer.
    void beginLater() {
        stale = true;
        begin();
    }

    /// Closes an event: deferred tasks, then the output. What the output brings about is deferred, and so comes here too.
    void end() {
        int n = 0;
        for (;;) {
            Runnable task;
            while (n < MAX_DEFERRED && (task = deferred.poll()) != null) {
                n++;
                try {
                    task.run();
                } catch (Throwable e) {
                    failed(e);
                }
            }
            var owner = outOwner;
            if (owner != null) owner.eventEnds();
            else if (n >= MAX_DEFERRED || deferred.isEmpty()) break;
        }
        inEvent = false;
        if (!deferred.isEmpty()) postDeferred();
    }

    private void postDeferred() {
        if (deferredPosted) return;
        deferredPosted = true;
        loop.execute(() -> {
            deferredPosted = false;
            if (deaf) return;
            begin();
            end();
        });
    }

    /// A bug in a handler: told to whoever made the worker.
    void failed(Throwable e) {
        onBug.accept(e);
    }

    private static ThreadPoolExecutor pool() {
        var count = new AtomicInteger();
        var pool = new ThreadPoolExecutor(16, 16, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            var thread = new Thread(task, "pool-" + count.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static final class Loop extends SingleThreadIoEventLoop {
        Loop(ThreadFactory threads, IoHandlerFactory io) {
            super(null, threads, io);
        }

        @Override
        protected void run() {
            super.run();
            // Netty closes what is registered at the end of a turn, and leaves that out if it is told to end in mid-turn
            ioHandler().prepareToDestroy();
        }
    }

    private static final class WorkerThread extends FastThreadLocalThread {
        final Worker worker;

        WorkerThread(Worker worker, Runnable task) {
            super(null, task, "worker-" + worker.id, STACK);
            this.worker = worker;
        }
    }
}
