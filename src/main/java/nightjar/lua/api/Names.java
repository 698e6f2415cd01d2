package nightjar.lua.api;

import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// The names that scripts use again and again, as Java strings made once. A full place gives way to the next name.
final class Names {
    private static final int PLACES = 1024;
    private static final int LONGEST = 64;

    private final @Nullable Name[] names = new Name[PLACES];

    /// The name of `n` bytes at `a`.
    Name of(long a, int n) {
        if (n > LONGEST) return name(a, n);
        int hash = n;
        for (int k = 0; k < n; k++) hash = hash * 31 + Mem.b(a + k);
        int place = (hash ^ hash >>> 10 ^ hash >>> 20) & PLACES - 1;
        var name = names[place];
        if (name == null || !Mem.equals(a, n, name.text())) names[place] = name = name(a, n);
        return name;
    }

    private static Name name(long a, int n) {
        return new Name(Mem.string(a, n));
    }
}
