package nightjar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One behaviour test of a file in `t/`: a server's configuration, what a client sends, what must come back.
///
/// A block begins with a line `=== title` and goes on with sections, `--- name filters` with text below it or
/// `--- name: text` on one line. Empty lines at a section's end, and what stands before the first block, are not read.
///
/// | section | meaning |
/// |---|---|
/// | `main_config`, `http_config`, `config` | text for the main block, for `http {}`, for `server {}` |
/// | `user_files` | files below `html/`: a line `>>> name`, then its text |
/// | `log_level` | of the error log; `info` if not given |
/// | `must_die` | the server must refuse to start |
/// | `needs` | names of [Service]s that are to run; the block and those on the same server are skipped where one is not installed |
/// | `request` | a request line, headers, an empty line, a body; opens a connection; `HTTP/1.1`, `Host`, `Content-Length` and `Connection: close` are added where they are missing |
/// | `raw_request` | bytes to send; opens a connection. A line ends in CRLF, the last in two, unless it ends in `\`; `\r \n \t \0 \\ \xHH` as in C, `\w` waits 30 ms |
/// | `error_code` | the status; 200 if not given |
/// | `response_headers` | `Name: value`, `Name ~ regex`, or `!Name` for one that must not be there |
/// | `response_body`, `response_body_like`, `response_body_unlike` | the body, or a regex found or not found in it |
/// | `next` | what follows is about the next response on the same connection |
/// | `no_response` | the connection is closed without an answer |
/// | `abort` | the client does not wait for an answer: it closes the connection, 100 ms after it has sent the request |
/// | `closes`, `stays_open` | what the server does with the connection after this response |
/// | `error_log`, `no_error_log` | texts, or `/regex/`, that a line of the log must or must not have |
/// | `nightjar_only` | why this block does not hold for nginx itself |
///
/// Filters: `chop` drops the last newline, `escaped` reads escapes as `raw_request` does. A block with none of the
/// sections that make a server goes to the server of the block above. `%PORT%` is the server's port, `%PREFIX%` its
/// directory, `%NAME_PORT%` and `%NAME_SOCKET%` are those of a service that the server's block needs.
record Block(String file, int line, String title, Map<String, Section> sections, List<Exchange> exchanges) {
    record Section(String name, Set<String> filters, String text, int line) {
        /// The text as the filters leave it.
        String value() {
            String value = filters.contains("escaped") ? Escapes.read(text) : text;
            return filters.contains("chop") && value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
        }

        List<String> lines() {
            return value().lines().filter(l -> !l.isEmpty()).toList();
        }
    }

    /// A connection: what is sent, and what is said about each response in turn.
    record Exchange(Section request, List<Map<String, Section>> responses) {}

    static final Set<String> SERVER = Set.of("main_config", "http_config", "config", "user_files", "log_level", "must_die", "needs");
    private static final Set<String> REQUEST = Set.of("request", "raw_request");
    private static final Set<String> RESPONSE = Set.of("error_code", "response_headers", "response_body", "response_body_like",
            "response_body_unlike", "no_response", "abort", "closes", "stays_open");
    private static final Set<String> WHOLE = Set.of("error_log", "no_error_log", "nightjar_only");
    private static final Set<String> FILTERS = Set.of("chop", "escaped");

    @Nullable String text(String section) {
        var found = sections.get(section);
        return found == null ? null : found.value();
    }

    boolean has(String section) {
        return sections.containsKey(section);
    }

    List<Service> needs() {
        var needs = text("needs");
        return needs == null ? List.of() : Stream.of(needs.strip().split("\\s+")).map(Service::named).toList();
    }

    boolean ownsServer() {
        return sections.keySet().stream().anyMatch(SERVER::contains);
    }

    /// The blocks of a file.
    /// @throws IllegalArgumentException with `file:line` for what is not of the format above
    static List<Block> parse(String file, String text) {
        var blocks = new ArrayList<Block>();
        String[] lines = text.split("\n", -1);
        int at = 0;
        while (at < lines.length && !lines[at].startsWith("===")) at++;
        while (at < lines.length) {
            var block = new Block(file, at + 1, lines[at].substring(3).strip(), new HashMap<>(), new ArrayList<>());
            at++;
            while (at < lines.length && !lines[at].startsWith("===")) {
                int from = at++;
                if (lines[from].startsWith("--- ")) {
                    while (at < lines.length && !lines[at].startsWith("--- ") && !lines[at].startsWith("===")) at++;
                    block.take(section(file, lines, from, at));
                } else if (!lines[from].isBlank()) {
                    throw wrong(file, from + 1, "text outside of a section: " + lines[from]);
                }
            }
            block.check(blocks.isEmpty());
            blocks.add(block);
        }
        return blocks;
    }

    private static Section section(String file, String[] lines, int from, int to) {
        String head = lines[from].substring(4);
        int colon = head.indexOf(':');
        boolean oneLine = colon > 0 && head.substring(0, colon).matches("[a-z_ ]+");
        String[] words = (oneLine ? head.substring(0, colon) : head).strip().split(" +");
        var filters = new LinkedHashSet<>(List.of(words).subList(1, words.length));
        for (var filter : filters) {
            if (!FILTERS.contains(filter)) throw wrong(file, from + 1, "unknown filter \"" + filter + "\"");
        }
        if (oneLine) return new Section(words[0], filters, head.substring(colon + 1).strip(), from + 1);
        while (to > from + 1 && lines[to - 1].isEmpty()) to--;
        var text = new StringBuilder();
        for (int i = from + 1; i < to; i++) text.append(lines[i]).append('\n');
        return new Section(words[0], filters, text.toString(), from + 1);
    }

    private void take(Section section) {
        String name = section.name();
        if (REQUEST.contains(name)) {
            exchanges.add(new Exchange(section, new ArrayList<>(List.of(new HashMap<>()))));
            return;
        }
        if (SERVER.contains(name) || WHOLE.contains(name)) {
            if (sections.put(name, section) != null) throw wrong(file, section.line(), "a second \"" + name + "\"");
            return;
        }
        if (!RESPONSE.contains(name) && !name.equals("next")) throw wrong(file, section.line(), "unknown section \"" + name + "\"");
        if (exchanges.isEmpty()) throw wrong(file, section.line(), "\"" + name + "\" before a request");
        var responses = exchanges.getLast().responses();
        if (name.equals("next")) {
            responses.add(new HashMap<>());
        } else if (responses.getLast().put(name, section) != null) {
            throw wrong(file, section.line(), "a second \"" + name + "\" for this response");
        }
    }

    private void check(boolean first) {
        if (first && !ownsServer()) throw wrong(file, line, "the first block has no server");
        try {
            needs();
        } catch (IllegalArgumentException e) {
            throw wrong(file, line, "needs what is not there: " + e.getMessage());
        }
        if (exchanges.isEmpty() && !has("must_die") && !has("error_log")) throw wrong(file, line, "nothing is tested");
    }

    private static IllegalArgumentException wrong(String file, int line, String what) {
        return new IllegalArgumentException(file + ":" + line + ": " + what);
    }
}
