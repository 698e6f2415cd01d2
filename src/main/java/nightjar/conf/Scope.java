package nightjar.conf;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values set in one block, and the block around it. All of nginx's inheritance is [#get].
public final class Scope {
    private final Context context;
    private final @Nullable Scope outer;
    private final Map<Slot<?>, Object> values = new IdentityHashMap<>();
    private final List<Scope> children = new ArrayList<>();
    private String at = "";

    private Scope(Context context, @Nullable Scope outer) {
        this.context = context;
        this.outer = outer;
    }

    /// The outermost block: the file itself.
    public static Scope main() {
        return new Scope(Context.MAIN, null);
    }

    /// A block in this one.
    public Scope child(Context kind) {
        var child = new Scope(kind, this);
        children.add(child);
        return child;
    }

    public Context context() {
        return context;
    }

    /// The block around this one; `null` for the file itself.
    public @Nullable Scope outer() {
        return outer;
    }

    /// The blocks in this one, in the order of the text.
    public List<Scope> children() {
        return Collections.unmodifiableList(children);
    }

    /// `FILE:LINE` of the block's `{`; empty for the file itself.
    public String at() {
        return at;
    }

    void at(String where) {
        at = where;
    }

    /// The value as this block sees it.
    public <T extends @Nullable Object> T get(Slot<T> slot) {
        for (Scope s = this; s != null; s = slot.inherited ? s.outer : null) {
            T value = s.own(slot);
            if (value != null) return value;
        }
        return slot.initial;
    }

    /// The value set in this very block; `null` if none is.
    @SuppressWarnings("unchecked") // set and add put nothing but a T under a Slot<T>
    public <T extends @Nullable Object> @Nullable T own(Slot<T> slot) {
        return (T) values.get(slot);
    }

    public boolean has(Slot<?> slot) {
        return values.containsKey(slot);
    }

    public <T> void set(Slot<? super T> slot, T value) {
        values.put(slot, value);
    }

    /// Appends to this block's own list.
    public <E> void add(Slot<List<E>> slot, E value) {
        var old = own(slot);
        if (old instanceof Appendable<E> list) {
            list.elements.add(value);
            return;
        }
        var list = new Appendable<E>();
        if (old != null) list.elements.addAll(old);
        list.elements.add(value);
        values.put(slot, list);
    }

    /// A list for its readers, which only this class can lengthen.
    private static final class Appendable<E> extends AbstractList<E> {
        final List<E> elements = new ArrayList<>();

        @Override
        public E get(int i) {
            return elements.get(i);
        }

        @Override
        public int size() {
            return elements.size();
        }
    }
}
