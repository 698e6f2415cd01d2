package nightjar.lua.socket;

import nightjar.core.Mem;

/// What a socket has received and nobody has taken: one block, so that a result is one piece. Its ends are in the [Struct],
/// where Lua takes bytes by itself.
final class Input {
    /// From here on a block is read into as it is. Just below what malloc asks the system for each time.
    private static final int WIDE = (128 << 10) - 64;
    /// The longest that one result can be, in bytes.
    private static final int MAX = 1 << 30;

    private long start;
    private int capacity;

    /// Room for more, at least one byte; what is there may move.
    /// @param first size of the block when there is none yet
    /// @return where to write, or 0 when there is more than a result can be
    long room(long u, int first) {
        if (start == 0) {
            capacity = Math.max(first, 1);
            start = Mem.alloc(capacity);
            Struct.pos(u, start);
            Struct.last(u, start);
            return start;
        }
        long pos = Struct.pos(u), last = Struct.last(u);
        int held = (int) (last - pos);
        if (held == 0) {
            pos = last = start;
        } else if (last == start + capacity) {
            if (held > capacity / 2) {
                if (capacity == MAX) return 0;
                int offset = (int) (pos - start);
                grow(Math.max(capacity * 2, WIDE));
                pos = start + offset;
            } else {
                Mem.move(pos, start, held);
                pos = start;
            }
            last = pos + held;
        }
        Struct.pos(u, pos);
        Struct.last(u, last);
        return last;
    }

    private void grow(int size) {
        start = Mem.realloc(start, size);
        capacity = size;
    }

    /// Bytes that fit behind [Struct#last].
    int left(long u) { return (int) (start + capacity - Struct.last(u)); }

    /// The last read filled the block, so there is more to come than it was made for.
    void widen(long u) {
        if (capacity >= WIDE || Struct.pos(u) != start) return;
        int held = (int) (Struct.last(u) - start);
        grow(WIDE);
        Struct.pos(u, start);
        Struct.last(u, start + held);
    }

    boolean isEmpty(long u) { return Struct.pos(u) == Struct.last(u); }

    /// Drops all there is and the block.
    void free(long u) {
        if (start != 0) Mem.free(start);
        start = 0;
        capacity = 0;
        Struct.pos(u, 0);
        Struct.last(u, 0);
    }
}
