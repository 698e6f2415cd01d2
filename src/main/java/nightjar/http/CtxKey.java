package nightjar.http;

/// Names a module's state in one request.
public final class CtxKey<X> {
    private static int count;
    final int index = count++;

    static int count() { return count; }
}
