package nightjar.lua.pipe;

import nightjar.core.Errno;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.lua.Code;

/// What a process reads. Source: ngx_http_lua_pipe.c.
final class PipeOutput extends PipeEnd {
    /// What waits to be written: a copy, of which bytes `from` to `to` are left.
    private long rest;
    private int from, to;
    private int size;

    PipeOutput(PipeProcess process) { super(process, "write", "writing", "write"); }

    /// @return `OK`, `AGAIN`, or `ERROR`
    int write(long data, int n) {
        error = null;
        size = n;
        int written = writeSome(data, n);
        if (written < 0) return Code.ERROR;
        if (written == n) return Code.OK;
        to = n - written;
        from = 0;
        rest = Mem.alloc(to);
        Mem.copy(data + written, rest, to);
        return Code.AGAIN;
    }

    @Override int advance() {
        int written = writeSome(rest + from, to - from);
        if (written >= 0) {
            from += written;
            if (from < to) return Code.AGAIN;
        }
        return error == null ? Code.OK : Code.ERROR;
    }

    /// @return how many bytes the pipe has taken, or below 0, and `error` says why
    private int writeSome(long data, int n) {
        int written = 0;
        while (written < n) {
            long rc = Posix.write(descriptor(), data + written, n - written);
            if (rc == -Errno.EAGAIN) break;
            if (rc == -Errno.EINTR) continue;
            if (rc < 0) {
                if (process.debug()) process.debugFailure("lua pipe write data error", (int) -rc);
                error = rc == -Errno.EPIPE ? CLOSED : Errno.text((int) -rc);
                return -1;
            }
            written += (int) rc;
        }
        return written;
    }

    /// How many bytes the last call was to write.
    int size() { return size; }

    @Override void settled() {
        if (rest != 0) Mem.free(rest);
        rest = 0;
        from = to = 0;
    }
}
