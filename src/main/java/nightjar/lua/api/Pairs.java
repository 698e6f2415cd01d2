package nightjar.lua.api;

import java.util.ArrayList;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.http.Request;

/// Names and values on their way into a [LuaResult].
final class Pairs {
    private final LuaResult result;
    private final List<String> strings = new ArrayList<>(32);

    Pairs(LuaResult result) {
        this.result = result;
    }

    void add(String name, String value) {
        strings.add(name);
        strings.add(value);
    }

    int count() {
        return strings.size() / 2;
    }

    /// The first `n` become the result, names in lower case unless `raw`.
    void put(int n, boolean raw) {
        put(result.room(size(n)), n, raw);
    }

    /// The bytes that the first `n` need.
    int size(int n) {
        int bytes = 0;
        for (int i = 0; i < 2 * n; i++) bytes += strings.get(i).length();
        return bytes;
    }

    /// As the other, with the bytes at `to`.
    void put(long to, int n, boolean raw) {
        result.pairs(n);
        for (int i = 0; i < n; i++) {
            var name = strings.get(2 * i);
            var value = strings.get(2 * i + 1);
            long after = Mem.put(to, raw ? name : Bytes.lower(name));
            result.pair(i, to, name.length(), after, value.length());
            to = Mem.put(after, value);
        }
    }

    void debug(Request r, int from, int to) {
        for (int i = from; i < to; i++) r.debug("lua response header: \"" + strings.get(2 * i) + ": " + strings.get(2 * i + 1) + "\"");
    }
}
