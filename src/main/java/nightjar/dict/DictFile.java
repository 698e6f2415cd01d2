package nightjar.dict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import nightjar.core.Bytes;
import nightjar.core.Errno;
import nightjar.core.Mem;
import nightjar.core.Posix;
import nightjar.core.Stat;
import org.jspecify.annotations.Nullable;

/// A dict's region as a mapped file, which outlives the process. Its first bytes say what it is; a file that says anything
/// else, was cut, was written to, or was in use when the machine went down is renamed and a new one made. A file whose process
/// was killed is whole but for the last change, which [Region#rollBack] takes back.
///
/// While it is in use it is locked, so that no second process maps it.
final class DictFile {
    private static final long MAGIC = 0x544349444a4e0a1aL;
    private static final int VERSION = 1;
    private static final int ORDER_MARK = 0x01020304;
    private static final int MAX_NAME = 256;
    private static final int MODE = 0600;
    // the header
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = 8;
    private static final int ORDER_AT = 12;
    private static final int SIZE_AT = 16;
    private static final int SEED_AT = 24;
    private static final int NAME_LENGTH_AT = 32;
    private static final int NAME_AT = 40;
    private static final int HEADER_SUM_AT = NAME_AT + MAX_NAME;
    /// Open or clean; a sum over all that is in use, for a clean file; for an open one the boot it was opened in.
    private static final int STATE_AT = 320;
    private static final int SUM_AT = 328;
    private static final int BOOT_AT = 336;
    private static final int OPEN = 1, CLEAN = 2;

    private final String path;
    private final String name;
    private final long size;
    private int fd = -1;
    private @Nullable Region region;
    private @Nullable Entries entries;

    private DictFile(String path, String name, long size) {
        this.path = path;
        this.name = name;
        this.size = size;
    }

    /// Opens the file of a dict, or makes one.
    /// @param ours whether this process has the file open for a dict of another size, which it may keep under another name
    /// @param refused told why a file was renamed
    /// @throws DictException when there is a file that cannot be used nor renamed, or none can be made
    static DictFile open(String path, String name, long size, boolean ours, Consumer<String> refused) {
        var file = new DictFile(path, name, size);
        int fd = Posix.open(path, Posix.O_RDWR | Posix.O_CLOEXEC, 0);
        if (fd == -Errno.ENOENT) {
            file.make();
            return file;
        }
        if (fd < 0) throw failed("open()", path, fd);
        file.fd = fd;
        try {
            file.take(ours);
        } catch (Foreign e) {
            file.close();
            var aside = path + ".refused-" + System.currentTimeMillis();
            int rc = Posix.rename(path, aside);
            if (rc < 0) throw failed("rename()", path, rc);
            refused.accept("shared dict \"" + name + "\" does not take \"" + path + "\": " + e.getMessage() + "; it is now \"" + aside + "\"");
            file.make();
        } catch (DictException e) {
            file.close();
            throw e;
        }
        return file;
    }

    /// A file that is not, or no longer, what it should be.
    private static final class Foreign extends Exception {
        Foreign(String why) { super(why, null, false, false); }
    }

    Entries entries() { return entries; }

    Region region() { return region; }

    private static DictException failed(String call, String path, int rc) {
        return new DictException(call + " \"" + path + "\" failed " + Errno.quoted(-rc));
    }

    // --- a new file

    private void make() {
        var next = path + ".new";
        Posix.unlink(next);
        fd = Posix.open(next, Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL | Posix.O_CLOEXEC, MODE);
        if (fd < 0) throw failed("open()", next, fd);
        try {
            require(Posix.lock(fd), "flock()", next);
            // a page that the disk has no room for would end the process when it is written to
            require(Posix.allocate(fd, Region.length(size)), "posix_fallocate()", next);
            map();
            long seed = new Random().nextLong();
            Mem.l(at(SEED_AT), seed);
            entries = new Entries(region, seed);
            entries.init(name);
            writeHeader();
            use();
            require(Posix.rename(next, path), "rename()", next);
        } catch (DictException e) {
            close();
            Posix.unlink(next);
            throw e;
        }
    }

    private static void require(int rc, String call, String path) {
        if (rc < 0) throw failed(call, path, rc);
    }

    private void map() {
        long base = Posix.mapFile(fd, Region.length(size));
        if (base < 0) throw failed("mmap()", path, (int) base);
        region = new Region(base, size, true);
    }

    private void writeHeader() {
        Mem.l(at(MAGIC_AT), MAGIC);
        Mem.i(at(VERSION_AT), VERSION);
        Mem.i(at(ORDER_AT), ORDER_MARK);
        Mem.l(at(SIZE_AT), size);
        Mem.i(at(NAME_LENGTH_AT), name.length());
        Mem.put(at(NAME_AT), shortName());
        Mem.i(at(HEADER_SUM_AT), headerSum());
    }

    private String shortName() { return name.substring(0, Math.min(name.length(), MAX_NAME)); }

    private int headerSum() {
        var sum = new CRC32C();
        sum.update(Mem.bytes(at(0), HEADER_SUM_AT));
        return (int) sum.getValue();
    }

    private long at(int offset) { return region.base + offset; }

    /// From now on a machine that goes down leaves a file that is refused.
    private void use() {
        var boot = boot();
        Mem.l(at(BOOT_AT), boot.getMostSignificantBits());
        Mem.l(at(BOOT_AT + 8), boot.getLeastSignificantBits());
        Mem.i(at(STATE_AT), OPEN);
        require(Posix.sync(region.base, Region.PAGE), "msync()", path);
    }

    /// Another one each time the machine starts; where it does not say, another one each time.
    private static UUID boot() {
        try {
            return UUID.fromString(Bytes.trim(Bytes.string(Files.readAllBytes(Path.of("/proc/sys/kernel/random/boot_id")))));
        } catch (IOException | IllegalArgumentException _) {
            return UUID.randomUUID();
        }
    }

    // --- a file that is there

    private void take(boolean ours) throws Foreign {
        int rc = Posix.lock(fd);
        if (rc == -Errno.EAGAIN && ours) throw new Foreign("a dict of another size or name has it still");
        if (rc == -Errno.EAGAIN) throw new DictException("shared dict \"" + name + "\": \"" + path + "\" is in use by another process");
        require(rc, "flock()", path);
        var stat = new Stat();
        require(Posix.fstat(fd, stat), "fstat()", path);
        if (!stat.regular()) throw new DictException("shared dict \"" + name + "\": \"" + path + "\" is no file");
        checkHeader(stat.size);
        map();
        if (headerSum() != Mem.i(at(HEADER_SUM_AT))) throw new Foreign("its header is damaged");
        entries = new Entries(region, Mem.l(at(SEED_AT)));
        try {
            checkContents();
        } catch (DictException e) {
            throw new Foreign(e.getMessage());
        }
        use();
    }

    /// Looks at the header before the file is mapped: what is not there must not be read.
    private void checkHeader(long fileSize) throws Foreign {
        long head = Mem.alloc(Region.PAGE);
        try {
            if (fileSize < Region.PAGE || Posix.pread(fd, head, Region.PAGE, 0) != Region.PAGE || Mem.l(head + MAGIC_AT) != MAGIC) {
                throw new Foreign("it is not a shared dict's");
            }
            if (Mem.i(head + ORDER_AT) != ORDER_MARK) throw new Foreign("it comes from a machine of another byte order");
            int version = Mem.i(head + VERSION_AT);
            if (version != VERSION) throw new Foreign("it is of version " + version + ", not " + VERSION);
            int length = Mem.i(head + NAME_LENGTH_AT);
            var itsName = Mem.string(head + NAME_AT, Math.clamp(length, 0, MAX_NAME));
            if (length != name.length() || !itsName.equals(shortName())) throw new Foreign("it belongs to shared dict \"" + itsName + "\"");
            long itsSize = Mem.l(head + SIZE_AT);
            if (itsSize != size) throw new Foreign("its size is " + itsSize + ", not " + size);
            if (fileSize != Region.length(size)) {
                throw new Foreign("it is torn: it has " + fileSize + " bytes, not " + Region.length(size));
            }
        } finally {
            Mem.free(head);
        }
    }

    private void checkContents() throws Foreign {
        int state = Mem.i(at(STATE_AT));
        if (state == CLEAN) {
            Inspection.inspect(entries);
            if (Mem.i(at(SUM_AT)) != sum()) throw new Foreign("its contents are damaged: sum");
            return;
        }
        var boot = boot();
        if (state != OPEN) throw new Foreign("its header is damaged");
        if (Mem.l(at(BOOT_AT)) != boot.getMostSignificantBits() || Mem.l(at(BOOT_AT + 8)) != boot.getLeastSignificantBits()) {
            throw new Foreign("the machine went down while it was in use");
        }
        int torn = region.rollBack();
        Inspection.inspect(entries);
        dropUnfinished(torn);
    }

    /// Removes what a killed process left half done between two changes: a value that was being overwritten, lists without items.
    private void dropUnfinished(int torn) {
        for (int ref = entries.lru.oldest(); ref != 0; ) {
            int newer = entries.lru.newer(ref);
            long e = region.at(ref);
            if (ref == torn || Entry.type(e) == Entry.LIST && Entry.length(e) == 0) entries.remove(e);
            ref = newer;
        }
    }

    // --- the end

    /// Marks the file as whole. To be called when nobody changes it any more; waits for the disk.
    void seal() {
        Mem.i(at(SUM_AT), sum());
        require(Posix.sync(region.base, region.length), "msync()", path);
        Mem.i(at(STATE_AT), CLEAN);
        require(Posix.sync(region.base, Region.PAGE), "msync()", path);
    }

    /// Over counters, page records, buckets and the pages in use.
    private int sum() {
        var sum = new CRC32C();
        update(sum, at(Region.FREE_PAGES), Region.PAGE - Region.FREE_PAGES);
        update(sum, region.pageTable, region.pool - region.pageTable);
        var slab = entries.slab;
        for (int page = 0; page < region.pages; ) {
            int pages = slab.kind(page) == Slab.CHUNKS ? 1 : slab.number(page);
            if (slab.kind(page) != Slab.FREE) update(sum, slab.address(page), (long) pages * Region.PAGE);
            page += pages;
        }
        return (int) sum.getValue();
    }

    private static void update(CRC32C sum, long at, long n) {
        while (n > 0) {
            long piece = Math.min(n, 1 << 30);
            sum.update(Mem.ALL.asSlice(at, piece).asByteBuffer());
            at += piece;
            n -= piece;
        }
    }

    /// Unmaps and unlocks it.
    void close() {
        if (region != null) region.free();
        region = null;
        if (fd >= 0) Posix.close(fd);
        fd = -1;
    }
}
