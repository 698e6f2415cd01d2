package nightjar.lua.socket;

import nightjar.core.Mem;

/// What one call of `receive`, `receiveany` or a `receiveuntil` iterator waits for, and how far what was received has been
/// looked at. Source: ngx_http_lua_input_filters.c, ngx_http_lua_socket_read_until.
final class Reader {
    /// What is wanted; Lua has the same numbers.
    static final int LINE = 0, BYTES = 1, ALL = 2, ANY = 3, UNTIL = 4;

    enum Found { YES, NOT_YET, NEVER }

    private int mode;
    /// BYTES: how many; ANY and UNTIL: how many at most, UNTIL 0: any number.
    private int size;
    private int rest;
    /// Bytes from the front that have been looked at.
    private int seen;
    private long pattern;
    private long text;
    /// UNTIL: how many of the bytes seen last are the pattern's first.
    private int state;

    void begin(int mode, int size) {
        this.mode = mode;
        this.size = size;
        seen = 0;
    }

    /// @param pattern an [Until]; it and its text stay where they are while the read waits
    void begin(long pattern, long text, int size, int state) {
        begin(UNTIL, size);
        this.pattern = pattern;
        this.text = text;
        this.state = state;
        rest = size;
        seen = state;
    }

    boolean untilPattern() { return mode == UNTIL; }

    /// Whether the pattern's first bytes are at the front of what is left.
    boolean midPattern() { return Until.state(pattern) > 0; }

    /// Looks at what has come.
    /// @param ended there will be no more
    /// @return `YES`: the result is in the struct; `NEVER`: it cannot come any more
    Found look(long u, boolean ended) {
        long pos = Struct.pos(u), last = Struct.last(u);
        int n = (int) (last - pos);
        return switch (mode) {
            case LINE -> line(u, pos, last, n, ended);
            case BYTES -> n >= size ? take(u, size, size) : more(n, ended);
            case ALL -> ended ? take(u, n, n) : Found.NOT_YET;
            case ANY -> n > 0 ? take(u, Math.min(n, size), Math.min(n, size)) : ended ? Found.NEVER : Found.NOT_YET;
            default -> until(u, pos, n, ended);
        };
    }

    private Found more(int n, boolean ended) {
        seen = n;
        return ended ? Found.NEVER : Found.NOT_YET;
    }

    private static Found take(long u, int length, int skip) {
        Struct.taken(u, length, skip);
        return Found.YES;
    }

    private Found line(long u, long pos, long last, int n, boolean ended) {
        long end = Mem.indexOf(pos + seen, last, (byte) '\n');
        if (end == last) return more(n, ended);
        return take(u, withoutReturns(pos, end), (int) (end - pos) + 1);
    }

    /// Takes all CRs out of `[from, end)`; what remains is at its front.
    private static int withoutReturns(long from, long end) {
        long at = Mem.indexOf(from, end, (byte) '\r');
        if (at == end) return (int) (end - from);
        long to = at;
        for (long a = at + 1; a < end; a++) {
            byte b = Mem.b(a);
            if (b != '\r') Mem.b(to++, b);
        }
        return (int) (to - from);
    }

    /// What has come so far of what will not come whole.
    void partial(long u) {
        long pos = Struct.pos(u);
        int n = (int) (Struct.last(u) - pos);
        switch (mode) {
            case LINE -> Struct.taken(u, withoutReturns(pos, pos + n), n);
            case UNTIL -> {
                Struct.taken(u, seen - state, seen - state);
                Until.state(pattern, state);
            }
            default -> Struct.taken(u, n, n);
        }
    }

    private Found until(long u, long pos, int n, boolean ended) {
        int length = Until.length(pattern);
        byte first = Mem.b(text);
        int i = seen;
        while (i < n) {
            if (state == 0) {
                int end = size > 0 ? Math.min(n, i + rest) : n;
                int at = (int) (Mem.indexOf(pos + i, pos + end, first) - pos);
                rest -= at - i;
                i = at;
                if (i < end) {
                    i++;
                    state = 1;
                } else if (size > 0 && rest == 0) {
                    return piece(u, i, 0);
                } else {
                    continue;
                }
            } else if (Mem.b(pos + i) == Mem.b(text + state)) {
                i++;
                state++;
            } else {
                int kept = border(Mem.b(pos + i));
                // the byte at hand goes on with a shorter beginning of the pattern, or is looked at anew
                int passed = state - kept;
                if (kept > 0) i++;
                state = kept > 0 ? kept + 1 : 0;
                if (size > 0) {
                    if (rest <= passed) return piece(u, i, state);
                    rest -= passed;
                }
            }
            if (state == length) {
                Until.state(pattern, size > 0 ? Until.FOUND : 0);
                return take(u, Until.inclusive(pattern) ? i : i - length, i);
            }
        }
        return more(i, ended);
    }

    /// How long a beginning of the pattern ends what has matched so that `next` goes on with it.
    private int border(byte next) {
        int k = state;
        do k = Until.fail(pattern, k - 1); while (k > 0 && Mem.b(text + k) != next);
        return k;
    }

    /// As many bytes as were asked for, before the pattern.
    private Found piece(long u, int i, int state) {
        Until.state(pattern, state);
        return take(u, i - state, i - state);
    }
}
