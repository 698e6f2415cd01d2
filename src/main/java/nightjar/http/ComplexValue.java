package nightjar.http;

import java.util.ArrayList;
import java.util.List;
import nightjar.conf.Args;

/// Text with `$variables` and `$1` captures in it, read once and evaluated for a request.
/// Source: ngx_http_script.c.
public final class ComplexValue {
    private sealed interface Part {
        record Text(String text) implements Part {}
        record Var(Variables.Ref ref) implements Part {}
        record Capture(int n) implements Part {}
    }

    private final String text;
    private final Part[] parts;
    private final boolean plain;

    private ComplexValue(String text, List<Part> parts) {
        this.text = text;
        this.parts = parts.toArray(Part[]::new);
        this.plain = parts.isEmpty() || parts.size() == 1 && parts.getFirst() instanceof Part.Text;
    }

    /// Reads the statement's word `n` (counted from 1).
    /// @throws nightjar.conf.ConfException `invalid variable name`, or `the closing bracket in "x" variable is missing`
    public static ComplexValue of(Args args, int n) { return of(args, args.word(n)); }

    public static ComplexValue of(Args args, String text) {
        if (text.indexOf('$') < 0) return literal(text);
        var variables = args.scope().get(HttpConf.VARIABLES);
        var parts = new ArrayList<Part>();
        var plain = new StringBuilder();
        int i = 0, n = text.length();
        while (i < n) {
            char c = text.charAt(i++);
            if (c != '$') { plain.append(c); continue; }
            if (i == n) throw args.fail("invalid variable name");
            if (plain.length() > 0) { parts.add(new Part.Text(plain.toString())); plain.setLength(0); }
            char d = text.charAt(i);
            if (d >= '1' && d <= '9') { parts.add(new Part.Capture(d - '0')); i++; continue; }
            boolean bracket = d == '{';
            if (bracket) i++;
            int start = i;
            while (i < n && isName(text.charAt(i))) i++;
            if (bracket && (i == n || text.charAt(i) != '}')) {
                throw args.fail("the closing bracket in \"" + text.substring(start, i) + "\" variable is missing");
            }
            if (i == start) throw args.fail("invalid variable name");
            var name = text.substring(start, i);
            if (bracket) i++;
            parts.add(new Part.Var(variables.ref(name)));
        }
        if (plain.length() > 0) parts.add(new Part.Text(plain.toString()));
        return new ComplexValue(text, parts);
    }

    /// Text in which `$` has no meaning.
    public static ComplexValue literal(String text) {
        return new ComplexValue(text, text.isEmpty() ? List.of() : List.of(new Part.Text(text)));
    }

    private static boolean isName(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    /// The words as they stand in nginx.conf.
    public String text() { return text; }
    /// Whether the value is the same for every request.
    public boolean isPlain() { return plain; }
    public boolean usesCaptures() {
        for (var p : parts) if (p instanceof Part.Capture) return true;
        return false;
    }

    /// The value for this request; variables that are not found are empty.
    public String eval(Request r) {
        if (plain) return text;
        if (parts.length == 1) return value(r, parts[0]);
        var b = new StringBuilder();
        for (var p : parts) b.append(value(r, p));
        return b.toString();
    }

    private static String value(Request r, Part part) {
        var v = switch (part) {
            case Part.Text(var t) -> t;
            case Part.Var(var ref) -> ref.get(r);
            case Part.Capture(int n) -> r.capture(n);
        };
        return v == null ? "" : v;
    }

    @Override public String toString() { return text; }
}
