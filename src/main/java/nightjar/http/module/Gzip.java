package nightjar.http.module;

import static nightjar.conf.Context.HTTP_SRV_LOC;
import static nightjar.conf.Context.HTTP_SRV_LOC_LIF;
import static nightjar.conf.Directive.*;
import static nightjar.http.HttpModule.module;
import static nightjar.http.Outcome.*;
import static nightjar.http.Variable.variable;

import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import nightjar.conf.Directive;
import nightjar.conf.Scope;
import nightjar.http.Buf;
import nightjar.http.ConfKey;
import nightjar.http.CtxKey;
import nightjar.http.HttpModule;
import nightjar.http.Outcome;
import nightjar.http.Request;
import org.jspecify.annotations.Nullable;

/// Compresses responses. Source: ngx_http_gzip_filter_module.c.
///
/// Unlike nginx, `gzip_window`, `gzip_hash`, `gzip_buffers`, `gzip_no_buffer` and `postpone_gzipping` are checked and have
/// no effect: the JDK's zlib always uses its largest window.
public final class Gzip {
    private static final Directive<Boolean> GZIP = flag("gzip", HTTP_SRV_LOC_LIF, false);
    private static final Directive<Integer> LEVEL = one("gzip_comp_level", HTTP_SRV_LOC, 1, a -> a.intIn(1, 1, 9), 1);
    private static final Directive<Long> MIN_LENGTH = size("gzip_min_length", HTTP_SRV_LOC, 20);
    private static final Directive<MediaTypes> TYPES = MediaTypes.directive("gzip_types", HTTP_SRV_LOC, Set.of("text/html"));

    record Conf(boolean on, int level, long minLength, MediaTypes types) {
        Conf(Scope s) { this(GZIP.get(s), LEVEL.get(s), MIN_LENGTH.get(s), TYPES.get(s)); }
    }
    private static final ConfKey<Conf> CONF = new ConfKey<>(Conf::new);

    /// What a response under way has been made into.
    private static final class State {
        final int level;
        final CRC32 crc = new CRC32();
        @Nullable Deflater deflater;
        long in, out;
        State(int level) { this.level = level; }
    }
    private static final CtxKey<State> STATE = new CtxKey<>();

    public static final HttpModule MODULE = module("gzip")
            .directives(GZIP, LEVEL, MIN_LENGTH, TYPES,
                    one("gzip_buffers", HTTP_SRV_LOC, 2, a -> a.number(1, 1) * a.size(2), 0L),
                    one("gzip_window", HTTP_SRV_LOC, 1, a -> power(a.size(1), 512, 32 << 10, () -> a.fail("must be 512, 1k, 2k, 4k, 8k, 16k, or 32k")), 0L),
                    one("gzip_hash", HTTP_SRV_LOC, 1, a -> power(a.size(1), 512, 128 << 10,
                            () -> a.fail("must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k")), 0L),
                    flag("gzip_no_buffer", HTTP_SRV_LOC, false),
                    size("postpone_gzipping", HTTP_SRV_LOC, 0))
            .conf(CONF)
            .variables(variable("gzip_ratio", Gzip::ratio))
            .headerFilter(Gzip::head)
            .bodyFilter(Gzip::body)
            .filterWhen(l -> l.conf(CONF).on);

    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    /// Compressors that are not in use, by level. Each holds some 256 KB of zlib's memory.
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final ConcurrentLinkedQueue<Deflater>[] FREE = new ConcurrentLinkedQueue[10];
    static { for (int i = 0; i < FREE.length; i++) FREE[i] = new ConcurrentLinkedQueue<>(); }

    private Gzip() {}

    private static long power(long v, long min, long max, Supplier<? extends RuntimeException> wrong) {
        if (Long.bitCount(v) != 1 || v < min || v > max) throw wrong.get();
        return v;
    }

    static Outcome head(Request r) {
        var conf = r.conf(CONF);
        var out = r.out;
        if (out.status != 200 && out.status != 403 && out.status != 404) return OK;
        var encoding = out.get("Content-Encoding");
        if (encoding != null && !encoding.isEmpty()) return OK;
        if (out.contentLength != -1 && out.contentLength < conf.minLength || !conf.types.take(r) || r.headerOnly) return OK;
        GzipRules.varies(r);
        if (!GzipRules.ok(r)) return OK;
        r.set(STATE, new State(conf.level));
        out.set("Content-Encoding", "gzip");
        out.clearContentLength();
        r.allowRanges = false;
        r.filterNeedInMemory = true;
        out.weakenEtag();
        return OK;
    }

    static @Nullable Buf body(Request r, @Nullable Buf in) {
        var state = r.get(STATE);
        if (state == null || in == null || r.headerOnly) return in;
        if (state.deflater == null) {
            if (state.out > 0) return in;
            start(r, state);
        }
        if (r.debug()) r.debug("http gzip filter");
        var made = new ByteArrayOutputStream(4096);
        if (state.out == 0) {
            made.writeBytes(HEADER);
            state.out = HEADER.length;
        }
        boolean flush = false, last = false;
        int before = made.size();
        for (var b = in; b != null && !last; b = b.next) {
            feed(state, b, made);
            if (b.file != null) b.file.release();
            flush |= b.flush;
            last = b.last;
            if (last) end(r, state, made); else if (b.flush) drain(state.deflater, Deflater.SYNC_FLUSH, made);
        }
        state.out += made.size() - before;
        if (made.size() == 0 && !flush && !last) return null;
        var b = made.size() == 0 ? Buf.empty() : Buf.of(made.toByteArray());
        b.flush = flush;
        b.last = last;
        return b;
    }

    private static void start(Request r, State state) {
        var free = FREE[state.level].poll();
        state.deflater = free != null ? free : new Deflater(state.level, true);
        r.onClose(() -> giveBack(state));
    }

    private static void giveBack(State state) {
        if (state.deflater == null) return;
        state.deflater.reset();
        FREE[state.level].add(state.deflater);
        state.deflater = null;
    }

    private static final int PIECE = 64 << 10;

    private static void feed(State state, Buf b, ByteArrayOutputStream to) {
        for (long at = 0; at < b.len; at += PIECE) {
            var bytes = b.slice(at, Math.min(PIECE, b.len - at)).bytes();
            state.crc.update(bytes);
            state.in += bytes.length;
            state.deflater.setInput(bytes);
            drain(state.deflater, Deflater.NO_FLUSH, to);
        }
    }

    private static void drain(Deflater d, int how, ByteArrayOutputStream to) {
        var piece = new byte[8192];
        int n;
        do {
            n = d.deflate(piece, 0, piece.length, how);
            to.write(piece, 0, n);
        } while (n == piece.length || how == Deflater.NO_FLUSH && !d.needsInput());
    }

    private static void end(Request r, State state, ByteArrayOutputStream to) {
        var d = state.deflater;
        d.finish();
        var piece = new byte[8192];
        while (!d.finished()) to.write(piece, 0, d.deflate(piece));
        little(to, (int) state.crc.getValue());
        little(to, (int) state.in);
        giveBack(state);
    }

    private static void little(ByteArrayOutputStream to, int v) {
        for (int i = 0; i < 32; i += 8) to.write(v >>> i);
    }

    private static @Nullable String ratio(Request r) {
        var state = r.get(STATE);
        return state == null || state.out == 0 ? null : ratio(state.in, state.out);
    }

    static String ratio(long in, long out) {
        long hundredths = in * 100 / out + (in * 1000 / out % 10 > 4 ? 1 : 0);
        return hundredths / 100 + "." + (hundredths % 100 < 10 ? "0" : "") + hundredths % 100;
    }
}
