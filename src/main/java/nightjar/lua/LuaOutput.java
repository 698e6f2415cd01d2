package nightjar.lua;

import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.HeaderFilters;
import nightjar.http.Outcome;
import nightjar.http.Request;
import nightjar.http.RequestBody;

/// The response that a script makes: its head, pieces of body, its end.
/// Source: ngx_http_lua_send_chain_link() and what it calls, in ngx_http_lua_util.c.
final class LuaOutput {
    /// Why nothing can be sent when a script has the client's connection.
    static final String RAW_SOCKET = "raw request socket acquired";

    private LuaOutput() {}

    /// Sends the head unless it has gone, or is kept back until the length of an HTTP/1.0 response is known.
    /// @return `OK`, else what the filters said
    static Outcome head(Request r, LuaCtx ctx) {
        if (r.headBegun()) return Outcome.OK;
        if (r.isHead()) r.headerOnly = true;
        if (!ctx.buffering && r.version < Request.HTTP_11 && r.out.contentLength < 0 && r.conf(LuaConf.KEY).http10Buffering()) {
            ctx.buffering = true;
        }
        return headIfNeeded(r, ctx);
    }

    /// As [#head] without HTTP/1.0's exception: `ngx.send_headers`.
    static Outcome headIfNeeded(Request r, LuaCtx ctx) {
        if (r.headBegun()) return Outcome.OK;
        if (ctx.refused != null) return ctx.refused;
        var out = r.out;
        if (out.status == 0) out.status = 200;
        type(r, ctx);
        if (!ctx.headersSet) {
            out.contentLength = -1;
            r.allowRanges = false;
        }
        return ctx.buffering ? Outcome.OK : send(r, ctx);
    }

    private static Outcome send(Request r, LuaCtx ctx) {
        var outcome = HeaderFilters.send(r);
        if (outcome instanceof Outcome.Status status) ctx.refused = status;
        return sent(outcome);
    }

    /// Gives the response the location's default type, unless a script has set one.
    static void type(Request r, LuaCtx ctx) {
        if (!ctx.mimeSet && r.out.status != 304 && r.conf(LuaConf.KEY).useDefaultType()) r.setContentType();
    }

    private static Outcome sent(Outcome outcome) { return outcome == Outcome.AGAIN ? Outcome.OK : outcome; }

    /// Sends `n` bytes at `a`.
    /// @return [LuaTask#OK], [LuaTask#FULL], or [LuaTask#ERROR] when a filter gave up
    static int body(Request r, LuaCtx ctx, long a, int n) {
        if (head(r, ctx) != Outcome.OK) return LuaTask.ERROR;
        if (n > 0) ctx.seenBody = true;
        if (r.headerOnly) return ended(r, ctx) == Outcome.OK ? LuaTask.OK : LuaTask.ERROR;
        if (ctx.buffering) {
            if (r.debug()) r.debug("lua buffering output bufs for the HTTP 1.0 request");
            if (ctx.out == null) ctx.out = new Gathered();
            ctx.out.add(a, n);
            return LuaTask.OK;
        }
        var sent = BodyFilters.output(r, Buf.memory(a, n));
        if (sent == Outcome.ERROR) return LuaTask.ERROR;
        return sent == Outcome.AGAIN && BodyFilters.full(r) ? LuaTask.FULL : LuaTask.OK;
    }

    /// Ends a response that has no body.
    private static Outcome ended(Request r, LuaCtx ctx) {
        ctx.eof = true;
        discardBody(r);
        return ctx.buffering ? http10Head(r, ctx) : Outcome.OK;
    }

    /// Sends the end of the response.
    static Outcome last(Request r, LuaCtx ctx) {
        if (ctx.eof || ctx.rawSocket) return Outcome.OK;
        var head = head(r, ctx);
        if (head != Outcome.OK) return head;
        if (r.headerOnly) return ended(r, ctx);
        discardBody(r);
        if (ctx.buffering) {
            head = http10Head(r, ctx);
            if (head != Outcome.OK) return head;
            var sent = ctx.out == null ? Outcome.OK : BodyFilters.output(r, ctx.out.buf());
            ctx.dropOut();
            if (sent == Outcome.ERROR) return Outcome.ERROR;
        }
        ctx.eof = true;
        if (r.debug()) r.debug("lua sending last buf of the response body");
        return sent(BodyFilters.output(r, r.lastBuf()));
    }

    private static Outcome http10Head(Request r, LuaCtx ctx) {
        if (r.headBegun()) return Outcome.OK;
        if (r.debug()) r.debug("lua sending HTTP 1.0 response headers");
        if (!r.headerOnly && r.out.contentLength < 0) r.out.contentLength = ctx.out == null ? 0 : ctx.out.length();
        return send(r, ctx);
    }

    private static void discardBody(Request r) {
        if (r.body == null && !r.isSubrequest()) RequestBody.discard(r);
    }
}
