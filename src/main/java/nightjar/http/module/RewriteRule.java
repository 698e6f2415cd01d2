package nightjar.http.module;

import static nightjar.http.Outcome.DECLINED;

import nightjar.conf.Args;
import nightjar.core.Log.Level;
import nightjar.http.ComplexValue;
import nightjar.http.Outcome;
import nightjar.http.Regexes;
import nightjar.http.Request;
import nightjar.http.UriCodec;
import org.jspecify.annotations.Nullable;

/// `rewrite regex replacement [flag]`.
///
/// @param uri         what replaces the uri, or the place to redirect to
/// @param args        what replaces the arguments; `null` when the replacement has no `?`. Part of `uri` in a redirect
/// @param hasArgs     whether the replacement has a `?`
/// @param keepArgs    whether the request's own arguments follow
/// @param status      301, 302, or 0 for another uri
/// @param breaks      whether the request stays in its location
/// @param last        whether the program ends here
record RewriteRule(Regexes.Compiled regex, ComplexValue uri, @Nullable ComplexValue args, boolean hasArgs, boolean keepArgs,
        int status, boolean breaks, boolean last) implements Rewrite.Op {

    static RewriteRule of(Args a) {
        var to = a.word(2);
        if (to.isEmpty()) throw a.fail("empty replacement");
        var regex = Regexes.compile(a, a.word(1), false);
        boolean keepArgs = !to.endsWith("?");
        if (!keepArgs) to = to.substring(0, to.length() - 1);
        int status = to.startsWith("http://") || to.startsWith("https://") || to.startsWith("$scheme") ? 302 : 0;
        boolean breaks = false;
        boolean last = status != 0;
        if (a.count() == 3) {
            last = true;
            switch (a.word(3)) {
                case "last" -> { }
                case "break" -> breaks = true;
                case "redirect" -> status = 302;
                case "permanent" -> status = 301;
                default -> throw a.fail("invalid parameter \"" + a.word(3) + "\"");
            }
        }
        int question = to.indexOf('?');
        if (status != 0 || question < 0) {
            return new RewriteRule(regex, ComplexValue.of(a, to), null, question >= 0, keepArgs, status, breaks, last);
        }
        return new RewriteRule(regex, ComplexValue.of(a, to.substring(0, question)), ComplexValue.of(a, to.substring(question + 1)),
                true, keepArgs, status, breaks, last);
    }

    @Override
    public Outcome run(Request r, Rewrite.Run run) {
        if (!matches(r, run, regex, r.uri)) return DECLINED;
        boolean escape = r.escapesCaptures();
        run.escapeCaptures = false;
        r.internal = true;
        r.uriChanged = !breaks;
        return status != 0 ? redirect(r, run, escape) : rewrite(r, run, escape);
    }

    /// Matches, and tells what came of it when `rewrite_log` is on.
    static boolean matches(Request r, Rewrite.Run run, Regexes.Compiled regex, String subject) {
        if (r.debug()) r.debug("http script regex: \"" + regex.regex().pattern() + "\"");
        boolean matches = regex.match(r, subject);
        if (!matches) r.notCaptured();
        if (run.log) {
            r.log(Level.NOTICE, "\"" + regex.regex().pattern() + (matches ? "\" matches \"" : "\" does not match \"") + subject + "\"");
        }
        return matches;
    }

    private Outcome redirect(Request r, Rewrite.Run run, boolean escape) {
        var to = UriCodec.unescape(escape ? uri.evalEscaped(r) : uri.eval(r), UriCodec.Unescape.REDIRECT);
        if (keepArgs && r.args != null && !r.args.isEmpty()) to = to + (hasArgs ? '&' : '?') + r.args;
        if (run.log) r.log(Level.NOTICE, "rewritten redirect: \"" + to + "\"");
        r.out.location = to;
        return Outcome.status(status);
    }

    private Outcome rewrite(Request r, Rewrite.Run run, boolean escape) {
        var path = uri.eval(r);
        if (args != null) {
            var query = escape ? args.evalEscaped(r) : args.eval(r);
            r.args = keepArgs && r.args != null && !r.args.isEmpty() ? query + '&' + r.args : query;
        } else if (!keepArgs && r.args != null) {
            r.args = "";
        }
        if (run.log) r.log(Level.NOTICE, "rewritten data: \"" + path + "\", args: \"" + (r.args == null ? "" : r.args) + "\"");
        r.uri = path;
        r.validUnparsedUri = false;
        if (!r.uriChanged) r.validLocation = false;
        if (path.isEmpty()) {
            r.log(Level.ERROR, "the rewritten URI has a zero length");
            return Outcome.status(500);
        }
        if (last) run.end();
        return DECLINED;
    }
}
