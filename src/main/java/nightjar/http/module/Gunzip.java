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
    private static final int PIECE = 64 << 10;

    public static final HttpModule MODULE = module("gunzip")
            .directives(GUNZIP, one("gunzip_buffers", HTTP_SRV_LOC, 2, a -> a.number(1, 1) * a.size(2), 0L))
            .conf(CONF)
            .headerFilter(Gunzip::head)
            .bodyFilter(Gunzip::body)
            .filterWhen(l -> l.conf(CONF));

    private Gunzip() {}

    static Outcome head(Request r) {
        var encoding = r.out.get("Content-Encoding");
        if (encoding == null || !Bytes.equalsIgnoreCase(encoding, "gzip")) return OK;
        GzipRules.varies(r);
        if (GzipRules.ok(r)) return OK;
        var unpacker = new Unpacker();
        r.set(STATE, unpacker);
        r.onClose(unpacker.inflater::end);
        r.out.remove("Content-Encoding");
        r.out.clearContentLength();
        r.allowRanges = false;
        r.out.weakenEtag();
        return OK;
    }

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        var unpacker = r.get(STATE);
        if (unpacker == null || in == null || r.headerOnly) return in;
        var made = new ByteArrayOutputStream(8192);
        var end = Buf.empty();
        try {
            for (var b = in; b != null; b = b.next) {
                for (long at = 0; at < b.len; at += PIECE) unpacker.feed(b.slice(at, Math.min(PIECE, b.len - at)).bytes(), made);
                if (b.file != null) b.file.release();
                end.flush |= b.flush;
                end.last |= b.last;
                end.lastInChain |= b.lastInChain;
            }
        } catch (DataFormatException e) {
            r.log(Level.ERROR, "inflate() failed: " + e.getMessage());
            r.filterFailed = true;
            return null;
        }
        if (made.size() == 0) return end.flush || end.last || end.lastInChain ? end : null;
        return Buf.of(made.toByteArray()).then(end);
    }

    /// Takes gzip's members (RFC 1952) apart as they come.
    static final class Unpacker {
        final Inflater inflater = new Inflater(true);
        /// Bytes of a member's head or tail that are not complete.
        private byte[] kept = {};
        private boolean inBody;
        /// Bytes of the tail still to be dropped.
        private int tail;

        void feed(byte[] bytes, ByteArrayOutputStream to) throws DataFormatException {
            int at = 0;
            while (at < bytes.length) {
                if (tail > 0) {
                    int n = Math.min(tail, bytes.length - at);
                    tail -= n;
                    at += n;
                } else if (!inBody) {
                    byte[] all = Arrays.copyOf(kept, kept.length + bytes.length - at);
                    System.arraycopy(bytes, at, all, kept.length, bytes.length - at);
                    int n = headLength(all);
                    if (n < 0) { kept = all; return; }
                    bytes = all;
                    at = n;
                    kept = new byte[0];
                    inBody = true;
                } else {
                    at = inflate(bytes, at, to);
                }
            }
        }

        private int inflate(byte[] bytes, int at, ByteArrayOutputStream to) throws DataFormatException {
            inflater.setInput(bytes, at, bytes.length - at);
            var piece = new byte[16384];
            while (!inflater.finished()) {
                int n = inflater.inflate(piece);
                to.write(piece, 0, n);
                if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) break;
            }
            int rest = inflater.getRemaining();
            if (inflater.finished()) {
                inflater.reset();
                inBody = false;
                tail = 8;
            }
            return bytes.length - rest;
        }

        /// The length of a member's head; -1 when more has to come.
        static int headLength(byte[] b) throws DataFormatException {
            if (b.length >= 3 && (b[0] != 0x1f || (b[1] & 0xff) != 0x8b || b[2] != 8)) throw new DataFormatException("not in gzip format");
            if (b.length < 10) return -1;
            int flags = b[3], p = 10;
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
            return p <= b.length ? p : -1;
        }
    }
}
