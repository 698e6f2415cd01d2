package nightjar.conf;

import java.util.ArrayList;
import java.util.List;

/// Cuts a text into statements: words, quotes, escapes, `${…}` and comments.
///
/// Source: ngx_conf_read_token() of ngx_conf_file.c. A word longer than nginx's buffer is an error here too, since it
/// mostly is a forgotten quote. Unlike nginx, a comment may be of any length.
final class StatementReader {
    private static final int WORD_MAX = 4096;
    private static final int END = -1;

    private final Source source;
    private final List<String> words = new ArrayList<>();
    /// Where the present word begins (behind its quote), and on which line.
    private int mark;
    private int markLine;

    private StatementReader(Source source) {
        this.source = source;
    }

    static Statement next(Source source) {
        var reader = new StatementReader(source);
        var end = reader.read();
        return new Statement(List.copyOf(reader.words), end);
    }

    private Statement.End read() {
        while (true) {
            int c = firstOfWord();
            switch (c) {
                case END -> {
                    if (!words.isEmpty()) throw unexpectedEnd();
                    return Statement.End.TEXT;
                }
                case ';', '{' -> {
                    if (words.isEmpty()) throw unexpected(c);
                    return end(c);
                }
                case '}' -> {
                    if (!words.isEmpty()) throw unexpected(c);
                    return Statement.End.CLOSE;
                }
                case '"', '\'' -> {
                    mark++;
                    quoted(c);
                    c = behindQuote();
                    if (c == ')') c = bare(c);
                }
                default -> c = bare(c);
            }
            if (c == ';' || c == '{') return end(c);
        }
    }

    /// Skips blanks and comments.
    private int firstOfWord() {
        boolean comment = false;
        while (!source.ended()) {
            char c = source.take();
            mark = source.pos - 1;
            markLine = source.line;
            if (c == '\n') comment = false;
            else if (c == '#') comment = true;
            if (!comment && !blank(c)) return c;
        }
        return END;
    }

    private void quoted(int quote) {
        int c;
        while ((c = next(quote)) != quote) {
            if (c == '\\') next(quote);
        }
        addWord();
    }

    /// What follows a closing quote: a blank, `;`, `{`, or `)`, which begins the next word.
    private int behindQuote() {
        char c = next(END);
        if (c == ')') {
            mark = source.pos - 1;
            markLine = source.line;
        } else if (!blank(c) && c != ';' && c != '{') {
            throw unexpected(c);
        }
        return c;
    }

    /// Reads on from a word's first char `c`.
    /// @return the char that ended the word
    private int bare(int c) {
        boolean dollar = false;
        while (c == '{' && dollar || !ends(c)) {
            dollar = c == '$' || c == '{' && dollar;
            if (c == '\\') next(END);
            c = next(END);
        }
        addWord();
        return c;
    }

    private char next(int quote) {
        if (source.ended()) throw unexpectedEnd();
        if (source.pos - mark >= WORD_MAX && !source.commandLine) throw tooLong(quote);
        return source.take();
    }

    private void addWord() {
        words.add(unescape(source.text.substring(mark, source.pos - 1)));
    }

    private static String unescape(String word) {
        if (word.indexOf('\\') < 0) return word;
        var out = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            char escaped = c == '\\' && i + 1 < word.length() ? word.charAt(i + 1) : 0;
            switch (escaped) {
                case '"', '\'', '\\' -> out.append(escaped);
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                default -> {
                    out.append(c);
                    continue;
                }
            }
            i++;
        }
        return out.toString();
    }

    private static boolean blank(int c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean ends(int c) {
        return blank(c) || c == ';' || c == '{';
    }

    private static Statement.End end(int c) {
        return c == '{' ? Statement.End.OPEN : Statement.End.SEMICOLON;
    }

    private ConfException unexpected(int c) {
        return source.fail("unexpected \"" + (char) c + "\"");
    }

    private ConfException unexpectedEnd() {
        return source.fail(source.commandLine
                ? "unexpected end of parameter, expecting \";\""
                : "unexpected end of file, expecting \";\" or \"}\"");
    }

    private ConfException tooLong(int quote) {
        return source.failAt(markLine, quote == END
                ? "too long parameter \"" + source.text.substring(mark, mark + 10) + "...\" started"
                : "too long parameter, probably missing terminating \"" + (char) quote + "\" character");
    }
}
