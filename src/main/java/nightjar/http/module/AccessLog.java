package nightjar.http.module;

import static nightjar.conf.Context.*;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.OK;
import static nightjar.http.Phase.LOG;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import nightjar.conf.Args;
import nightjar.conf.Arity;
import nightjar.conf.Context;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.conf.Slot;
import nightjar.conf.Units;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.LineBuffer;
import nightjar.core.Log.Level;
import nightjar.core.LogFile;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.core.Syslog;
import nightjar.http.ComplexValue;
import nightjar.http.ConfKey;
import nightjar.http.Core;
import nightjar.http.HttpConf;
import nightjar.http.HttpModule;
import nightjar.http.HttpWorker;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// `access_log` and `log_format`: one line a request, one write(2) a line. Source: ngx_http_log_module.c.
public final class AccessLog {
    /// Where one `access_log` writes; `off` is one of them.
    sealed interface Sink {
        record Off() implements Sink {}
        /// A file, opened when all of nginx.conf has been read.
        record File(Opened file) implements Sink {}
        record ToSyslog(Syslog syslog) implements Sink {}
        /// A path with variables in it.
        record ByRequest(ComplexValue path) implements Sink {}
    }

    record Target(Sink sink, LogFormat format, @Nullable ComplexValue condition, Complaints complaints) {}

    /// A file of a configuration: named first, open later. Its buffer serves every `access_log` of this path.
    static final class Opened {
        final String path;
        @Nullable LogFile file;
        @Nullable LogBuffer buffer;

        Opened(String path) { this.path = path; }

        LogFile open() {
            if (file == null) file = LogFile.named(path);
            return file;
        }
    }

    /// When a failure was last told of: at most once a minute.
    static final class Complaints {
        volatile long sec;

        boolean due(long now) {
            if (now - sec <= 59) return false;
            sec = now;
            return true;
        }
    }

    /// What the whole of nginx.conf shares.
    static final class Files {
        final Map<String, Opened> byPath = new LinkedHashMap<>();
        final Map<String, LogFormat> formats = new LinkedHashMap<>();

        Opened file(String path) { return byPath.computeIfAbsent(path, Opened::new); }
    }

    private static final Slot<@Nullable Files> FILES = Slot.of(null);
    private static final Slot<List<Target>> TARGETS = Slot.list();

    static final Directive<?> LOG_FORMAT = run("log_format", HTTP_ONLY, Arity.TWO_OR_MORE, AccessLog::format);
    static final Directive<?> ACCESS_LOG = add("access_log", HTTP_SRV_LOC_LIF_LMT, Arity.ONE_OR_MORE, TARGETS, AccessLog::target);
    static final Directive<OpenLogFiles> OPEN_LOG_FILE_CACHE =
            one("open_log_file_cache", HTTP_SRV_LOC, Arity.take(1, 2, 3, 4), OpenLogFiles::read, OpenLogFiles.NONE);

    record Conf(List<Target> targets, OpenLogFiles cache) {
        Conf(Scope s) { this(inForce(s), OPEN_LOG_FILE_CACHE.get(s)); }
    }
    static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    public static final HttpModule MODULE = module("log")
            .directives(LOG_FORMAT, ACCESS_LOG, OPEN_LOG_FILE_CACHE)
            .conf(CONF)
            .ready(AccessLog::open)
            .onWorker(new HttpModule.OnWorker() {
                @Override public void start(HttpWorker worker, HttpConf conf, Consumer<@Nullable Throwable> ended) {
                    ended.accept(null);
                }

                @Override public void stop(HttpWorker worker, HttpConf conf, Runnable done) {
                    flush(conf);
                    done.run();
                }
            })
            .on(LOG, AccessLog::handle, l -> !l.conf(CONF).targets.isEmpty());

    private AccessLog() {}

    // --- a request's lines

    static Outcome handle(Request r) {
        if (r.debug()) r.debug("http log handler");
        var targets = r.conf(CONF).targets;
        for (int i = 0; i < targets.size(); i++) {
            var target = targets.get(i);
            if (target.condition != null) {
                var value = target.condition.eval(r);
                if (value.isEmpty() || value.equals("0")) continue;
            }
            var line = r.c.http.line;
            line.clear();
            target.format.put(r, line);
            write(r, target, line);
        }
        return OK;
    }

    private static void write(Request r, Target target, LineBuffer line) {
        switch (target.sink) {
            case Sink.Off _ -> { }
            case Sink.File(var to) -> {
                line.put('\n');
                long written = to.buffer != null ? to.buffer.add(r.worker, line.addr(), line.length())
                        : to.open().write(line.addr(), line.length());
                told(r, target, to.path, written, line.length());
            }
            case Sink.ToSyslog(var syslog) -> {
                var failure = syslog.send(syslog.severity(), line.addr(), line.length());
                if (failure == null) break;
                r.log(Level.ALERT, failure);
                r.log(Level.WARN, "send() to syslog failed");
            }
            case Sink.ByRequest(var path) -> {
                line.put('\n');
                byRequest(r, target, path, line);
            }
        }
    }

    /// Writes to the file whose path this request makes, if the request's own root is there: so that a made-up host
    /// name makes no files.
    private static void byRequest(Request r, Target target, ComplexValue path, LineBuffer line) {
        var root = r.variable("document_root");
        var stat = new Stat();
        int rc = root == null ? -Errno.ENOENT : Posix.stat(root, stat);
        if (rc == 0 && !stat.directory()) rc = -Errno.ENOTDIR;
        if (rc < 0) {
            r.log(Level.ERROR, "testing \"" + root + "\" existence failed " + Errno.quoted(-rc));
            return;
        }
        var name = path.eval(r);
        if (r.debug()) r.debug("http log \"" + name + "\"");
        long written = r.conf(CONF).cache.write(r.worker.clock.sec(), name, line.addr(), line.length());
        if (written == OpenLogFiles.NOT_OPEN) {
            r.log(Level.CRIT, "open() \"" + name + "\" failed " + Errno.quoted(r.conf(CONF).cache.errno()));
        } else {
            told(r, target, name, written, line.length());
        }
    }

    private static void told(Request r, Target target, String name, long written, int n) {
        if (written == n || !target.complaints.due(r.worker.clock.sec())) return;
        r.log(Level.ALERT, written < 0 ? "write() to \"" + name + "\" failed " + Errno.quoted((int) -written)
                : "write() to \"" + name + "\" was incomplete: " + written + " of " + n);
    }

    // --- files

    private static void open(HttpConf conf) {
        var files = conf.scope.get(FILES);
        if (files == null) return;
        for (var f : files.byPath.values()) {
            var file = f.open();
            if (f.buffer != null) f.buffer.open(file);
        }
    }

    private static void flush(HttpConf conf) {
        var files = conf.scope.get(FILES);
        if (files != null) for (var f : files.byPath.values()) if (f.buffer != null) f.buffer.flush();
    }

    // --- how words become values

    /// The one [Files] of the `http` block around `scope`.
    private static Files files(Scope scope) {
        var http = scope;
        while (http.context() != Context.HTTP && http.outer() != null) http = http.outer();
        var files = http.own(FILES);
        if (files == null) http.set(FILES, files = new Files());
        return files;
    }

    private static void format(Args a) {
        var formats = files(a.scope()).formats;
        var name = a.word(1);
        if (name.equals("combined") || formats.containsKey(name)) throw a.fail("duplicate \"log_format\" name \"" + name + "\"");
        formats.put(name, LogFormat.read(a, 2));
    }

    private static LogFormat named(Scope scope, String name, Args a) {
        var formats = files(scope).formats;
        if (Bytes.equalsIgnoreCase(name, "combined")) return LogFormat.combined(scope);
        for (var e : formats.entrySet()) if (Bytes.equalsIgnoreCase(e.getKey(), name)) return e.getValue();
        throw a.fail("unknown log format \"" + name + "\"");
    }

    private static Target target(Args a) {
        var path = a.word(1);
        if (path.equals("off")) {
            if (a.count() > 1) throw a.fail("invalid parameter \"" + a.word(2) + "\"");
            return new Target(new Sink.Off(), LogFormat.combined(a.scope()), null, new Complaints());
        }
        Syslog syslog = null;
        if (path.startsWith("syslog:")) try {
            syslog = Syslog.parse(path.substring("syslog:".length()));
        } catch (IllegalArgumentException e) {
            throw a.fail(e.getMessage());
        }
        var format = named(a.scope(), a.count() < 2 ? "combined" : a.word(2), a);
        var how = Parameters.read(a);
        boolean script = path.indexOf('$') >= 0 && syslog == null;
        if (how.size > 0 && script) throw a.fail("buffered logs cannot have variables in name");
        if (how.size > 0 && syslog != null) throw a.fail("logs to syslog cannot be buffered");
        if (syslog != null) return new Target(new Sink.ToSyslog(syslog), format, how.condition, new Complaints());
        if (script) return new Target(new Sink.ByRequest(ComplexValue.of(a, a.prefixed(path))), format, how.condition, new Complaints());
        var file = files(a.scope()).file(a.prefixed(path));
        if (how.size > 0) {
            if (file.buffer == null) file.buffer = new LogBuffer(how.size, how.flush, how.gzip);
            else if (!file.buffer.is(how.size, how.flush, how.gzip)) {
                throw a.fail("access_log \"" + a.prefixed(path) + "\" already defined with conflicting parameters");
            }
        }
        return new Target(new Sink.File(file), format, how.condition, new Complaints());
    }

    /// What follows the format's name: `buffer= flush= gzip= if=`.
    private record Parameters(int size, long flush, int gzip, @Nullable ComplexValue condition) {
        static Parameters read(Args a) {
            int gzip = 0;
            long size = 0, flush = 0;
            ComplexValue condition = null;
            for (int i = 3; i <= a.count(); i++) {
                var w = a.word(i);
                if (w.startsWith("buffer=")) {
                    size = Units.size(w.substring(7));
                    if (size <= 0 || size > 1 << 30) throw a.fail("invalid buffer size \"" + w.substring(7) + "\"");
                } else if (w.startsWith("flush=")) {
                    flush = Units.time(w.substring(6), false);
                    if (flush <= 0) throw a.fail("invalid flush time \"" + w.substring(6) + "\"");
                } else if (w.equals("gzip") || w.startsWith("gzip=")) {
                    if (size == 0) size = 64 << 10;
                    gzip = w.equals("gzip") ? 1 : Bytes.parseInt(w.substring(5));
                    if (gzip < 1 || gzip > 9) throw a.fail("invalid compression level \"" + w.substring(5) + "\"");
                } else if (w.startsWith("if=")) {
                    condition = ComplexValue.of(a, w.substring(3));
                } else {
                    throw a.fail("invalid parameter \"" + w + "\"");
                }
            }
            if (flush > 0 && size == 0) throw a.fail("no buffer is defined for access_log \"" + a.word(1) + "\"");
            return new Parameters((int) size, flush, gzip, condition);
        }
    }

    /// What is written in `s`: nothing after `off`, and nginx's own file when nobody has said anything.
    private static List<Target> inForce(Scope s) {
        var list = s.get(TARGETS);
        if (list.isEmpty()) {
            var file = files(s).file(Core.prefix(s) + "logs/access.log");
            return List.of(new Target(new Sink.File(file), LogFormat.combined(s), null, new Complaints()));
        }
        for (var t : list) if (t.sink instanceof Sink.Off) return List.of();
        return List.copyOf(list);
    }
}
