package nightjar.conf;

import nightjar.core.Log.Level;

/// A configuration that cannot be used. The message is nginx's line without time, level and process id:
/// `unknown directive "foo" in /etc/nginx/nginx.conf:3`.
public final class ConfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// The level of the line.
    public final Level level;

    public ConfException(String message) {
        this(Level.EMERG, message);
    }

    public ConfException(Level level, String message) {
        super(message);
        this.level = level;
    }
}
