package nightjar.http;

import java.util.function.Function;
import nightjar.conf.Scope;

/// Names a module's configuration: an immutable record, built once for each location when all text is read.
public final class ConfKey<C> {
    private static int count;
    final int index = count++;
    final Function<Scope, C> build;

    public ConfKey(Function<Scope, C> build) { this.build = build; }

    static int count() { return count; }
}
