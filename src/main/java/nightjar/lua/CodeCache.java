package nightjar.lua;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import nightjar.core.Bytes;
import nightjar.core.Log.Level;
import nightjar.luajit.LuaState;
import org.jspecify.annotations.Nullable;

/// The compiled chunks of one VM. Source: ngx_http_lua_cache.c, whose debug lines these are.
final class CodeCache {
    /// `number` is what the debug log calls the chunk, `ref` where the registry holds it.
    private record Chunk(int number, int ref) {}

    private static final byte BYTECODE = 27;

    private final long L;
    private final int compilable;
    private final Map<LuaCode, Chunk> chunks = new HashMap<>();
    /// By [LuaCode#index].
    private Chunk[] known = new Chunk[16];

    /// @param compilable reference of the function that `compilable.lua` is
    CodeCache(long L, int compilable) {
        this.L = L;
        this.compilable = compilable;
    }

    /// The registry's reference to the function.
    /// @throws LuaLoadException when it does not compile or its file cannot be read
    int ref(LuaCode code, LuaTask task) {
        int i = code.index;
        var chunk = i < known.length ? known[i] : null;
        if (task.debug()) return logged(code, chunk, task);
        return chunk != null ? chunk.ref : found(code, chunks.get(code)).ref;
    }

    private int logged(LuaCode code, @Nullable Chunk chunk, LuaTask task) {
        int number = chunk == null ? -1 : chunk.number;
        log(task, "lookup", code, number);
        if (chunk == null) {
            var same = chunks.get(code);
            if (same == null) {
                log(task, "miss", code, number);
                return found(code, null).ref;
            }
            log(task, "setting ref", code, same.number);
            chunk = found(code, same);
        }
        log(task, "hit", code, chunk.number);
        return chunk.ref;
    }

    private static void log(LuaTask task, String what, LuaCode code, int number) {
        task.log(Level.DEBUG, "code cache " + what + " (key='" + code.key() + "', ref=" + number + ")");
    }

    private Chunk found(LuaCode code, @Nullable Chunk same) {
        var chunk = same;
        if (chunk == null) {
            chunk = new Chunk(chunks.size() + 1, code.file != null ? loadFile(code, code.file) : loadInline(code));
            chunks.put(code, chunk);
        }
        if (code.index >= known.length) known = Arrays.copyOf(known, Math.max(code.index + 1, known.length * 2));
        known[code.index] = chunk;
        return chunk;
    }

    private int loadInline(LuaCode code) {
        return load(Bytes.of(code.source), code.chunkName, "failed to load inlined Lua code: ");
    }

    private int loadFile(LuaCode code, Path file) {
        var path = code.chunkName.substring(1);
        var failed = "failed to load external Lua file \"" + path + "\": ";
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            throw new LuaLoadException(failed, "cannot open " + path + ": No such file or directory", 404);
        } catch (AccessDeniedException _) {
            throw new LuaLoadException(failed, "cannot open " + path + ": Permission denied", 503);
        } catch (IOException _) {
            throw new LuaLoadException(failed, "cannot read " + path + (Files.isDirectory(file) ? ": Is a directory" : ""), 503);
        }
        return load(withoutFirstLine(bytes, path, failed), code.chunkName, failed);
    }

    /// A script may begin with `#!…`; the line's end stays, for the line numbers.
    private static byte[] withoutFirstLine(byte[] bytes, String path, String failed) {
        if (bytes.length == 0 || bytes[0] != '#') return bytes;
        int n = 0;
        while (n < bytes.length && bytes[n] != '\n') n++;
        if (n + 1 < bytes.length && bytes[n + 1] == BYTECODE) {
            throw new LuaLoadException(failed, "bad byte-code header in " + path, 500);
        }
        return Arrays.copyOfRange(bytes, n, bytes.length);
    }

    private int load(byte[] code, String chunkName, String failed) {
        LuaState.rawGet(L, LuaState.REGISTRYINDEX, compilable);
        int rc = LuaState.load(L, code, chunkName);
        if (rc == LuaState.OK) rc = LuaState.pcall(L, 1, 1);
        if (rc == LuaState.OK) return LuaState.ref(L);
        var message = LuaState.string(L, -1);
        LuaState.top(L, 0);
        if (rc == LuaState.ERRMEM) message = "memory allocation error";
        throw new LuaLoadException(failed, (message == null ? "unknown error" : message), 500);
    }
}
