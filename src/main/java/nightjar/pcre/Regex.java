package nightjar.pcre;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import nightjar.core.Downcall;
import nightjar.core.Mem;

/// A compiled regular expression over bytes. Any number of threads may match with it at once. Its memory goes when
/// [#close] is called or nothing refers to it any more.
///
/// A match fills pairs of byte offsets, start and end of the whole match, then of each group, -1 where a group took no
/// part; a vector too short for all of them gets the first ones. Its result is 1 + the highest group that took part,
/// [#NOMATCH], or another negative number for which [Pcre#errorText] has words.
public final class Regex implements AutoCloseable {
    public static final int ALLOW_EMPTY_CLASS = 0x1;
    public static final int ALT_BSUX = 0x2;
    public static final int CASELESS = 0x8;
    public static final int DOTALL = 0x20;
    public static final int DUPNAMES = 0x40;
    public static final int EXTENDED = 0x80;
    public static final int MATCH_UNSET_BACKREF = 0x200;
    public static final int MULTILINE = 0x400;
    public static final int UTF = 0x80000;
    public static final int NO_UTF_CHECK = 0x40000000;
    public static final int ANCHORED = 0x80000000;
    /// For matching only: an empty string is no match; or none at the start.
    public static final int NOTEMPTY = 0x4;
    public static final int NOTEMPTY_ATSTART = 0x8;

    public static final int NOMATCH = -1;
    public static final int ERROR_JIT_BADOPTION = -45;
    public static final int ERROR_JIT_STACKLIMIT = -46;
    public static final int ERROR_MATCHLIMIT = -47;

    private static final int MAX_ERROR = 128;
    private static final int[] NO_GROUPS = {};
    private static final Cleaner CLEANER = Cleaner.create();

    /// A named group; several may share a name with [#DUPNAMES].
    public record Name(String name, int group) {}

    private final String pattern;
    private final long code;
    private final Cleaner.Cleanable cleanable;
    private final int captures;
    private final int jit;
    private final int nameCount;
    private final int nameEntrySize;
    private final long nameTable;
    private final List<Name> names;

    private Regex(String pattern, long code, boolean jit) {
        this.pattern = pattern;
        this.code = code;
        cleanable = CLEANER.register(this, () -> free(code));
        captures = (int) info(Pcre.INFO_CAPTURECOUNT, 4);
        nameCount = (int) info(Pcre.INFO_NAMECOUNT, 4);
        nameEntrySize = (int) info(Pcre.INFO_NAMEENTRYSIZE, 4);
        nameTable = info(Pcre.INFO_NAMETABLE, 8);
        names = readNames();
        this.jit = jit ? jitCompile() : 1;
    }

    /// As [#compile(String, int, boolean)] with JIT.
    public static Regex compile(String pattern, int options) {
        return compile(pattern, options, true);
    }

    /// Compiles a byte string, into machine code too if `jit` and PCRE2 can.
    /// @throws PcreException with nginx's text for a bad pattern, or when there is no PCRE2
    public static Regex compile(String pattern, int options, boolean jit) {
        Pcre.require();
        int n = pattern.length();
        long text = Mem.alloc(n + 16L);
        try {
            Mem.put(text + 16, pattern);
            long code = (long) Pcre.pcre2_compile.invokeExact(text + 16, (long) n, (long) options, text, text + 8, 0L);
            if (code == 0) throw refused(pattern, Mem.i(text), (int) Mem.l(text + 8));
            return new Regex(pattern, code, jit);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Mem.free(text);
        }
    }

    private static PcreException refused(String pattern, int code, int offset) {
        var error = Pcre.errorText(code);
        if (error.length() >= MAX_ERROR) error = error.substring(0, MAX_ERROR - 1);
        var message = "pcre2_compile() failed: " + error + " in \"" + pattern + "\"";
        if (offset < pattern.length()) message += " at \"" + pattern.substring(offset) + "\"";
        return new PcreException(message, error, offset);
    }

    private static void free(long code) {
        try {
            long _ = (long) Pcre.pcre2_code_free.invokeExact(code);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    private long info(int what, int bytes) {
        long at = Mem.alloc(8);
        try {
            int r = (int) (long) Pcre.pcre2_pattern_info.invokeExact(code, (long) what, at);
            if (r < 0) throw new IllegalStateException("pcre2_pattern_info(\"" + pattern + "\", " + what + ") failed: " + r);
            return bytes == 8 ? Mem.l(at) : Mem.i(at);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Mem.free(at);
        }
    }

    private List<Name> readNames() {
        var found = new ArrayList<Name>();
        for (int k = 0; k < nameCount; k++) {
            long entry = nameTable + (long) k * nameEntrySize;
            found.add(new Name(Mem.cstring(entry + 2), (Mem.b(entry) & 0xff) << 8 | Mem.b(entry + 1) & 0xff));
        }
        return List.copyOf(found);
    }

    private int jitCompile() {
        try {
            return (int) (long) Pcre.pcre2_jit_compile.invokeExact(code, (long) Pcre.JIT_COMPLETE);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        }
    }

    public String pattern() {
        return pattern;
    }

    /// The number of groups, named ones included.
    public int captures() {
        return captures;
    }

    /// Named groups, in the order of their names.
    public List<Name> names() {
        return names;
    }

    /// PCRE2's table of names: [#nameCount] entries of [#nameEntrySize] bytes, two for the group's number, high byte first, then
    /// the name and a zero. Valid until the regex is closed.
    public long nameTable() {
        return nameTable;
    }

    public int nameCount() {
        return nameCount;
    }

    public int nameEntrySize() {
        return nameEntrySize;
    }

    /// What JIT compiling answered: 0 done, negative PCRE2's error, 1 not asked for.
    public int jit() {
        return jit;
    }

    /// Whether the subject, a byte string, has a match anywhere.
    public boolean matches(String subject) {
        return match(subject, NO_GROUPS) >= 0;
    }

    public int match(String subject, int[] ovector) {
        return match(subject, 0, 0, ovector);
    }

    /// Looks from byte `start` on; what is before counts for `^` and look-behind.
    public int match(String subject, int start, int options, int[] ovector) {
        var m = MatchData.take();
        try {
            int rc = match(m, m.put(subject), subject.length(), start, options, 0, 0);
            if (rc >= 0) copy(m, ovector);
            return rc;
        } finally {
            m.give();
        }
    }

    /// As [#match(String, int, int, int\[\])], the subject being `n` bytes of memory.
    public int match(long subject, int n, int start, int options, int[] ovector) {
        var m = MatchData.take();
        try {
            int rc = match(m, subject, n, start, options, 0, 0);
            if (rc >= 0) copy(m, ovector);
            return rc;
        } finally {
            m.give();
        }
    }

    /// As [#match(String, int, int, int\[\])], from memory to memory: `ovector` has room for `ints` ints. `matchLimit` bounds
    /// backtracking and `jitStack` (bytes) what JIT code may use; 0 is the default of either.
    public int match(long subject, int n, int start, int options, int matchLimit, long jitStack, long ovector, int ints) {
        var m = MatchData.take();
        try {
            int rc = match(m, subject, n, start, options, matchLimit, jitStack);
            if (rc >= 0) copy(m, 1 + captures, ovector, ints);
            return rc;
        } finally {
            m.give();
        }
    }

    /// With the DFA algorithm: the pairs are the matches that begin at the first possible place, longest first, and the
    /// result is their number, 0 if there was no room for all.
    public int dfaMatch(long subject, int n, int start, int options, int matchLimit, long ovector, int ints) {
        var m = MatchData.take();
        try {
            int pairs = Math.max(1, ints / 2);
            m.ready(pairs - 1, matchLimit, 0);
            int rc = (int) (long) Pcre.Dfa.pcre2_dfa_match.invokeExact(code, subject, (long) n, (long) start, (long) options, m.data,
                    m.context, m.workspace, MatchData.workspaceInts());
            if (rc >= 0) copy(m, rc == 0 ? pairs : rc, ovector, ints);
            return rc;
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            m.give();
            Reference.reachabilityFence(this);
        }
    }

    private int match(MatchData m, long subject, int n, int start, int options, int matchLimit, long jitStack) {
        try {
            m.ready(captures, matchLimit, jitStack);
            return (int) (long) Pcre.pcre2_match.invokeExact(
                    code, subject, (long) n, (long) start, (long) options, m.data, m.context);
        } catch (Throwable t) {
            throw Downcall.unexpected(t);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private void copy(MatchData m, int[] to) {
        int n = Math.min(to.length, 2 * (captures + 1));
        for (int k = 0; k < n; k++) to[k] = (int) Mem.l(m.ovector + 8L * k);
    }

    private static void copy(MatchData m, int pairs, long to, int ints) {
        int n = Math.min(ints, 2 * pairs);
        for (int k = 0; k < n; k++) Mem.i(to + 4L * k, (int) Mem.l(m.ovector + 8L * k));
    }

    /// Gives the memory back at once. No match may run or follow.
    @Override
    public void close() {
        cleanable.clean();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
