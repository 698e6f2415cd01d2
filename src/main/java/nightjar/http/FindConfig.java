package nightjar.http;

import nightjar.core.Log.Level;

/// Gives a request its location, and applies what that location says at once.
/// Source: ngx_http_core_find_config_phase and ngx_http_update_location_config.
public final class FindConfig {
    private FindConfig() {}

    static Outcome find(Request r) {
        r.content = null;
        r.contentRunning = false;
        r.uriChanged = false;
        r.validLocation = true;
        r.wantsSlash = false;
        var found = r.server.locations.find(r);
        if (found != null) r.loc = found;
        var core = r.core();
        if (!r.internal && core.internal()) return Outcome.status(404);
        if (r.debug()) r.debug("using configuration \"" + prefix(r.loc) + r.loc.name + "\"");
        r.namedLoc = r.loc;
        LimitExcept.apply(r);
        enter(r, r.loc);
        if (r.in.contentLength != -1 && !r.discardBody && core.clientMaxBodySize() > 0 && core.clientMaxBodySize() < r.in.contentLength) {
            r.log(Level.ERROR, "client intended to send too large body: " + r.in.contentLength + " bytes");
            RequestBody.expectNothing(r);
            return Outcome.status(413);
        }
        if (!r.wantsSlash) return Outcome.DECLINED;
        var to = UriCodec.escape(r.loc.name, UriCodec.Escape.URI);
        r.out.location = r.args == null || r.args.isEmpty() ? to : to + "?" + r.args;
        return Outcome.status(301);
    }

    private static String prefix(Location l) {
        return switch (l.kind) {
            case EXACT -> "=";
            case REGEX -> "~ ";
            case NONE -> "";
            case PREFIX_ONLY -> "*";
            case PREFIX, NAMED -> "";
        };
    }

    /// Applies a location's (or an `if` block's) settings to the request.
    public static void enter(Request r, Location loc) {
        r.loc = loc;
        var core = r.core();
        if (r.keepAlive) {
            if (core.keepaliveTimeout() == 0 || r.c.requests >= core.keepaliveRequests()
                    || core.keepaliveDisabled(r)) r.keepAlive = false;
        }
        if (loc.content != null) r.content = loc.content;
    }
}
