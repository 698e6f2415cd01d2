package nightjar.net;

import nightjar.core.Errno;

/// A listening socket could not be opened. The message is nginx's: `bind() to 0.0.0.0:80 failed (98: Address already in use)`.
public final class ListenException extends Exception {
    private static final long serialVersionUID = 1;

    public final int errno;

    ListenException(String what, int errno) {
        super(what + " failed " + Errno.quoted(errno), null, false, false);
        this.errno = errno;
    }

    /// Whether another try may succeed: nginx makes five, 500 ms apart.
    public boolean inUse() {
        return errno == Errno.EADDRINUSE;
    }
}
