package nightjar.lua.pipe;

import nightjar.core.Errno;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.lua.Code;

/// What a process writes. Nothing is read before a script asks for it, and no more than it asks for but for one piece of
/// [PipeProcess#bufferSize] bytes. Source: ngx_http_lua_pipe.c, ngx_http_lua_input_filters.c.
final class PipeInput extends PipeEnd {
    /// What a script wants; Lua has the same numbers.
    static final int ALL = 0, BYTES = 1, LINE = 2, ANY = 3;

    /// The longest that one result can be, in bytes.
    private static final int MAX = 1 << 30;
    /// So many bytes may be read before others have their turn.
    private static final int TURN = 1 << 20;
    /// A larger block is not kept when it is empty.
    private static final int KEPT = 64 << 10;

    private long block;
    private int capacity;
    /// What has been read and not taken: bytes of the block.
    private int from, to;
    /// How far a line's end has been looked for.
    private int seen;
    private boolean eof;
    private int mode;
    private int size;
    /// The result: its bytes at `from`, and how many go with them.
    private int length, used;

    /// The result has been cut out of what there is.
    private boolean cut;

    PipeInput(PipeProcess process, String name) { super(process, "read", "reading", "read " + name); }

    /// @return `OK`, `AGAIN`, or `DECLINED`
    int read(int mode, int size) {
        this.mode = mode;
        this.size = size;
        seen = from;
        error = null;
        cut = false;
        return advance();
    }

    @Override int advance() {
        for (int budget = TURN; ; ) {
            if (found()) return Code.OK;
            if (eof) return fail(CLOSED);
            if (budget <= 0) return goOnLater();
            if (!room()) return fail("no memory");
            long n = Posix.read(descriptor(), block + to, capacity - to);
            if (n == -Errno.EAGAIN) return Code.AGAIN;
            if (n == -Errno.EINTR) continue;
            if (n < 0) return fail(Errno.text((int) -n));
            if (n == 0) eof = true;
            to += (int) n;
            budget -= (int) n;
        }
    }

    private boolean found() {
        int n = to - from;
        switch (mode) {
            case LINE -> {
                return line();
            }
            case BYTES -> {
                return n >= size && take(size, size);
            }
            case ANY -> {
                return n > 0 && take(Math.min(n, size), Math.min(n, size));
            }
            default -> {
                return eof && take(n, n);
            }
        }
    }

    private boolean take(int length, int used) {
        this.length = length;
        this.used = used;
        return true;
    }

    private boolean line() {
        if (seen == to) return false;
        int end = (int) (Mem.indexOf(block + seen, block + to, (byte) '\n') - block);
        seen = end;
        return end < to && take(withoutReturns(end), end + 1 - from);
    }

    /// Takes all CRs out of what is before `end`; what remains is at `from`, and this many bytes.
    private int withoutReturns(int end) {
        int kept = from;
        for (int i = from; i < end; i++) {
            byte b = Mem.b(block + i);
            if (b != '\r') Mem.b(block + kept++, b);
        }
        return kept - from;
    }

    private int fail(String word) {
        error = word;
        return Code.DECLINED;
    }

    /// Makes room behind what there is. False: a result cannot be longer.
    private boolean room() {
        if (block == 0) {
            capacity = process.bufferSize;
            block = Mem.alloc(capacity);
        }
        if (to < capacity) return true;
        if (from > capacity / 2) {
            Mem.move(block + from, block, to - from);
            seen -= from;
            to -= from;
            from = 0;
            return true;
        }
        if (capacity == MAX) return false;
        capacity = (int) Math.min(MAX, capacity * 2L);
        block = Mem.realloc(block, capacity);
        return true;
    }

    /// The result's length; of a read that has failed, all there is.
    int length() {
        if (error != null && !cut) {
            cut = true;
            take(mode == LINE && from < to ? withoutReturns(to) : to - from, to - from);
        }
        return length;
    }

    /// Copies the result, which is gone then.
    void take(long dst) {
        Mem.copy(block + from, dst, length);
        from += used;
        length = used = 0;
        if (from == to) empty();
    }

    private void empty() {
        from = to = 0;
        if (capacity > Math.max(KEPT, process.bufferSize)) free();
    }

    void free() {
        if (block != 0) Mem.free(block);
        block = 0;
        capacity = from = to = 0;
    }
}
