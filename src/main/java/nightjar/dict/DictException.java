package nightjar.dict;

/// A dict cannot be had; says why.
public final class DictException extends RuntimeException {
    DictException(String message) { super(message); }
}
