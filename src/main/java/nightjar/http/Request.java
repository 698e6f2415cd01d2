package nightjar.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Log;
import nightjar.core.Log.Level;
import nightjar.net.Worker;
import org.jspecify.annotations.Nullable;

/// One request, or subrequest: the one mutable object of the spine. It belongs to one worker for life.
public final class Request {
    /// HTTP versions, as nginx numbers them.
    public static final int HTTP_09 = 9, HTTP_10 = 1000, HTTP_11 = 1001, HTTP_20 = 2000;
    /// A request is redirected internally at most so often.
    static final int MAX_URI_CHANGES = 10;

    public final Connection c;
    public final Worker worker;
    /// The request it is a subrequest of, or `null`.
    public final @Nullable Request parent;
    /// The request that the client sent; itself, if this is it.
    public final Request main;

    public Server server;
    public Location loc;
    /// The location that the path led to; `loc` may be an `if` block in it.
    public @Nullable Location namedLoc;
    public HeadersIn in;
    public final HeadersOut out = new HeadersOut();

    /// The method's name as sent.
    public String method = "GET";
    public int version = HTTP_11;
    /// The decoded path.
    public String uri = "";
    /// What follows `?`, or `null` when there is none.
    public @Nullable String args;
    /// The request target as sent, once asked for.
    @Nullable String unparsedUri;
    /// [#unparsedUri()] is what `uri` and `args` say: neither was changed. nginx: r->valid_unparsed_uri.
    public boolean validUnparsedUri;
    /// The location was chosen by `uri` as it is: no rewrite has changed it since. nginx: r->valid_location.
    public boolean validLocation = true;
    /// The whole request line as sent.
    @Nullable String requestLine;
    /// The host of an absolute-form target or of the Host header, lower case and without port, or `null`.
    public @Nullable String host;
    /// Milliseconds since the epoch, when its first byte was read.
    public long startMsec;

    /// The content handler chosen by the location, or `null` for the content phase's handlers.
    public @Nullable Handler content;
    /// The values of variables that `set` and its like define; a subrequest's are its parent's unless it is given its own.
    public @Nullable String[] vars;
    public @Nullable String capturesData;
    /// Offsets into `capturesData`, two for each capture, group 0 first; -1: did not take part.
    public int @Nullable [] captures;
    int captureCount;

    public @Nullable RequestBody body;
    /// Takes the client's bytes as they come.
    @Nullable ClientSocket clientSocket;
    /// Told when this subrequest has ended.
    Subrequest.@Nullable Ended ended;
    /// Its place among the requests that write into one response; `null` while it is the only one.
    @Nullable Postpone output;
    /// What of the response cannot go on yet; `null` while all can.
    @Nullable Backlog backlog;
    /// A header filter that was asleep wants this answer in place of the handler's response.
    @Nullable Outcome refused;

    int step;
    int phaseLimit = Integer.MAX_VALUE;
    int headerFilterAt, uriChanges = MAX_URI_CHANGES + 1;
    boolean contentRunning, expectTested;
    /// The uri was rewritten: after the rewrite phase the request looks for its location again.
    public boolean uriChanged;
    public boolean internal;
    public boolean headerSent;
    public boolean headerOnly;
    public boolean keepAlive;
    public boolean chunked;
    /// The body is to be followed by trailers, if the client can take them.
    public boolean expectTrailers;
    public boolean lastSent;
    /// Bytes of response body sent, before chunking.
    public long bodySent;
    public boolean done;
    boolean detached;
    /// The path is a location's without the slash at its end.
    boolean wantsSlash;
    /// An error page is being made: what goes wrong now is not redirected again.
    boolean errorPage;
    /// The status that an error page must keep although another location makes it; 0: none.
    int errStatus;
    @Nullable Outcome accessResult;
    public boolean discardBody;
    /// The connection is closed when the request has ended, without a word (444).
    boolean lingering = true;
    /// Bytes a second; 0: no limit.
    public long limitRate;
    boolean limitRateSet;
    @Nullable Pace pace;
    /// Of the main request: its subrequests, and theirs, that have not ended.
    @Nullable List<Request> subrequests;
    /// How many requests stand above this one.
    int depth;
    public boolean skipLog;
    public boolean filterNeedInMemory;
    /// A filter gave up in the middle of the body; nothing more is sent.
    public boolean filterFailed;
    /// A header filter has sent another response in place of this one: what is left of its body is dropped.
    boolean replaced;
    public boolean varyAcceptEncoding;
    /// Bytes of the response head as sent.
    int headBytes;
    boolean pipelined;
    /// Whether a Range header may be answered with a part of this response.
    public boolean allowRanges;
    public boolean notModifiedDisabled;
    public @Nullable String remoteAddr;
    public @Nullable String remotePort;
    public byte @Nullable [] remoteAddrBinary;
    public @Nullable String remoteUser;
    public @Nullable String upstreamText;
    /// What `limit_req` and `limit_conn` made of it; `null` until they were asked. A request is counted once.
    public @Nullable String limitReqStatus, limitConnStatus;

    private @Nullable Object @Nullable [] ctx;
    private @Nullable Cleanup cleanup, lastCleanup;
    /// How many of the log phase's handlers have begun.
    int logAt;
    /// What a subrequest has ended with.
    @Nullable Outcome outcome;
    int @Nullable [] phasePlace;
    /// Runs when the client has gone away.
    public @Nullable Runnable aborted;
    /// Bytes on the connection before this response.
    public long sentBefore;
    /// The body's length as the head framed it, whatever is made of it since; -1: none.
    long framedLength;

    Request(Connection c, @Nullable Request parent, HeadersIn in, Server server) {
        this.c = c;
        this.worker = c.conn.worker;
        this.parent = parent;
        this.main = parent == null ? this : parent.main;
        this.in = in;
        this.server = server;
        this.loc = server.root;
        this.startMsec = worker.clock.msec();
        this.sentBefore = c.conn.written();
        this.framedLength = in.contentLength;
        int slots = server.http.variables.slots();
        this.vars = parent != null && parent.server.http == server.http ? parent.vars : new String[slots];
    }

    // --- configuration and modules' state

    @SuppressWarnings("unchecked")
    public <C> C conf(ConfKey<C> k) { return (C) loc.confs[k.index]; }

    @SuppressWarnings("unchecked")
    public <X> @Nullable X get(CtxKey<X> k) { return ctx == null || k.index >= ctx.length ? null : (X) ctx[k.index]; }

    public <X> void set(CtxKey<X> k, @Nullable X v) {
        if (ctx == null) {
            if (v == null) return;
            ctx = new Object[CtxKey.count()];
        } else if (k.index >= ctx.length) {
            // a module's class that was first used after the request began
            ctx = Arrays.copyOf(ctx, CtxKey.count());
        }
        ctx[k.index] = v;
    }

    /// Forgets all modules' state, as an internal redirect does.
    void clearCtx() { if (ctx != null) ctx = CtxKey.kept(ctx); }

    /// The core module's configuration of the present location.
    public Core.Conf core() { return conf(Core.CONF); }

    // --- variables

    /// A variable's value by name, `null` if there is none.
    public @Nullable String variable(String name) { return server.http.variables.get(this, name); }

    /// Capture group `n` of the last regular expression that matched, or `null`.
    public @Nullable String capture(int n) {
        if (captures == null || capturesData == null || n >= captureCount || captures[2 * n] < 0) return null;
        return capturesData.substring(captures[2 * n], captures[2 * n + 1]);
    }

    /// As [#capture], but a group that took no part is empty.
    public @Nullable String captureOrEmpty(int n) {
        if (captures == null || capturesData == null || n >= captureCount) return null;
        return captures[2 * n] < 0 ? "" : capturesData.substring(captures[2 * n], captures[2 * n + 1]);
    }

    /// Whether captures of the uri must be escaped again where they become arguments: the client's path had escapes or a `+`.
    public boolean escapesCaptures() { return this == main && (in.line.quotedUri() || in.line.plusInUri()); }

    /// A regular expression did not match: there are no captures now.
    public void notCaptured() { capturesData = null; }

    /// Keeps the offsets that a regular expression matched in `data`, for `$1` and its like.
    public void captured(String data, int[] ovector, int count) {
        if (captures == null || captures.length < 2 * count) captures = new int[Math.max(20, 2 * count)];
        System.arraycopy(ovector, 0, captures, 0, 2 * count);
        captureCount = count;
        capturesData = data;
    }

    // --- what has been sent, for variables and logs

    /// Bytes sent to the client for this request.
    public long bytesSent() { return Math.max(0, c.conn.written() - c.conn.queued() - main.sentBefore); }
    /// The same without the response head.
    public long bodyBytesSent() { return Math.max(0, bytesSent() - main.headBytes); }
    /// Bytes of head and body that the client sent.
    public long requestLength() {
        long n = main.in.requestLength();
        return main.body == null ? n : n + main.body.received();
    }
    /// Milliseconds since the first byte of the request.
    public long elapsed() { return Math.max(0, worker.clock.msec() - main.startMsec); }
    /// The status as it is logged; 0 while there is none, 9 in HTTP/0.9.
    public int statusSent() {
        if (errStatus != 0) return errStatus;
        return out.status != 0 || version != HTTP_09 ? out.status : 9;
    }
    /// Whether its bytes had come with the request before it.
    public boolean pipelined() { return main.pipelined; }

    /// Gives a subrequest variables of its own, all without a value.
    public void ownVariables() { vars = new String[server.http.variables.slots()]; }

    /// Gives a subrequest variables of its own, with the values that its parent's have now.
    public void copyVariables() { vars = vars.clone(); }

    /// Gives a subrequest header lines of its own, at first the same as its parent's.
    public void ownHeaders() {
        c.outlive();
        in = in.copy();
    }

    /// Frees the body that a subrequest has in place of its parent's.
    void freeOwnBody() {
        if (body != null && parent != null && body != parent.body) body.free();
    }

    // --- response

    /// Whether the head can be changed no more by those who make the response: it has gone, is in the header filters, or one of
    /// these wants another.
    public boolean headBegun() { return headerSent || refused != null || backlog != null && backlog.headAsleep(); }

    /// Gives the response the type of the path's extension, else `default_type`, unless it has one.
    public void setContentType() {
        if (out.contentType != null) return;
        out.contentType = core().typeFor(this);
        out.contentTypeImplied = true;
    }

    /// The piece that ends this request's output.
    public Buf lastBuf() {
        var b = Buf.empty();
        if (isSubrequest()) b.lastInChain = true; else b.last = true;
        return b;
    }

    /// The status as it stands, 0 when there is none yet: an error page's own, else the response's.
    public int status() { return errStatus != 0 ? errStatus : out.status != 0 ? out.status : version == HTTP_09 ? 9 : 0; }

    /// Gives the response a status, an error page's no longer counts.
    /// @param line what follows the version in the status line, `null` for nginx's own words
    public void status(int code, @Nullable String line) {
        out.status = code;
        out.statusLine = line;
        errStatus = 0;
    }

    /// Sends the request to another path. With `jump`, it looks for its location again after the rewrite phase.
    public void uri(String path, boolean jump) {
        uri = path;
        internal = true;
        validUnparsedUri = false;
        if (!jump) validLocation = false;
        uriChanged = jump;
    }

    // --- ends

    /// The handler that answered AGAIN now has its outcome.
    public void resume(Outcome outcome) { server.http.engine.resume(this, outcome); }

    /// Runs when the request has ended, before the log phase; last added first. nginx: r->cleanup.
    public void onClose(Runnable r) { cleanup = new Cleanup(r, cleanup); }

    /// Runs when the log phase has ended, last added first. nginx: r->pool->cleanup.
    public void onFree(Runnable r) { lastCleanup = new Cleanup(r, lastCleanup); }

    private record Cleanup(Runnable last, @Nullable Cleanup before) {
        static void run(@Nullable Cleanup all) {
            for (var c = all; c != null; c = c.before) c.last.run();
        }
    }

    void runCleanup() {
        var all = cleanup;
        cleanup = null;
        Cleanup.run(all);
    }

    void runLastCleanup() {
        var all = lastCleanup;
        lastCleanup = null;
        Cleanup.run(all);
    }

    /// The name that Authorization gives, whether or not it is right; `null` without one.
    public @Nullable String remoteUser() {
        if (remoteUser == null) remoteUser = BasicCredentials.user(in.get("authorization"));
        return remoteUser == null || remoteUser.isEmpty() ? null : remoteUser;
    }

    /// The client's address: four or sixteen bytes, or `unix:`. Not a copy.
    public byte[] clientIp() { return main.remoteAddrBinary != null ? main.remoteAddrBinary : c.conn.binaryRemoteAddr(); }

    public boolean isSubrequest() { return parent != null; }

    /// Whether the response to this request has no body whatever its head says.
    public boolean isHead() { return method.equals("HEAD"); }

    // --- log

    public Log log() { return core().log(); }
    public boolean debug() { return core().log().debug(); }
    public void debug(String text) { core().log().write(Level.DEBUG, c.number, text); }

    /// Writes to the location's error log, with what nginx adds about the request.
    public void log(Level level, String text) {
        var log = core().log();
        if (!log.on(level)) return;
        if (level == Level.DEBUG) { log.write(level, c.number, text); return; }
        var b = new StringBuilder(text.length() + 160).append(text);
        c.describe(b);
        describe(b);
        log.write(level, c.number, b.toString());
    }

    /// As [#log], from a thread that is not the worker's while the worker may go on: made of strings that are there, since the
    /// memory with the request's head may be gone. So a path that was rewritten may stand for the client's.
    public void logFromOutside(Level level, String text) {
        var log = core().log();
        if (!log.on(level)) return;
        var b = new StringBuilder(text);
        c.describe(b);
        b.append(", server: ").append(server.name());
        b.append(", request: \"").append(main.method).append(' ').append(main.knownTarget());
        if (main.version != HTTP_09) b.append(" HTTP/").append(main.version / 1000).append('.').append(main.version % 1000);
        b.append('"');
        describeSubrequest(b);
        var name = main.host;
        if (name != null) b.append(", host: \"").append(name).append('"');
        log.write(level, c.number, b.toString());
    }

    private String knownTarget() {
        var asked = unparsedUri;
        var query = args;
        return asked != null ? asked : query == null ? uri : uri + '?' + query;
    }

    private void describeSubrequest(StringBuilder b) {
        if (parent == null) return;
        b.append(", subrequest: \"").append(uri);
        if (args != null && !args.isEmpty()) b.append('?').append(args);
        b.append('"');
    }

    private void describe(StringBuilder b) {
        b.append(", server: ").append(server.name());
        var line = main.requestLine();
        if (!line.isEmpty()) b.append(", request: \"").append(line).append('"');
        describeSubrequest(b);
        if (upstreamText != null) b.append(", upstream: \"").append(upstreamText).append('"');
        var h = in.get("host");
        if (h != null) b.append(", host: \"").append(h).append('"');
        var referer = in.get("referer");
        if (referer != null) b.append(", referrer: \"").append(referer).append('"');
    }

    /// The request line if it has been made a string, else `null`: it stands in the raw head.
    public @Nullable String knownRequestLine() { return requestLine; }

    /// The request line as the client sent it.
    public String requestLine() {
        if (requestLine == null) requestLine = main == this ? in.line.text() : main.requestLine();
        return requestLine;
    }

    /// The request target as the client sent it; empty when its head was not read whole.
    public String unparsedUri() {
        if (unparsedUri == null) unparsedUri = main == this ? in.line.unparsedUri() : main.unparsedUri();
        return unparsedUri;
    }

    // --- arguments

    /// The value of argument `name` in the query string as it stands there (not decoded), or `null`.
    public @Nullable String arg(String name) { return arg(args, name); }

    static @Nullable String arg(@Nullable String args, String name) {
        long at = argRange(args, name, 0);
        return at < 0 ? null : args.substring((int) (at >>> 32), (int) at);
    }

    /// Where the value of the variable `arg_NAME` stands in `args`: its start in the upper half, its end in the lower; -1
    /// when there is none.
    /// @param skipped where NAME begins in `variable`
    public static long argRange(@Nullable String args, String variable, int skipped) {
        if (args == null) return -1;
        int n = variable.length() - skipped, end = args.length();
        for (int p = 0; p < end; ) {
            int amp = args.indexOf('&', p);
            if (amp < 0) amp = end;
            if (amp - p > n && args.charAt(p + n) == '=' && sameName(args, p, variable, skipped)) {
                return (long) (p + n + 1) << 32 | amp;
            }
            p = amp + 1;
        }
        return -1;
    }

    private static boolean sameName(String args, int at, String variable, int skipped) {
        for (int k = skipped; k < variable.length(); k++, at++) {
            if (Bytes.lower(args.charAt(at)) != Bytes.lower(variable.charAt(k))) return false;
        }
        return true;
    }

    /// Where the query string's bytes are as the client sent them; 0 when it is another one now, or none.
    public long argsAddress() { return args == null ? 0 : in.line.argsAddress(args); }
}
