package nightjar.conf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Between paths as byte strings and `Path`, whose bytes are UTF-8.
public final class Paths {
    private static final Map<String, Integer> ERRNO = Map.of(
            "Not a directory", 20,
            "Too many open files in system", 23,
            "Too many open files", 24,
            "File name too long", 36,
            "Too many levels of symbolic links", 40);

    private Paths() {}

    /// @throws InvalidPathException if the bytes cannot be a path
    public static Path path(String bytes) {
        return Path.of(new String(bytes.getBytes(ISO_8859_1), UTF_8));
    }

    public static String bytes(Path path) {
        return new String(path.toString().getBytes(UTF_8), ISO_8859_1);
    }

    /// A configuration file's text. As nginx does, it reads as many bytes as the file's size says: none of a pipe or
    /// of `/dev/null`.
    ///
    /// @param at where the file was asked for; `null` if on the command line
    static String read(String name, @Nullable String at) {
        String open = "open() \"" + name + "\" failed ";
        try {
            var path = path(name);
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) throw new ConfException("pread() \"" + name + "\" failed (21: Is a directory)");
            if (!attributes.isRegularFile()) return "";
            try (var in = Files.newInputStream(path)) {
                return new String(in.readNBytes((int) Math.min(attributes.size(), Integer.MAX_VALUE)), ISO_8859_1);
            }
        } catch (InvalidPathException | NoSuchFileException _) {
            throw failure(open + "(2: No such file or directory)", at);
        } catch (AccessDeniedException _) {
            throw failure(open + "(13: Permission denied)", at);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? "Input/output error" : e.getReason();
            throw failure(open + "(" + ERRNO.getOrDefault(reason, 5) + ": " + reason + ")", at);
        } catch (IOException e) {
            throw failure("pread() \"" + name + "\" failed (5: " + e.getMessage() + ")", at);
        }
    }

    private static ConfException failure(String message, @Nullable String at) {
        return new ConfException(at == null ? message : Source.message(message, at));
    }
}
