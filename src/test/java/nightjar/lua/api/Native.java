package nightjar.lua.api;

import nightjar.core.Mem;

/// Strings at addresses, for tests.
final class Native {
    /// A copy of `latin1` that is never freed.
    static long of(String latin1) {
        long a = Mem.alloc(latin1.length());
        Mem.put(a, latin1);
        return a;
    }

    private Native() {}
}
