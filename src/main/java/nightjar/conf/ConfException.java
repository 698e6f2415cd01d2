package nightjar.conf;

/// A configuration that cannot be used. The message is nginx's `[emerg]` line without time and process id:
/// `unknown directive "foo" in /etc/nginx/nginx.conf:3`.
public final class ConfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfException(String message) {
        super(message);
    }
}
