package nightjar.conf;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Paths that match a pattern of `*`, `?`, `[a-z]`, `[!a-z]` and `\`, in the order of their bytes. As in glob(3), a
/// directory that cannot be read has no files, and wildcards find no name that begins with a dot.
final class Glob {
    private final String pattern;

    private Glob(String pattern) {
        this.pattern = pattern;
    }

    static boolean isPattern(String path) {
        return path.indexOf('*') >= 0 || path.indexOf('?') >= 0 || path.indexOf('[') >= 0;
    }

    static List<String> expand(String pattern) {
        var found = new ArrayList<String>();
        new Glob(pattern).expand("", 0, found);
        Collections.sort(found);
        return found;
    }

    /// Adds what matches the pattern from `from` on, below `base`.
    private void expand(String base, int from, List<String> found) {
        int slash = from;
        while (slash < pattern.length() && pattern.charAt(slash) == '/') slash++;
        String directory = base + pattern.substring(from, slash);
        if (slash == pattern.length()) {
            if (exists(directory)) found.add(directory);
            return;
        }
        int next = pattern.indexOf('/', slash);
        int end = next < 0 ? pattern.length() : next;
        String name = pattern.substring(slash, end);
        if (isPattern(name)) {
            for (String entry : list(directory)) {
                if (!matches(name, entry)) continue;
                if (next < 0) found.add(directory + entry);
                else if (Files.isDirectory(Paths.path(directory + entry))) expand(directory + entry, end, found);
            }
        } else if (next < 0) {
            if (exists(directory + unquote(name))) found.add(directory + unquote(name));
        } else {
            expand(directory + unquote(name), end, found);
        }
    }

    private static List<String> list(String directory) {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(Paths.path(directory.isEmpty() ? "." : directory))) {
            for (var entry : entries) names.add(Paths.bytes(entry.getFileName()));
        } catch (IOException | DirectoryIteratorException | InvalidPathException _) {
            return List.of();
        }
        return names;
    }

    private static boolean exists(String path) {
        try {
            return Files.exists(Paths.path(path), LinkOption.NOFOLLOW_LINKS);
        } catch (InvalidPathException _) {
            return false;
        }
    }

    private static String unquote(String name) {
        var out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '\\' && i + 1 < name.length()) i++;
            out.append(name.charAt(i));
        }
        return out.toString();
    }

    /// Goes back to the last `*` at a mismatch, so the time is at most pattern × name.
    static boolean matches(String pattern, String name) {
        if (name.startsWith(".") && !pattern.startsWith(".") && !pattern.startsWith("\\.")) return false;
        int p = 0;
        int n = 0;
        int star = -1;
        int starName = 0;
        while (n < name.length()) {
            if (pattern.startsWith("*", p)) {
                star = ++p;
                starName = n;
                continue;
            }
            int after = p < pattern.length() ? one(pattern, p, name.charAt(n)) : -1;
            if (after >= 0) {
                p = after;
                n++;
            } else if (star >= 0) {
                p = star;
                n = ++starName;
            } else {
                return false;
            }
        }
        while (pattern.startsWith("*", p)) p++;
        return p == pattern.length();
    }

    /// Behind the element at `p` if it matches `c`, else -1.
    private static int one(String pattern, int p, char c) {
        return switch (pattern.charAt(p)) {
            case '?' -> p + 1;
            case '[' -> bracketEnd(pattern, p) < 0 ? literal('[', c, p + 1) : bracket(pattern, p, c);
            case '\\' -> p + 1 < pattern.length() ? literal(pattern.charAt(p + 1), c, p + 2) : literal('\\', c, p + 1);
            default -> literal(pattern.charAt(p), c, p + 1);
        };
    }

    private static int literal(char expected, char c, int after) {
        return expected == c ? after : -1;
    }

    /// The `]` of the bracket at `p`; the first char in it may be a `]` itself. -1 if it does not close.
    private static int bracketEnd(String pattern, int p) {
        int i = bracketStart(pattern, p);
        return pattern.indexOf(']', i + 1);
    }

    private static int bracketStart(String pattern, int p) {
        boolean negated = pattern.startsWith("!", p + 1) || pattern.startsWith("^", p + 1);
        return negated ? p + 2 : p + 1;
    }

    private static int bracket(String pattern, int p, char c) {
        int start = bracketStart(pattern, p);
        int end = bracketEnd(pattern, p);
        boolean in = false;
        for (int i = start; i < end; i++) {
            char low = pattern.charAt(i);
            if (low == '\\' && i + 1 < end) low = pattern.charAt(++i);
            char high = low;
            if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                high = pattern.charAt(i + 2);
                i += 2;
            }
            if (c >= low && c <= high) in = true;
        }
        return in == (start == p + 1) ? end + 1 : -1;
    }
}
