package nightjar.http.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.core.Mem;

/// What a memcached server answers, in its text protocol. The line before a value is its head; all other answers are the
/// body of a response, with a status that stands for them.
/// Source: ngx_http_memc_response.rl.
public final class MemcachedHead extends ResponseHead {
    private static final byte[] END = Bytes.of("\r\nEND\r\n");
    private static final String VALUE = "VALUE ";
    private static final int OK = 200, STORED = 201, NOT_FOUND = 404, FAILED = 502;

    /// What may follow the text that an answer begins with.
    private enum Rest { NOTHING, TEXT, DIGITS, LINES }

    /// One of the answers to a command; it ends with a line's end.
    private record Answer(String start, Rest rest, int status) {}

    private static final Answer MISSING = new Answer("NOT_FOUND", Rest.NOTHING, NOT_FOUND);
    private static final List<Answer> ERRORS = List.of(new Answer("ERROR", Rest.NOTHING, FAILED),
            new Answer("CLIENT_ERROR ", Rest.TEXT, FAILED), new Answer("SERVER_ERROR ", Rest.TEXT, FAILED));

    /// What a command is answered with.
    public enum Kind {
        VALUE(),
        STORAGE(new Answer("STORED", Rest.NOTHING, MemcachedHead.STORED), new Answer("NOT_STORED", Rest.NOTHING, MemcachedHead.OK),
                new Answer("EXISTS", Rest.NOTHING, MemcachedHead.OK), MISSING),
        FLUSH(new Answer("OK", Rest.NOTHING, MemcachedHead.OK)),
        DELETE(new Answer("DELETED", Rest.NOTHING, MemcachedHead.OK), MISSING),
        NUMBER(new Answer("", Rest.DIGITS, MemcachedHead.STORED), MISSING),
        STATISTICS(new Answer("STAT ", Rest.LINES, MemcachedHead.OK), new Answer("END", Rest.NOTHING, MemcachedHead.OK)),
        VERSION(new Answer("VERSION ", Rest.TEXT, MemcachedHead.OK));

        private final List<Answer> answers;

        Kind(Answer... answers) {
            var all = new ArrayList<>(List.of(answers));
            all.addAll(ERRORS);
            this.answers = List.copyOf(all);
        }
    }

    private final Kind kind;
    private final String command, key;
    private final Consumer<String> flags;
    private final Notes notes;
    /// Up to where a text is like some answer.
    private int fits;

    /// @param command its name
    /// @param key as it was sent
    /// @param flags gets those of a value
    public MemcachedHead(Kind kind, String command, String key, Consumer<String> flags, Notes notes) {
        this.kind = kind;
        this.command = command;
        this.key = key;
        this.flags = flags;
        this.notes = notes;
    }

    @Override
    int parse(long base, int n) {
        return kind == Kind.VALUE ? value(base, n) : answer(Mem.string(base, n));
    }

    // --- a value

    private int value(long base, int n) {
        long lf = Mem.indexOf(base, base + n, (byte) '\n');
        if (lf == base + n) return MORE;
        int length = (int) (lf - base);
        var line = Mem.string(base, Math.max(0, length - 1));
        if (line.startsWith(VALUE)) {
            int wrong = value(line);
            return wrong != 0 ? wrong : length + 1;
        }
        if (!line.equals("END")) return invalid("memcached sent invalid response: \"" + line + '"');
        notes.log(Level.INFO, "key: \"" + key + "\" was not found by memcached");
        status = NOT_FOUND;
        contentLength = 0;
        return length + 1;
    }

    /// `VALUE key flags length`
    /// @return 0, or [#INVALID]
    private int value(String line) {
        if (!line.startsWith(key, VALUE.length())) {
            return invalid("memcached sent invalid key in response \"" + line + "\" for key \"" + key + '"');
        }
        int from = VALUE.length() + key.length() + 1;
        int space = line.indexOf(' ', from);
        if (line.length() < from || line.charAt(from - 1) != ' ' || space < 0) {
            return invalid("memcached sent invalid response: \"" + line + '"');
        }
        contentLength = Bytes.parseLong(line.substring(space + 1));
        if (contentLength < 0) return invalid("memcached sent invalid length in response \"" + line + "\" for key \"" + key + '"');
        status = OK;
        trailer = END;
        flags.accept(line.substring(from, space));
        return 0;
    }

    // --- all other answers

    /// Takes an answer for the body, unless the client gets the page of its status.
    private int answer(String text) {
        int from = 0;
        for (;;) {
            int end = INVALID;
            Answer found = null;
            boolean cut = false;
            fits = from;
            for (var answer : kind.answers) {
                int to = end(text, from, answer);
                if (to >= 0) {
                    found = answer;
                    end = to;
                }
                cut |= to == MORE;
            }
            if (found == null) return cut ? MORE : unknown(text.substring(0, fits));
            if (found.rest != Rest.LINES) return whole(found.status, end);
            from = end;
        }
    }

    private int whole(int status, int length) {
        this.status = status;
        contentLength = status == NOT_FOUND ? 0 : length;
        return status == NOT_FOUND ? length : 0;
    }

    private int unknown(String start) {
        notes.log(Level.ERROR, "memcached sent invalid response for command \"" + command + "\" at pos " + start.length() + ": " + start);
        status = FAILED;
        contentLength = 0;
        close = true;
        return start.length();
    }

    /// Where `answer`, which begins at `from`, ends; [#MORE] when the text is over before that; [#INVALID] when it is another.
    private int end(String text, int from, Answer answer) {
        int i = from, n = text.length();
        for (int k = 0; k < answer.start.length(); k++, i++) {
            if (i == n) return MORE;
            if (text.charAt(i) != answer.start.charAt(k)) return another(i);
        }
        switch (answer.rest) {
            case NOTHING -> { }
            case TEXT, LINES -> {
                i = text.indexOf("\r\n", i);
                if (i < 0) return MORE;
            }
            case DIGITS -> {
                int first = i;
                while (i < n && text.charAt(i) >= '0' && text.charAt(i) <= '9') i++;
                if (i == first && i < n) return another(i);
                while (i > first && i < n && text.charAt(i) == ' ') i++;
            }
        }
        if (text.startsWith("\r\n", i)) return i + 2;
        if (i < n && text.charAt(i) == '\r') i++;
        return i == n ? MORE : another(i);
    }

    private int another(int from) {
        fits = Math.max(fits, from);
        return INVALID;
    }
}
