package nightjar.net;

import nightjar.core.Errno;

/// A connection could not even be begun. The message is nginx's: `connect() to unix:/x failed (2: No such file or directory)`.
public final class ConnectException extends Exception {
    private static final long serialVersionUID = 1;

    public final int errno;
    /// The address is at fault and not the machine: another one may do.
    public final boolean refused;

    ConnectException(String what, int errno, boolean refused) {
        super(what + " failed " + Errno.quoted(errno), null, false, false);
        this.errno = errno;
        this.refused = refused;
    }
}
