package nightjar.lua;

import nightjar.core.Mem;
import nightjar.http.Buf;

/// A response body that is kept until all of it is there, in one block of native memory.
final class Gathered {
    private static final int FIRST = 4 << 10;

    private long at;
    private long capacity;
    private long length;

    /// Copies `n` bytes to the end.
    void add(long a, int n) {
        if (n > capacity - length) {
            long wanted = Math.max(Math.max(capacity * 2, FIRST), length + n);
            at = Mem.realloc(at, wanted);
            capacity = wanted;
        }
        Mem.copy(a, at + length, n);
        length += n;
    }

    long length() { return length; }

    /// All of it; good until [#free].
    Buf buf() { return Buf.memory(at, length); }

    void free() {
        Mem.free(at);
        at = capacity = length = 0;
    }
}
