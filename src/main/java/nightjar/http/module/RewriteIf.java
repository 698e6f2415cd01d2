package nightjar.http.module;

import static nightjar.http.Outcome.DECLINED;

import java.util.List;
import nightjar.conf.Args;
import nightjar.conf.Context;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Posix;
import nightjar.core.Stat;
import nightjar.http.ComplexValue;
import nightjar.http.CoreServer;
import nightjar.http.FindConfig;
import nightjar.http.HttpConf;
import nightjar.http.Location;
import nightjar.http.Outcome;
import nightjar.http.Regexes;
import nightjar.http.Request;
import nightjar.http.Variables;
import org.jspecify.annotations.Nullable;

/// `if (condition) { … }`: when the condition holds, the operations of the block run, and the request goes on with the
/// block's configuration.
///
/// @param inner what stands behind it in the program and is skipped when the condition does not hold
/// @param loc   the block's configuration; `null` in a server, where it has none
record RewriteIf(Condition condition, List<Rewrite.Op> inner, @Nullable Location loc) implements Rewrite.Op {
    interface Condition { boolean holds(Request r, Rewrite.Run run); }

    private static final Stat STAT_OF_NOTHING = new Stat();

    static RewriteIf of(Args a) {
        var condition = condition(a);
        boolean server = a.scope().context() == Context.SERVER;
        var scope = a.scope().child(server ? Context.SERVER_IF : Context.LOCATION_IF);
        var loc = server ? null : CoreServer.pseudo(a.scope(), scope);
        a.readBlock(scope);
        return new RewriteIf(condition, scope.get(Rewrite.OPS), loc);
    }

    @Override
    public Outcome run(Request r, Rewrite.Run run) {
        if (r.debug()) r.debug("http script if");
        if (condition.holds(r, run)) {
            if (loc != null) FindConfig.enter(r, loc);
        } else {
            if (r.debug()) r.debug("http script if: false");
            run.skip(inner.size());
        }
        return DECLINED;
    }

    // --- conditions

    private static Condition condition(Args a) {
        int first = 1, last = a.count();
        var head = a.word(first);
        if (!head.startsWith("(")) throw invalid(a, head);
        var words = a.words().toArray(String[]::new);
        if (head.length() == 1) first++;
        else words[0] = head.substring(1);
        var tail = words[last - 1];
        if (!tail.endsWith(")")) throw invalid(a, tail);
        words[last - 1] = tail.substring(0, tail.length() - 1);
        if (tail.length() == 1) last--;
        if (first > words.length) throw invalid(a, tail);
        var word = first > last ? ")" : words[first - 1];
        if (word.length() > 1 && word.startsWith("$")) {
            if (first != last && first + 2 != last) throw invalid(a, word);
            var variable = a.scope().get(HttpConf.VARIABLES).ref(word.substring(1));
            return first == last ? (r, _) -> isTrue(value(r, variable)) : comparison(a, variable, words[first], words[last - 1]);
        }
        if (word.length() == 2 && word.startsWith("-") || word.length() == 3 && word.startsWith("!-")) {
            if (first + 1 != last) throw invalid(a, word);
            return file(a, word, ComplexValue.of(a, words[last - 1]));
        }
        throw invalid(a, word);
    }

    private static RuntimeException invalid(Args a, String word) { return a.fail("invalid condition \"" + word + "\""); }

    private static Condition comparison(Args a, Variables.Ref variable, String operator, String operand) {
        return switch (operator) {
            case "=" -> equal(variable, ComplexValue.of(a, operand), true);
            case "!=" -> equal(variable, ComplexValue.of(a, operand), false);
            case "~", "~*", "!~", "!~*" -> {
                var regex = Regexes.compile(a, operand, operator.endsWith("*"));
                boolean wanted = !operator.startsWith("!");
                yield (r, run) -> RewriteRule.matches(r, run, regex, value(r, variable)) == wanted;
            }
            default -> throw a.fail("unexpected \"" + operator + "\" in condition");
        };
    }

    private static Condition equal(Variables.Ref variable, ComplexValue operand, boolean wanted) {
        return (r, run) -> value(r, variable).equals(run.eval(operand)) == wanted;
    }

    private static Condition file(Args a, String operator, ComplexValue path) {
        boolean wanted = !operator.startsWith("!");
        char test = operator.charAt(operator.length() - 1);
        if ("fdex".indexOf(test) < 0) throw invalid(a, operator);
        return (r, run) -> {
            var stat = stat(r, run.eval(path));
            boolean is = switch (test) {
                case 'f' -> stat.regular();
                case 'd' -> stat.directory();
                case 'x' -> (stat.mode & 0100) != 0;
                default -> stat.regular() || stat.directory();
            };
            return is == wanted;
        };
    }

    private static Stat stat(Request r, String path) {
        var stat = new Stat();
        int rc = Posix.stat(path, stat);
        if (rc >= 0) return stat;
        if (rc != -Errno.ENOENT && rc != -Errno.ENOTDIR && rc != -Errno.ENAMETOOLONG) {
            r.log(Level.CRIT, "stat() \"" + path + "\" failed " + Errno.quoted(-rc));
        }
        return STAT_OF_NOTHING;
    }

    private static String value(Request r, Variables.Ref variable) {
        var value = variable.get(r);
        return value == null ? "" : value;
    }

    private static boolean isTrue(String value) { return !value.isEmpty() && !value.equals("0"); }
}
