package nightjar.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import org.jspecify.annotations.Nullable;

/// A request head: its line, its header lines in order and what they say about framing and connection.
///
/// A line is four offsets into the raw bytes (name from, name to, value from, value to) until something changes
/// it; Strings are made when asked for and kept. The raw bytes stay where they are until the owner moves them and
/// says so with `rebase`; then nothing here needs to be read again. The same object holds the parser's state
/// while a head arrives in pieces. Reused by `reset`.
public final class HeadersIn {
    public static final int CONNECTION_UNSET = 0;
    public static final int CONNECTION_CLOSE = 1;
    public static final int CONNECTION_KEEP_ALIVE = 2;

    private static final int FIRST_LINES = 16;

    /// The request line of the same head.
    public final RequestLine line = new RequestLine();

    long base;
    HeadRules rules = HeadRules.DEFAULT;

    // the parser's state between two pieces
    int state;
    int at;
    int nameStart = -1;
    int nameEnd;
    int valueStart;
    int hash;
    boolean invalidName;
    int bufferEnd;
    int largeUsed;
    /// What an error speaks of: a range of bytes, or two header lines.
    int errorFrom;
    int errorTo;

    private int count;
    private int[] offsets;
    private int[] hashes;
    private byte[] known;
    private @Nullable String[] names;
    private @Nullable String[] values;
    /// For each known header one more than its first line's number; 0 when it is missing.
    private int[] first;
    /// The arrays may be those of a copy as well: who changes a line takes its own first. Strings that are made
    /// of raw bytes are the same for both.
    private boolean shared;

    int headEnd;
    int serverStart = -1;
    int serverLength;
    int serverPort;
    private @Nullable String server;
    long contentLength = -1;
    boolean chunked;
    int connectionType;
    private int userAgent = -1;

    public HeadersIn() {
        allocate();
    }

    private HeadersIn(HeadersIn from) {
        line.copyFrom(from.line);
        base = from.base;
        rules = from.rules;
        headEnd = from.headEnd;
        count = from.count;
        offsets = from.offsets;
        hashes = from.hashes;
        known = from.known;
        names = from.names;
        values = from.values;
        first = from.first;
        shared = from.shared = true;
        serverStart = from.serverStart;
        serverLength = from.serverLength;
        serverPort = from.serverPort;
        server = from.server;
        contentLength = from.contentLength;
        chunked = from.chunked;
        connectionType = from.connectionType;
        userAgent = from.userAgent;
    }

    private void allocate() {
        offsets = new int[FIRST_LINES * 4];
        hashes = new int[FIRST_LINES];
        known = new byte[FIRST_LINES];
        names = new String[FIRST_LINES];
        values = new String[FIRST_LINES];
        first = new int[KnownHeader.COUNT];
    }

    private void unshare() {
        if (!shared) {
            return;
        }
        shared = false;
        offsets = offsets.clone();
        hashes = hashes.clone();
        known = known.clone();
        names = names.clone();
        values = values.clone();
        first = first.clone();
    }

    /// Leaves no line; a copy keeps its own.
    private void removeAll() {
        if (shared) {
            shared = false;
            allocate();
        } else {
            Arrays.fill(names, 0, count, null);
            Arrays.fill(values, 0, count, null);
            Arrays.fill(first, 0);
        }
        count = 0;
    }

    /// Makes this ready for the next head.
    public void reset() {
        line.reset();
        rules = HeadRules.DEFAULT;
        state = at = hash = bufferEnd = largeUsed = headEnd = 0;
        nameStart = -1;
        invalidName = chunked = false;
        removeAll();
        serverStart = -1;
        serverLength = serverPort = 0;
        server = null;
        contentLength = -1;
        connectionType = CONNECTION_UNSET;
        userAgent = -1;
    }

    /// Says that the head's bytes are at `newBase` now: they were copied because the request outlives the read
    /// buffer, or because more of the head has to follow them.
    public void rebase(long newBase) {
        base = newBase;
        line.base = newBase;
    }

    /// A head of its own with the same line and header lines, over the same raw bytes: for a subrequest.
    public HeadersIn copy() {
        return new HeadersIn(this);
    }

    // ---- the list

    /// How many header lines there are.
    public int count() {
        return count;
    }

    /// The name of line `i`, spelt as it was sent.
    public String name(int i) {
        String name = names[i];
        if (name == null) {
            int from = offsets[4 * i];
            name = names[i] = Mem.string(base + from, offsets[4 * i + 1] - from);
        }
        return name;
    }

    /// The value of line `i`, without the spaces around it.
    public String value(int i) {
        String value = values[i];
        if (value == null) {
            int from = offsets[4 * i + 2];
            value = values[i] = Mem.string(base + from, offsets[4 * i + 3] - from);
        }
        return value;
    }

    /// Where the raw bytes of line `i`'s name are; 0 when the name is not the client's.
    public long nameAddress(int i) {
        return offsets[4 * i] < 0 ? 0 : base + offsets[4 * i];
    }

    /// Where the raw bytes of line `i`'s value are; 0 when the value is not the client's.
    public long valueAddress(int i) {
        return offsets[4 * i + 2] < 0 ? 0 : base + offsets[4 * i + 2];
    }

    public int valueLength(int i) {
        return offsets[4 * i + 2] < 0 ? values[i].length() : offsets[4 * i + 3] - offsets[4 * i + 2];
    }

    /// The number of the first line of a known header; -1 when it is missing.
    public int index(int knownHeader) {
        return first[knownHeader] - 1;
    }

    /// The first value of a known header (`KnownHeader.HOST` …).
    public @Nullable String known(int knownHeader) {
        int i = first[knownHeader] - 1;
        return i < 0 ? null : value(i);
    }

    public boolean has(int knownHeader) {
        return first[knownHeader] != 0;
    }

    /// The first value under a lower-case name.
    public @Nullable String get(String lowerName) {
        int i = find(lowerName, 0);
        return i < 0 ? null : value(i);
    }

    /// The last value under a lower-case name.
    public @Nullable String last(String lowerName) {
        int last = -1;
        for (int i = find(lowerName, 0); i >= 0; i = find(lowerName, i + 1)) {
            last = i;
        }
        return last < 0 ? null : value(last);
    }

    /// All values under a lower-case name, in order.
    public List<String> all(String lowerName) {
        var all = new ArrayList<String>(2);
        for (int i = find(lowerName, 0); i >= 0; i = find(lowerName, i + 1)) {
            all.add(value(i));
        }
        return all;
    }

    /// All values under a lower-case name as one, as nginx's variables give them: joined by `, `, cookies by `; `.
    public @Nullable String joined(String lowerName) {
        int i = find(lowerName, 0);
        if (i < 0) {
            return null;
        }
        int next = find(lowerName, i + 1);
        if (next < 0) {
            return value(i);
        }
        String separator = lowerName.equals("cookie") ? "; " : ", ";
        var all = new StringBuilder(value(i));
        for (; next >= 0; next = find(lowerName, next + 1)) {
            all.append(separator).append(value(next));
        }
        return all.toString();
    }

    /// The value of the variable `$http_NAME`, given NAME: lower case, with `_` where the header has `-`.
    public @Nullable String variable(String underscoredName) {
        if (underscoredName.indexOf('_') < 0) {
            return joined(underscoredName);
        }
        StringBuilder all = null;
        String one = null;
        for (int i = 0; i < count; i++) {
            if (nameLength(i) != underscoredName.length() || !sameUnderscored(i, underscoredName, 0)) {
                continue;
            }
            if (one == null) {
                one = value(i);
            } else {
                all = all == null ? new StringBuilder(one) : all;
                all.append(", ").append(value(i));
            }
        }
        return all == null ? one : all.toString();
    }

    /// The number of the first line from `from` on whose name is `lowerName`; -1 when there is none.
    public int find(String lowerName, int from) {
        int wanted = lowerName.hashCode();
        for (int i = from; i < count; i++) {
            if (hashes[i] == wanted && sameName(i, lowerName)) {
                return i;
            }
        }
        return -1;
    }

    private boolean sameName(int i, String lowerName) {
        String name = names[i];
        if (name != null) {
            return Bytes.equalsIgnoreCase(name, lowerName);
        }
        return nameLength(i) == lowerName.length() && KnownHeader.same(base + offsets[4 * i], lowerName);
    }

    public int nameLength(int i) {
        String name = names[i];
        return name != null ? name.length() : offsets[4 * i + 1] - offsets[4 * i];
    }

    /// The number of the only line that the variable `$http_NAME` speaks of; -1 when there is none, -2 when there are more.
    ///
    /// @param skipped where NAME begins in `variable`
    public int onlyLine(String variable, int skipped) {
        int length = variable.length() - skipped;
        int found = -1;
        for (int i = 0; i < count; i++) {
            if (nameLength(i) == length && sameUnderscored(i, variable, skipped)) {
                if (found >= 0) {
                    return -2;
                }
                found = i;
            }
        }
        return found;
    }

    private boolean sameUnderscored(int i, String underscored, int skipped) {
        String name = names[i];
        for (int j = 0; j < underscored.length() - skipped; j++) {
            int c = Bytes.lower(name != null ? name.charAt(j) : Mem.b(base + offsets[4 * i] + j) & 0xff);
            if ((c == '-' ? '_' : c) != underscored.charAt(skipped + j)) {
                return false;
            }
        }
        return true;
    }

    /// The value of raw line `i` as a decimal number; -1 when it is not one.
    long number(int i) {
        int from = offsets[4 * i + 2];
        return Bytes.parseLong(base + from, offsets[4 * i + 3] - from);
    }

    /// Where the value of line `i` stands in the raw head; 0 when it was changed since.
    public long rawValue(int i) {
        return values[i] != null ? 0 : base + offsets[4 * i + 2];
    }

    /// The length of what [#rawValue] points to.
    public int rawValueLength(int i) {
        return offsets[4 * i + 3] - offsets[4 * i + 2];
    }

    /// Whether the value of raw line `i` is `lower` in any case.
    boolean valueIs(int i, String lower) {
        int from = offsets[4 * i + 2];
        return Bytes.equalsIgnoreCase(base + from, offsets[4 * i + 3] - from, lower);
    }

    // ---- changes, as Lua's ngx.req.set_header makes them

    /// Gives a header one value, replacing what is there; an empty value removes it.
    /// Unlike a generic header, one that nginx keeps a single pointer to has only its first line overwritten.
    ///
    /// @return false when the value is not good for Host or Content-Length; nothing has changed then
    public boolean set(String name, String value) {
        String lower = Bytes.lower(name);
        int id = KnownHeader.of(lower);
        if (!derive(id, value)) {
            return false;
        }
        if (value.isEmpty()) {
            removeLines(lower, 0);
            return true;
        }
        int i = find(lower, 0);
        if (i < 0) {
            append(name, lower, value, id);
            return true;
        }
        unshare();
        values[i] = value;
        offsets[4 * i + 2] = -1;
        if (!KnownHeader.singleInLua(id)) {
            removeLines(lower, i + 1);
        }
        return true;
    }

    /// Adds a line; a header that has only one value for ngx_lua is overwritten instead.
    ///
    /// @return false when the value is not good for Host or Content-Length
    public boolean add(String name, String value) {
        String lower = Bytes.lower(name);
        int id = KnownHeader.of(lower);
        if (KnownHeader.singleInLua(id) && has(id)) {
            return set(name, value);
        }
        if (!derive(id, value)) {
            return false;
        }
        append(name, lower, value, id);
        return true;
    }

    /// Removes every line with this name, in any case.
    public void remove(String name) {
        set(name, "");
    }

    /// Removes all lines, and with them what they said.
    public void clear() {
        removeAll();
        contentLength = -1;
        connectionType = CONNECTION_UNSET;
        userAgent = -1;
    }

    private boolean derive(int id, String value) {
        switch (id) {
            case KnownHeader.HOST -> {
                String host = HostName.ofLua(value);
                if (host == null) {
                    return false;
                }
                server = host;
            }
            case KnownHeader.CONTENT_LENGTH -> {
                long length = value.isEmpty() ? -1 : Bytes.parseLong(value);
                if (length < 0 && !value.isEmpty()) {
                    return false;
                }
                contentLength = length;
            }
            case KnownHeader.CONNECTION -> connectionType = connectionType(value);
            case KnownHeader.USER_AGENT -> userAgent = -1;
            default -> {}
        }
        return true;
    }

    private void append(String name, String lower, String value, int id) {
        int i = add(-1, -1, -1, -1, lower.hashCode(), id);
        names[i] = name;
        values[i] = value;
    }

    /// A line of the raw head; its number.
    int add(int nameFrom, int nameTo, int valueFrom, int valueTo, int nameHash, int id) {
        unshare();
        int i = count;
        if (i == hashes.length) {
            grow();
        }
        offsets[4 * i] = nameFrom;
        offsets[4 * i + 1] = nameTo;
        offsets[4 * i + 2] = valueFrom;
        offsets[4 * i + 3] = valueTo;
        hashes[i] = nameHash;
        known[i] = (byte) id;
        count = i + 1;
        if (first[id] == 0 && id != 0) {
            first[id] = count;
        }
        return i;
    }

    private void removeLines(String lower, int from) {
        if (find(lower, from) < 0) {
            return;
        }
        unshare();
        int to = from;
        for (int i = from; i < count; i++) {
            if (hashes[i] == lower.hashCode() && sameName(i, lower)) {
                continue;
            }
            if (to != i) {
                System.arraycopy(offsets, 4 * i, offsets, 4 * to, 4);
                hashes[to] = hashes[i];
                known[to] = known[i];
                names[to] = names[i];
                values[to] = values[i];
            }
            to++;
        }
        Arrays.fill(names, to, count, null);
        Arrays.fill(values, to, count, null);
        count = to;
        Arrays.fill(first, 0);
        for (int i = count - 1; i >= 0; i--) {
            first[known[i]] = i + 1;
        }
        first[0] = 0;
    }

    private void grow() {
        int size = hashes.length * 2;
        offsets = Arrays.copyOf(offsets, size * 4);
        hashes = Arrays.copyOf(hashes, size);
        known = Arrays.copyOf(known, size);
        names = Arrays.copyOf(names, size);
        values = Arrays.copyOf(values, size);
    }

    // ---- what the head says

    /// The rules in force: of the server that the head named, so far as it has.
    public HeadRules rules() {
        return rules;
    }

    /// The name of the server wanted: of an absolute request target, else of Host; lower case, without port and
    /// final dot. `""` when there is none.
    public String server() {
        if (server == null) {
            server = serverStart < 0 ? "" : Bytes.lower(Mem.string(base + serverStart, serverLength));
        }
        return server;
    }

    /// The port that came with `server()`; 0 for none.
    public int serverPort() {
        return serverPort;
    }

    /// The body's length in bytes; -1 when no Content-Length says it.
    public long contentLength() {
        return contentLength;
    }

    /// Body framing found out by other means: a body that Lua set, or a chunked one read to its end.
    public void contentLength(long bytes) {
        contentLength = bytes;
    }

    public boolean chunked() {
        return chunked;
    }

    public void chunked(boolean on) {
        chunked = on;
    }

    /// `CONNECTION_CLOSE`, `CONNECTION_KEEP_ALIVE` or `CONNECTION_UNSET`: the word found in Connection.
    public int connectionType() {
        return connectionType;
    }

    /// Whether the client wants the connection kept: by default in HTTP/1.1, on demand in 1.0.
    public boolean keepAlive() {
        return switch (connectionType) {
            case CONNECTION_CLOSE -> false;
            case CONNECTION_KEEP_ALIVE -> line.version() >= 1000;
            default -> line.version() > 1000;
        };
    }

    /// The seconds in Keep-Alive; -1 when it is missing or not a number.
    public int keepAliveSeconds() {
        String value = connectionType == CONNECTION_KEEP_ALIVE ? known(KnownHeader.KEEP_ALIVE) : null;
        return value == null ? -1 : Bytes.parseInt(value);
    }

    public boolean msie() {
        return browser(UserAgent.MSIE);
    }

    public boolean msie6() {
        return browser(UserAgent.MSIE6);
    }

    public boolean opera() {
        return browser(UserAgent.OPERA);
    }

    public boolean gecko() {
        return browser(UserAgent.GECKO);
    }

    public boolean chrome() {
        return browser(UserAgent.CHROME);
    }

    public boolean safari() {
        return browser(UserAgent.SAFARI);
    }

    public boolean konqueror() {
        return browser(UserAgent.KONQUEROR);
    }

    private boolean browser(int flag) {
        if (userAgent < 0) {
            userAgent = UserAgent.of(known(KnownHeader.USER_AGENT));
        }
        return (userAgent & flag) != 0;
    }

    /// The word that counts in Connection's value; `close` before `keep-alive`.
    static int connectionType(String value) {
        return Bytes.indexOfIgnoreCase(value, "close", 0) >= 0 ? CONNECTION_CLOSE
                : Bytes.indexOfIgnoreCase(value, "keep-alive", 0) >= 0 ? CONNECTION_KEEP_ALIVE : CONNECTION_UNSET;
    }

    // ---- the raw bytes

    /// The address of the head's first byte; empty lines before the request line count.
    public long rawAddress() {
        return base;
    }

    /// Whether nothing has come yet but line ends: the owner may drop those bytes and `reset`.
    public boolean blank() {
        return line.untouched();
    }

    /// The head's length in bytes, to the end of the empty line; 0 while it is not complete.
    public int rawLength() {
        return headEnd;
    }

    /// The head as it was sent, with or without its first line: Lua's `ngx.req.raw_header`.
    public String rawHead(boolean withLine) {
        int from = withLine ? line.start : line.after;
        return headEnd <= from ? "" : Mem.string(base + from, headEnd - from);
    }

    /// How far into the head its text begins, with or without its first line.
    public int rawStart(boolean withLine) {
        return withLine ? line.start : line.after;
    }

    /// Bytes in the request line and the header lines: where `$request_length` starts.
    public int requestLength() {
        return headEnd - line.start;
    }
}
