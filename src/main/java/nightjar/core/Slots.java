package nightjar.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Things by number, from 1, where C has pointers: a number is given again once it is free. Not for several threads at once.
public final class Slots<T> {
    private @Nullable Object[] all = new Object[16];
    /// The numbers that were given back, the last on top.
    private int[] free = new int[16];
    private int frees;
    private int used;

    /// @return the number of `thing` from now on
    public int add(T thing) {
        int n = frees > 0 ? free[--frees] : ++used;
        if (n == all.length) all = Arrays.copyOf(all, n * 2);
        all[n] = thing;
        return n;
    }

    /// What has this number; `null` when nothing has, and for 0.
    @SuppressWarnings("unchecked")
    public @Nullable T get(int n) { return (T) all[n]; }

    /// The number is free; one that is free already stays so.
    public void remove(int n) {
        if (all[n] == null) return;
        all[n] = null;
        if (frees == free.length) free = Arrays.copyOf(free, frees * 2);
        free[frees++] = n;
    }
}
