package nightjar.luajit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32;
import nightjar.core.Bytes;
import nightjar.core.Mem;
import nightjar.core.NativeCall;

/// LuaJIT's shared library: `-Dnightjar.luajit=FILE`, else `NIGHTJAR_LUAJIT=FILE`, else the one packed with Nightjar,
/// which is written once to `~/.cache/nightjar` (or `-Dnightjar.cache=DIR`).
///
/// It is opened with RTLD_GLOBAL, so that C modules for Lua (lua-cjson, lua-lpeg) find `lua_*`.
final class LuaLibrary {
    private static final int RTLD_NOW = 2;
    private static final boolean MAC = System.getProperty("os.name").startsWith("Mac");
    private static final int RTLD_GLOBAL = MAC ? 8 : 0x100;

    private LuaLibrary() {}

    static SymbolLookup open() {
        var path = path();
        long name = Mem.allocCstring(Bytes.utf8(path));
        try {
            if (NativeCall.waiting("dlopen").call(name, RTLD_NOW | RTLD_GLOBAL) == 0) {
                throw new UnsatisfiedLinkError("cannot load LuaJIT: " + Mem.cstring(NativeCall.waiting("dlerror").call()));
            }
        } finally {
            Mem.free(name);
        }
        return SymbolLookup.libraryLookup(path, Arena.global());
    }

    private static String path() {
        var property = System.getProperty("nightjar.luajit");
        if (property != null && !property.isEmpty()) return property;
        var variable = System.getenv("NIGHTJAR_LUAJIT");
        if (variable != null && !variable.isEmpty()) return variable;
        return packed().toString();
    }

    private static Path packed() {
        var name = resource();
        try (var in = LuaLibrary.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) throw new UnsatisfiedLinkError("no LuaJIT for this machine is packed with Nightjar (" + name
                    + "): name one with NIGHTJAR_LUAJIT");
            return extract(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack LuaJIT", e);
        }
    }

    private static String resource() {
        var arm = System.getProperty("os.arch").equals("aarch64") ? "arm" : "";
        return "libluajit" + arm + "64." + (MAC ? "dylib" : "so");
    }

    private static Path extract(String name, byte[] library) throws IOException {
        var crc = new CRC32();
        crc.update(library);
        var file = Long.toHexString(crc.getValue()) + "-" + name;
        var cached = cacheDirectory().resolve(file);
        if (Files.isReadable(cached) && Files.size(cached) == library.length) return cached;
        try {
            Files.createDirectories(cached.getParent());
            var fresh = Files.createTempFile(cached.getParent(), name, null);
            Files.write(fresh, library);
            try {
                return Files.move(fresh, cached, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | AtomicMoveNotSupportedException _) {
                return fresh;
            }
        } catch (IOException _) {
            // A home that cannot be written to: a copy that goes with the process.
            var fresh = Files.createTempFile("nightjar-", "-" + name);
            fresh.toFile().deleteOnExit();
            return Files.write(fresh, library);
        }
    }

    private static Path cacheDirectory() {
        var property = System.getProperty("nightjar.cache");
        return property != null ? Path.of(property) : Path.of(System.getProperty("user.home"), ".cache", "nightjar");
    }
}
