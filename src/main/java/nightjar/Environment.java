package nightjar;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nightjar.core.Bytes;
import nightjar.core.Posix;
import org.jspecify.annotations.Nullable;

/// The environment that Lua's `os.getenv` and child processes see: what `env` names, and TZ. Like nginx's it is the
/// process's: after a reload the old configuration sees the new one's.
final class Environment {
    private final Map<String, String> original = new LinkedHashMap<>();
    private final Set<String> added = new HashSet<>();

    /// Remembers the environment as it is now.
    Environment() {
        for (var key : System.getenv().keySet()) {
            var name = Bytes.utf8(key);
            var value = Posix.getenv(name);
            if (value != null) original.put(name, value);
        }
    }

    /// @param words `NAME` keeps a variable, `NAME=value` sets it
    void apply(List<String> words) {
        var wanted = new LinkedHashMap<String, @Nullable String>();
        wanted.put("TZ", original.get("TZ"));
        for (var word : words) {
            int eq = word.indexOf('=');
            // the first one counts, as in nginx: getenv() stops there
            if (eq < 0) wanted.putIfAbsent(word, original.get(word));
            else wanted.merge(word.substring(0, eq), word.substring(eq + 1), (first, _) -> first);
        }
        original.keySet().stream().filter(name -> wanted.get(name) == null).forEach(Posix::unsetenv);
        added.stream().filter(name -> wanted.get(name) == null).forEach(Posix::unsetenv);
        wanted.forEach((name, value) -> {
            if (value == null || value.equals(Posix.getenv(name))) return;
            Posix.setenv(name, value);
            added.add(name);
        });
    }
}
