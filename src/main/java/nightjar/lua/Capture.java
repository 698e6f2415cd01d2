package nightjar.lua;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nightjar.core.Mem;
import nightjar.http.Buf;
import nightjar.http.CtxKey;
import nightjar.http.HeadersOut;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.Subrequest;
import org.jspecify.annotations.Nullable;

/// The subrequests of one `ngx.location.capture` or `ngx.location.capture_multi`, and what comes of them.
///
/// Their filters end right behind Lua's own: what the head says and all of the body are kept here, and the light thread
/// is woken when the last of them has ended.
/// Source: ngx_http_lua_subrequest.c, ngx_http_lua_capturefilter.c.
public final class Capture {
    private static final CtxKey<Response> KEY = CtxKey.lasting();
    private static final byte[] NOTHING = {};

    private final LuaCtx ctx;
    private final LuaThread thread;
    private final LuaTask task;
    private final List<Response> responses = new ArrayList<>(1);
    private int pending;
    private boolean abandoned;

    /// @param thread the one that runs, and is to wait
    public Capture(LuaCtx ctx, LuaThread thread) {
        this.ctx = ctx;
        this.thread = thread;
        task = thread.task;
    }

    /// What the last call in a thread brought.
    public static @Nullable Capture of(LuaThread thread) { return thread.capture; }

    /// Makes one more subrequest, to be described before [#start].
    public Response add(String uri, @Nullable String args) {
        var response = new Response(this);
        var sub = Subrequest.create(ctx.r, uri, args, response);
        response.sub = sub;
        response.ctx = ByLua.ctx(sub, ctx.vm);
        sub.set(KEY, response);
        responses.add(response);
        return response;
    }

    /// Nothing of it is to run.
    public void drop() { for (var response : responses) Subrequest.abandon(response.sub); }

    /// Runs the subrequests when Lua has yielded.
    public void start(Scheduler scheduler) {
        pending = responses.size();
        for (var response : responses) Subrequest.post(response.sub);
        task.capturing++;
        thread.capture = this;
        scheduler.park(this::abandon);
    }

    private void abandon() {
        abandoned = true;
        if (pending > 0) task.capturing--;
    }

    /// Whether a subrequest has not ended.
    boolean pending() { return pending > 0; }

    private void oneEnded() {
        if (--pending > 0 || abandoned) return;
        task.capturing--;
        ctx.r.worker.defer(() -> {
            if (abandoned) return;
            if (ctx.r.debug()) ctx.r.debug("lua run subrequests done, resuming lua thread");
            thread.wake();
        });
    }

    public Response response(int i) { return responses.get(i); }

    // --- filters

    static Outcome head(Request r) {
        if (r.debug()) r.debug("lua capture header filter, uri \"" + r.uri + "\"");
        if (r.get(KEY) == null) return Outcome.OK;
        if (r.debug()) r.debug("lua capturing response body");
        r.filterNeedInMemory = true;
        r.headerSent = true;
        if (r.isHead()) r.headerOnly = true;
        return Outcome.DONE;
    }

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        if (r.debug()) r.debug("lua capture body filter, uri \"" + r.uri + "\"");
        if (in == null) return null;
        var response = r.get(KEY);
        if (response == null) return in;
        if (r.debug()) r.debug("lua capture body filter capturing response body, uri \"" + r.uri + "\"");
        response.take(in);
        return null;
    }

    /// One subrequest's response.
    public static final class Response implements Subrequest.Ended {
        private final Capture capture;
        private Request sub;
        private LuaCtx ctx;
        private boolean answered, whole;
        private int status;
        private byte[] body = NOTHING;
        private int length;

        private Response(Capture capture) { this.capture = capture; }

        /// The subrequest, until it has ended.
        public Request request() { return sub; }
        /// What Lua knows of the subrequest at first.
        public LuaCtx ctx() { return ctx; }

        public int status() { return status; }
        /// The end of the body did not come.
        public boolean truncated() { return !whole; }
        public HeadersOut head() { return sub.out; }
        /// The body's bytes are the first [#length] of these.
        public byte[] body() { return body; }
        public int length() { return length; }

        private void take(Buf in) {
            for (var b = in; b != null; b = b.next) {
                whole |= b.last || b.lastInChain;
                if (b.len == 0 || answered) continue;
                int n = (int) b.len;
                if (n > body.length - length) body = Arrays.copyOf(body, Math.max(length + n, body.length * 2));
                if (b.addr != 0) Mem.get(b.addr, body, length, n);
                else if (b.heap != null) System.arraycopy(b.heap, (int) b.off, body, length, n);
                else System.arraycopy(b.bytes(), 0, body, length, n);
                length += n;
            }
            in.release();
        }

        /// Without an error page: Lua gets the status and what is there of head and body.
        @Override public Outcome answered(Request r, Outcome outcome) {
            if (answered) return Outcome.OK;
            if (r.debug()) r.debug("lua run post subrequest handler");
            int code = outcome instanceof Outcome.Status(int c) ? c : outcome == Outcome.OK ? 200 : 500;
            status = r.out.status != 0 ? r.out.status : code;
            boolean bare = outcome instanceof Outcome.Status ? bare(code) : outcome == Outcome.ERROR && r.out.status == 0;
            answered = true;
            var own = LuaCtx.of(r);
            if (own == null) own = ctx;
            if (own.headersSet) LuaOutput.type(r, own);
            if (outcome instanceof Outcome.Status && closes(code)) return outcome;
            if (bare && !r.headBegun()) {
                r.status(code, null);
                r.out.contentType = null;
                r.out.contentLength = 0;
                r.out.clearLastModified();
                r.allowRanges = false;
                LuaOutput.headIfNeeded(r, own);
            }
            return Outcome.OK;
        }

        private static boolean bare(int code) { return code >= 300 || code == 201 || code == 204; }
        private static boolean closes(int code) { return code == 408 || code == 444 || code == 499; }

        @Override public void ended(Request r, Outcome outcome) { capture.oneEnded(); }
    }
}
