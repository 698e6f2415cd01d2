package nightjar.http.module;

import static nightjar.http.Outcome.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.Core;
import nightjar.http.Finalizer;
import nightjar.http.HeaderFilters;
import nightjar.http.OpenFile;
import nightjar.http.Outcome;
import nightjar.http.UriParser;
import nightjar.http.Request;
import nightjar.http.RequestBody;
import nightjar.http.Subrequest;
import nightjar.http.module.Echo.Command;
import nightjar.net.Timer;
import org.jspecify.annotations.Nullable;

/// One request's way through the commands of its location.
///
/// [#run] runs commands until one has to wait; what it waits for calls [#goOn].
final class EchoRun {
    private final Request r;
    private int next;
    private boolean headSent;

    /// The pieces of the loop under way, or `null`; which one it is at, and the command that began it.
    private @Nullable List<String> choices;
    private int choice, loopStart;

    int counter;
    private long timerBegin;
    private @Nullable Timer sleep;

    /// The body filter has still something to do.
    boolean filters;
    boolean beforeSent;

    private EchoRun(Request r) {
        this.r = r;
        this.timerBegin = r.startMsec;
    }

    static EchoRun of(Request r) {
        var state = r.get(Echo.RUN);
        if (state == null) r.set(Echo.RUN, state = new EchoRun(r));
        return state;
    }

    Outcome run() {
        var rc = commands();
        return rc instanceof Status(int code) && code >= 300 && r.headBegun() ? ERROR : rc;
    }

    /// The command that had to wait is done.
    private void goOn() {
        if (r.done) return;
        next++;
        r.server.http().engine().resume(r, _ -> run());
    }

    private Outcome commands() {
        var commands = r.conf(Echo.CONF).commands();
        for (; next < commands.size(); next++) {
            var c = commands.get(next);
            if (c.code().startsSubrequest() && r.body == null) {
                var rc = readBody();
                if (rc == AGAIN) next--;
                if (rc != OK) return rc;
            }
            var words = c.eval(r);
            var rc = switch (c.code()) {
                case SYNC -> write(Buf.empty());
                case ECHO -> echo(c.line(words));
                case REQUEST_BODY -> requestBody();
                case SLEEP -> sleep(word(words, 0));
                case FLUSH -> sent(BodyFilters.output(r, Buf.flush()), false);
                case BLOCKING_SLEEP -> blockingSleep(word(words, 0));
                case RESET_TIMER -> resetTimer();
                case LOCATION_ASYNC, LOCATION -> location(c, words);
                case SUBREQUEST_ASYNC, SUBREQUEST -> subrequest(c, words);
                case DUPLICATE -> duplicate(word(words, 0), word(words, 1));
                case READ_REQUEST_BODY -> readBody();
                case FOREACH_SPLIT -> foreach(words, commands);
                case END -> end();
                case EXEC -> exec(words);
                case BEFORE_BODY, AFTER_BODY, ABORT_PARENT -> unknown(c);
            };
            if (rc != OK) return rc;
            boolean stops = c.code() == Echo.Code.LOCATION || c.code() == Echo.Code.SUBREQUEST;
            if (stops && r.headerOnly) return OK;
        }
        var rc = write(null);
        if (rc == OK && r.body == null) RequestBody.discard(r);
        return rc;
    }

    private static String word(List<String> words, int n) { return n < words.size() ? words.get(n) : ""; }

    // --- output

    private Outcome head() {
        if (r.headerSent || headSent) return OK;
        r.out.status = r.conf(Echo.CONF).status();
        r.setContentType();
        r.out.clearContentLength();
        r.allowRanges = false;
        headSent = true;
        return HeaderFilters.send(r);
    }

    /// Sends a piece of body, `null` for its end, and the head before it.
    private Outcome write(@Nullable Buf in) {
        var rc = head();
        if (rc != OK || r.headerOnly) return rc;
        return sent(BodyFilters.output(r, in == null ? r.lastBuf() : in), in == null);
    }

    /// The commands go on although the client has not taken everything yet, but not while too much waits for a filter.
    private Outcome sent(Outcome rc, boolean last) {
        if (rc != AGAIN) return rc;
        if (last || !BodyFilters.full(r)) return OK;
        r.c.whenWritable(r, this::goOn);
        return AGAIN;
    }

    private Outcome echo(String line) {
        return line.isEmpty() ? OK : write(Buf.of(line));
    }

    private Outcome duplicate(String count, String text) {
        long n = size(count);
        if (n < 0 || n * text.length() > Integer.MAX_VALUE - 16) {
            r.log(Level.ERROR, "invalid size specified: \"" + count + "\"");
            return status(500);
        }
        return n == 0 || text.isEmpty() ? head() : write(Buf.of(text.repeat((int) n)));
    }

    /// A number whose digits may be grouped with `_`; -1 when it is not one.
    static long size(String text) {
        if (text.isEmpty()) return -1;
        long n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '_') continue;
            if (!Bytes.isDigit(c) || n > Integer.MAX_VALUE) return -1;
            n = n * 10 + c - '0';
        }
        return n;
    }

    private Outcome requestBody() {
        var b = r.body;
        if (b == null || !b.complete()) return OK;
        if (b.path() == null) return b.length() == 0 ? OK : write(Buf.memory(b.address(), b.length()));
        int fd = Posix.open(b.path(), Posix.O_RDONLY | Posix.O_CLOEXEC, 0);
        if (fd < 0) {
            r.log(Level.CRIT, "open() \"" + b.path() + "\" failed " + Errno.quoted(-fd));
            return status(500);
        }
        return write(Buf.file(new OpenFile(fd), 0, b.size()));
    }

    // --- time

    private Outcome sleep(String duration) {
        long msec = msec(duration);
        if (msec < 0) return badDuration(duration);
        if (sleep == null) {
            var timer = sleep = Timer.of(this::wakeUp);
            r.main.onClose(() -> r.worker.timers.cancel(timer));
        }
        r.worker.timers.add(sleep, msec);
        return AGAIN;
    }

    private void wakeUp() {
        if (r.debug()) r.debug("echo sleep event handler: \"" + r.uri + "?" + (r.args == null ? "" : r.args) + "\"");
        goOn();
    }

    /// Stops the whole worker, which is what the directive is for.
    private Outcome blockingSleep(String duration) {
        long msec = msec(duration);
        if (msec < 0) return badDuration(duration);
        try {
            Thread.sleep(msec);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return OK;
    }

    private Outcome badDuration(String duration) {
        r.log(Level.ERROR, "invalid sleep duration \"" + duration + "\"");
        return status(400);
    }

    /// Seconds with up to three places behind the point, in milliseconds; -1 when they are not that.
    static long msec(String seconds) {
        int dot = seconds.indexOf('.');
        var whole = dot < 0 ? seconds : seconds.substring(0, dot);
        var places = dot < 0 ? "" : seconds.substring(dot + 1);
        if (seconds.isEmpty() || places.length() > 3) return -1;
        long v = Bytes.parseLong("0" + whole + places);
        if (v < 0 || v > Long.MAX_VALUE / 1000) return -1;
        for (int i = places.length(); i < 3; i++) v *= 10;
        return v;
    }

    private Outcome resetTimer() {
        r.worker.clock.update();
        timerBegin = r.worker.clock.msec();
        return OK;
    }

    String elapsed() {
        r.worker.clock.update();
        long msec = Math.max(0, r.worker.clock.msec() - timerBegin);
        return msec / 1000 + "." + Integer.toString(1000 + (int) (msec % 1000)).substring(1);
    }

    // --- loops

    private Outcome foreach(List<String> words, List<Command> commands) {
        if (choices != null) {
            r.log(Level.ERROR, "Nested echo_foreach not supported yet.");
            return status(500);
        }
        if (words.size() < 2) {
            r.log(Level.ERROR, "echo_foreach should take at least two arguments. (if your delimiter starts with \"-\", "
                    + "preceding it with a \"--\".)");
            return status(500);
        }
        choices = split(words.get(1), words.get(0));
        choice = 0;
        loopStart = next;
        if (choices.isEmpty()) {
            while (next + 1 < commands.size() && commands.get(next + 1).code() != Echo.Code.END) next++;
        }
        return OK;
    }

    /// The pieces of `text` between delimiters, without the empty ones.
    static List<String> split(String text, String delimiter) {
        var pieces = new ArrayList<String>();
        int from = 0;
        while (from < text.length()) {
            int at = delimiter.isEmpty() ? -1 : text.indexOf(delimiter, from);
            if (at < 0) at = text.length();
            if (at > from) pieces.add(text.substring(from, at));
            from = at + delimiter.length();
        }
        return pieces;
    }

    private Outcome end() {
        if (choices == null) {
            r.log(Level.ERROR, "Found a echo_end that has no corresponding echo_foreach before it.");
            return ERROR;
        }
        if (++choice >= choices.size()) choices = null; else next = loopStart;
        return OK;
    }

    @Nullable String it() { return choices != null && choice < choices.size() ? choices.get(choice) : null; }

    // --- bodies and other requests

    private Outcome readBody() {
        return RequestBody.read(r, rc -> {
            if (rc == OK) goOn(); else r.server.http().engine().resume(r, rc);
        });
    }

    private Outcome location(Command c, List<String> words) {
        var to = target(c, word(words, 0));
        if (to == null) return ERROR;
        return start(c, to.path(), words.size() > 1 ? words.get(1) : to.args(), null);
    }

    /// What `echo_subrequest` says about its request.
    private record Spec(String method, @Nullable String query, @Nullable String body, @Nullable String file) {}

    private Outcome subrequest(Command c, List<String> words) {
        var spec = spec(words);
        if (spec == null) return ERROR;
        var to = target(c, word(words, 1));
        if (to == null) return ERROR;
        return start(c, to.path(), spec.query != null ? spec.query : to.args(), spec);
    }

    private @Nullable Spec spec(List<String> words) {
        String query = null, body = null, file = null;
        for (int i = 2; i < words.size(); i += 2) {
            var value = i + 1 < words.size() ? words.get(i + 1) : null;
            switch (words.get(i)) {
                case "-q" -> query = value;
                case "-b" -> body = value;
                case "-f" -> file = value;
                default -> {
                    r.log(Level.ERROR, "unknown option for echo_subrequest*: " + words.get(i));
                    return null;
                }
            }
        }
        return new Spec(word(words, 0), query, body, file);
    }

    private UriParser.@Nullable Target target(Command c, String text) {
        if (text.isEmpty()) return null;
        var to = UriParser.target(text);
        if (to == null && r.debug()) r.debug("echo_" + Bytes.lower(c.code().name()) + " sees unsafe uri: \"" + text + "\"");
        return to;
    }

    private Outcome start(Command c, String uri, @Nullable String args, @Nullable Spec spec) {
        var rc = head();
        if (rc != OK || r.headerOnly) return rc;
        boolean async = c.code() == Echo.Code.LOCATION_ASYNC || c.code() == Echo.Code.SUBREQUEST_ASYNC;
        var sub = Subrequest.inPlace(r, uri, args, async ? null : (_, _) -> r.worker.defer(this::goOn));
        if (sub == null) return ERROR;
        sub.ownVariables();
        if (spec != null && !describe(sub, spec)) return ERROR;
        Subrequest.post(sub);
        return async ? OK : AGAIN;
    }

    private boolean describe(Request sub, Spec spec) {
        sub.method = spec.method;
        if (spec.method.equals("HEAD")) sub.headerOnly = true;
        if (spec.body != null && !spec.body.isEmpty()) {
            var bytes = spec.body.getBytes(StandardCharsets.ISO_8859_1);
            long at = Mem.alloc(bytes.length);
            Mem.put(at, bytes);
            RequestBody.own(sub).set(at, bytes.length);
            Mem.free(at);
        } else if (spec.file != null && !spec.file.isEmpty()) {
            var path = spec.file.startsWith("/") ? spec.file : Core.prefix(r.server.scope) + spec.file;
            int failed = RequestBody.own(sub).setFile(path, false);
            if (failed < 0) {
                r.log(Level.ERROR, "open() \"" + path + "\" failed " + Errno.quoted(-failed));
                return false;
            }
        } else {
            return true;
        }
        sub.ownHeaders();
        sub.in.set("Content-Length", Long.toString(sub.body.size()));
        return true;
    }

    private Outcome exec(List<String> words) {
        var text = word(words, 0);
        if (text.isEmpty()) return status(400);
        var to = UriParser.target(text);
        if (to == null) {
            if (r.debug()) r.debug("echo_exec sees unsafe uri: \"" + text + "\"");
            return ERROR;
        }
        var args = words.size() > 1 ? words.get(1) : to.args();
        if (!to.path().startsWith("@")) {
            Finalizer.internalRedirect(r, to.path(), args);
            return DONE;
        }
        if (args != null && !args.isEmpty()) {
            r.log(Level.WARN, "querystring " + args + " ignored when exec'ing named location " + to.path());
        }
        Finalizer.namedLocation(r, to.path());
        return DONE;
    }

    private Outcome unknown(Command c) {
        r.log(Level.ERROR, "unknown opcode: " + c.code().ordinal());
        return status(500);
    }
}
