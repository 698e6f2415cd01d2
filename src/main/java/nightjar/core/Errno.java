package nightjar.core;

/// Linux's error numbers and what glibc calls them, always in English whatever the locale.
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int EPIPE = 32;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int EPROTO = 71;
    public static final int EMSGSIZE = 90;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOTCONN = 107;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;
    public static final int EINPROGRESS = 115;

    private static final String[] TEXTS = new String[134];

    private Errno() {}

    /// `No such file or directory`; `Unknown error` for a number Linux does not have.
    public static String text(int errno) {
        if (errno < 0 || errno >= TEXTS.length) return "Unknown error";
        var text = TEXTS[errno];
        if (text == null) TEXTS[errno] = text = Libc.errorText(errno);
        return text;
    }

    /// `(2: No such file or directory)`, the end of nginx's log lines about system calls.
    public static String quoted(int errno) {
        return "(" + errno + ": " + text(errno) + ")";
    }
}
