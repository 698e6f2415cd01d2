package nightjar.http;

import java.nio.charset.StandardCharsets;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// A piece of response body: off-heap memory, a byte array or a range of a file; linked to the next piece.
/// nginx's ngx_buf_t and ngx_chain_t in one.
public final class Buf {
    /// Off-heap bytes, valid only while the call that passes them runs; 0 if the bytes are elsewhere.
    public final long addr;
    /// Heap bytes, or `null`.
    public final byte @Nullable [] heap;
    /// An open file, or `null`.
    public final @Nullable OpenFile file;
    /// Where the bytes begin in `heap` or `file`.
    public final long off;
    /// The number of bytes; 0 for a piece that only carries flags.
    public final long len;
    /// What is gathered so far must be sent now.
    public boolean flush;
    /// The response ends after this piece.
    public boolean last;
    /// A subrequest's output ends after this piece.
    public boolean lastInChain;
    public @Nullable Buf next;

    private Buf(long addr, byte @Nullable [] heap, @Nullable OpenFile file, long off, long len) {
        this.addr = addr;
        this.heap = heap;
        this.file = file;
        this.off = off;
        this.len = len;
    }

    public static Buf memory(long addr, long len) { return new Buf(addr, null, null, 0, len); }
    public static Buf of(byte[] bytes) { return new Buf(0, bytes, null, 0, bytes.length); }
    public static Buf of(byte[] bytes, int off, int len) { return new Buf(0, bytes, null, off, len); }
    public static Buf of(String latin1) { return of(latin1.getBytes(StandardCharsets.ISO_8859_1)); }
    public static Buf file(OpenFile file, long off, long len) { return new Buf(0, null, file, off, len); }

    /// A piece without bytes that ends the response.
    public static Buf last() { return empty().asLast(); }
    /// A piece without bytes that asks for what is gathered to be sent.
    public static Buf flush() { var b = empty(); b.flush = true; return b; }
    public static Buf empty() { return new Buf(0, null, null, 0, 0); }

    public Buf asLast() { last = true; return this; }
    public Buf then(@Nullable Buf next) { this.next = next; return this; }

    /// The same bytes' part from `from` on, `n` bytes, without flags.
    public Buf slice(long from, long n) {
        return addr != 0 ? memory(addr + from, n) : new Buf(0, heap, file, off + from, n);
    }

    /// This chain with its bytes on the heap or in files, so that it may be kept.
    public Buf keptChain() {
        Buf first = null, end = null;
        for (var b = this; b != null; b = b.next) {
            var piece = b.kept();
            if (end == null) first = piece; else end.next = piece;
            end = piece;
        }
        return first;
    }

    /// The rest of this piece from `from` on, with its flags and what follows it.
    public Buf rest(long from) {
        var b = slice(from, len - from);
        b.flush = flush;
        b.last = last;
        b.lastInChain = lastInChain;
        b.next = next;
        return b;
    }

    /// These bytes in an array of their own. File ranges are read.
    public byte[] bytes() {
        if (file != null) return file.read(off, (int) len);
        if (heap != null) return java.util.Arrays.copyOfRange(heap, (int) off, (int) (off + len));
        return Mem.bytes(addr, (int) len);
    }

    /// This piece with its bytes on the heap, so that it may be kept.
    public Buf kept() {
        if (addr == 0) return this;
        var b = of(Mem.bytes(addr, (int) len));
        b.flush = flush;
        b.last = last;
        b.lastInChain = lastInChain;
        return b;
    }

    /// This chain with the bytes of file ranges read into memory; the files are released.
    public Buf inMemory() {
        for (var b = this; b != null; b = b.next) if (b.file != null) return read();
        return this;
    }

    private Buf read() {
        Buf first = null, end = null;
        for (var b = this; b != null; b = b.next) {
            var piece = b;
            if (b.file != null) {
                piece = of(b.bytes());
                piece.flush = b.flush;
                piece.last = b.last;
                piece.lastInChain = b.lastInChain;
                b.file.release();
            }
            if (end == null) first = piece; else end.next = piece;
            end = piece;
        }
        return first;
    }

    /// Lets go of the files of a chain that is not sent.
    public void release() {
        for (var b = this; b != null; b = b.next) if (b.file != null) b.file.release();
    }

    /// Adds `tail` after the end of this chain.
    public Buf append(Buf tail) {
        var b = this;
        while (b.next != null) b = b.next;
        b.next = tail;
        return this;
    }

    /// The bytes in this chain.
    public long total() {
        long n = 0;
        for (var b = this; b != null; b = b.next) n += b.len;
        return n;
    }

    /// Whether a piece of this chain ends the response.
    public boolean hasLast() {
        for (var b = this; b != null; b = b.next) if (b.last) return true;
        return false;
    }
}
