package nightjar.dict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A dict as the configuration declares it. Its memory is there from the first [#open] to the last [#close]: those of each
/// worker for each configuration that has it.
public final class DictZone {
    private static final long SEAL_MSEC = 1000;
    /// Those in a file, until the file is closed; the newest of a path.
    private static final Map<String, DictZone> FILES = new HashMap<>();

    public final String name;
    public final long size;
    /// The file that it is kept in, or `null`.
    public final @Nullable String path;
    private int opened;
    private @Nullable Region region;
    private @Nullable DictFile file;
    private @Nullable SharedDict dict;
    private boolean sealed;

    /// The dict that is declared so; of a file that this process has open for just this dict, the one it has.
    /// @param size in bytes, 8192 or more
    public static DictZone of(String name, long size, @Nullable String path) {
        if (path != null) synchronized (FILES) {
            var open = FILES.get(path);
            if (open != null && open.name.equals(name) && open.size == size) return open;
        }
        return new DictZone(name, size, path);
    }

    private DictZone(String name, long size, @Nullable String path) {
        this.name = name;
        this.size = size;
        this.path = path;
    }

    /// @param complain told, as a line for the error log, of a file that was found and not taken
    /// @throws DictException when there is no memory or no file for it
    public synchronized SharedDict open(Consumer<String> complain) {
        if (dict == null) dict = path == null ? inMemory() : inFile(path, complain);
        opened++;
        return dict;
    }

    private SharedDict inMemory() {
        region = Region.ofMemory(size);
        var entries = new Entries(region, new Random().nextLong());
        try {
            entries.init(name);
        } catch (DictException e) {
            region.free();
            throw e;
        }
        return new SharedDict(entries, size);
    }

    private SharedDict inFile(String path, Consumer<String> complain) {
        synchronized (FILES) {
            file = DictFile.open(path, name, size, FILES.containsKey(path), complain);
            FILES.put(path, this);
        }
        return new SharedDict(file.entries(), size);
    }

    /// The last one gives the memory back. A file is closed by a thread of its own, which waits for the disk.
    public synchronized void close(Consumer<String> complain) {
        if (--opened > 0) return;
        if (file != null) Thread.ofPlatform().name("dict-" + name).start(() -> closeFile(complain));
        else free();
    }

    private synchronized void closeFile(Consumer<String> complain) {
        if (opened > 0 || dict == null) return;
        try {
            seal();
        } catch (DictException e) {
            complain.accept(e.getMessage());
        }
        free();
    }

    private void free() {
        dict.free();
        dict = null;
        if (file == null) {
            region.free();
            return;
        }
        file.close();
        file = null;
        sealed = false;
        synchronized (FILES) {
            FILES.remove(path, this);
        }
    }

    /// Has the file be whole, unless it is so already; from then on the dict can only be read.
    private synchronized void seal() {
        if (dict == null || file == null || sealed) return;
        if (!dict.seal(SEAL_MSEC)) throw new DictException("shared dict \"" + name + "\" is still being written to");
        sealed = true;
        file.seal();
    }

    /// Before the process ends: all files are whole when this returns, if it complains of none.
    public static void sealAll(Consumer<String> complain) {
        List<DictZone> zones;
        synchronized (FILES) {
            zones = new ArrayList<>(FILES.values());
        }
        for (var zone : zones) {
            try {
                zone.seal();
            } catch (DictException e) {
                complain.accept(e.getMessage());
            }
        }
    }
}
