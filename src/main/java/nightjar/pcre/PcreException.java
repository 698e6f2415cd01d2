package nightjar.pcre;

/// A pattern that PCRE2 refuses, or no PCRE2 at all. The message is nginx's, as
/// `pcre2_compile() failed: missing closing parenthesis in "("`; it is a byte string.
public final class PcreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String error;
    private final int offset;

    PcreException(String message, String error, int offset) {
        super(message);
        this.error = error;
        this.offset = offset;
    }

    /// PCRE2's own words, `missing closing parenthesis`.
    public String error() {
        return error;
    }

    /// Where in the pattern, in bytes from 0; -1 when it is not about a place.
    public int offset() {
        return offset;
    }
}
