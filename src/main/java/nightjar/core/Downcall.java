package nightjar.core;

/// What `invokeExact` makes every caller say: a method handle on a C function throws nothing of its own.
public final class Downcall {
    private Downcall() {}

    /// To be thrown by the caller. Errors and unchecked exceptions go through as they are.
    public static RuntimeException unexpected(Throwable t) {
        if (t instanceof Error e) throw e;
        if (t instanceof RuntimeException e) throw e;
        return new IllegalStateException(t);
    }
}
