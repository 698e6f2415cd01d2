package nightjar.core;

/// What the kernel says of a file, filled by [Posix#stat], `lstat` or `fstat`; may be used again and again.
public final class Stat {
    /// Type and permission bits.
    public int mode;
    /// In bytes.
    public long size;
    /// Last change of the content, in seconds since 1970, and the nanoseconds that go with it.
    public long mtime;
    public int mtimeNsec;
    public long ino;
    public long dev;
    public int uid;
    public int gid;

    public boolean regular() {
        return (mode & 0xf000) == 0x8000;
    }

    public boolean directory() {
        return (mode & 0xf000) == 0x4000;
    }

    public boolean link() {
        return (mode & 0xf000) == 0xa000;
    }

    /// From a `struct statx`, whose layout is the same on all machines.
    void read(long statx) {
        uid = Mem.i(statx + 20);
        gid = Mem.i(statx + 24);
        mode = Mem.s(statx + 28) & 0xffff;
        ino = Mem.l(statx + 32);
        size = Mem.l(statx + 40);
        mtime = Mem.l(statx + 112);
        mtimeNsec = Mem.i(statx + 120);
        dev = (long) Mem.i(statx + 136) << 32 | Mem.i(statx + 140) & 0xffffffffL;
    }
}
