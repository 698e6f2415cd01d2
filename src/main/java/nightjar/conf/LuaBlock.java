package nightjar.conf;

/// Finds the end of a `*_by_lua_block`'s body by Lua's rules for strings, long brackets and comments.
///
/// Source: ngx_http_lua_conf_lua_block_parse() of ngx_http_lua_directive.c. A long bracket must close within 4096
/// bytes, as there; Unlike ngx_lua, nothing else is bound to the size of a buffer, and a string may go on in the next
/// line behind a backslash or `\z`.
final class LuaBlock {
    private static final int LONG_BRACKET_MAX = 4096;

    private final Source source;
    private final String text;

    private LuaBlock(Source source) {
        this.source = source;
        this.text = source.text;
    }

    /// Reads from behind the opening brace to behind the closing one.
    /// @return the text between them
    static String read(Source source) {
        return new LuaBlock(source).read();
    }

    private String read() {
        int begin = source.pos;
        int depth = 1;
        int openLine = source.line;
        while (!source.ended()) {
            int token = source.pos;
            switch (source.take()) {
                case '{' -> {
                    depth++;
                    openLine = source.line;
                }
                case '}' -> {
                    if (--depth == 0) return text.substring(begin, token);
                }
                case '"', '\'' -> source.advanceTo(stringEnd(token));
                case '[' -> skipLongBracket(token, token);
                case '-' -> {
                    if (text.startsWith("-", source.pos)) skipComment(token);
                }
                default -> { }
            }
        }
        throw source.failAt(openLine, "unexpected end of file, expecting terminating characters for lua code block");
    }

    /// Behind the closing quote, or behind the opening one if the string does not close in its line.
    private int stringEnd(int open) {
        char quote = text.charAt(open);
        for (int i = open + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) return i + 1;
            if (c == '\n') break;
            if (c == '\\') i = escapeEnd(i) - 1;
        }
        return open + 1;
    }

    private int escapeEnd(int backslash) {
        int i = backslash + 2;
        if (!text.startsWith("z", backslash + 1)) return text.startsWith("\r\n", backslash + 1) ? i + 1 : i;
        while (i < text.length() && " \t\r\n\f\u000b".indexOf(text.charAt(i)) >= 0) i++;
        return i;
    }

    private void skipComment(int dashes) {
        if (skipLongBracket(dashes, dashes + 2)) return;
        int lineEnd = text.indexOf('\n', dashes);
        source.advanceTo(lineEnd < 0 ? text.length() : lineEnd);
    }

    /// Skips `[[…]]`, `[=[…]=]` … at `bracket`.
    /// @param token where the bracket, or the comment that it makes, begins
    /// @return whether there is one
    private boolean skipLongBracket(int token, int bracket) {
        if (!text.startsWith("[", bracket)) return false;
        int i = bracket + 1;
        while (text.startsWith("=", i)) i++;
        if (!text.startsWith("[", i)) return false;
        String close = "]" + text.substring(bracket + 1, i) + "]";
        int end = text.indexOf(close, i + 1);
        if (end < 0 || end + close.length() - token > LONG_BRACKET_MAX) {
            throw source.fail("Lua code block missing the closing long bracket \"" + close
                    + "\", the inlined Lua code may be too long");
        }
        source.advanceTo(end + close.length());
        return true;
    }
}
