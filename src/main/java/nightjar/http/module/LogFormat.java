package nightjar.http.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import nightjar.conf.Args;
import nightjar.conf.Scope;
import nightjar.core.Bytes;
import nightjar.core.LineBuffer;
import nightjar.core.Mem;
import nightjar.http.HttpConf;
import nightjar.http.Request;
import nightjar.http.Variables;
import org.jspecify.annotations.Nullable;

/// A `log_format`: writes a line straight into bytes. What nearly every line has (the request line, a request header,
/// times, counts) is written from where it is, without a string in between; other variables by their text.
/// Source: ngx_http_log_compile_format and the functions that it picks.
final class LogFormat {
    static final String COMBINED = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
            + "\"$http_referer\" \"$http_user_agent\"";

    /// Variables with an underscore that stand for one spelling of a header only.
    private static final Set<String> STANDARD = Set.of("http_user_agent", "http_x_forwarded_for");

    enum Escape {
        /// `"`, `\`, control and non-ASCII bytes as `\xHH`; a variable that is not found is `-`.
        DEFAULT,
        JSON,
        NONE
    }

    private interface Op { void put(Request r, LineBuffer to); }

    private final Op[] ops;

    private LogFormat(List<Op> ops) { this.ops = ops.toArray(Op[]::new); }

    /// Reads the statement's words from `first` on, of which the first may be `escape=`.
    static LogFormat read(Args a, int first) {
        var escape = Escape.DEFAULT;
        if (first <= a.count() && a.word(first).startsWith("escape=")) {
            var name = a.word(first).substring("escape=".length());
            escape = switch (name) {
                case "json" -> Escape.JSON;
                case "none" -> Escape.NONE;
                case "default" -> Escape.DEFAULT;
                default -> throw a.fail("unknown log format escaping \"" + name + "\"");
            };
            first++;
        }
        var ops = new ArrayList<Op>();
        var variables = a.scope().get(HttpConf.VARIABLES);
        for (int i = first; i <= a.count(); i++) read(a.word(i), escape, variables, ops, a::fail);
        return new LogFormat(ops);
    }

    /// The built-in `combined`.
    static LogFormat combined(Scope scope) {
        var ops = new ArrayList<Op>();
        read(COMBINED, Escape.DEFAULT, scope.get(HttpConf.VARIABLES), ops, IllegalArgumentException::new);
        return new LogFormat(ops);
    }

    private static void read(String text, Escape escape, Variables variables, List<Op> ops, Function<String, RuntimeException> bad) {
        int n = text.length();
        for (int i = 0; i < n; ) {
            int from = i;
            if (text.charAt(i) != '$') {
                i = text.indexOf('$', i);
                if (i < 0) i = n;
                var bytes = Bytes.of(text.substring(from, i));
                ops.add((_, to) -> to.put(bytes));
                continue;
            }
            boolean bracket = ++i < n && text.charAt(i) == '{';
            if (bracket) i++;
            int start = i;
            while (i < n && isName(text.charAt(i))) i++;
            var name = text.substring(start, i);
            if (bracket) {
                if (i == n && name.isEmpty()) throw bad.apply("invalid parameter \"" + text.substring(from) + "\"");
                if (i == n || text.charAt(i++) != '}') throw bad.apply("the closing bracket in \"" + name + "\" variable is missing");
            }
            if (name.isEmpty()) throw bad.apply("invalid parameter \"" + text.substring(from) + "\"");
            ops.add(variable(name, escape, variables));
        }
    }

    private static boolean isName(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    private static Op variable(String name, Escape escape, Variables variables) {
        return switch (name) {
            case "time_local" -> (r, to) -> to.put(r.worker.clock.logTime());
            case "time_iso8601" -> (r, to) -> to.put(r.worker.clock.iso8601());
            case "msec" -> (r, to) -> to.putSeconds(r.worker.clock.msec());
            case "request_time" -> (r, to) -> to.putSeconds(r.elapsed());
            case "bytes_sent" -> (r, to) -> to.putDecimal(r.bytesSent());
            case "body_bytes_sent" -> (r, to) -> to.putDecimal(r.bodyBytesSent());
            case "request_length" -> (r, to) -> to.putDecimal(r.requestLength());
            case "pipe" -> (r, to) -> to.put(r.pipelined() ? 'p' : '.');
            case "status" -> (r, to) -> {
                int status = r.statusSent();
                if (status < 100) to.put(status < 10 ? "00" : "0");
                to.putDecimal(status);
            };
            case "request" -> (r, to) -> {
                var known = r.main.knownRequestLine();
                var line = r.main.in.line;
                if (known != null) put(to, known, escape);
                else if (line.rawLength() > 0) put(to, line.rawStart(), line.rawLength(), escape);
                else put(to, null, escape);
            };
            default -> other(name, escape, variables);
        };
    }

    private static Op other(String name, Escape escape, Variables variables) {
        var ref = variables.ref(name);
        boolean inHead = name.startsWith("http_") && (name.indexOf('_', 5) < 0 || STANDARD.contains(name)) && !name.equals("http_cookie");
        if (!inHead) return (r, to) -> put(to, ref.get(r), escape);
        var header = Bytes.lower(name.substring("http_".length())).replace('_', '-');
        return (r, to) -> {
            var in = r.in;
            int i = in.find(header, 0);
            long raw = i < 0 || in.find(header, i + 1) >= 0 ? 0 : in.rawValue(i);
            if (raw != 0) put(to, raw, in.rawValueLength(i), escape);
            else put(to, ref.get(r), escape);
        };
    }

    /// Adds the line for `r`, without its end.
    void put(Request r, LineBuffer to) {
        for (var op : ops) op.put(r, to);
    }

    static void put(LineBuffer to, @Nullable String value, Escape escape) {
        if (value == null) {
            if (escape == Escape.DEFAULT) to.put('-');
            return;
        }
        if (escape == Escape.NONE) { to.put(value); return; }
        for (int i = 0, n = value.length(); i < n; i++) put(to, value.charAt(i), escape);
    }

    private static void put(LineBuffer to, long addr, int n, Escape escape) {
        if (escape == Escape.NONE) { to.put(addr, n); return; }
        int plain = 0;
        for (int i = 0; i < n; i++) {
            if (isPlain(Mem.b(addr + i) & 0xff, escape)) continue;
            to.put(addr + plain, i - plain);
            put(to, Mem.b(addr + i) & 0xff, escape);
            plain = i + 1;
        }
        to.put(addr + plain, n - plain);
    }

    private static boolean isPlain(int c, Escape escape) {
        return c >= ' ' && c != '"' && c != '\\' && (c < 0x7f || escape == Escape.JSON);
    }

    private static void put(LineBuffer to, int c, Escape escape) {
        if (isPlain(c, escape)) { to.put(c); return; }
        if (escape == Escape.DEFAULT) { to.putEscaped(c); return; }
        to.put('\\');
        switch (c) {
            case '"', '\\' -> to.put(c);
            case '\n' -> to.put('n');
            case '\r' -> to.put('r');
            case '\t' -> to.put('t');
            case '\b' -> to.put('b');
            case '\f' -> to.put('f');
            default -> {
                to.put(c < 16 ? "u000" : "u001");
                to.put("0123456789ABCDEF".charAt(c & 15));
            }
        }
    }
}
