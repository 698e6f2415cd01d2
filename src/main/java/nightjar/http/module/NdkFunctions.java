package nightjar.http.module;

import java.util.HashMap;
import java.util.Map;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// The functions behind directives such as `set_quote_sql_str`, by the directive's name: `ndk.set_var.*` of Lua calls
/// them too.
public final class NdkFunctions {
    /// Makes a value of others.
    public interface Function {
        /// `null` when it cannot; the reason is in the log.
        @Nullable String apply(Request r, String... values);
    }

    private static final Map<String, Function> ALL = new HashMap<>();

    static { SetMisc.functions(ALL); }

    private NdkFunctions() {}

    /// The function of one value with this name; `null` if there is none. Those of several values are for directives only.
    public static @Nullable Function find(String name) { return ALL.get(name); }

    /// Calls the function `name`.
    /// @return `null` when it fails
    /// @throws IllegalArgumentException if there is no such function
    public static @Nullable String call(Request r, String name, String... values) {
        var f = ALL.get(name);
        if (f == null) throw new IllegalArgumentException("no function \"" + name + "\"");
        return f.apply(r, values);
    }
}
