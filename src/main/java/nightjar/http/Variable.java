package nightjar.http;

import org.jspecify.annotations.Nullable;

/// A variable of nginx.conf and `ngx.var`. A value of `null` is nginx's not_found.
/// A name that ends with `*` stands for every name that begins so (`http_*`, `arg_*`); its getter gets the whole name.
public record Variable(String name, Getter get, @Nullable Setter set) {
    public interface Getter { @Nullable String get(Request r, String name); }
    public interface Plain { @Nullable String get(Request r); }
    /// A `value` of `null` leaves the variable without one.
    public interface Setter { void set(Request r, @Nullable String value); }

    public static Variable variable(String name, Plain get) { return new Variable(name, (r, _) -> get.get(r), null); }
    public static Variable variable(String name, Plain get, Setter set) { return new Variable(name, (r, _) -> get.get(r), set); }
    /// Every variable whose name begins with `prefix`.
    public static Variable prefixed(String prefix, Getter get) { return new Variable(prefix + "*", get, null); }

    boolean isPrefix() { return name.endsWith("*"); }
    public boolean changeable() { return set != null; }
}
