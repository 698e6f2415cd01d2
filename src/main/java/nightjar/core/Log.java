package nightjar.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An error log: nginx's lines, to one or more targets of which each takes its level and what is graver. Any thread may
/// write; a line is one write(2), unbuffered. Text is a byte string ([Bytes#utf8] makes one of a Java string) and may
/// have several lines.
public final class Log {
    /// Gravest first.
    public enum Level {
        STDERR(""), EMERG("emerg"), ALERT("alert"), CRIT("crit"), ERROR("error"), WARN("warn"), NOTICE("notice"),
        INFO("info"), DEBUG("debug");

        private static final List<Level> ALL = List.of(values());
        private final String lowerName;

        Level(String lowerName) {
            this.lowerName = lowerName;
        }

        /// nginx's word; [#STDERR] has none.
        public String lowerName() {
            return lowerName;
        }

        /// The level that `error_log` calls so, or null.
        public static @Nullable Level named(String word) {
            for (var level : ALL) {
                if (level != STDERR && level.lowerName.equals(word)) return level;
            }
            return null;
        }
    }

    /// Where lines go to.
    public record Target(Level level, @Nullable LogFile file, @Nullable Syslog syslog) {
        public static Target file(LogFile file, Level level) {
            return new Target(level, file, null);
        }

        public static Target stderr(Level level) {
            return new Target(level, LogFile.STDERR, null);
        }

        public static Target syslog(Syslog syslog, Level level) {
            return new Target(level, null, syslog);
        }
    }

    /// The longest line in bytes, its line feed counted.
    public static final int MAX_LINE = 2048;
    /// Nothing is written.
    public static final Log NONE = new Log(List.of());

    private static final int PID = Posix.getpid();
    private static volatile Second second = new Second(-1, "");
    /// Whether grave lines also go to standard error, as while nginx starts.
    private static volatile boolean console;

    private Target[] targets;
    private int level;
    private final boolean everything;

    public Log(List<Target> targets) {
        this(targets.toArray(new Target[0]), false);
    }

    private Log(Target[] targets, boolean everything) {
        this.targets = targets;
        this.everything = everything;
        this.level = level(targets);
    }

    private int level(Target[] targets) {
        int level = -1;
        for (var target : targets) level = Math.max(level, target.level.ordinal());
        return everything && targets.length > 0 ? Level.DEBUG.ordinal() : level;
    }

    /// Adds a target; those that take more come first, as in nginx. For the time of reading the configuration: nothing is
    /// logged here yet.
    public void add(Target target) {
        var all = new ArrayList<>(targets());
        all.add(target);
        all.sort(Comparator.comparing(Target::level).reversed());
        targets = all.toArray(new Target[0]);
        level = level(targets);
    }

    /// From here on each line of level `warn` or graver goes to standard error as well, as `nginx: [emerg] text`, unless a
    /// target is standard error; or no more.
    public static void console(boolean on) {
        console = on;
    }

    /// The same targets, each taking all levels (`debug_connection`).
    public Log debugging() {
        return new Log(targets, true);
    }

    public List<Target> targets() {
        return List.of(targets);
    }

    /// Whether a line of this level goes anywhere: ask before building a text that costs something.
    public boolean on(Level l) {
        return l.ordinal() <= level;
    }

    public boolean debug() {
        return level == Level.DEBUG.ordinal();
    }

    /// The least grave level that any target takes; [Level#STDERR] when there is none.
    public Level level() {
        return Level.ALL.get(Math.max(level, 0));
    }

    public void write(Level l, String text) {
        write(l, 0, text, 0, "");
    }

    /// `2026/11/21 22:24:29 [error] PID#TID: *CONN text`, cut to [#MAX_LINE]. `connection` 0 is none.
    public void write(Level l, long connection, String text) {
        write(l, connection, text, 0, "");
    }

    /// The text, then ` (2: No such file or directory)` unless `errno` is 0, then `tail`. Where little room is left for
    /// the error, the text's end gives way to `...`.
    public void write(Level l, long connection, String text, int errno, String tail) {
        boolean aloud = console && l.ordinal() <= Level.WARN.ordinal();
        if (l.ordinal() > level && !aloud) return;
        try (var c = Scratch.take()) {
            long n = line(c.first, l, connection, text, errno, tail);
            for (var target : targets) {
                if (!everything && l.ordinal() > target.level.ordinal()) continue;
                aloud &= target.file != LogFile.STDERR;
                if (target.file != null) target.file.write(c.first, n);
                if (target.syslog != null) {
                    var failure = target.syslog.send(Math.max(l.ordinal() - 1, 0), c.first, n - 1);
                    if (failure != null) complain(failure);
                }
            }
            if (aloud) console(l, errno == 0 ? text + tail : text + " " + Errno.quoted(errno) + tail);
        }
    }

    /// What went wrong with syslog, to the targets that are files.
    private void complain(String failure) {
        try (var c = Scratch.take()) {
            long n = line(c.first, Level.ALERT, 0, failure, 0, "");
            for (var target : targets) {
                if (target.file != null && target.level.ordinal() >= Level.ALERT.ordinal()) target.file.write(c.first, n);
            }
        }
    }

    /// `nginx: [emerg] text` to the standard error, as while starting or for `-t`.
    public static void console(Level l, String text) {
        try (var c = Scratch.take()) {
            long end = c.first + MAX_LINE - 1;
            long p = Mem.put(c.first, "nginx: ");
            if (l != Level.STDERR) {
                Mem.b(p++, '[');
                p = Mem.put(p, l.lowerName);
                p = Mem.put(p, "] ");
            }
            p = put(p, end, text);
            Mem.b(p++, '\n');
            LogFile.STDERR.write(c.first, p - c.first);
        }
    }

    private static long line(long at, Level l, long connection, String text, int errno, String tail) {
        long end = at + MAX_LINE;
        long p = Mem.put(at, now());
        p = Mem.put(p, " [");
        p = Mem.put(p, l.lowerName);
        p = Mem.put(p, "] ");
        p = Bytes.putDecimal(p, PID);
        Mem.b(p++, '#');
        p = Bytes.putDecimal(p, Tids.current());
        p = Mem.put(p, ": ");
        if (connection != 0) {
            Mem.b(p++, '*');
            p = Bytes.putDecimal(p, connection);
            Mem.b(p++, ' ');
        }
        p = put(p, end, text);
        if (errno != 0) {
            if (p > end - 50) p = Mem.put(end - 50, "...");
            p = put(p, end, " (");
            p = Bytes.putDecimal(p, errno);
            p = put(p, end, ": ");
            p = put(p, end, Errno.text(errno));
            p = put(p, end, ")");
        }
        p = Math.min(put(p, end, tail), end - 1);
        Mem.b(p++, '\n');
        return p - at;
    }

    /// As much of `text` as ends before `end`.
    private static long put(long p, long end, String text) {
        int room = (int) (end - p);
        return Mem.put(p, text.length() <= room ? text : text.substring(0, room));
    }

    private static String now() {
        long sec = System.currentTimeMillis() / 1000;
        var last = second;
        if (last.sec != sec) second = last = new Second(sec, Clock.errlogTime(sec));
        return last.text;
    }

    private record Second(long sec, String text) {}

    /// The kernel's numbers of threads, remembered: each thread has a slot that it may share with others and then loses
    /// now and then, which costs a system call.
    private static final class Tids {
        private record Tid(long thread, int tid) {}

        private static final Tid[] SLOTS = new Tid[64];

        static int current() {
            long thread = Thread.currentThread().threadId();
            int slot = (int) thread & 63;
            var known = SLOTS[slot];
            if (known == null || known.thread != thread) SLOTS[slot] = known = new Tid(thread, Posix.gettid());
            return known.tid;
        }
    }
}
