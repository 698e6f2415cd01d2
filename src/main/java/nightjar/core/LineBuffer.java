package nightjar.core;

/// Bytes of native memory that grow as they are written: a log line before its write(2). One thread's; used again and again.
public final class LineBuffer {
    private static final byte[] HEX = Bytes.of("0123456789ABCDEF");

    private long start;
    private long at;
    private long end;

    public LineBuffer(int size) {
        start = at = Mem.alloc(size);
        end = start + size;
    }

    public void clear() { at = start; }
    public long addr() { return start; }
    public int length() { return (int) (at - start); }

    /// Makes room for `n` more bytes and returns where they go; [#advance] takes them in.
    public long reserve(int n) {
        if (end - at < n) grow(n);
        return at;
    }

    /// What [#reserve] gave has been written up to `to`.
    public void advance(long to) { at = to; }

    private void grow(int n) {
        long used = at - start;
        long size = Math.max(2 * (end - start), used + n);
        start = Mem.realloc(start, size);
        at = start + used;
        end = start + size;
    }

    public void put(int c) {
        Mem.b(reserve(1), c);
        at++;
    }

    public void put(byte[] bytes) { at = Mem.put(reserve(bytes.length), bytes); }

    public void put(String latin1) { at = Mem.put(reserve(latin1.length()), latin1); }

    public void put(long addr, int n) {
        Mem.copy(addr, reserve(n), n);
        at += n;
    }

    public void putDecimal(long v) { at = Bytes.putDecimal(reserve(20), v); }

    /// `\xHH` in capitals, as log lines have it.
    public void putEscaped(int c) {
        long p = reserve(4);
        Mem.b(p, '\\');
        Mem.b(p + 1, 'x');
        Mem.b(p + 2, HEX[c >> 4 & 15]);
        Mem.b(p + 3, HEX[c & 15]);
        at = p + 4;
    }

    /// Milliseconds as seconds with three digits behind the point.
    public void putSeconds(long msec) {
        putDecimal(msec / 1000);
        long p = reserve(4);
        int ms = (int) (msec % 1000);
        Mem.b(p, '.');
        Mem.b(p + 1, '0' + ms / 100);
        Mem.b(p + 2, '0' + ms / 10 % 10);
        Mem.b(p + 3, '0' + ms % 10);
        at = p + 4;
    }

    public void free() {
        Mem.free(start);
        start = at = end = 0;
    }
}
