package nightjar.lua;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.atomic.AtomicInteger;
import nightjar.core.Bytes;
import org.jspecify.annotations.Nullable;

/// The Lua of one directive: its text and chunk name, or its file. Each VM compiles it once ([CodeCache]).
public final class LuaCode {
    /// The longest chunk name that LuaJIT shows whole, less `=`, the parentheses and the colon.
    private static final int LONGEST = 56;
    private static final AtomicInteger CODES = new AtomicInteger();

    private final String kind;
    private final String text;
    final String chunkName;
    final @Nullable String source;
    final @Nullable Path file;
    final int index = CODES.getAndIncrement();
    /// The [ReadyVariables] that it has asked for. Workers share this: what one of them misses it notes the next time.
    int asked;

    /// @param text its source, or its file's path
    private LuaCode(String kind, String text, String chunkName, @Nullable String source, @Nullable Path file) {
        this.kind = kind;
        this.text = text;
        this.chunkName = chunkName;
        this.source = source;
        this.file = file;
    }

    /// @param directive the name without `_block`: `content_by_lua`
    /// @param chunkName from [#chunkName]
    public static LuaCode inline(String directive, String source, String chunkName) {
        return new LuaCode(directive + "_nhli_", source, chunkName, source, null);
    }

    public static LuaCode file(String path) {
        return new LuaCode("nhlf_", path, "@" + path, null, Path.of(Bytes.fromUtf8(path)));
    }

    /// The chunk name of inline Lua: `=content_by_lua(nginx.conf:12)`. A file named nginx.conf goes by that name, one below
    /// the configuration's directory by its path from there, any other by its whole path; of a long one, the end.
    /// Source: ngx_http_lua_directive.c.
    public static String chunkName(String directive, String file, String confPrefix, int line) {
        var name = file;
        if (file.endsWith("/nginx.conf")) {
            name = "nginx.conf";
        } else {
            if (file.length() > confPrefix.length() && file.startsWith(confPrefix)) name = file.substring(confPrefix.length());
            int room = LONGEST - directive.length() - Integer.toString(line).length();
            if (name.length() > room) name = "..." + name.substring(name.length() - room + 3);
        }
        return "=" + directive + "(" + name + ":" + line + ")";
    }

    /// What the debug log calls it. A digest takes the JVM 10 milliseconds of its start, which few logs are worth.
    String key() {
        try {
            return kind + Bytes.hex(MessageDigest.getInstance("MD5").digest(Bytes.of(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The same text under the same directive is the same code.
    @Override
    public boolean equals(Object o) {
        return o instanceof LuaCode other && kind.equals(other.kind) && text.equals(other.text);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + text.hashCode();
    }
}
