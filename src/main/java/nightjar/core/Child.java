package nightjar.core;

import nightjar.core.NativeCall.Failing;
import nightjar.core.NativeCall.Plain;

/// Child processes, by posix_spawn and pidfd: a JVM cannot fork. Calls that fail return -errno, as [Posix]'s do.
public final class Child {
    /// What [#exited] answers of one that runs still.
    public static final int RUNNING = -1;

    private static final int SETSIGDEF = 4;
    private static final int SETSIGMASK = 8;
    /// The same on all of Linux's architectures.
    private static final int SYS_PIDFD_OPEN = 434;
    private static final int WNOHANG = 1;
    private static final int STDERR = 2;
    /// More than posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t have in any libc.
    private static final int STRUCT = 512;

    private static final Failing spawn = NativeCall.failing("posix_spawnp");
    private static final Failing pipe2 = NativeCall.failing("pipe2");
    private static final Failing waitpid = NativeCall.failing("waitpid");
    private static final Failing syscall = NativeCall.failing("syscall");
    private static final Plain actionsInit = NativeCall.waiting("posix_spawn_file_actions_init");
    private static final Plain actionsDestroy = NativeCall.waiting("posix_spawn_file_actions_destroy");
    private static final Plain addDup2 = NativeCall.waiting("posix_spawn_file_actions_adddup2");
    private static final Plain addCloseFrom = NativeCall.waiting("posix_spawn_file_actions_addclosefrom_np");
    private static final Plain attrInit = NativeCall.waiting("posix_spawnattr_init");
    private static final Plain attrDestroy = NativeCall.waiting("posix_spawnattr_destroy");
    private static final Plain setFlags = NativeCall.waiting("posix_spawnattr_setflags");
    private static final Plain setSigDefault = NativeCall.waiting("posix_spawnattr_setsigdefault");
    private static final Plain setSigMask = NativeCall.waiting("posix_spawnattr_setsigmask");
    private static final Plain sigfillset = NativeCall.plain("sigfillset");
    private static final long ENVIRON = java.lang.foreign.Linker.nativeLinker().defaultLookup().findOrThrow("environ").address();

    private Child() {}

    /// Starts a program with every signal at its default and none blocked, and with no descriptors but three. It is
    /// looked for in `PATH`. The caller waits until the program has been loaded.
    ///
    /// @param file the address of its name, which C reads
    /// @param argv of its arguments: addresses, a null at the end
    /// @param environ likewise of its environment; 0: this process's own
    /// @param in what it has as descriptor 0; `out` is 1, `err` is 2
    /// @return its process id
    public static int start(long file, long argv, long environ, int in, int out, int err) {
        long memory = Mem.alloc(3 * STRUCT);
        long actions = memory, attributes = memory + STRUCT, signals = memory + 2 * STRUCT;
        actionsInit.call(actions);
        attrInit.call(attributes);
        try (var c = Scratch.take()) {
            int bad = describe(actions, attributes, signals, in, out, err);
            if (bad == 0) bad = (int) spawn.call(c, c.first, file, actions, attributes, argv, environ == 0 ? Mem.l(ENVIRON) : environ);
            return bad == 0 ? Mem.i(c.first) : -bad;
        } finally {
            attrDestroy.call(attributes);
            actionsDestroy.call(actions);
            Mem.free(memory);
        }
    }

    /// @return 0, or an errno
    private static int describe(long actions, long attributes, long signals, int in, int out, int err) {
        int bad = (int) addDup2.call(actions, in, 0);
        if (bad == 0) bad = (int) addDup2.call(actions, out, 1);
        if (bad == 0) bad = (int) addDup2.call(actions, err, STDERR);
        if (bad == 0) bad = (int) addCloseFrom.call(actions, STDERR + 1);
        if (bad != 0) return bad;
        setFlags.call(attributes, SETSIGDEF | SETSIGMASK);
        Mem.fill(signals, STRUCT, 0);
        setSigMask.call(attributes, signals);
        sigfillset.call(signals);
        setSigDefault.call(attributes, signals);
        return 0;
    }

    /// A pipe whose ends no child inherits.
    /// @return the reading end in the low half, the writing end in the high one
    public static long pipe() {
        try (var c = Scratch.take()) {
            int rc = c.result((int) pipe2.call(c, c.first, Posix.O_CLOEXEC));
            return rc < 0 ? rc : Mem.l(c.first);
        }
    }

    /// A descriptor that becomes readable when the child has ended.
    public static int pidfd(int pid) {
        try (var c = Scratch.take()) {
            return c.result((int) syscall.call(c, SYS_PIDFD_OPEN, pid, 0));
        }
    }

    /// How a child has ended, as waitpid says it, after which its id means nothing any more; or [#RUNNING].
    public static int exited(int pid) {
        try (var c = Scratch.take()) {
            int rc = c.result((int) waitpid.call(c, pid, c.first, WNOHANG));
            if (rc < 0) throw new IllegalStateException("waitpid() failed " + Errno.quoted(-rc));
            return rc == 0 ? RUNNING : Mem.i(c.first);
        }
    }

    /// The signal that ended it, 0 when it has exited.
    public static int signal(int status) {
        return status & 0x7f;
    }

    public static int exitCode(int status) {
        return status >> 8 & 0xff;
    }
}
