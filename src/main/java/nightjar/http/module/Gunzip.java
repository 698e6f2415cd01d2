package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import nightjar.conf.Directive;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.http.BodyFilter;
import nightjar.http.BodyFilters;
import nightjar.http.Buf;
import nightjar.http.ConfKey;
import nightjar.http.CtxKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// Unpacks gzipped responses for clients that do not take them. Source: ngx_http_gunzip_filter_module.c.
public final class Gunzip {
    private static final Directive<Boolean> GUNZIP = flag("gunzip", HTTP_SRV_LOC, false);
    private static final ConfKey<Boolean> CONF = new ConfKey<>(GUNZIP::get);
    private static final CtxKey<Unpacker> STATE = new CtxKey<>();
    /// So many bytes are unpacked, or made, at a time; a small response may be large when it is unpacked.
    private static final int PIECE = 64 << 10;
    private static final BodyFilter BODY = Gunzip::body;

    public static final HttpModule MODULE = module("gunzip")
            .directives(GUNZIP, one("gunzip_buffers", HTTP_SRV_LOC, 2, a -> a.number(1, 1) * a.size(2), 0L))
            .conf(CONF)
            .headerFilter(Gunzip::head)
            .bodyFilter(BODY)
            .filterWhen(l -> l.conf(CONF));

    private Gunzip() {}

    private static Outcome head(Request r) {
        var encoding = r.out.get("Content-Encoding");
        if (encoding == null || !Bytes.equalsIgnoreCase(encoding, "gzip")) return OK;
        GzipRules.varies(r);
        if (GzipRules.ok(r)) return OK;
        var unpacker = new Unpacker();
        r.set(STATE, unpacker);
        r.onClose(unpacker::end);
        r.filterNeedInMemory = true;
        r.out.remove("Content-Encoding");
        r.out.clearContentLength();
        r.allowRanges = false;
        r.out.weakenEtag();
        return OK;
    }

    private static @Nullable Buf body(Request r, @Nullable Buf in) {
        var unpacker = r.get(STATE);
        if (unpacker == null || r.headerOnly) return in;
        if (in != null) unpacker.rest = in;
        var made = new ByteArrayOutputStream(8192);
        var end = Buf.empty();
        try {
            if (!unpacker.unpack(made, end)) BodyFilters.again(r, BODY);
        } catch (DataFormatException e) {
            r.log(Level.ERROR, "inflate() failed: " + e.getMessage());
            r.filterFailed = true;
            return null;
        }
        boolean ends = end.flush || end.last || end.lastInChain;
        if (made.size() == 0) return ends ? end : null;
        return Buf.of(made.toByteArray()).then(ends ? end : null);
    }

    /// Takes gzip's members (RFC 1952) apart as they come.
    static final class Unpacker {
        final Inflater inflater = new Inflater(true);
        /// The chain that is being unpacked, its first piece from `off` on.
        private @Nullable Buf rest;
        private long off;
        /// What was fed last, used up to `at`: to the inflater, or to a head or tail that may not be complete.
        private byte[] input = {};
        private int at;
        private boolean inBody;
        /// Bytes of the tail still to be dropped.
        private int tail;

        /// Unpacks the chain until enough is made.
        /// @param end gets the flags of the pieces that are done
        /// @return whether all of the chain is done; else it is kept
        boolean unpack(ByteArrayOutputStream to, Buf end) throws DataFormatException {
            boolean all;
            while ((all = unpack(to)) && rest != null) {
                var b = rest;
                if (off < b.len) {
                    long n = Math.min(PIECE, b.len - off);
                    feed(b.slice(off, n).bytes());
                    off += n;
                    continue;
                }
                if (b.file != null) b.file.release();
                end.flush |= b.flush;
                end.last |= b.last;
                end.lastInChain |= b.lastInChain;
                rest = b.next;
                off = 0;
            }
            if (!all && rest != null) {
                rest = rest.rest(off).keptChain();
                off = 0;
            }
            return all;
        }

        void feed(byte[] bytes) {
            int left = inBody ? 0 : input.length - at;
            if (left > 0) {
                byte[] all = Arrays.copyOfRange(input, at, input.length + bytes.length);
                System.arraycopy(bytes, 0, all, left, bytes.length);
                bytes = all;
            }
            input = bytes;
            at = 0;
            if (inBody) inflater.setInput(bytes);
        }

        /// Unpacks what was fed until enough is made.
        /// @return whether there is no more in it
        boolean unpack(ByteArrayOutputStream to) throws DataFormatException {
            while (to.size() < PIECE) {
                if (inBody) {
                    if (!inflate(to)) return true;
                } else if (tail > 0) {
                    int n = Math.min(tail, input.length - at);
                    tail -= n;
                    at += n;
                    if (tail > 0) return true;
                } else {
                    int n = headLength(input, at);
                    if (n < 0) return true;
                    at += n;
                    inBody = true;
                    inflater.setInput(input, at, input.length - at);
                }
            }
            return false;
        }

        /// @return false when the inflater needs more input
        private boolean inflate(ByteArrayOutputStream to) throws DataFormatException {
            var piece = new byte[16384];
            while (to.size() < PIECE) {
                int n = inflater.inflate(piece);
                to.write(piece, 0, n);
                if (inflater.finished()) {
                    at = input.length - inflater.getRemaining();
                    inflater.reset();
                    inBody = false;
                    tail = 8;
                    return true;
                }
                if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) return false;
            }
            return true;
        }

        void end() {
            inflater.end();
            if (rest != null) rest.release();
            rest = null;
        }

        /// The length of the member's head that begins at `from`; -1 when more has to come.
        static int headLength(byte[] b, int from) throws DataFormatException {
            int n = b.length - from;
            if (n >= 3 && (b[from] != 0x1f || (b[from + 1] & 0xff) != 0x8b || b[from + 2] != 8)) throw new DataFormatException("not in gzip format");
            if (n < 10) return -1;
            int flags = b[from + 3], p = from + 10;
            if ((flags & 4) != 0) {
                if (b.length < p + 2) return -1;
                p += 2 + (b[p] & 0xff) + (b[p + 1] & 0xff) * 256;
            }
            for (int bit = 8; bit <= 16; bit *= 2) {
                if ((flags & bit) == 0) continue;
                while (p < b.length && b[p] != 0) p++;
                if (p >= b.length) return -1;
                p++;
            }
            if ((flags & 2) != 0) p += 2;
            return p <= b.length ? p - from : -1;
        }
    }
}
