package nightjar.conf;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The words of a statement, read with nginx's own units and error texts. Words count from 1.
///
/// Values may keep it to complain later: [#fail] names the place where nginx's reader stands while the statement is
/// being handled (behind a block's `}` once its body has been read), afterwards the place where it stood last.
public final class Args {
    private final ConfReader reader;
    private final ConfReader.Body body;
    private final Scope scope;
    private final List<String> words;
    private final String file;
    private final int line;
    private final @Nullable String luaSource;
    private @Nullable Source source;
    private boolean bodyRead;
    private String at;

    Args(ConfReader reader, ConfReader.Body body, Source source, Scope scope, List<String> words, int line, @Nullable String luaSource) {
        this.reader = reader;
        this.body = body;
        this.source = source;
        this.scope = scope;
        this.words = words;
        this.file = source.name;
        this.line = line;
        this.luaSource = luaSource;
        this.at = source.at();
    }

    /// The directive's name; in a raw block the first word.
    public String name() {
        return words.getFirst();
    }

    /// The number of words behind the name.
    public int count() {
        return words.size() - 1;
    }

    public String word(int n) {
        return words.get(n);
    }

    /// The words behind the name.
    public List<String> words() {
        return words.subList(1, words.size());
    }

    /// The block in which the statement stands.
    public Scope scope() {
        return scope;
    }

    /// The file's name as it was opened; empty for the text of `-g`.
    public String file() {
        return file;
    }

    /// The line of the `;` or the `{`, which nginx and the names of Lua chunks give for the statement.
    public int line() {
        return line;
    }

    /// `FILE:LINE`, or `command line`, as [#fail] would say it.
    public String at() {
        return source != null ? source.at() : at;
    }

    /// The body of a Lua block, byte by byte.
    public String luaSource() {
        if (luaSource == null) throw new IllegalStateException("\"" + name() + "\" is not a Lua block");
        return luaSource;
    }

    /// `path` itself if it is absolute, else in the server's prefix (`-p`).
    public String prefixed(String path) {
        return path.startsWith("/") ? path : reader.prefix() + path;
    }

    /// `path` itself if it is absolute, else beside nginx.conf.
    public String confPrefixed(String path) {
        return path.startsWith("/") ? path : reader.confPrefix() + path;
    }

    /// The directory of nginx.conf, with a `/` at its end.
    public String confPrefix() {
        return reader.confPrefix();
    }

    // Values

    public boolean flag(int n) {
        if (Units.equalsIgnoreCase(word(n), "on")) return true;
        if (Units.equalsIgnoreCase(word(n), "off")) return false;
        throw fail("invalid value \"" + word(n) + "\" in \"" + name() + "\" directive, it must be \"on\" or \"off\"");
    }

    /// A whole number, 0 or more.
    public int number(int n) {
        long value = Units.number(word(n));
        if (value < 0 || value > Integer.MAX_VALUE) throw wrong("invalid number");
        return (int) value;
    }

    /// A whole number, `min` or more.
    public int number(int n, int min) {
        int value = number(n);
        if (value < min) throw fail("value must be equal to or greater than " + min);
        return value;
    }

    /// A whole number, `min` to `max`.
    public int intIn(int n, int min, int max) {
        int value = number(n);
        if (value < min || value > max) throw fail("value must be between " + min + " and " + max);
        return value;
    }

    /// Bytes, with `k` or `m`.
    public long size(int n) {
        return good(Units.size(word(n)));
    }

    /// Bytes, with `k`, `m` or `g`.
    public long offset(int n) {
        return good(Units.offset(word(n)));
    }

    /// A time in milliseconds.
    public long msec(int n) {
        return good(Units.time(word(n), false));
    }

    /// A time in seconds.
    public long sec(int n) {
        return good(Units.time(word(n), true));
    }

    private long good(long value) {
        if (value < 0) throw wrong("invalid value");
        return value;
    }

    /// The constant that the word names in lower case.
    public <E extends Enum<E>> E oneOf(int n, Class<E> type) {
        for (E e : type.getEnumConstants()) {
            if (Units.equalsIgnoreCase(e.name(), word(n))) return e;
        }
        throw fail("invalid value \"" + word(n) + "\"");
    }

    /// The value of the word, which is compared without regard to case.
    public <V> V oneOf(int n, Map<String, V> values) {
        for (var e : values.entrySet()) {
            if (Units.equalsIgnoreCase(e.getKey(), word(n))) return e.getValue();
        }
        throw fail("invalid value \"" + word(n) + "\"");
    }

    /// The constants that the words from `n` on name; one that comes twice is warned of.
    public <E extends Enum<E>> Set<E> anyOf(int n, Class<E> type) {
        var set = EnumSet.noneOf(type);
        for (int i = n; i <= count(); i++) {
            if (!set.add(oneOf(i, type))) warn("duplicate value \"" + word(i) + "\"");
        }
        return set;
    }

    /// The value of `name=` among the words from `n` on; fails when absent.
    public String param(int n, String name) {
        String value = paramOrNull(n, name);
        if (value == null) throw fail("\"" + name() + "\" must have \"" + name + "\" parameter");
        return value;
    }

    /// The value of `name=` among the words from `n` on; `null` when absent.
    public @Nullable String paramOrNull(int n, String name) {
        for (int i = n; i <= count(); i++) {
            if (word(i).startsWith(name + "=")) return word(i).substring(name.length() + 1);
        }
        return null;
    }

    // Bodies

    /// Makes a block of this kind in [#scope] and reads the body into it.
    public Scope readBlock(Context kind) {
        return readBlock(scope.child(kind));
    }

    /// Reads the body's directives into `child`.
    public Scope readBlock(Scope child) {
        child.at(at());
        reader.readBody(takeBody(), reader.directivesOf(child));
        return child;
    }

    /// Reads the body as plain lines, each handed over as soon as it is read; `include FILE;` is followed.
    public void readLines(Consumer<Args> eachLine) {
        reader.readBody(takeBody(), reader.lines(scope, eachLine, true));
    }

    /// As [#readLines], for a block that knows no `include`.
    public void readLinesOnly(Consumer<Args> eachLine) {
        reader.readBody(takeBody(), reader.lines(scope, eachLine, false));
    }

    private Source takeBody() {
        if (source == null || bodyRead) throw new IllegalStateException("\"" + name() + "\" has no body to read");
        bodyRead = true;
        return source;
    }

    boolean bodyRead() {
        return bodyRead;
    }

    ConfReader.Body body() {
        return body;
    }

    /// The statement has been handled.
    void done() {
        at = at();
        source = null;
    }

    // Complaints

    /// `MESSAGE in FILE:LINE`.
    public ConfException fail(String message) {
        return new ConfException(Source.message(message, at()));
    }

    /// `"NAME" directive PROBLEM in FILE:LINE`, such as `is duplicate` and `invalid value`.
    public ConfException wrong(String problem) {
        return fail("\"" + name() + "\" directive " + problem);
    }

    /// Tells of what is odd but can be used.
    public void warn(String message) {
        reader.warn(Source.message(message, at()));
    }

    /// As [#warn], without the place.
    public void warnOfNoLine(String message) {
        reader.warn(message);
    }
}
