package nightjar;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// nginx's command line, as given; the accessors below add nginx's defaults and make the paths full.
/// `-v`, `-V`, `-h` and `-?` are taken and ignored: `bin/nightjar` has answered them.
///
/// @param words     all of it, without the program's name
/// @param prefix    `-p`, or null
/// @param conf      `-c`, or null
/// @param errorLog  `-e`, or null; the word `stderr` means standard error
/// @param globals   `-g`, or null: directives of the main context
/// @param test      `-t` or `-T`
/// @param dump      `-T`
/// @param quiet     `-q`
/// @param signal    `-s`, or null
record CommandLine(
        List<String> words,
        @Nullable String prefix,
        @Nullable String conf,
        @Nullable String errorLog,
        @Nullable String globals,
        boolean test,
        boolean dump,
        boolean quiet,
        @Nullable Order signal) {

    /// What `-s` asks of the running server.
    enum Order {
        STOP("stop", 15),
        QUIT("quit", 3),
        REOPEN("reopen", 10),
        RELOAD("reload", 1);

        /// The word after `-s`.
        final String word;
        /// The number of the signal that carries the order.
        final int number;

        Order(String word, int number) {
            this.word = word;
            this.number = number;
        }

        static Order of(String word) {
            for (Order order : values()) {
                if (order.word.equals(word)) return order;
            }
            throw new Invalid("invalid option: \"-s " + word + "\"");
        }
    }

    /// A command line that nginx refuses, in nginx's words without the leading `nginx: `.
    static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Invalid(String message) {
            super(message);
        }
    }

    /// Reads options as nginx does: letters may be joined (`-tq`), and the value of `-p -e -c -g -s` is the rest of
    /// its word or else the next word.
    ///
    /// @throws Invalid at the first word that is no option
    static CommandLine parse(List<String> words) {
        return new Parser(words).parse();
    }

    private static final class Parser {
        private final List<String> words;
        private int word;
        private @Nullable String prefix;
        private @Nullable String conf;
        private @Nullable String errorLog;
        private @Nullable String globals;
        private boolean test;
        private boolean dump;
        private boolean quiet;
        private @Nullable Order signal;

        Parser(List<String> words) {
            this.words = words;
        }

        CommandLine parse() {
            for (; word < words.size(); word++) {
                String text = words.get(word);
                if (!text.startsWith("-")) throw new Invalid("invalid option: \"" + text + "\"");
                letters(text);
            }
            return new CommandLine(words, prefix, conf, errorLog, globals, test, dump, quiet, signal);
        }

        private void letters(String text) {
            for (int i = 1; i < text.length(); i++) {
                switch (text.charAt(i)) {
                    case '?', 'h', 'v', 'V' -> { }
                    case 't' -> test = true;
                    case 'T' -> { test = true; dump = true; }
                    case 'q' -> quiet = true;
                    case 'p' -> { prefix = value(text, i, "directory name"); return; }
                    case 'e' -> { errorLog = value(text, i, "file name"); return; }
                    case 'c' -> { conf = value(text, i, "file name"); return; }
                    case 'g' -> { globals = value(text, i, "parameter"); return; }
                    case 's' -> { signal = Order.of(value(text, i, "parameter")); return; }
                    default -> throw new Invalid("invalid option: \"" + text.charAt(i) + "\"");
                }
            }
        }

        private String value(String text, int letter, String what) {
            if (letter + 1 < text.length()) return text.substring(letter + 1);
            if (++word < words.size()) return words.get(word);
            throw new Invalid("option \"-" + text.charAt(letter) + "\" requires " + what);
        }
    }

    /// The directory that relative paths start from, with a slash at its end.
    ///
    /// @param home where Nightjar is installed: the prefix when there is no `-p`
    String prefixOr(String home) {
        String dir = prefix == null ? home : prefix;
        return dir.isEmpty() || dir.endsWith("/") ? dir : dir + "/";
    }

    /// The main configuration file.
    String confPath(String home) {
        return full(prefixOr(home), conf == null ? "conf/nginx.conf" : conf);
    }

    /// The directory of the main configuration file, with a slash at its end: `include` starts from here.
    String confDir(String home) {
        String path = confPath(home);
        int slash = path.lastIndexOf('/');
        return slash > 0 ? path.substring(0, slash + 1) : prefixOr(home);
    }

    /// The log in use until the configuration names one; null is standard error.
    @Nullable String errorLogPath(String home) {
        if (errorLog == null) return full(prefixOr(home), "logs/error.log");
        return errorLog.isEmpty() || errorLog.equals("stderr") ? null : full(prefixOr(home), errorLog);
    }

    private static String full(String prefix, String path) {
        return path.startsWith("/") ? path : prefix + path;
    }
}
