package nightjar.http;

import nightjar.conf.Args;
import nightjar.core.Log.Level;
import nightjar.pcre.PcreException;
import nightjar.pcre.Regex;

/// Regular expressions of nginx.conf, with their named captures set as variables.
public final class Regexes {
    /// An expression and the variables that its named captures set.
    public record Compiled(Regex regex, Variable[] variables) {
        /// Matches, keeping the captures with the request.
        public boolean match(Request r, String subject) { return Regexes.match(r, regex, subject, variables); }
        public boolean find(String subject) { return regex.match(subject, new int[2 * (regex.captures() + 1)]) > 0; }
    }

    private Regexes() {}

    /// @throws nightjar.conf.ConfException with PCRE2's words
    public static Compiled compile(Args at, String pattern, boolean caseless) {
        try {
            var regex = Regex.compile(pattern, caseless ? Regex.CASELESS : 0);
            var names = regex.names();
            var variables = new Variable[names.size()];
            for (int i = 0; i < variables.length; i++) variables[i] = at.scope().get(HttpConf.VARIABLES).define(names.get(i).name());
            return new Compiled(regex, variables);
        } catch (PcreException | IllegalArgumentException e) {
            throw at.fail(e.getMessage());
        }
    }

    static boolean match(Request r, Regex regex, String subject, Variable[] variables) {
        int[] at = new int[2 * (regex.captures() + 1)];
        int n = regex.match(subject, at);
        if (n < -1) r.log(Level.ALERT, "pcre2_match() failed: " + n + " on \"" + subject + "\" using \"" + regex.pattern() + "\"");
        if (n <= 0) return false;
        r.captured(subject, at, regex.captures() + 1);
        var names = regex.names();
        for (int i = 0; i < variables.length; i++) {
            var value = r.capture(names.get(i).group());
            var set = variables[i].set();
            if (set != null) set.set(r, value == null ? "" : value);
        }
        return true;
    }
}
