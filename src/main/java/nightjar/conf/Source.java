package nightjar.conf;

/// A text being read, and the place where its reader stands.
final class Source {
    /// The file's name as it was opened; empty for the text of `-g`.
    final String name;
    final String text;
    final boolean commandLine;
    int pos;
    int line;

    private Source(String name, String text, boolean commandLine) {
        this.name = name;
        this.text = text;
        this.commandLine = commandLine;
        this.line = commandLine ? 0 : 1;
    }

    static Source file(String name, String text) {
        return new Source(name, text, false);
    }

    static Source commandLine(String text) {
        return new Source("", text, true);
    }

    boolean ended() {
        return pos == text.length();
    }

    char take() {
        char c = text.charAt(pos++);
        if (c == '\n') line++;
        return c;
    }

    void advanceTo(int end) {
        while (pos < end) take();
    }

    /// `FILE:LINE` where the reader stands.
    String at() {
        return at(line);
    }

    String at(int someLine) {
        return commandLine ? "command line" : name + ":" + someLine;
    }

    ConfException fail(String message) {
        return failAt(line, message);
    }

    ConfException failAt(int someLine, String message) {
        return new ConfException(message(message, at(someLine)));
    }

    /// nginx cuts a message to 1024 bytes before it says where.
    static String message(String message, String at) {
        return (message.length() > 1024 ? message.substring(0, 1024) : message) + " in " + at;
    }
}
