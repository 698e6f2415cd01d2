package nightjar.conf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a value of a block is kept, and what an inner block sees of it. Several directives may write one slot.
public final class Slot<T extends @Nullable Object> {
    final T initial;
    final boolean inherited;

    private Slot(T initial, boolean inherited) {
        this.initial = initial;
        this.inherited = inherited;
    }

    /// The block's own value, else the outer block's, else `initial`.
    public static <T extends @Nullable Object> Slot<T> of(T initial) {
        return new Slot<>(initial, true);
    }

    /// The block's own value, else `initial`: an outer block's value does not reach inwards.
    public static <T extends @Nullable Object> Slot<T> own(T initial) {
        return new Slot<>(initial, false);
    }

    /// A list that grows by each statement; a block that has one of its own does not see the outer block's.
    public static <E> Slot<List<E>> list() {
        return new Slot<>(List.of(), true);
    }

    /// A list that grows by each statement and is seen in its own block only.
    public static <E> Slot<List<E>> ownList() {
        return new Slot<>(List.of(), false);
    }

    public T get(Scope scope) {
        return scope.get(this);
    }
}
