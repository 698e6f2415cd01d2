package nightjar.http;

import java.util.function.Consumer;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Log.Level;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.core.Stat;
import org.jspecify.annotations.Nullable;

/// The body that a client sends with its request: in memory up to `client_body_buffer_size`, then in a file.
/// Source: ngx_http_request_body.c.
public final class RequestBody {
    private static final byte[] CONTINUE = Bytes.of("HTTP/1.1 100 Continue\r\n\r\n");
    private static long nextFile;

    private final Request r;
    private long addr;
    private int len, capacity;
    private int fd = -1;
    private @Nullable String path;
    private boolean keepFile;
    /// Bytes received, decoded.
    private long received;
    private long rest;
    private @Nullable ChunkedParser chunks;
    private boolean complete;
    /// A [ClientSocket] takes it; nothing of it comes here.
    private boolean taken;
    private long max = Integer.MAX_VALUE;
    private @Nullable Consumer<Outcome> waiting;

    private RequestBody(Request r) { this.r = r; }

    /// Reads the whole body.
    ///
    /// @param then called once with the result, if it is not there yet
    /// @return `OK` when all of it is there (`then` is not called), `AGAIN` when `then` will be called, or the status to answer
    public static Outcome read(Request r, Consumer<Outcome> then) {
        var main = r.main;
        if (r != main || main.discardBody) return Outcome.OK;
        var b = main.body;
        if (b == null) {
            b = main.body = new RequestBody(main);
            if (r.in.contentLength <= 0 && !r.in.chunked) { b.complete = true; return Outcome.OK; }
            b.rest = r.in.contentLength;
            if (r.in.chunked) { b.chunks = new ChunkedParser(); b.rest = 0; }
            expect(r);
        }
        if (b.complete || b.taken) return Outcome.OK;
        if (b.waiting != null) throw new IllegalStateException("the request body is being read already");
        b.waiting = then;
        var outcome = r.c.readBody(b);
        if (outcome != Outcome.AGAIN) b.waiting = null;
        return outcome;
    }

    /// Whether `read` has been called and has not ended.
    public boolean reading() { return !complete && waiting != null; }
    public boolean complete() { return complete; }

    /// Tells a client that asked whether it may send its body that it may.
    static void expect(Request r) {
        if (r.expectTested || r.version < Request.HTTP_11) return;
        r.expectTested = true;
        if (!"100-continue".equalsIgnoreCase(r.in.get("expect"))) return;
        r.debug("send 100 Continue");
        r.c.conn.write(CONTINUE);
        r.c.conn.flush();
    }

    static void expectNothing(Request r) { r.expectTested = true; }

    /// What is left of the body is not wanted: it is read and dropped when the request has ended. A subrequest leaves the
    /// body alone, which its parent may still read.
    public static void discard(Request r) {
        if (r != r.main) return;
        r.expectTested = true;
        if (r.body == null || !r.body.complete) r.discardBody = true;
    }

    /// As [#discard], and drops the body now if all of it is here.
    public static void discardNow(Request r) {
        var main = r.main;
        if (r != main || main.discardBody || main.body != null) return;
        main.expectTested = true;
        if ((main.in.contentLength > 0 || main.in.chunked) && !main.c.dropBody(main)) main.discardBody = true;
    }

    /// Takes body bytes as they arrive.
    /// @return how many of them belong to the body; the rest is the next request's. Negative: the status to answer
    int feed(long at, int n) {
        if (chunks == null) {
            int k = (int) Math.min(rest, n);
            if (!store(at, k)) return -500;
            rest -= k;
            if (rest == 0 && !finish()) return -500;
            return k;
        }
        int used = 0;
        while (!complete) {
            int event = chunks.next(at + used, at + n);
            used = (int) (chunks.position() - at);
            switch (event) {
                case ChunkedParser.DATA -> {
                    long max = r.core().clientMaxBodySize();
                    if (max > 0 && chunks.exceeds(max)) {
                        r.log(Level.ERROR, "client intended to send too large chunked body: " + (chunks.received() - chunks.length()) + "+" + (chunks.length() + chunks.left()) + " bytes");
                        return -413;
                    }
                    if (!store(chunks.data(), chunks.length())) return -500;
                }
                case ChunkedParser.DONE -> { if (!finish()) return -500; }
                case ChunkedParser.BAD -> {
                    r.log(Level.ERROR, "client sent invalid chunked body");
                    return -400;
                }
                default -> { return used; }
            }
        }
        return used;
    }

    private boolean finish() {
        complete = true;
        if (r.core().clientBodyInFileOnly() != Core.InFileOnly.OFF && fd < 0 && received > 0) return spill();
        return true;
    }

    /// Tells who waits for the body. Called by the connection outside `feed`.
    void deliver(Outcome outcome) {
        var then = waiting;
        waiting = null;
        if (then != null) then.accept(outcome);
    }

    private boolean store(long at, int n) {
        received += n;
        int max = (int) Math.min(Integer.MAX_VALUE, r.core().clientBodyBufferSize());
        if (fd >= 0) return write(at, n);
        if (len + n > max && (rest > max || chunks != null || len + n > max)) {
            if (!spill()) return false;
            return write(at, n);
        }
        grow(len + n);
        Mem.copy(at, addr + len, n);
        len += n;
        return true;
    }

    private void grow(int need) {
        if (need <= capacity) return;
        int first = chunks == null ? (int) Math.min(Math.max(r.in.contentLength, 1), need + 65536L) : 4096;
        capacity = Math.max(need, Math.max(first, capacity * 2));
        addr = addr == 0 ? Mem.alloc(capacity) : Mem.realloc(addr, capacity);
    }

    /// Moves what is in memory to a file of its own; the rest follows there.
    private boolean spill() {
        var dir = r.core().clientBodyTempPath();
        keepFile = r.core().clientBodyInFileOnly() == Core.InFileOnly.ON;
        for (int tries = 0; ; tries++) {
            path = dir.file(++nextFile);
            fd = Posix.open(path, Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL, 0600);
            if (fd >= 0) break;
            if (fd == -Errno.ENOENT && tries == 0) {
                // unlike nginx, which makes its directories at start, this is done when one is wanted
                Posix.mkdir(dir.dir(), 0700);
                continue;
            }
            if (fd != -Errno.EEXIST || tries > 1000) {
                r.log(Level.CRIT, "open() \"" + path + "\" failed " + Errno.quoted(-fd));
                fd = -1;
                path = null;
                return false;
            }
        }
        if (r.core().clientBodyInFileOnly() == Core.InFileOnly.OFF) {
            r.log(Level.WARN, "a client request body is buffered to a temporary file " + path);
        }
        int n = len;
        len = 0;
        return n == 0 || write(addr, n);
    }

    private boolean write(long at, int n) {
        while (n > 0) {
            long k = Posix.write(fd, at, n);
            if (k < 0) {
                r.log(Level.CRIT, "pwrite() \"" + path + "\" failed " + Errno.quoted((int) -k));
                return false;
            }
            at += k;
            n -= (int) k;
        }
        return true;
    }

    /// The body of `r` as a [ClientSocket] takes it.
    static RequestBody taken(Request r) {
        var b = new RequestBody(r);
        b.taken = true;
        b.rest = r.in.contentLength;
        return b;
    }

    /// `n` bytes of a body that is taken have gone by.
    void passed(int n) {
        received += n;
        rest -= n;
        if (rest == 0) complete = true;
    }

    // --- for whoever uses the body

    /// Where the body stands in memory; 0 when it is empty or in a file.
    public long address() { return len > 0 ? addr : 0; }
    /// Bytes in memory.
    public int length() { return len; }
    /// The file that holds the body, or `null`.
    public @Nullable String path() { return path; }
    public int fd() { return fd; }
    /// All bytes, wherever they are.
    public long size() { return fd >= 0 ? fileSize() : len; }

    private long fileSize() {
        var stat = new Stat();
        return Posix.fstat(fd, stat) < 0 ? 0 : stat.size;
    }

    /// Whether the client has still to send some of it.
    boolean unread() { return !complete; }
    long rest() { return rest; }
    long received() { return received; }
    @Nullable ChunkedParser chunks() { return chunks; }

    /// A subrequest's own body, empty, instead of the client's.
    public static RequestBody own(Request sub) {
        var b = sub.body = new RequestBody(sub);
        b.complete = true;
        return b;
    }

    /// Replaces the body by bytes in memory.
    public void set(long at, int n) {
        dropFile();
        len = 0;
        complete = true;
        grow(Math.max(n, 1));
        Mem.copy(at, addr, n);
        len = n;
    }

    /// Replaces the body by a file, which is removed with the request when `clean`.
    /// @return 0, or the negative errno of open()
    public int setFile(String name, boolean clean) {
        int opened = Posix.open(name, Posix.O_RDONLY, 0);
        if (opened < 0) return opened;
        if (!name.equals(path)) dropFile();
        else Posix.close(fd);
        len = 0;
        complete = true;
        fd = opened;
        path = name;
        keepFile = !clean;
        return 0;
    }

    /// The file is empty: there is no body, and the file goes now if it is to go at all.
    public void dropEmptyFile() {
        var name = path;
        dropFile();
        path = name;
    }

    /// An empty body, to be filled by [#append]. nginx_lua: ngx.req.init_body.
    /// @param max how many bytes it holds in memory
    public static RequestBody fresh(Request r, long max) {
        if (r.body != null && (r.parent == null || r.body != r.parent.body)) r.body.free();
        var b = new RequestBody(r.main);
        b.complete = true;
        b.max = max;
        r.body = b;
        return b;
    }

    /// Adds bytes, going to a file when they are too many for memory.
    /// @return false when they cannot be written; the reason is logged
    public boolean append(long at, int n) {
        if (fd < 0 && (long) len + n > max && !spill()) return false;
        if (fd >= 0) return write(at, n);
        grow(len + n);
        Mem.copy(at, addr + len, n);
        len += n;
        return true;
    }

    private void dropFile() {
        if (fd >= 0) {
            Posix.close(fd);
            fd = -1;
            if (!keepFile && path != null) Posix.unlink(path);
        }
        path = null;
    }

    /// Gives memory and file back; it may be called again.
    public void free() {
        dropFile();
        if (addr != 0) Mem.free(addr);
        addr = 0;
        len = 0;
        capacity = 0;
    }
}
