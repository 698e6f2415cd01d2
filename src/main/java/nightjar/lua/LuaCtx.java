package nightjar.lua;

import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.http.Buf;
import nightjar.http.ConfKey;
import nightjar.http.CtxKey;
import nightjar.http.Location;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// What Lua keeps with one request: ngx_lua's ctx. An internal redirect leaves it behind and the request gets a new one.
///
/// Its `handle` is what Lua has as `ngx_http_request_t *`: the address of 16 bytes that Lua reads without a call, as
/// `border.lua` declares them. [LuaRequests] finds the ctx of a handle.
public final class LuaCtx {
    public static final CtxKey<LuaCtx> KEY = new CtxKey<>();

    /// Phases as `context` has them.
    public static final int SET = 1, REWRITE = 2, ACCESS = 4, CONTENT = 8, LOG = 0x10, HEADER_FILTER = 0x20, BODY_FILTER = 0x40,
            TIMER = 0x80, INIT_WORKER = 0x100, BALANCER = 0x200, EXIT_WORKER = 0x2000, SERVER_REWRITE = 0x8000, PRECONTENT = 0x20000;
    /// Phases in which a call may wait only under `lua_yield_everywhere`.
    static final int EVERYWHERE = SET | LOG | HEADER_FILTER | BODY_FILTER | INIT_WORKER | BALANCER | EXIT_WORKER;
    /// Phases in which the request can be answered or turned elsewhere.
    public static final int HANDLERS = REWRITE | ACCESS | CONTENT | SERVER_REWRITE | PRECONTENT;

    private static final String[] NO_ARGS = {};

    /// By the number of the phase's bit.
    private static final String[] NAMES = {
        "set_by_lua*", "rewrite_by_lua*", "access_by_lua*", "content_by_lua*", "log_by_lua*", "header_filter_by_lua*",
        "body_filter_by_lua*", "ngx.timer", "init_worker_by_lua*", "balancer_by_lua*", "ssl_certificate_by_lua*",
        "ssl_session_store_by_lua*", "ssl_session_fetch_by_lua*", "exit_worker_by_lua*", "ssl_client_hello_by_lua*",
        "server_rewrite_by_lua*", "proxy_ssl_verify_by_lua*", "precontent_by_lua*", "proxy_ssl_certificate_by_lua*",
    };

    static final int SIZE = 16;
    private static final int CONTEXT = 0, CTX_REF = 4, FAKE = 8, LOG_LEVEL = 12;
    /// No `ngx.ctx` yet.
    public static final int NO_REF = -2;

    public final long handle;
    final int index;
    /// The request; `null` where there is no client (`init_worker_by_lua`, timers).
    public @Nullable Request r;
    /// In its place where there is no request.
    @Nullable LuaClient client;
    /// The VM that its Lua runs in.
    public @Nullable LuaVm vm;

    /// The run of a handler phase that is on its way.
    @Nullable ByLua run;
    /// The run of another phase that waits.
    @Nullable PhaseRun waiting;
    /// Where there is no client: the location that its settings are from.
    @Nullable Location location;
    /// The first of what its scripts hold.
    private @Nullable LuaResource resources;
    /// Reference of the coroutine that `ngx.on_abort` made, 0 when it did not or that one has begun.
    private int onAbort;
    /// `ngx.on_abort` has been called.
    boolean abortHandled;
    /// The request body has been read because `lua_need_request_body` is on.
    boolean bodyRead;
    /// HTTP/1.0 and no Content-Length: the response is gathered in `out` and sent with its length.
    public boolean buffering;
    /// What is gathered; it is freed with what scripts hold.
    @Nullable Gathered out;
    /// A header filter wants this page in place of the script's response.
    Outcome.@Nullable Status refused;
    /// A script has sent a piece of body.
    boolean seenBody;
    /// `ngx.exit`, `ngx.redirect` or an error while reading the body has ended the handler with `exitCode`.
    public boolean exited;
    public int exitCode;
    /// A script has set a response header: `Content-Length` and `Accept-Ranges` stay as they are when headers are sent.
    public boolean headersSet;
    /// A script has set the response's type: no default type.
    public boolean mimeSet;
    /// `lua_transform_underscores_in_response_headers` of the location.
    public boolean transformUnderscores = true;
    /// The response's last buffer has been sent.
    public boolean eof;
    /// A script talks to the client by itself: there is no response.
    public boolean rawSocket;
    /// `ngx.req.init_body` has begun a body that `ngx.req.finish_body` has not ended.
    public boolean bodyBegun;
    /// The arguments of the running `set_by_lua`.
    public String[] setArgs = NO_ARGS;
    /// What the running `body_filter_by_lua` sees as `ngx.arg[1]` and `ngx.arg[2]`; a chain, as the filter got it.
    public @Nullable Buf body;
    /// `ngx.arg[2] = true`, or the last piece was replaced: nothing that comes after it is passed on.
    public boolean seenLast;

    /// The VM of its request's worker and configuration; `vm` is another where the code is not cached.
    @Nullable LuaVm shared;
    /// Gives it back when its request has ended.
    final Runnable freed = () -> ByLua.free(this);

    LuaCtx(long handle, int index) {
        this.handle = handle;
        this.index = index;
    }

    /// The ctx of a request in which Lua has run, else `null`.
    public static @Nullable LuaCtx of(Request r) { return r.get(KEY); }

    void begin(@Nullable Request request, int logLevel) {
        r = request;
        exited = rawSocket = headersSet = mimeSet = eof = bodyBegun = bodyRead = buffering = seenBody = seenLast = false;
        refused = null;
        run = null;
        waiting = null;
        exitCode = 0;
        onAbort = 0;
        abortHandled = false;
        location = null;
        Mem.i(handle + CONTEXT, 0);
        Mem.i(handle + CTX_REF, NO_REF);
        Mem.i(handle + FAKE, request == null ? 1 : 0);
        Mem.i(handle + LOG_LEVEL, logLevel);
    }

    /// `resource` is released with this ctx unless it is disowned before.
    public void own(LuaResource resource) {
        resource.owner = this;
        resource.next = resources;
        if (resources != null) resources.prev = resource;
        resources = resource;
    }

    /// It has been released, or belongs to another from now on.
    public static void disown(LuaResource resource) {
        var ctx = resource.owner;
        if (ctx == null) return;
        if (resource.prev != null) resource.prev.next = resource.next;
        else ctx.resources = resource.next;
        if (resource.next != null) resource.next.prev = resource.prev;
        resource.owner = null;
        resource.prev = resource.next = null;
    }

    /// Whether its scripts hold anything.
    boolean holdsAny() { return resources != null; }

    /// Gives up all that its scripts hold.
    void releaseAll() {
        dropOut();
        LuaResource resource;
        while ((resource = resources) != null) {
            disown(resource);
            resource.release();
        }
    }

    void dropOut() {
        if (out != null) out.free();
    }

    /// Whether debug lines are to be logged.
    public boolean debug() { return r != null ? r.debug() : client.log().debug(); }

    public void debug(String text) {
        if (r != null) r.debug(text);
        else client.write(Level.DEBUG, text);
    }

    /// What its location, or the one that a timer was made in, says; `otherwise` where there is none.
    public <C> C conf(ConfKey<C> key, C otherwise) {
        if (r != null) return r.conf(key);
        return location == null ? otherwise : location.conf(key);
    }

    /// Where it runs or, in a timer, where that was made; `null` when that was in no location.
    @Nullable Location location() { return r != null ? r.loc : location; }

    /// The bit of the phase that runs, 0 before any Lua has.
    public int context() { return Mem.i(handle + CONTEXT); }
    void context(int phase) { Mem.i(handle + CONTEXT, phase); }

    /// Whether the Lua that runs can change the response's head no more. A header filter that has waited still can.
    public boolean headSent() { return context() == HEADER_FILTER ? r.headerSent : r.headBegun(); }

    /// The request has ended: its handler, should it wait, is not to go on.
    void abandonHandler() {
        if (run != null) vm.worker.scheduler.kill(run);
        run = null;
    }

    /// A line of its error log.
    public void log(Level level, String text) {
        if (r != null) r.log(level, text);
        else client.write(level, text);
    }

    void onAbort(int ref) {
        onAbort = ref;
        abortHandled = true;
    }

    int takeOnAbort() {
        int ref = onAbort;
        onAbort = 0;
        return ref;
    }

    /// Whether there is no client.
    public boolean fake() { return r == null; }

    /// The location's error log lets this through.
    void logLevel(int level) { Mem.i(handle + LOG_LEVEL, level); }

    /// Where `ngx.ctx` lies in the VM's table; below 0 when there is none.
    public int ctxRef() { return Mem.i(handle + CTX_REF); }
    public void ctxRef(int ref) { Mem.i(handle + CTX_REF, ref); }

    /// A phase as errors name it.
    public static String phaseName(int context) {
        int bit = Integer.numberOfTrailingZeros(context);
        return bit < NAMES.length ? NAMES[bit] : "(unknown)";
    }

    /// What is wrong when an API function is called in a phase that is not one of `allowed`; `null` when it may be called.
    public @Nullable String disabled(int allowed) {
        int phase = context();
        return (phase & allowed) != 0 ? null : "API disabled in the context of " + phaseName(phase);
    }

    /// As [#disabled] for a call that waits: names the directive that would let it.
    public @Nullable String disabledWait(int allowed) {
        var disabled = disabled(allowed);
        return disabled == null || (context() & EVERYWHERE) == 0 ? disabled : disabled + " (lua_yield_everywhere)";
    }
}
